"""What do the evaluation designs say when the truth is known? No effect, benefit, harm and displacement."""

from __future__ import annotations

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.displacement import displacement
from answerable.evaluate.trigger_matched import trigger_matched
from answerable.evaluate.wdd import wdd
from answerable.lab.chart import Bar
from answerable.lab.engine import Candidates, Policy, simulate
from answerable.lab.experiments.cheating import exact
from answerable.lab.ground import SIDES, Ground, make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.stream import Stream, draw_stream

SIZE = 80
PLACES, EVENTS = 225, 4000
WEEK_H = 168.0
TRUTHS = {
    "no effect": {"patrol_effect": 0.0},
    "benefit": {"patrol_effect": 0.6},
    "harm": {"patrol_effect": 0.6},
    "displacement": {"patrol_effect": 0.6, "displacement": 0.9},
}  # fmt: skip
DESIGNS = ("triggered windows", "before and after, with control", "displacement")
_PERMUTATIONS = 99


def lots(stream: Stream, rng: np.random.Generator) -> tuple[Candidates, np.ndarray, np.ndarray]:
    """Return deployments drawn by lot for half of the triggers, and all triggers: their decisions and places.

    A trigger is an event of the window before; the lot is what makes the comparison fair.
    """
    windows = stream.hours // WINDOW_H
    inside = (stream.times >= 0) & (stream.times < (windows - 15) * WINDOW_H)
    window = (stream.times[inside] // WINDOW_H).astype(np.int64) + 1
    key = np.unique(window * 10**7 + stream.places[inside])
    chosen = rng.random(len(key)) < 0.5
    window, place = key // 10**7, key % 10**7
    plan = Candidates.of(window[chosen], place[chosen], np.ones(int(chosen.sum())), windows)
    return plan, key, chosen


def verdicts(parameters: Parameters, truth: str, rng: np.random.Generator) -> dict[str, int]:
    """Return what each design says of one year of one city: -1 a fall, 1 a rise, 0 cannot tell."""
    made = parameters.changed(confidence_hit=0.0, patrol_half_days=0.1, **TRUTHS[truth])
    ground = make_ground(made, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, made, 1, rng)
    plan, key, chosen = lots(stream, rng)
    run = simulate(stream, ground, made, Policy("lot", planned=plan))
    happened = run.happened.copy()
    if truth == "harm":
        # Harm is benefit told backwards: the deployed year is the one in which nothing is prevented.
        bare = simulate(stream, ground, made, Policy("others", planned=_others(key, chosen, stream)))
        happened = bare.happened.copy()
    after = _counts(stream.times[happened], run.places[happened], key)
    bands = np.searchsorted(np.quantile(ground.background, (0.2, 0.4, 0.6, 0.8)), ground.background[key % 10**7])
    found = trigger_matched(after, chosen, bands, rng=rng, permutations=_PERMUTATIONS)
    said = {DESIGNS[0]: -1 if found.high < 1 else 1 if found.low > 1 else 0}
    return said | _areas(made, ground, truth, rng)


def _others(key: np.ndarray, chosen: np.ndarray, stream: Stream) -> Candidates:
    left = key[~chosen]
    return Candidates.of(left // 10**7, left % 10**7, np.ones(len(left)), stream.hours // WINDOW_H)


def _counts(times: np.ndarray, places: np.ndarray, key: np.ndarray) -> np.ndarray:
    """Return events in the twelve hours of each trigger's decision."""
    window = (times[times >= 0] // WINDOW_H).astype(np.int64) * 10**7 + places[times >= 0]
    values, counts = np.unique(window, return_counts=True)
    at = np.searchsorted(values, key)
    inside = np.minimum(at, len(values) - 1)
    return np.where((at < len(values)) & (values[inside] == key), counts[inside], 0)


def _areas(parameters: Parameters, ground: Ground, truth: str, rng: np.random.Generator) -> dict[str, int]:
    """Return what before-and-after designs say: half a year without, half a year of standing patrols in ten places."""
    stream = draw_stream(ground, parameters, 1, rng)
    windows, half = stream.hours // WINDOW_H, stream.hours // WINDOW_H // 2
    treated = rng.choice(len(ground), 10, replace=False)
    beside = np.setdiff1d(ground.neighbours[treated].ravel(), treated)
    rest = np.setdiff1d(np.arange(len(ground)), np.concatenate([treated, beside]))
    on = np.arange(0, half) if truth == "harm" else np.arange(half, windows)
    window, place = np.repeat(on, len(treated)), np.tile(treated, len(on))
    plan = Candidates.of(window, place, np.ones(len(window)), windows)
    run = simulate(stream, ground, parameters, Policy("standing", planned=plan))
    late = stream.times >= half * WINDOW_H

    def pair(where: np.ndarray) -> tuple[float, float]:
        here = run.happened & np.isin(run.places, where)
        return float((here & ~late).sum()), float((here & late).sum())

    # Families of events scatter more than single ones: by 1 / (1 - n)^2 in long counts (Hawkes 1971).
    scatter = (1 - parameters["branching"]) ** -2
    weights = (1.0, len(rest) / len(treated), 1.0, 1.0)
    try:
        local = wdd(pair(treated), pair(rest), dispersion=scatter, area_weights=weights).local
        moved = displacement(
            pair(treated), _share(pair(rest), len(treated) / len(rest)),
            {"beside": (pair(beside), _share(pair(rest), len(beside) / len(rest)))}, dispersion=scatter,
        ).nearby["beside"]  # fmt: skip
    except InputError:
        return {DESIGNS[1]: 0, DESIGNS[2]: 0}
    return {DESIGNS[1]: _sign(local.low, local.high), DESIGNS[2]: _sign(moved.low, moved.high)}


def _share(pair: tuple[float, float], share: float) -> tuple[float, float]:
    return pair[0] * share, pair[1] * share


def _sign(low: float, high: float) -> int:
    return -1 if high < 0 else 1 if low > 0 else 0


def _interval(said: dict[str, float], size: int) -> tuple[float, float]:
    low, high = exact(round(size * (said["fall"] + said["rise"])), size)
    return 100 * low, 100 * high


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Evaluate ``size`` city-years under each of four truths with each of three designs."""
    figures: dict[str, dict[str, dict[str, float]]] = {}
    rows = []
    for truth in TRUTHS:
        runs = [verdicts(parameters, truth, child) for child in np.random.default_rng(seed).spawn(size)]
        figures[truth] = {
            design: {
                "fall": float(np.mean([run[design] < 0 for run in runs])),
                "rise": float(np.mean([run[design] > 0 for run in runs])),
            }
            for design in DESIGNS
        }
        for design, said in figures[truth].items():
            cannot = 1 - said["fall"] - said["rise"]
            rows.append((truth, design, *(f"{100 * v:.0f}" for v in (said["fall"], said["rise"], cannot))))
    first = figures["no effect"][DESIGNS[0]]
    answer = (
        f"Where nothing has an effect, comparing triggered windows claims one in {100 * sum(first.values()):.0f} of "
        f"100 years. A true fall is found in {100 * figures['benefit'][DESIGNS[0]]['fall']:.0f} and a true rise in "
        f"{100 * figures['harm'][DESIGNS[0]]['rise']:.0f} of 100, in a city with {EVENTS:,} events and deployments "
        "after half of them: far more than any real programme would ever have."
    )
    return Result(
        name="designs", title="Evaluation designs where the truth is known", answer=answer,
        error=f"{size} city-years each; a share of 5 in 100 is known to {196 * np.sqrt(0.0475 / size):.0f} in 100.",
        bars=tuple(
            Bar(f"{truth}: {design}", 100 * (said["fall"] + said["rise"]), span=_interval(said, size))
            for truth, found in figures.items()
            for design, said in found.items()
        ),
        axes=("", "of 100 city-years in which the design claims a change, with the exact 95 % interval"),
        figures=figures, head=("truth", "design", "says fall", "says rise", "cannot tell"), rows=tuple(rows),
        parameters=parameters, seed=seed, size=size,
        limits=(f"Places have {SIDES} neighbours, and every event is recorded.",),
    )  # fmt: skip
