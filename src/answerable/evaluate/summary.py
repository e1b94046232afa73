"""What every evaluation hands back: figures as a table, and the same in sentences that a reader can hold us to."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from answerable.evaluate.chart import Chart


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is, its value as printed, and what to bear in mind when reading it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Summary:
    """The answer of one design to one question.

    ``verdict`` is one of :mod:`answerable.evaluate.verdict`, or empty where a design only describes; ``numbers`` are
    the unrounded figures behind ``table``; ``power`` says what could have been seen, ``would_change`` what would have
    to be different for another verdict; ``charts`` are its pictures, as values.
    """

    title: str
    method: str
    table: tuple[Row, ...]
    prose: tuple[str, ...]
    verdict: str = ""
    assumptions: tuple[str, ...] = ()
    power: str = ""
    would_change: str = ""
    exploratory: bool = False
    numbers: Mapping[str, Any] = field(default_factory=dict)
    charts: tuple[Chart, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the machine-readable answer."""
        return {
            "title": self.title,
            "method": self.method,
            "verdict": self.verdict,
            "exploratory": self.exploratory,
            "table": [{"label": row.label, "value": row.value, "note": row.note} for row in self.table],
            "prose": list(self.prose),
            "assumptions": list(self.assumptions),
            "power": self.power,
            "would_change": self.would_change,
            "numbers": dict(self.numbers),
            "charts": [chart.as_json() for chart in self.charts],
        }

    def sentences(self) -> tuple[str, ...]:
        """Return everything that is said in words, in reading order."""
        mark = ("Exploratory: this was not fixed before the deployment.",) if self.exploratory else ()
        assumed = (f"This assumes: {'; '.join(self.assumptions)}.",) if self.assumptions else ()
        power = (f"What could be seen: {self.power}",) if self.power else ()
        change = (f"What would change this: {self.would_change}",) if self.would_change else ()
        return (*mark, *self.prose, *assumed, *power, *change)

    def __str__(self) -> str:
        width = max((len(row.label) for row in self.table), default=0)
        lines = [f"  {row.label:<{width}}  {row.value}{f'  ({row.note})' if row.note else ''}" for row in self.table]
        return "\n".join([self.title, *self.sentences(), *lines, f"Method: {self.method}"])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th scope='row'>{html.escape(row.label)}</th><td>{html.escape(row.value)}</td>"
            f"<td>{html.escape(row.note)}</td></tr>"
            for row in self.table
        )
        said = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences())
        return f"<section><h3>{html.escape(self.title)}</h3>{said}<table>{rows}</table></section>"
