"""How a map's values become a few shades: round breaks, one hue, white below a floor that means something.

The floor is the base rate: a place no likelier than a random one is left white, so that shade is always something
above chance. One hue, never red: a map of danger in red is an argument, not a measurement.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Light to dark on white paper, and dim to bright on dark paper: blue, evenly stepped in lightness.
LIGHT = ("#d6e6f3", "#abcde6", "#78add3", "#478abb", "#24669b", "#0f4270")
DARK = ("#1f3a52", "#295479", "#3c749f", "#6096c1", "#94bfe0", "#d8ebfa")
MOST_SHADES = len(LIGHT)

_COARSE, _USUAL, _FINE = (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0)
_FEWEST_SHADES = 3


@dataclass(frozen=True)
class Classes:
    """Breaks between shades, in probability, lowest (the floor) first; ``per`` is the legend's round number."""

    breaks: tuple[float, ...]
    per: int = 1000

    @property
    def shades(self) -> tuple[int, ...]:
        """Index into the palette for each class above the floor, from faint to full."""
        n = len(self.breaks)
        return (2,) if n == 1 else tuple(round(i) for i in np.linspace(0, MOST_SHADES - 1, n).tolist())

    def of(self, p: ArrayLike) -> NDArray[np.int64]:
        """Return the class of each probability: 0 below the floor, 1 from the first break on, and so forth."""
        return np.searchsorted(np.asarray(self.breaks), np.asarray(p, float), side="right")

    def labels(self) -> list[str]:
        """Return one label per class, class 0 first, in ``per``: "under 0.2", "0.2 to 0.5", "2 or more"."""
        texts = [f"{value * self.per:.6g}" for value in self.breaks]
        if not texts:
            return ["all alike"]
        between = [f"{low} to {high}" for low, high in itertools.pairwise(texts)]
        return [f"under {texts[0]}", *between, f"{texts[-1]} or more"]


def classes(p: Sequence[float] | NDArray[np.float64], base: float) -> Classes:
    """Choose at most six breaks from the base rate ``base`` up to the largest value, both probabilities.

    Where no value is above the base there are no breaks, and all places are left white.

    >>> classes([0.0001, 0.0008, 0.0041], base=0.00019).labels()
    ['under 0.2', '0.2 to 0.5', '0.5 to 1', '1 to 2', '2 or more']
    """
    top = float(max(p, default=0.0))
    per = 1000 if top >= 1e-4 else 1_000_000
    if top <= base * 1.001 or top <= 0:
        return Classes((), per)
    floor = base if base > 0 else top / 50
    chosen: list[float] = []
    for series in (_COARSE, _USUAL, _FINE):
        found = _between(floor, top, series)
        if len(found) <= MOST_SHADES and (len(found) >= _FEWEST_SHADES or len(found) > len(chosen)):
            chosen = found
        if series is not _COARSE and len(chosen) >= _FEWEST_SHADES:
            break
    return Classes(tuple(chosen or [floor]), per)


def _between(low: float, high: float, series: Sequence[float]) -> list[float]:
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    numbers = [float(f"{step}e{decade}") for decade in decades for step in series]
    return [number for number in numbers if low <= number < high]
