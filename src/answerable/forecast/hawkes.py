"""Self-exciting forecast: a background map, and after every incident a little more nearby for a while.

The process is that of ``excitation``, fitted to a dictionary of widths (75 to 600 m) and memories (1 to 720 days; as
many as the pairs of these data can be afforded for). A window's expectation is the background plus, for every known
incident and kernel, the mass that falls into the cell and the window; its whole is then set by the level, which knows
the season. 2 % is spread evenly. How much of a cell's expectation is background is told by
:meth:`FittedExcitation.parts`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from answerable.forecast.bandwidth import floored
from answerable.forecast.bank import refuse_too_fine
from answerable.forecast.base import Fitted
from answerable.forecast.diagnosis.echoes import find_echoes
from answerable.forecast.excitation import Events, Excitation, fit_dictionary
from answerable.forecast.kernel import Kernel
from answerable.forecast.now import Now
from answerable.forecast.shaped import FittedShape, fit_shaped
from answerable.place import Grid, Window

if TYPE_CHECKING:
    from answerable.incidents import Incidents

Floats = NDArray[np.float64]

_WIDTHS_M = (75.0, 150.0, 300.0, 600.0)
_MEMORIES_DAYS = (1.0, 4.0, 14.0, 50.0, 180.0, 720.0)
_MOST_PAIRS = 1_500_000


@dataclass(frozen=True)
class Hawkes:
    """Background and triggering, fitted by expectation-maximisation over pruned pairs."""

    name: str = "hawkes"
    about: str = "A background map, and after every incident a little more nearby for a while (self-exciting)."
    seasonal: bool = True

    def fit(self, incidents: Incidents, grid: Grid, at: datetime) -> Fitted:
        """Learn from the incidents known at ``at``; InputError where there are none, or the grid is too fine.

        Where many incidents may be echoes of others, every forecast says so: they look like excitation.
        """
        fitted = fit_shaped(self, incidents, grid, at)
        if not isinstance(fitted, FittedShape):
            return fitted
        past = fitted.now.history
        warning = "" if past.monthly else find_echoes(past.x, past.y, past.hours).warning
        return replace(fitted, notes=(warning,)) if warning else fitted

    def learn(self, now: Now) -> FittedExcitation:
        """Fit the process to what is known; InputError where the grid is too fine to answer on."""
        refuse_too_fine(now.grid)
        found = fit_dictionary(
            events_of(now), _WIDTHS_M, tuple(24 * days for days in _MEMORIES_DAYS), most_pairs=_MOST_PAIRS
        )
        past, grid = now.history, now.grid
        counts = np.bincount(past.cell, weights=found.background, minlength=len(grid)).astype(float)
        per_hour = Kernel.on(grid, found.map_width).density(counts) / max(past.span, 1.0)
        return FittedExcitation(found, per_hour)


def events_of(now: Now) -> Events:
    """Return what is known as the events of a process observed until the data's end."""
    past = now.history
    return Events(past.x, past.y, past.hours, now.grid, max(past.span, float(past.hours[-1])))


@dataclass(frozen=True, eq=False)
class FittedExcitation:
    """A fitted process and its background, in incidents per cell and hour, shape (cells,)."""

    process: Excitation
    per_hour: Floats

    def parts(self, now: Now, window: Window) -> tuple[Floats, Floats]:
        """Return the background's and the triggered incidents expected in ``window``, shape (cells,) each."""
        bank, process = now.bank, self.process
        wait = max(0.0, (window.start - now.at).total_seconds() / 3600)
        triggered = np.zeros(len(now.grid))
        for width, memory, weight in zip(process.widths, process.memories, process.weights, strict=True):
            if weight > 1e-6:
                s, m = bank.widths.index(float(width)), int(np.argmin(np.abs(bank.memories - memory)))
                in_window = np.exp(-wait / memory) * -np.expm1(-window.hours / memory)
                triggered += weight * in_window * bank.values[s, m]
        return self.per_hour * window.hours, np.maximum(triggered, 0.0)

    def share(self, now: Now, window: Window) -> Floats:
        """Return each cell's share, shape (cells,)."""
        background, triggered = self.parts(now, window)
        return floored(background + triggered)


MODEL = Hawkes
