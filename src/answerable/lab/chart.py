"""Curves and bars as SVG, with a description for readers who cannot see them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import wrap
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 480, 90, 270, 70, 70
_NAMES, _ROW, _BAR, _LEGEND = 400, 32, "#8db4d2", 27
_DECADES = 1.5
"""An axis whose values span more powers of ten than this is drawn by powers of ten."""
_COLOURS = ("#1d5c8f", "#b4561a", "#3b7a3b", "#6d4a8d", "#8a6d00", "#5b6770")
_DASHES = ("", "7 4", "2 4", "9 3 2 3", "12 5", "4 2")


@dataclass(frozen=True)
class Curve:
    """One line: its ``name`` and its points (x, y), x rising."""

    name: str
    points: tuple[tuple[float, float], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the curve as plain data."""
        return {"name": self.name, "points": [list(point) for point in self.points]}


@dataclass(frozen=True)
class Bar:
    """One bar: its ``name``, its ``value`` and how far the value may be off (95 %; 0 where it is exact).

    ``span`` is the interval where it does not reach as far to both sides.
    """

    name: str
    value: float
    error: float = 0.0
    span: tuple[float, float] | None = None

    @property
    def ends(self) -> tuple[float, float]:
        """Where the line of the error begins and ends."""
        return self.span or (self.value - self.error, self.value + self.error)

    def as_json(self) -> dict[str, Any]:
        """Return the bar as plain data."""
        return {"name": self.name, "value": self.value, "interval": list(self.ends)}


def chart(title: str, curves: tuple[Curve, ...], axes: tuple[str, str], watermark: str) -> str:
    """Return the curves as SVG text; lines differ by dash as well as by colour."""
    xs = sorted({x for curve in curves for x, _ in curve.points})
    ys = [y for curve in curves for _, y in curve.points] + [0.0]
    powers = xs[0] > 0 and math.log10(xs[-1] / xs[0]) > _DECADES
    along = math.log10 if powers else float
    first, wide = along(xs[0]), (along(xs[-1]) - along(xs[0])) or 1.0
    steps = _steps(min(ys), max(ys))
    low, high = min(steps[0], *ys), max(steps[-1], *ys)

    def at(x: float, y: float) -> tuple[float, float]:
        across = LEFT + (along(x) - first) / wide * (WIDTH - LEFT - RIGHT)
        return across, HEIGHT - BOTTOM - (y - low) / ((high - low) or 1.0) * (HEIGHT - TOP - BOTTOM)

    told = "; ".join(f"{c.name}: from {c.points[0][1]:.3g} to {c.points[-1][1]:.3g}" for c in curves)
    lines = _head(title, told, watermark, HEIGHT)
    for y in steps:
        _, down = at(xs[0], y)
        lines.append(f'<path d="M{LEFT} {down:.1f}H{WIDTH - RIGHT}" stroke="#d5dbe0" fill="none"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{down + 5:.1f}" text-anchor="end" fill="#1d2730">{y:g}</text>')
    for x in xs if powers else [one for one in _steps(xs[0], xs[-1]) if xs[0] <= one <= xs[-1]]:
        across, _ = at(x, low)
        lines.append(f'<text x="{across:.1f}" y="{HEIGHT - 46}" text-anchor="middle" fill="#1d2730">{x:g}</text>')
    row = TOP
    for number, curve in enumerate(curves):
        path = "L".join("{:.1f} {:.1f}".format(*at(x, y)) for x, y in curve.points)
        colour, dash = _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
        drawn = f'stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"'
        lines.append(f'<path d="M{path}" fill="none" {drawn}/>')
        lines.append(f'<path d="M{WIDTH - RIGHT + 16} {row}h34" {drawn}/>')
        for words in wrap(curve.name, _LEGEND):
            lines.append(f'<text x="{WIDTH - RIGHT + 58}" y="{row + 5}" fill="#1d2730">{escape(words)}</text>')
            row += 18
        row += 8
    lines.append(f'<text x="{LEFT}" y="{HEIGHT - 18}" fill="#5b6770">{escape(axes[0])}; {escape(axes[1])}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _steps(low: float, high: float) -> list[float]:
    """Return four to eight round values, evenly apart, from below ``low`` (a hair is forgiven) to ``high`` or above."""
    wide = (high - low) or 1.0
    power = 10.0 ** math.floor(math.log10(wide / 4))
    step = next(many * power for many in (1, 2, 2.5, 5, 10) if wide / (many * power) <= 6)
    first, last = math.floor(low / step + 0.05), math.ceil(high / step - 0.05)
    return [round(k * step, 12) for k in range(first, last + 1)]


def bar_chart(title: str, bars: tuple[Bar, ...], axis: str, watermark: str) -> str:
    """Return lying bars as SVG text, each with its figure and a line as long as its error."""
    low = min(0.0, *(bar.ends[0] for bar in bars))
    high = max(0.0, *(bar.ends[1] for bar in bars))
    scale = (WIDTH - _NAMES - 110) / ((high - low) or 1.0)
    told = "; ".join(f"{bar.name}: {bar.value:.3g} ({bar.ends[0]:.3g} to {bar.ends[1]:.3g})" for bar in bars)
    height = TOP + _ROW * len(bars) + 56
    lines = _head(title, told, watermark, height)
    zero = _NAMES - low * scale
    for number, bar in enumerate(bars):
        top, end = TOP + 12 + _ROW * number, zero + bar.value * scale
        mid, (first, last) = top + _ROW * 0.32, (zero + one * scale for one in bar.ends)
        lines.append(
            f'<text x="{_NAMES - 10}" y="{mid + 5:.1f}" text-anchor="end" fill="#1d2730">{escape(bar.name)}</text>'
            f'<rect x="{min(zero, end):.1f}" y="{top}" width="{abs(end - zero):.1f}" height="{_ROW * 0.64:.1f}" '
            f'fill="{_BAR}"/><path d="M{first:.1f} {mid:.1f}H{last:.1f}" stroke="#1d2730" '
            f'stroke-width="2" fill="none"/>'
            f'<text x="{max(zero, last) + 8:.1f}" y="{mid + 5:.1f}" fill="#1d2730">{bar.value:.3g}</text>'
        )
    below = height - 40
    lines.append(f'<path d="M{zero:.1f} {TOP}V{below}" stroke="#5b6770" fill="none"/>')
    lines.append(f'<text x="24" y="{height - 16}" fill="#5b6770">{escape(axis)}</text>')
    return "\n".join([*lines, "</svg>\n"])


def _head(title: str, told: str, watermark: str, height: int) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="ct cd" font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif" font-size="14">',
        f'<title id="ct">{escape(title)}</title>',
        f'<desc id="cd">{escape(told)}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="24" y="32" font-size="19" fill="#1d2730">{escape(title)}</text>',
        f'<text x="24" y="54" font-size="12" fill="#5b6770">{escape(watermark)}</text>',
    ]
