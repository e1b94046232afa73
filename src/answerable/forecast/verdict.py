"""The verdict of a backtest: its sums turned into the scores that are published, with intervals.

Differences between models are paired: whole local days are drawn again with replacement (2,000 times, one seed), so
that what happened together stays together. Calibration and decisions come from binned sums (``binned``);
``answerable.score`` has the same scores for plain arrays, and tests compare the two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.forecast.backtest import UNIFORM, Outcome
from answerable.forecast.binned import Binned
from answerable.forecast.mixing import SHARE, bound, fixed_share_bound
from answerable.forecast.tally import MIXTURES
from answerable.place import local, stamp
from answerable.score.bootstrap import Interval, block_bootstrap

Floats = NDArray[np.float64]

AREAS = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
BASELINES = (UNIFORM, "cell_mean", "long_run", "kde_300")
_SEED = 2018
_DRAWS = 2000
_CURVE = np.round(np.concatenate([np.arange(0, 5, 0.25), np.arange(5, 101, 2.5)]), 2)
_LOG2 = float(np.log(2))


def verdict(outcome: Outcome) -> dict[str, Any]:
    """Return the report as JSON types: ``data``, ``grid``, ``models``, ``baseline``, ``mixture``."""
    sums, grid = outcome.sums, outcome.timeline.grid
    events = int(sums["seen"].sum())
    if not events:
        raise InputError(
            "No incident happened in the windows tested, so no score can be told.",
            where=f"{len(outcome.windows)} windows", fix="Test a longer period.",
        )  # fmt: skip
    kilometres = len(grid) * grid.cell_km2
    return {
        "data": {
            "incidents": events, "windows": len(outcome.windows),
            "cell_windows": len(outcome.windows) * len(grid),
            "from": stamp(outcome.windows[0].start), "to": stamp(outcome.windows[-1].end),
            "hours": outcome.windows[0].hours, "data_hash": outcome.timeline.incidents.data_hash,
            "p_base": base_rate(outcome), "outcome_known_after_hours": outcome.wait.total_seconds() / 3600,
        },
        "grid": {"cells": len(grid), "cell_m": grid.cell_m, "crs": grid.projection.crs, "km2": round(kilometres, 3)},
        "baseline": UNIFORM,
        "models": {name: _model(outcome, k) for k, name in enumerate(outcome.shown)},
        "mixture": mixture_told(outcome),
    }  # fmt: skip


def log_scores(outcome: Outcome) -> Floats:
    """Return the Poisson log score of every window and model, shape (windows, models): all cells, and the integral."""
    return np.asarray(outcome.sums["hits"] - outcome.sums["total"] - outcome.sums["factorial"][:, None])


def gain(outcome: Outcome, k: int, over: int) -> Interval | None:
    """Return the gain in bits per incident of one model over another, with its paired interval; None if one day."""
    days = _days(outcome)
    scores = log_scores(outcome)
    top = np.bincount(days, (scores[:, k] - scores[:, over]) / _LOG2)
    bottom = np.bincount(days, outcome.sums["seen"])
    if len(top) < 2:
        return None
    return block_bootstrap(top, bottom, rng=np.random.default_rng(_SEED), draws=_DRAWS)


def hit_rates(outcome: Outcome, k: int, percents: Floats) -> Floats:
    """Return the share of incidents in the likeliest ``percents`` of the cells of each window, shape (areas,)."""
    flagged = np.asarray(percents)[:, None] / 100 * len(outcome.timeline.grid)
    above, equal = outcome.sums["above"][:, k], outcome.sums["equal"][:, k]
    number = outcome.sums["number"]
    caught = np.clip((flagged - above) / equal, 0, 1)
    return np.asarray(caught @ number / number.sum())


def best_hit_rates(outcome: Outcome, percents: Floats) -> Floats:
    """Return the highest hit rates that hindsight allows at the same areas, shape (areas,)."""
    window, number = outcome.sums["window"], outcome.sums["number"]
    order = np.lexsort((-number, window))
    ranked = window[order]
    first = np.searchsorted(ranked, ranked, side="left")
    place = np.arange(len(ranked)) - first
    flagged = np.asarray(percents)[:, None] / 100 * len(outcome.timeline.grid)
    return np.asarray(np.clip(flagged - place, 0, 1) @ number[order] / number.sum())


def _model(outcome: Outcome, k: int) -> dict[str, Any]:
    sums = outcome.sums
    events = float(sums["seen"].sum())
    bins = Binned.of(sums, k)
    name = outcome.shown[k]
    areas = np.array(AREAS)
    hits, best = hit_rates(outcome, k, areas), best_hit_rates(outcome, areas)
    keys = [f"{area:g}" for area in AREAS]
    total = float(sums["total"][:, k].sum())
    cells = len(outcome.windows) * len(outcome.timeline.grid)
    brier = float(sums["brier"][:, k].sum() / cells)
    told = gain(outcome, k, outcome.shown.index(UNIFORM))
    return {
        "log_score": float(log_scores(outcome)[:, k].sum()),
        "gain_bits_per_event": told.estimate if told else None,
        "gain_interval": [told.low, told.high] if told else None,
        "gain_over": {b: _interval(gain(outcome, k, outcome.shown.index(b))) for b in BASELINES if b in outcome.shown},
        "brier": brier,
        "brier_parts": bins.parts(brier),
        "calibration_slope": bins.slope(),
        "observed_over_predicted": events / total,
        "observed_over_predicted_interval": _ratio_interval(outcome, k),
        "hit_rate": dict(zip(keys, hits.tolist(), strict=True)),
        "pai": dict(zip(keys, (hits / (areas / 100)).tolist(), strict=True)),
        "pei": dict(zip(keys, np.divide(hits, best, out=np.zeros_like(hits), where=best > 0).tolist(), strict=True)),
        "hit_curve": {"area": _CURVE.tolist(), "hit_rate": hit_rates(outcome, k, _CURVE).tolist()},
        "reliability": bins.bands(),
        "decision_curve": bins.decision_curve(base_rate(outcome)),
        "false_alarms_per_event": _alarms(outcome, k, areas),
        "crps_window_total": _crps(outcome, k),
        "pit": _pit(outcome, k),
        "coverage": _coverage(outcome, k),
        "fit_seconds": _seconds(outcome, name, 0),
        "predict_seconds": _seconds(outcome, name, 1),
    }


def _interval(found: Interval | None) -> dict[str, float] | None:
    return {"bits": found.estimate, "low": found.low, "high": found.high} if found else None


def _days(outcome: Outcome) -> NDArray[np.int64]:
    tz = outcome.timeline.incidents.manifest.tz
    days = np.array([local(w.start, tz).toordinal() for w in outcome.windows])
    return np.unique(days, return_inverse=True)[1]


def _ratio_interval(outcome: Outcome, k: int) -> list[float] | None:
    days = _days(outcome)
    top, bottom = np.bincount(days, outcome.sums["seen"]), np.bincount(days, outcome.sums["total"][:, k])
    if len(top) < 2:
        return None
    found = block_bootstrap(top, bottom, rng=np.random.default_rng(_SEED), draws=_DRAWS)
    return [found.low, found.high]


def _alarms(outcome: Outcome, k: int, areas: Floats) -> dict[str, float | None]:
    """Cells flagged without an incident in the window, for each incident that a flagged cell held."""
    flagged = areas / 100 * len(outcome.timeline.grid) * len(outcome.windows)
    held = hit_rates(outcome, k, areas) * outcome.sums["number"].sum()
    above, equal = outcome.sums["above"][:, k], outcome.sums["equal"][:, k]
    reach = areas[:, None] / 100 * len(outcome.timeline.grid)
    cells_hit = np.clip((reach - above) / equal, 0, 1).sum(axis=1)
    return {
        f"{a:g}": float((f - c) / h) if h > 0 else None
        for a, f, c, h in zip(areas, flagged, cells_hit, held, strict=True)
    }


def _crps(outcome: Outcome, k: int) -> float:
    from answerable.score.crps import crps_count

    total, cv = outcome.sums["total"][:, k], outcome.sums["cv"][:, k]
    return float(crps_count(total, cv, outcome.sums["seen"]).mean())


def _coverage(outcome: Outcome, k: int) -> dict[str, float]:
    from answerable.score.coverage import covered

    total, cv, seen = outcome.sums["total"][:, k], outcome.sums["cv"][:, k], outcome.sums["seen"]
    return {f"{level:g}": float(covered(total, cv, seen, level).mean()) for level in (0.5, 0.9)}


def _pit(outcome: Outcome, k: int) -> list[float]:
    """The share of windows in each tenth of the randomised transform of their totals: 0.1 each where it is right."""
    from answerable.score.pit import randomised_pit

    total, cv, seen = outcome.sums["total"][:, k], outcome.sums["cv"][:, k], outcome.sums["seen"]
    told = randomised_pit(total, cv, seen, np.random.default_rng(_SEED))
    shares: list[float] = (np.histogram(told, np.linspace(0, 1, 11))[0] / len(told)).tolist()
    return shares


def base_rate(outcome: Outcome) -> float:
    """Return the probability of at least one incident in a random cell and window: the uniform model's, on average."""
    total = outcome.sums["total"][:, outcome.shown.index(UNIFORM)].mean()
    return float(-np.expm1(-total / len(outcome.timeline.grid)))


def _seconds(outcome: Outcome, name: str, which: int) -> float:
    seconds = outcome.sums["seconds"][which]
    return float(seconds.sum() if name in MIXTURES else seconds[outcome.raced.index(name)])


def mixture_told(outcome: Outcome) -> dict[str, Any] | None:
    """Return what is guaranteed and what was seen of the mixture; None where none was shown."""
    if not set(MIXTURES) & set(outcome.shown):
        return None
    mixed = outcome.mixed
    names = [*outcome.raced, *(f"{name} recalibrated" for name in outcome.raced)]
    best = int(np.argmax(mixed.log_probability.sum(axis=0)))
    order = np.argsort(-mixed.weights[-1])[:5]
    return {
        "experts": names,
        "best_expert": names[best],
        "worse_than_best_nats": mixed.regret,
        "bound_nats": bound(len(names), outcome.late),
        "outcomes_late_by_windows": outcome.late,
        "warmed_up_on_windows": outcome.warmed,
        "bound_needs": "outcomes are known before the next window"
        if not outcome.late
        else f"outcomes come {outcome.late} windows late, so {outcome.late + 1} mixtures take turns",
        "fixed_share": {
            "share": SHARE,
            "worse_than_best_nats": float(mixed.log_probability.sum(axis=0)[best] - mixed.joint_shared.sum()),
            "bound_nats_without_a_change": fixed_share_bound(len(mixed.weights), len(names), 0),
        },
        "weights_at_the_end": {names[i]: float(mixed.weights[-1, i]) for i in order},
    }
