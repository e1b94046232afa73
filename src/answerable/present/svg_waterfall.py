"""The waterfall of a picture as SVG: from the base rate through the forecast and each origin to the result.

The scale is that of log odds, where what an origin adds is one length wherever it starts. Colours are attributes first
and a style sheet second, so that a page that forbids styles still has the light picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from xml.sax.saxutils import escape

from answerable.forecast.frequency import frequency
from answerable.intel.assumptions import number
from answerable.intel.picture import Picture, Step

WIDTH = 960
LEFT, RIGHT, TOP, ROW, FOOT = 300, 40, 96, 52, 92
_LEAST, _MOST = 1e-4, 0.99
_TICKS = (0.0001, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99)
INK, QUIET, PAPER, LINE = "#1d2730", "#5b6770", "#ffffff", "#c3ccd2"
_FILL = {
    "base_rate": "#7b8791",
    "forecast": "#7b8791",
    "up": "#b4561a",
    "down": "#2b6ca3",
    "rule": "#6d4a8d",
    "result": "#1d2730",
}
_DARK = {"ink": "#e8edf1", "quiet": "#a3b0ba", "paper": "#0f151b"}


def waterfall(picture: Picture, *, title: str, watermark: str = "") -> str:
    """Return ``picture`` as SVG text with a title, a description for readers who cannot see it, and a watermark."""
    height = TOP + ROW * (len(picture.steps) + 1) + FOOT
    bottom = height - FOOT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" class="wf" '
            'aria-labelledby="wft wfd" font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif">',
            f'<title id="wft">{escape(title)}</title>',
            f'<desc id="wfd">{escape(_told(picture))}</desc>',
            f"<style>{_style()}</style>",
            f'<rect width="{WIDTH}" height="{height}" class="wf-paper" fill="{PAPER}"/>',
            _text(24, 34, title, size=21, weight=650),
            _text(24, 60, _result_words(picture), size=14, quiet=True),
            *([_text(24, 80, watermark.upper(), size=12, quiet=True, weight=600)] if watermark else []),
            *_scale(bottom),
            *_rows(picture),
            *_foot(picture, bottom),
            "</svg>\n",
        ]
    )


def place(probability: float) -> float:
    """Return where a probability lies across the sheet, in pixels; what is beyond the scale lies at its end."""
    inside = min(max(probability, _LEAST), _MOST)
    low, high = (math.log(p / (1 - p)) for p in (_LEAST, _MOST))
    return LEFT + (math.log(inside / (1 - inside)) - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def _rows(picture: Picture) -> Iterator[str]:
    before = 0.0
    for row, step in enumerate(picture.steps):
        y = TOP + ROW * row
        start = _LEAST if step.kind == "base_rate" else before
        ends = sorted((place(start), place(step.probability)))
        yield (
            f'<rect x="{ends[0]:.1f}" y="{y + 8}" width="{max(1.5, ends[1] - ends[0]):.1f}" height="22" '
            f'fill="{_FILL[_kind(step, before)]}"><title>{escape(step.says)}</title></rect>'
        )
        yield _text(24, y + 20, step.label[:34], size=14)
        yield _text(24, y + 37, _factor(step), size=12, quiet=True)
        yield _text(_beside(ends[1]), y + 24, f"{100 * step.probability:.3g} %", size=13, anchor=_side(ends[1]))
        before = step.probability
    y = TOP + ROW * len(picture.steps)
    low, middle, high = (place(p) for p in (picture.low, picture.probability, picture.high))
    yield _text(24, y + 20, "Result", size=14, weight=650)
    yield _text(24, y + 37, "with its 90 % interval", size=12, quiet=True)
    whisker = f"M{low:.1f} {y + 19}H{high:.1f}M{low:.1f} {y + 12}v14M{high:.1f} {y + 12}v14"
    yield f'<path d="{whisker}" class="wf-line" fill="none" stroke="{INK}" stroke-width="2"/>'
    yield f'<circle cx="{middle:.1f}" cy="{y + 19}" r="6" class="wf-ink" fill="{_FILL["result"]}"/>'
    yield _text(middle, y + 42, f"{100 * picture.probability:.3g} %", size=13, weight=650, anchor="middle")


def _scale(bottom: int) -> Iterator[str]:
    for tick in _TICKS:
        x = place(tick)
        yield f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="{LINE}" stroke-width="0.7" stroke-opacity="0.6"/>'
        yield _text(x, bottom + 18, f"{100 * tick:g} %", size=12, quiet=True, anchor="middle")
    x = place(number("picture", "threshold"))
    yield f'<path d="M{x:.1f} {TOP - 6}V{bottom}" stroke="#a12a2a" stroke-width="1.6" stroke-dasharray="5 4"/>'
    yield _text(x, TOP - 10, "likely", size=12, quiet=True, anchor="middle")


def _foot(picture: Picture, bottom: int) -> Iterator[str]:
    lines = [
        f"Base rate {frequency(picture.prior.base_rate)}; result {frequency(picture.probability)}. "
        f"Analytic confidence beside it: {picture.ancr or 'not stated'}.",
    ]
    if picture.needs_second_origin:
        lines.append("Needs a second origin: one source can never alone carry a picture to 'likely'.")
    for line, words in enumerate(lines):
        yield _text(24, bottom + 46 + 20 * line, words, size=13, quiet=True)


def _kind(step: Step, before: float) -> str:
    if step.kind == "origin":
        return "up" if step.probability >= before else "down"
    return step.kind


def _factor(step: Step) -> str:
    if step.ratio is None:
        return ""
    if step.low is None or step.high is None:
        return f"odds times {step.ratio:.3g}"
    return f"odds times {step.ratio:.3g} ({step.low:.2g} to {step.high:.2g})"


def _result_words(picture: Picture) -> str:
    low, high = 100 * picture.low, 100 * picture.high
    said = frequency(picture.probability)
    return f"{said}: {picture.words}; 90 % interval {low:.3g} % to {high:.3g} %"


def _told(picture: Picture) -> str:
    steps = " ".join(f"{step.label}: {100 * step.probability:.3g} %. {step.says}" for step in picture.steps)
    return f"{steps} Result: {_result_words(picture)}."


def _beside(x: float) -> float:
    return x + 8 if x < WIDTH - RIGHT - 70 else x - 8


def _side(x: float) -> str:
    return "start" if x < WIDTH - RIGHT - 70 else "end"


def _text(
    x: float, y: float, words: str, *, size: float, quiet: bool = False, weight: int = 400, anchor: str = "start"
) -> str:
    kind, colour = ("quiet", QUIET) if quiet else ("ink", INK)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}" '
        f'class="wf-{kind}" fill="{colour}">{escape(words)}</text>'
    )


def _style() -> str:
    dark = "".join(f".wf-{name}{{fill:{colour}}}" for name, colour in _DARK.items())
    return (
        f".wf text{{font-variant-numeric:tabular-nums}}@media screen and (prefers-color-scheme:dark){{{dark}"
        f".wf-line{{stroke:{_DARK['ink']}}}}}@media print{{.wf *{{print-color-adjust:exact}}}}"
    )
