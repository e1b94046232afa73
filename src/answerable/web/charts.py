"""Charts for the pages: SVG that we write ourselves, each with a title and a description; its table stands beside it.

Colours come from ``static/style.css`` by class, so that dark mode, print and the security policy all hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from answerable.web.catalogue import say

WIDTH, HEIGHT, PAD = 640, 360, 56
_BAR, _LABEL = 26, 200


def bars(
    name: str, title: str, told: str, rows: Sequence[tuple[str, float, str]], *, limit: float | None = None
) -> str:
    """Return one bar per row (label, value from 0, value in words), with an optional line at ``limit``."""
    top = max([value for _, value, _ in rows] + [limit or 0.0, 1e-9])
    room = WIDTH - _LABEL - 80
    height = 16 + (_BAR + 10) * len(rows) + 8
    marks = []
    for number, (label, value, said) in enumerate(rows):
        y = 12 + (_BAR + 10) * number
        across = max(room * value / top, 0)
        marks.append(
            f'<text class="ch-label" x="{_LABEL - 10}" y="{y + 18}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="ch-bar" x="{_LABEL}" y="{y}" width="{across:.1f}" height="{_BAR}"/>'
            f'<text class="ch-label" x="{_LABEL + across + 8:.1f}" y="{y + 18}">{escape(said)}</text>'
        )
    if limit is not None:
        x = _LABEL + room * limit / top
        marks.append(f'<line class="ch-limit" x1="{x:.1f}" x2="{x:.1f}" y1="4" y2="{height - 4}"/>')
    return _svg(name, title, told, height, marks)


def reliability(name: str, title: str, told: str, bands: Sequence[tuple[float, float, float, float]]) -> str:
    """Return observed against forecast: one dot per band (forecast, observed, low, high), and the line of agreement."""
    top = max([max(forecast, high) for forecast, _, _, high in bands] + [1e-9])

    def at(forecast: float, observed: float) -> tuple[float, float]:
        return PAD + (WIDTH - 2 * PAD) * forecast / top, HEIGHT - PAD - (HEIGHT - 2 * PAD) * observed / top

    (x0, y0), (x1, y1) = at(0, 0), at(top, top)
    across, up = (escape(say(f"charts.{key}")) for key in ("forecast", "observed"))
    marks = [
        f'<path class="ch-axis" d="M{x0:.1f} {y1:.1f}V{y0:.1f}H{x1:.1f}"/>',
        f'<line class="ch-limit" x1="{x0:.1f}" y1="{y0:.1f}" x2="{x1:.1f}" y2="{y1:.1f}"/>',
        f'<text class="ch-label" x="{WIDTH / 2}" y="{HEIGHT - 14}" text-anchor="middle">{across}</text>',
        f'<text class="ch-label" x="14" y="{PAD - 20}">{up}</text>',
        f'<text class="ch-label" x="{x1:.1f}" y="{HEIGHT - PAD + 20}" text-anchor="end">{top:.3g}</text>',
    ]
    for forecast, observed, low, high in bands:
        x, y = at(forecast, observed)
        marks.append(
            f'<line class="ch-range" x1="{x:.1f}" x2="{x:.1f}" y1="{at(0, low)[1]:.1f}" y2="{at(0, high)[1]:.1f}"/>'
        )
        marks.append(f'<circle class="ch-dot" cx="{x:.1f}" cy="{y:.1f}" r="5"/>')
    return _svg(name, title, told, HEIGHT, marks)


def ranges(name: str, title: str, told: str, rows: Sequence[tuple[str, float, float, float]]) -> str:
    """Return one interval per row (label, ratio, low, high) beside the line of 1, where nothing differs.

    The scale is one of ratios, so that half and double lie as far from 1; it ends at 100 times, and an interval that
    goes on beyond it runs to the edge. A ratio that is not a number has no dot.
    """
    left, right, height = _LABEL, WIDTH - 20, 16 + (_BAR + 10) * len(rows) + 30
    seen = [abs(math.log(one)) for _, *three in rows for one in three if 0.01 <= one <= 100]
    reach = max([*seen, math.log(2)]) * 1.05

    def at(ratio: float) -> float:
        far = -reach if ratio <= 0 else reach if math.isinf(ratio) else max(-reach, min(reach, math.log(ratio)))
        return left + (right - left) * (far + reach) / (2 * reach)

    marks = [f'<line class="ch-limit" x1="{at(1):.1f}" x2="{at(1):.1f}" y1="4" y2="{height - 26}"/>']
    for number, (label, ratio, low, high) in enumerate(rows):
        y = 12 + (_BAR + 10) * number + _BAR / 2
        marks.append(f'<text class="ch-label" x="{left - 10}" y="{y + 5}" text-anchor="end">{escape(label)}</text>')
        marks.append(f'<line class="ch-range" x1="{at(low):.1f}" x2="{at(high):.1f}" y1="{y}" y2="{y}"/>')
        if not math.isnan(ratio):
            marks.append(f'<circle class="ch-dot" cx="{at(ratio):.1f}" cy="{y}" r="5"/>')
    for x, key, anchor in ((left, "fewer", "start"), (at(1), "alike", "middle"), (right, "more", "end")):
        said = escape(say(f"charts.{key}"))
        marks.append(f'<text class="ch-label" x="{x:.1f}" y="{height - 6}" text-anchor="{anchor}">{said}</text>')
    return _svg(name, title, told, height, marks)


def _svg(name: str, title: str, told: str, height: float, marks: Sequence[str]) -> str:
    ids = f'aria-labelledby="{name}-title {name}-told"'
    words = f'<title id="{name}-title">{escape(title)}</title><desc id="{name}-told">{escape(told)}</desc>'
    return f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" {ids}>{words}{"".join(marks)}</svg>'
