"""Comparison areas weighted so that together they resemble the treated ones: synthetic control and its relatives.

Three estimates of one panel: difference in differences, synthetic control, and synthetic difference-in-differences,
which weights both areas and periods. How far chance alone would take the estimate is found by pretending, in turn, that
each comparison area was the treated one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.evaluate.panel import Panel
from answerable.evaluate.simplex import simplex_weights

Floats = NDArray[np.float64]
_TIME_RIDGE = 1e-6
_TIE = 1e-12


@dataclass(frozen=True)
class PanelEffect:
    """Mean effect per treated area and period after the start, with the weights behind it.

    ``unit_weights`` follow ``Panel.control_names``; ``time_weights`` the periods before the start; ``fit`` is the root
    mean squared difference before the start.
    """

    estimate: float
    unit_weights: Floats
    time_weights: Floats
    fit: float


@dataclass(frozen=True)
class Placebo:
    """The estimate among those of pretended treatment: their standard deviation and the rank ``p`` (two-sided)."""

    estimate: float
    estimates: Floats
    se: float
    p: float


Estimator = Callable[[Panel], PanelEffect]


def did(panel: Panel) -> PanelEffect:
    """Return the difference in differences: all areas and all periods weigh the same."""
    controls, start = panel.controls, panel.start
    units = np.full(len(controls), 1 / len(controls))
    return _effect(panel, units, np.full(start, 1 / start))


def synthetic_control(panel: Panel) -> PanelEffect:
    """Return the gap to a weighted mean of comparison areas that followed the treated one before the start.

    Weights are not negative and sum to 1; outcomes only, no covariates. Reference: Abadie, Diamond and Hainmueller,
    Journal of the American Statistical Association 105, 2010.
    """
    before = panel.controls[:, : panel.start]
    # A trace of ridge picks one answer where many fit equally well.
    weights = simplex_weights(before.T, panel.mean_treated[: panel.start], ridge=1e-12 * float((before**2).sum()))
    return _effect(panel, weights, np.zeros(panel.start))


def sdid(panel: Panel) -> PanelEffect:
    """Return the synthetic difference-in-differences.

    Formula: area weights fit the treated mean before the start up to a constant, with ridge zeta^2 T0, zeta = (N1
    T1)^(1/4) times the standard deviation of the controls' first differences; time weights fit the controls' mean after
    the start. Both are solved exactly, so that published figures, which stop early, agree to about 0.01 only.
    Reference: Arkhangelsky, Athey, Hirshberg, Imbens and Wager, American Economic Review 111, 2021.
    """
    controls, start = panel.controls, panel.start
    before, after = controls[:, :start], controls[:, start:]
    noise = float(np.diff(before, axis=1).std(ddof=1))
    zeta2 = np.sqrt(panel.treated.sum() * after.shape[1]) * noise**2
    treated = panel.mean_treated
    units = simplex_weights(_centred(before.T), treated[:start] - treated[:start].mean(), ridge=float(zeta2) * start)
    mean_after = after.mean(axis=1)
    times = simplex_weights(
        _centred(before), mean_after - mean_after.mean(), ridge=(_TIME_RIDGE * noise) ** 2 * len(controls)
    )
    return _effect(panel, units, times)


def placebo(panel: Panel, estimator: Estimator) -> Placebo:
    """Return what chance alone would do to the estimate: each comparison area in turn plays the treated one.

    All of them are counted, none is drawn: the answer is the same every time. Needs one treated area (or several taken
    as their mean). ``estimates`` and ``se`` leave the treated area out, as published programs do; ``p`` is that of
    :func:`placebo_rank`.
    """
    pretended = np.array([estimator(panel.pretending(i)).estimate for i in range(len(panel.controls))])
    rank = placebo_rank(panel, estimator)
    return Placebo(estimator(panel).estimate, pretended, float(pretended.std(ddof=1)), rank)


def placebo_rank(panel: Panel, estimator: Estimator) -> float:
    """Return the share of all areas whose estimate is as far from 0 as the treated one's, its own included (p).

    The treated area is then among those the others are compared with: every area has the same number of comparators, so
    that of n areas alike each is as likely to be the furthest, and p <= k / n comes in k of n cases, exactly. (With the
    treated one left out, the others have a comparator less than it, and the rank is too small too often.)
    Reference: Abadie, Diamond and Hainmueller, Journal of the American Statistical Association 105, 2010, section 3.4.
    """
    far = abs(estimator(panel).estimate)
    others = [abs(estimator(panel.swapped(i)).estimate) for i in range(len(panel.controls))]
    return (1 + sum(other >= far - _TIE for other in others)) / (1 + len(others))


def leave_one_out(panel: Panel, estimator: Estimator) -> dict[str, float]:
    """Return the estimate without each comparison area that carries weight, by its name."""
    weights = estimator(panel).unit_weights
    found: dict[str, float] = {}
    places = np.flatnonzero(~panel.treated)
    for place, weight, name in zip(places, weights, panel.control_names, strict=True):
        if weight > 1e-6 and len(places) > 2:
            kept = np.arange(len(panel.outcome)) != place
            names = tuple(n for i, n in enumerate(panel.names) if i != place)
            found[name] = estimator(Panel(panel.outcome[kept], panel.treated[kept], panel.start, names)).estimate
    return found


def _centred(columns: Floats) -> Floats:
    centred: Floats = columns - columns.mean(axis=0)
    return centred


def _effect(panel: Panel, units: Floats, times: Floats) -> PanelEffect:
    controls, treated, start = panel.controls, panel.mean_treated, panel.start
    gap = treated - units @ controls
    fit = gap[:start] - (gap[:start].mean() if times.any() else 0.0)
    estimate = gap[start:].mean() - times @ gap[:start]
    return PanelEffect(float(estimate), units, times, float(np.sqrt((fit**2).mean())))
