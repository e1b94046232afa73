"""K13: where deployments do nothing, every evaluation design claims an effect as rarely as it says: in 5 of 100 runs.

The simulated city has no effect of any deployment, on violence or on confidence, so a deployment is a label; violence
comes in bursts and places differ, as everywhere in the lab. Each design gets the data it asks for.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.evaluate.crossover import assign, crossover_test
from answerable.evaluate.displacement import displacement
from answerable.evaluate.interrupted import interrupted_series
from answerable.evaluate.observed_expected import observed_expected
from answerable.evaluate.panel import Panel
from answerable.evaluate.rates import compare_rates
from answerable.evaluate.synthetic import did, placebo_rank, sdid, synthetic_control
from answerable.evaluate.trial import Entered, Protocol, analyse, arm_of
from answerable.evaluate.trigger_matched import trigger_matched
from answerable.evaluate.wdd import dispersion_of, wdd
from answerable.lab.ground import make_ground
from answerable.lab.known.answer import Answers, between
from answerable.lab.parameters import Parameters, load_parameters
from answerable.lab.stream import draw_stream

RUNS, LEVEL = 1000, 0.05
PLACES, EVENTS, YEARS, DAYS = 225, 4000, 3, 1092
_TREATED, _SINCE = 15, 1092 - 364
_REDRAWS = 99
_PROTOCOL = Protocol(
    name="Two responses", arms=("lighting", "youth workers"), outcome="serious incidents", horizon_days=7,
    eligible="every refused case", agreed_by=("the council",),
)  # fmt: skip
_CASES = 80
Counts = NDArray[np.int64]


def daily(parameters: Parameters, rng: np.random.Generator) -> tuple[Counts, NDArray[np.float64]]:
    """Return what happened in three years without effect (int64[days, places]) and the long-run daily rates."""
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, YEARS, rng)
    day = np.floor(stream.times / 24).astype(np.int64)
    kept = (day >= 0) & (day < DAYS)
    counts = np.bincount(day[kept] * PLACES + stream.places[kept], minlength=DAYS * PLACES).reshape(DAYS, PLACES)
    return counts, ground.background * 24 / (1 - parameters["branching"])


def claims(parameters: Parameters, rng: np.random.Generator) -> dict[str, bool]:
    """Return for each design whether it claims an effect in one city without any."""
    counts, rates = daily(parameters, rng)
    return {**_by_lot(counts, rates, rng), **_areas(counts, rng), **_panels(counts, rng)}


def _by_lot(counts: Counts, rates: NDArray[np.float64], rng: np.random.Generator) -> dict[str, bool]:
    """Designs in which a lot decides: windows after a trigger, an expectation logged beforehand, days of a trial."""
    day, place = np.nonzero(counts[_SINCE:-1])
    events, rate = counts[_SINCE + day + 1, place], rates[place]
    deployed = rng.random(len(day)) < 0.5
    band = np.searchsorted(np.quantile(rate, (0.2, 0.4, 0.6, 0.8)), rate)
    matched = trigger_matched(events, deployed, band, rng=rng, permutations=1)
    logged = observed_expected(
        int(events[deployed].sum()), float(rate[deployed].sum()), comparison_observed=int(events[~deployed].sum()),
        comparison_logged=float(rate[~deployed].sum()),
    )  # fmt: skip
    lot = assign(60, 30, 10, rng=rng)
    crossed = crossover_test(counts[_SINCE : _SINCE + 60, :30], lot, rng=rng, redraws=_REDRAWS)
    return {
        "triggered windows": not matched.low <= 1 <= matched.high,
        "logged expectation": min(logged.as_few, logged.as_many) <= LEVEL / 2,
        "crossover by lot": crossed.p <= LEVEL,
        "trial of two responses": _trial(counts, day, place, rng) <= LEVEL,
    }


def _trial(counts: Counts, day: Counts, place: Counts, rng: np.random.Generator) -> float:
    """Return p of a trial of two unarmed responses, each week after one of ``_CASES`` triggers its outcome."""
    seed, chosen = rng.bytes(32), np.sort(rng.choice(np.flatnonzero(day < 350), _CASES, replace=False))
    entered = [
        Entered(k, arm_of(seed, k), int(counts[_SINCE + day[i] + 1 : _SINCE + day[i] + 8, place[i]].sum()))
        for k, i in enumerate(chosen, start=1)
    ]
    found = analyse(_PROTOCOL, entered, seed, rng=rng, redraws=_REDRAWS).numbers["p"]
    return float(str(found))


def _areas(counts: Counts, rng: np.random.Generator) -> dict[str, bool]:
    """Designs that compare before and after: half a year each, scatter measured on the two years before."""
    order = rng.permutation(PLACES)
    groups = [order[:_TREATED], order[_TREATED : 2 * _TREATED], order[2 * _TREATED : 4 * _TREATED]]
    series = np.array([counts[:, group].sum(axis=1) for group in groups])
    earlier = series[:, :_SINCE].reshape(len(groups), -1, 28).sum(axis=2)
    scatter = dispersion_of(earlier)
    half = (DAYS - _SINCE) // 2
    pairs = [(float(s[_SINCE : _SINCE + half].sum()), float(s[_SINCE + half :].sum())) for s in series]
    here, beside, rest = pairs
    share = (rest[0] / 2, rest[1] / 2)
    local = wdd(here, rest, dispersion=scatter, area_weights=(1.0, 2.0, 1.0, 1.0)).local
    moved = displacement(here, share, {"beside": (beside, share)}, dispersion=scatter).nearby["beside"]
    rates = compare_rates(int(here[0]), 1, int(here[1]), 1, dispersion=scatter)
    weeks = series.reshape(len(groups), -1, 7).sum(axis=2)
    step = interrupted_series(weeks[0], weeks[2], _SINCE // 7 + 26)
    return {
        "before and after, with control": not local.low <= 0 <= local.high,
        "displacement to the ring": not moved.low <= 0 <= moved.high,
        "rates before and after": rates.p <= LEVEL,
        "interrupted series": step.p <= LEVEL,
    }


def _panels(counts: Counts, rng: np.random.Generator) -> dict[str, bool]:
    """Designs that compare one area with others: twenty areas, so that the rank of one in twenty is the level."""
    order = rng.permutation(PLACES)[:200].reshape(20, 10)
    outcome = np.array([counts[:, group].sum(axis=1).reshape(-1, 28).sum(axis=1) for group in order], float)
    panel = Panel.of(outcome, np.arange(20) == 0, _SINCE // 28)
    designs = {"difference in differences": did, "synthetic control": synthetic_control, "synthetic difference": sdid}
    return {name: placebo_rank(panel, estimator) <= LEVEL for name, estimator in designs.items()}


def shares(runs: int) -> dict[str, float]:
    """Return for each design in what share of ``runs`` cities without any effect it claims one."""
    parameters = load_parameters().changed(patrol_effect=0.0, confidence_hit=0.0)
    said = [claims(parameters, child) for child in np.random.default_rng(13).spawn(runs)]
    return {design: float(np.mean([one[design] for one in said])) for design in said[0]}


def designs() -> Answers:
    """K13: how often each design claims an effect, in 1,000 cities without one."""
    for design, share in shares(RUNS).items():
        yield between("K13", f"no effect: {design} claims one", "its own level", LEVEL, share, 0.03, 0.07)
