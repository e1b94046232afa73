"""What is a source worth? Deployments on a forecast, on a forecast with reports, and on two origins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.chart import Bar
from answerable.lab.engine import Played, Policy, ranked, simulate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.sources import draw_tips
from answerable.lab.stream import draw_stream, profile

SIZE = 20
PLACES, EVENTS, SOURCES, KNOWS, A_YEAR = 1000, 930, 40, 25, 100
RATIOS = (300.0, 30.0, 3.0)
"""Likelihood ratios taken for grades, near those of the default sources (.30 / .00036 and .10 / .002)."""


def one(parameters: Parameters, rng: np.random.Generator) -> dict[str, tuple[float, float, float]]:
    """Return deployments, coincidences and events prevented by policy, in one city-year on one stream."""
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, 1, rng)
    windows = stream.hours // WINDOW_H
    busy = profile(parameters, 0, windows * WINDOW_H).reshape(-1, WINDOW_H).sum(axis=1)
    tips = draw_tips(ground, stream, parameters, rng, sources=SOURCES, knows=KNOWS)
    plan = ranked(ground.background, A_YEAR, busy)
    policies = [
        Policy("forecast alone, best 100", planned=plan),
        Policy("any report", tips=tips.candidates(windows, RATIOS)),
        Policy("reports, 5 in 100 likely", tips=tips.candidates(windows, RATIOS), threshold=0.05),
        Policy("reports, 20 in 100 likely", tips=tips.candidates(windows, RATIOS), threshold=0.2),
        Policy("two independent origins", tips=tips.candidates(windows, RATIOS, origins=2)),
    ]
    found = {}
    for policy in policies:
        run = simulate(stream, ground, parameters, policy)
        prevented = float(((stream.times >= 0) & ~run.happened).sum())
        # What was prevented while officers stood there was met as well.
        met = run.coincided + int(_met(run).sum())
        found[policy.name] = (float(run.deployments), float(met), prevented)
    return found


def _met(run: Played) -> NDArray[np.bool_]:
    stream = run.stream
    gone = (run.fate == 1) & (stream.times >= 0)
    key = np.unique((stream.times[gone] // WINDOW_H).astype(np.int64) * 10**7 + stream.places[gone])
    sent = (run.time // WINDOW_H).astype(np.int64) * 10**7 + run.place
    return np.asarray(np.isin(sent, key) & (run.hits == 0))


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Play ``size`` city-years with forty sources who each know 25 of 1,000 places."""
    runs = [one(parameters, child) for child in np.random.default_rng(seed).spawn(size)]
    figures, rows = {}, []
    for name in runs[0]:
        sent, met, prevented = np.array([run[name] for run in runs]).T
        total = max(sent.sum(), 1.0)
        per_100 = float(100 * met.sum() / total)
        error = float(100 * np.sqrt(max(met.sum(), 1.0)) / total)
        saved = float(100 * prevented.sum() / total)
        figures[name] = {"a_year": float(sent.mean()), "per_100": per_100, "error": error, "prevented_per_100": saved}
        rows.append((name, f"{sent.mean():.0f}", f"{per_100:.1f}", f"{1.96 * error:.1f}", f"{saved:.2f}"))
    alone, two = figures["forecast alone, best 100"], figures["two independent origins"]
    answer = (
        f"With perfect knowledge of long-run rates, {alone['per_100']:.1f} of 100 deployments meet an event. Where two "
        f"independent origins name the place and the night it is {two['per_100']:.0f} of 100, in {two['a_year']:.0f} "
        "deployments a year: good intelligence moves the figure, a better forecast hardly does. How good sources are "
        "is assumed here, and has to be measured in practice."
    )
    return Result(
        name="information", title="What a source is worth", answer=answer,
        error=f"{size} city-years on common random numbers; 95 % errors in the table.", figures=figures,
        bars=tuple(Bar(name, one["per_100"], 1.96 * one["error"]) for name, one in figures.items()),
        axes=("", "meet an event, of 100 deployments, with 95 % error"),
        head=("policy", "deployments a year", "meet an event, of 100", "plus or minus", "prevented per 100"),
        rows=tuple(rows), parameters=parameters, seed=seed, size=size,
        limits=("Sources err independently here; real ones share rumours. Two origins look better for it.",
                "Shares and qualities of sources are assumptions: no published rate was found.",),
    )  # fmt: skip
