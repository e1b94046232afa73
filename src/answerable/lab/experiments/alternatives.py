"""Deployments or slower work, over one, three and five years: events prevented, and by pound."""

from __future__ import annotations

import numpy as np

from answerable.lab.chart import Curve
from answerable.lab.engine import Action, Policy, ranked, simulate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.result import Result
from answerable.lab.stream import draw_stream, profile

SIZE = 6
PLACES, EVENTS, TREATED, YEARS, A_YEAR = 800, 750, 100, (1, 3, 5), 100
WORDS = {
    "deployments": "deployments", "schools": "schools work", "focused": "focused deterrence",
    "foot": "unarmed foot patrol", "environment": "lighting and design",
}  # fmt: skip
KINDS = ("schools", "focused", "foot", "environment")


def prevented(parameters: Parameters, rng: np.random.Generator) -> dict[str, list[float]]:
    """Return events prevented up to the end of years 1 to 5, by what is done, in one city on one stream."""
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, max(YEARS), rng)
    never = Policy("never")
    year = np.floor(stream.times / YEAR_HOURS)
    worst = np.argsort(-ground.background, kind="stable")[:TREATED]
    busy = profile(parameters, 0, stream.hours // WINDOW_H * WINDOW_H).reshape(-1, WINDOW_H).sum(axis=1)
    plan = ranked(ground.background, A_YEAR * max(YEARS), busy)
    runs = {"deployments": simulate(stream, ground, parameters, Policy("deploy", planned=plan))}
    for kind in KINDS:
        share = np.zeros(len(ground))
        share[worst] = parameters[f"{kind}_effect"]
        action = Action(share, parameters[f"{kind}_lag_months"])
        runs[kind] = simulate(stream, ground, parameters, never, action=action)
    inside = stream.times >= 0
    return {
        name: [float((inside & (year < y) & ~run.happened).sum()) for y in range(1, max(YEARS) + 1)]
        for name, run in runs.items()
    }


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Play ``size`` cities of five years; each kind of work is set to the same 100 places or windows a year."""
    runs = [prevented(parameters, child) for child in np.random.default_rng(seed).spawn(size)]
    names = list(runs[0])
    by_year = {name: np.array([run[name] for run in runs]) for name in names}
    lag = {"deployments": 0.0, **{k: parameters[f"{k}_lag_months"] for k in KINDS}}
    cost = {"deployments": A_YEAR * parameters["deployment_cost"], **{k: parameters[f"{k}_cost"] for k in KINDS}}
    figures = {
        name: {
            "prevented": values.mean(axis=0).tolist(), "cost_a_year": cost[name], "lag_months": lag[name],
            "per_programme_year": [float(v / y) for y, v in enumerate(values.mean(axis=0), start=1)],
            "per_million": [float(v / (y * cost[name] / 1e6)) for y, v in enumerate(values.mean(axis=0), start=1)],
            "standard_error": float(values[:, -1].std(ddof=1) / np.sqrt(size)),
        }
        for name, values in by_year.items()
    }  # fmt: skip
    best = {y: max((figures[name]["per_million"][y - 1], name) for name in names)[1] for y in YEARS}
    rows = tuple(
        (WORDS[name], f"{cost[name] / 1000:,.0f}", f"{lag[name]:g}",
         *(f"{figures[name]['prevented'][y - 1]:.1f}" for y in YEARS),
         *(f"{figures[name]['per_million'][y - 1]:.2f}" for y in YEARS),
         *(f"{figures[name]['per_programme_year'][y - 1]:.1f}" for y in YEARS),
         f"{1.96 * figures[name]['standard_error']:.1f}")
        for name in names
    )  # fmt: skip
    first, last = (figures["deployments"]["prevented"][y] for y in (0, 4))
    school = figures["schools"]["prevented"]
    later = "within five too" if best[1] == best[5] else f"{WORDS[best[5]]} within five"
    answer = (
        f"A hundred deployments a year, placed by perfect knowledge of long-run rates, prevent {first:.1f} events in "
        f"the first year and {last:.1f} in five. For each pound, {WORDS[best[1]]} prevents most within one year and "
        f"{later}. What starts slowly is judged unfairly after a year: schools work prevents "
        f"{school[0]:.1f} events in its first year and {school[4]:.1f} in five. Effects and costs of all of them are "
        "assumed."
    )
    curves = tuple(
        Curve(WORDS[name], tuple((float(y), v) for y, v in enumerate([0.0, *figures[name]["prevented"]])))
        for name in names
    )
    return Result(
        name="alternatives", title="Deployments and alternatives over five years", answer=answer,
        error=f"{size} cities on common random numbers; the 95 % error after five years is in the last column.",
        figures={**figures, "best_per_pound": {str(y): best[y] for y in YEARS}},
        head=("what is done", "cost a year, thousand", "half of it after, months",
              *(f"prevented, {y} y" for y in YEARS),
              *(f"per million, {y} y" for y in YEARS), *(f"per year, {y} y" for y in YEARS), "+/-, 5 y"),
        rows=rows, parameters=parameters, seed=seed, size=size, curves=curves,
        axes=("years", "events prevented so far"),
        limits=("Costs and effects of the alternatives are assumed; ask those who would do the work.",),
    )  # fmt: skip
