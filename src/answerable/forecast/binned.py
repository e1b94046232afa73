"""Scores of a backtest that need every cell, from sums in bins of the forecast: a bin is as good as its cells.

A bin is a fiftieth of the log expectation wide, so that the cells in it differ by 2 % at most: slope, reliability,
CORP's parts and the decision curve worked out from bins are those of all cells to about a thousandth (tests compare).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.forecast.tally import BIN
from answerable.score.calibration import calibration_slope, reliability
from answerable.score.corp import isotonic
from answerable.work import Arrays

Floats = NDArray[np.float64]

# Thresholds of the decision curve, as multiples of the base rate: who acts from 10 times the base rate on, say.
LIFTS = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)


@dataclass(frozen=True, eq=False)
class Binned:
    """One model's bins that hold any cell, lowest first, shape (bins,) each: how many cells, incidents expected and
    observed, and cells with at least one incident.
    """

    cells: Floats
    expected: Floats
    observed: Floats
    happened: Floats

    @classmethod
    def of(cls, sums: Arrays, k: int) -> Binned:
        """Return the bins of the model at position ``k`` from the sums of a backtest."""
        held = sums["cells"][k] > 0
        return cls(*(sums[name][k][held] for name in ("cells", "expected", "observed", "happened")))

    @property
    def p(self) -> Floats:
        """Probability of at least one incident in a cell of each bin."""
        return np.asarray(-np.expm1(-self.expected / self.cells))

    def slope(self) -> float | None:
        """Return the calibration slope; None where the forecast is the same everywhere, or incidents are too few."""
        mean = self.expected / self.cells
        if np.ptp(np.log(mean)) < 2 * BIN:
            return None
        # A Poisson regression of sums with exposure `cells` is that of a count on the mean times the cells.
        try:
            return calibration_slope(mean, self.observed, exposure=self.cells)
        except InputError:
            # The report then says that there is none: too few incidents, or all of them in one place.
            return None

    def bands(self) -> list[dict[str, float]]:
        """Return observed beside expected incidents in tenths of what was expected, with how many cell-windows."""
        found = reliability(self.expected / self.cells, self.observed, exposure=self.cells)
        return [
            {"cells": float(b.cells), "expected": b.expected, "observed": b.observed, "low": b.low, "high": b.high}
            for b in found
        ]

    def parts(self, brier: float) -> dict[str, float]:
        """Return CORP's parts of a Brier score: ``brier`` = miscalibration - discrimination + uncertainty."""
        n, rate = self.cells.sum(), self.happened.sum() / self.cells.sum()
        fitted = isotonic(self.happened / self.cells, self.cells)
        # Of a cell forecast at f: (f - y)^2 on average, y being 1 in `happened` of `cells`.
        best = float((self.cells * np.square(fitted) - 2 * self.happened * fitted + self.happened).sum() / n)
        spread = float(rate * (1 - rate))
        return {"miscalibration": brier - best, "discrimination": spread - best, "uncertainty": spread}

    def decision_curve(self, base: float) -> list[dict[str, float]]:
        """Return the net benefit of acting from each of :data:`LIFTS` times the probability ``base`` on.

        ``net_benefit`` and ``everywhere`` (acting everywhere) are in true positives per decision; ``of_best`` is the
        net benefit as a share of what knowing the truth would bring. Thresholds of a half and more are left out.
        """
        n, found = self.cells.sum(), []
        prevalence = float(self.happened.sum() / n)
        for lift in LIFTS:
            threshold = lift * base
            if not 0 < threshold < 0.5:
                continue
            acted = self.p >= threshold
            true, flagged, price = self.happened[acted].sum(), self.cells[acted].sum(), threshold / (1 - threshold)
            net = float((true - price * (flagged - true)) / n)
            everywhere = prevalence - price * (1 - prevalence)
            found.append({
                "lift": lift, "threshold": threshold, "net_benefit": net, "everywhere": everywhere,
                "of_best": net / prevalence,
            })  # fmt: skip
        return found
