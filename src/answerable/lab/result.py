"""What an experiment gives back: a one-paragraph answer, a table, curves, its Monte Carlo error and its assumptions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from answerable.lab.chart import Bar, Curve, bar_chart, chart
from answerable.lab.parameters import Parameters
from answerable.present.document import Document, Facts, Grid, Items, Part, Section, Words

MARK = "Simulated city: nothing here happened anywhere."


@dataclass(frozen=True)
class Result:
    """One experiment's result.

    ``answer`` is its one paragraph, ``error`` says how wide the Monte Carlo error is, ``figures`` are plain values for
    programs, ``head`` and ``rows`` the table a reader sees, ``curves`` or ``bars`` what is drawn. ``parameters`` and
    ``seed``, with the ``size``, are all it takes to get the same result again.
    """

    name: str
    title: str
    answer: str
    error: str
    figures: Mapping[str, Any]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    parameters: Parameters
    seed: int
    size: int
    curves: tuple[Curve, ...] = ()
    axes: tuple[str, str] = ("", "")
    limits: tuple[str, ...] = field(default=())
    bars: tuple[Bar, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the result as plain data, with every parameter."""
        return {
            "experiment": self.name, "title": self.title, "watermark": MARK, "answer": self.answer,
            "monte_carlo_error": self.error, "figures": dict(self.figures), "head": list(self.head),
            "rows": [list(row) for row in self.rows], "seed": self.seed, "size": self.size,
            "parameters": {name: one.value for name, one in self.parameters.entries.items()},
            "parameters_dated": self.parameters.dated,
            "assumptions": [one.name for one in self.parameters.assumptions()],
            "limits": list(self.limits), "curves": [curve.as_json() for curve in self.curves],
            "bars": [bar.as_json() for bar in self.bars],
        }  # fmt: skip

    def document(self) -> Document:
        """Return the result as a document, assumptions listed."""
        known = [one for one in self.parameters.entries.values() if one.status != "assumption"]
        return Document(
            title=self.title, kicker="The lab", mark=MARK, faint="SIMULATED", running=self.name,
            summary=(Words(self.answer, "strong"), Words(self.error)),
            sections=(
                Section("found", "What was found", "", (Part("", (Grid(self.title, self.head, self.rows),)),)),
                Section("limits", "What this does not show", "", (Part("", (Items("", self.limits or _LIMITS),)),)),
                Section("assumed", "What is assumed", "Nobody measured these numbers.",
                        (Part("", (_numbers(self.parameters.assumptions()),)),)),
                Section("known", "What is taken from elsewhere", "", (Part("", (_numbers(known),)),)),
                Section("again", "To get the same again", "",
                        (Part("", (Facts((("Seed", str(self.seed)), ("Size", str(self.size)),
                                          ("Parameters dated", self.parameters.dated))),)),)),
            ),
            about={"experiment": self.name, "seed": self.seed, "size": self.size, "figures": _plain(self.figures)},
        )  # fmt: skip

    def html(self) -> str:
        """Return the report as one HTML page with its picture inside."""
        from answerable.present.document_writers import document_html

        page = document_html(self.document())
        picture = self.svg()
        return page.replace("<main>", f"{_figure(self.title, picture)}\n<main>", 1) if picture else page

    def svg(self) -> str:
        """Return the picture of the curves or the bars as SVG; ``axes[1]`` says what bars measure."""
        if self.bars:
            return bar_chart(self.title, self.bars, self.axes[1], MARK)
        return chart(self.title, self.curves, self.axes, MARK) if self.curves else ""

    def text(self) -> str:
        """Return the result for a terminal."""
        from answerable.present.tables import table

        shown = table(self.head, self.rows)
        return "\n".join([MARK, "", self.title, "", self.answer, self.error, "", shown, "", *_assumed(self.parameters)])


_LIMITS = ("It holds for this city and these numbers. No real place is described.",)


def _figure(title: str, picture: str) -> str:
    """Return the picture as a figure that scrolls on a narrow screen, where its words would be too small to read."""
    wide = picture.replace("<svg ", '<svg style="min-width: 42rem; width: 100%" ', 1)
    return f'<figure style="overflow-x: auto" tabindex="0" role="group" aria-label="{escape(title)}">{wide}</figure>'


def _numbers(entries: Any) -> Grid:
    rows = tuple((one.name, f"{one.value:g}", f"{one.low:g} to {one.high:g}", one.unit, one.source) for one in entries)
    return Grid("Parameters", ("name", "value", "plausible", "unit", "source"), rows)


def _assumed(parameters: Parameters) -> list[str]:
    names = ", ".join(one.name for one in parameters.assumptions())
    return [f"Assumed, not measured: {names}."]


def _plain(value: Any) -> Any:
    """Return figures with numbers as text, so that a document's bytes never depend on how a float is written."""
    if isinstance(value, Mapping):
        return {str(re.sub(r"\s+", " ", str(key))): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return f"{value:.6g}" if isinstance(value, float) else value
