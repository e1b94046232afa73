"""A panel: one outcome for several areas over several periods, some treated from a period on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError

Floats = NDArray[np.float64]
FEWEST_CONTROLS = 2
FEWEST_BEFORE = 2


@dataclass(frozen=True)
class Panel:
    """``outcome`` has shape (areas, periods); ``treated`` (areas,) says which are treated from period ``start`` on."""

    outcome: Floats
    treated: NDArray[np.bool_]
    start: int
    names: tuple[str, ...]

    @classmethod
    def of(cls, outcome: ArrayLike, treated: ArrayLike, start: int, names: tuple[str, ...] = ()) -> Panel:
        """Return the checked panel; InputError for holes, no treated area, or too few comparators or periods."""
        y, which = np.asarray(outcome, dtype=float), np.asarray(treated, dtype=bool)
        if y.ndim != 2 or which.shape != y.shape[:1] or (names and len(names) != len(y)):
            raise InputError(
                "A panel has one row per area and one column per period.",
                where=f"outcome {y.shape}, treated {which.shape}",
                fix="Give every area the same periods.",
            )
        holes = int((~np.isfinite(y)).sum())
        if holes:
            raise InputError(
                f"The panel has {holes} holes.",
                where="outcome",
                fix="Fill in what was counted, 0 included; leave out areas that were not counted.",
            )
        if not which.any() or (~which).sum() < FEWEST_CONTROLS:
            raise InputError(
                "Not assessable: this needs a treated area and at least two to compare it with.",
                where=f"{int(which.sum())} treated, {int((~which).sum())} to compare",
                fix="Name more comparable areas, or say that it cannot be assessed.",
            )
        if not FEWEST_BEFORE <= start < y.shape[1]:
            raise InputError(
                "Not assessable: this needs at least two periods before and one after the start.",
                where=f"start {start} of {y.shape[1]} periods",
                fix="Wait for its horizon, or give a longer time before.",
            )
        return cls(y, which, start, names or tuple(str(i) for i in range(len(y))))

    @property
    def controls(self) -> Floats:
        """The outcome of the areas to compare with, shape (controls, periods)."""
        return self.outcome[~self.treated]

    @property
    def mean_treated(self) -> Floats:
        """The mean outcome of the treated areas, shape (periods,)."""
        mean: Floats = self.outcome[self.treated].mean(axis=0)
        return mean

    @property
    def control_names(self) -> tuple[str, ...]:
        """The names of the areas to compare with."""
        return tuple(name for name, treated in zip(self.names, self.treated, strict=True) if not treated)

    def pretending(self, control: int) -> Panel:
        """Return the panel without its treated areas in which control number ``control`` plays the treated one."""
        kept = np.flatnonzero(~self.treated)
        which = np.zeros(len(kept), dtype=bool)
        which[control] = True
        return Panel(self.outcome[kept], which, self.start, self.control_names)

    def swapped(self, control: int) -> Panel:
        """Return the panel in which control number ``control`` plays the treated area, and the treated one a control.

        Several treated areas become one, their mean, so that each area has as many others to be compared with.
        """
        rows = np.vstack([self.mean_treated, self.controls])
        which = np.arange(len(rows)) == control + 1
        return Panel(rows, which, self.start, ("treated", *self.control_names))
