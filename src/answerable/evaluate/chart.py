"""What a picture of an evaluation shows, as values: ranges beside a line of no difference, or curves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Range:
    """One estimate with its interval; ``high`` may be infinite, and ``low`` 0 on a scale of ratios."""

    label: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Ranges:
    """Estimates with their intervals, one below the other.

    ``reference`` is where nothing would have changed; ``ratio`` says that the values are ratios, drawn on a scale on
    which half and double lie as far from 1.
    """

    title: str
    unit: str
    rows: tuple[Range, ...]
    reference: float | None = None
    ratio: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the picture as plain data; an end that is not finite is null."""
        rows = [
            {"label": row.label, "value": _finite(row.value), "low": _finite(row.low), "high": _finite(row.high)}
            for row in self.rows
        ]
        return {"chart": "ranges", "title": self.title, "unit": self.unit, "reference": self.reference, "rows": rows}

    @property
    def says(self) -> str:
        """The picture in words, for those who do not see it."""
        rows = (f"{row.label}: {_told(row)}" for row in self.rows)
        return f"{self.title} ({self.unit}). {'; '.join(rows)}."


@dataclass(frozen=True)
class Lines:
    """Curves over one axis: ``series`` maps a name to its points; ``mark`` is an x that a vertical line shows."""

    title: str
    x_unit: str
    y_unit: str
    series: Mapping[str, Sequence[tuple[float, float]]]
    mark: float | None = None
    mark_label: str = ""
    log_x: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the picture as plain data."""
        return {
            "chart": "lines",
            "title": self.title,
            "x": self.x_unit,
            "y": self.y_unit,
            "series": {name: [list(point) for point in points] for name, points in self.series.items()},
            "mark": self.mark,
        }

    @property
    def says(self) -> str:
        """The picture in words, for those who do not see it: where every curve begins and ends."""
        told = [
            f"{name}: from {points[0][1]:.3g} at {points[0][0]:.4g} to {points[-1][1]:.3g} at {points[-1][0]:.4g}"
            for name, points in self.series.items()
            if points
        ]
        marked = f" The vertical line is {self.mark_label}." if self.mark is not None else ""
        return f"{self.title} ({self.y_unit}, over {self.x_unit}). {'; '.join(told)}.{marked}"


Chart = Ranges | Lines


def _told(row: Range) -> str:
    if math.isnan(row.value):
        return "nothing to compare"
    if math.isinf(row.value):
        return f"above any number, from {row.low:.3g}"
    return f"{row.value:.3g}, from {row.low:.3g} to {f'{row.high:.3g}' if math.isfinite(row.high) else 'no upper end'}"


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
