"""Decision curves: at which value of a hit deploying is better than never deploying.

Net benefit at threshold t, in events met a year: hits less false alarms times t / (1 - t). Slower work sends nobody;
what it prevents in the same year is counted as the events that deployments would have to meet to prevent as many.
"""

from __future__ import annotations

import numpy as np

from answerable.errors import InputError
from answerable.lab.chart import Curve
from answerable.lab.engine import Action, Policy, simulate
from answerable.lab.ground import Ground, make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.london import pictures
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.sources import draw_tips
from answerable.lab.stream import Stream, draw_stream

SIZE = 6
PLACES, EVENTS, SOURCES, KNOWS = 1000, 930, 40, 25
THRESHOLDS = (0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)
RATIOS = (300.0, 30.0, 3.0)
NAMES = (
    "never", "hot spot (last year's counts)", "model (all that can be known)", "model and intelligence",
    "schools work instead, second year", "focused deterrence instead, second year",
)  # fmt: skip
WORK, TREATED = ("schools", "focused"), 100


def benefits(parameters: Parameters, rng: np.random.Generator) -> np.ndarray:
    """Return the net benefit of each policy at each threshold (float64[policies, thresholds]) in one city's year."""
    still = parameters.changed(patrol_effect=0.0)
    ground = make_ground(still, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, still, 2, rng)
    windows = stream.hours // WINDOW_H
    half = windows // 2
    hit, base, known = pictures(ground, still, stream, windows)
    before = (stream.times >= 0) & (stream.times < half * WINDOW_H)
    counts = np.bincount(stream.places[before], minlength=len(ground))
    # Counts of one year, drawn to their mean as far as they scatter by chance (a gamma prior).
    mean, spread = counts.mean(), max(counts.var() - counts.mean(), 1e-9)
    rate = (counts + mean**2 / spread) / (1 + mean / spread) / base[:half].sum()
    tips = draw_tips(ground, stream, still, rng, sources=SOURCES, knows=KNOWS).candidates(windows, RATIOS)
    happened = hit[half:]
    chances = {NAMES[1]: 1 - np.exp(-rate * base[half:, None]), NAMES[2]: 1 - np.exp(-known[half:])}
    rows = [np.zeros(len(THRESHOLDS))]
    rows += [np.array([_benefit(happened[chance >= t], t) for t in THRESHOLDS]) for chance in chances.values()]
    both = []
    for t in THRESHOLDS:
        run = simulate(stream, ground, still, Policy("tips", tips=tips, threshold=t), estimate=ground.background)
        sent = run.time >= half * WINDOW_H
        chosen = chances[NAMES[2]] >= t
        window, place = (run.time[sent] // WINDOW_H).astype(np.int64) - half, run.place[sent]
        chosen[window, place] = True
        both.append(_benefit(happened[chosen], t))
    begin = half * WINDOW_H
    slow = [np.full(len(THRESHOLDS), _instead(kind, ground, stream, parameters, begin)) for kind in WORK]
    return np.array([*rows, np.array(both), *slow])


def _instead(kind: str, ground: Ground, stream: Stream, parameters: Parameters, begin: int) -> float:
    """Return what work in the worst places, begun with the stream, prevents from ``begin`` on, as events met."""
    share = np.zeros(len(ground))
    share[np.argsort(-ground.background, kind="stable")[:TREATED]] = parameters[f"{kind}_effect"]
    action = Action(share, parameters[f"{kind}_lag_months"])
    run = simulate(stream, ground, parameters, Policy("never"), action=action)
    prevented = float(((stream.times >= begin) & ~run.happened).sum())
    worth = parameters["patrol_effect"] * (1 - parameters["displacement"])
    if worth <= 0:
        raise InputError(
            "Where a deployment prevents nothing, no number of events met is worth anything else.",
            where=f"patrol_effect {parameters['patrol_effect']:g}, displacement {parameters['displacement']:g}",
            fix="Give patrol_effect a value above 0.",
        )
    return prevented / worth


def _benefit(happened: np.ndarray, threshold: float) -> float:
    hits = float(happened.sum())
    return hits - (len(happened) - hits) * threshold / (1 - threshold)


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Compare four policies at eight thresholds in ``size`` cities of two years."""
    runs = np.array([benefits(parameters, child) for child in np.random.default_rng(seed).spawn(size)])
    mean, error = runs.mean(axis=0), 1.96 * runs.std(axis=0, ddof=1) / np.sqrt(size)
    rows = tuple(
        (f"{100 * t:g} in 100", *(f"{mean[k, i]:.1f} +/- {error[k, i]:.1f}" for k in range(1, len(NAMES))))
        for i, t in enumerate(THRESHOLDS)
    )
    gone = next((t for i, t in enumerate(THRESHOLDS) if mean[2, i] < 0.5), THRESHOLDS[-1])
    answer = (
        f"A force that would send officers only where an event is at least {100 * gone:g} in 100 likely gains nothing "
        f"from any forecast, however good. At 20 in 100 reports still gain {mean[3, -1]:.0f} events met a year, if "
        f"sources are as good as assumed. Schools work in the {TREATED} worst places does in its second year what "
        f"meeting {mean[4, 0]:.0f} events would, focused deterrence what meeting {mean[5, 0]:.0f} would, if they and "
        "patrols work as assumed."
    )
    points = [tuple((t, float(mean[k, i])) for i, t in enumerate(THRESHOLDS)) for k in range(len(NAMES))]
    return Result(
        name="decision-curves", title="Decision curves", answer=answer,
        error=f"{size} cities of {PLACES:,} places; 95 % errors in the table.",
        figures={n: dict(zip(map(str, THRESHOLDS), map(float, mean[k]), strict=True)) for k, n in enumerate(NAMES)},
        head=("sent where at least", *NAMES[1:]), rows=rows, parameters=parameters, seed=seed, size=size,
        curves=tuple(Curve(name, points[k]) for k, name in enumerate(NAMES)),
        axes=("across: probability from which officers are sent, by powers of ten", "up: net benefit, events met"),
        limits=("An event met is not an event prevented.",
                "Effects of patrols and of slower work are assumed, and so is what one is worth in the other."),
    )  # fmt: skip
