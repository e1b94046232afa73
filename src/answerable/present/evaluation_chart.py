"""Pictures of an evaluation as SVG: ranges beside a line of no difference, and curves. No script, no outside font."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from answerable.evaluate.chart import Chart, Lines, Range, Ranges

_WIDTH = 860
_LEFT, _RIGHT, _TOP, _BOTTOM = 330, 30, 14, 46
_ROW = 30
_CURVE_LEFT, _CURVE_HEIGHT = 64, 300
_DASHES = ("", "7 4", "2 3", "9 3 2 3", "1 5", "12 4")
_SHADES = ("#0b5a55", "#8a1c1c", "#1d4f91", "#7a5200", "#5b3a8c", "#4d5a58")
_WIDEST = 100.0


@dataclass(frozen=True)
class _Axis:
    """A scale from ``low`` to ``high`` onto pixels ``start`` to ``end``; on logs where ``log``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of ``value``; what lies beyond the scale is drawn at its end."""
        inside = min(max(value, self.low), self.high)
        low, high, inside = (math.log(v) if self.log else v for v in (self.low, self.high, inside))
        return self.start + (self.end - self.start) * (inside - low) / ((high - low) or 1)

    def ticks(self) -> list[float]:
        """Return round values along the scale."""
        if self.log:
            return _decades(self.low, self.high)
        step = _step((self.high - self.low) / 5)
        first = math.ceil(self.low / step - 1e-9)
        return [round(n * step, 10) for n in range(first, math.floor(self.high / step + 1e-9) + 1)]


def chart_svg(chart: Chart) -> str:
    """Return the picture as one SVG element that a page can hold; ``says`` of the chart is its description."""
    return _ranges(chart) if isinstance(chart, Ranges) else _lines(chart)


def _ranges(chart: Ranges) -> str:
    height = _TOP + _ROW * len(chart.rows) + _BOTTOM
    axis = _range_axis(chart)
    body = [*_scale_below(axis, height, chart.unit)]
    if chart.reference is not None:
        x = axis.at(chart.reference)
        body.append(_line(x, _TOP, x, height - _BOTTOM, dash="4 4"))
    for number, row in enumerate(chart.rows):
        body += _range(row, axis, _TOP + _ROW * (number + 0.5))
    return _svg(chart, height, body)


def _range_axis(chart: Ranges) -> _Axis:
    ends = [v for row in chart.rows for v in (row.low, row.value, row.high) if math.isfinite(v)]
    ends += [chart.reference] if chart.reference is not None else []
    if chart.ratio:
        far = max([abs(math.log(v)) for v in ends if 1 / _WIDEST <= v <= _WIDEST], default=0.0)
        reach = math.exp(max(far, math.log(2)) * 1.05)
        return _Axis(1 / reach, reach, _LEFT, _WIDTH - _RIGHT, log=True)
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    pad = 0.06 * ((high - low) or 1.0)
    return _Axis(low - pad if low < 0 else min(low, 0.0), high + pad, _LEFT, _WIDTH - _RIGHT)


def _range(row: Range, axis: _Axis, y: float) -> Iterable[str]:
    yield _text(_LEFT - 14, y + 5, _short(row.label), anchor="end")
    if math.isnan(row.value):
        yield _text(_LEFT, y + 5, "nothing to compare")
        return
    yield _line(axis.at(row.low), y, axis.at(row.high), y, width=3, colour=_SHADES[0])
    for end, beyond in ((row.low, row.low < axis.low), (row.high, row.high > axis.high)):
        x = axis.at(end)
        # An arrow where the interval goes on beyond the picture, a bar where it ends.
        tip = 8 if end == row.high else -8
        path = f"M{x - tip:.1f} {y - 6:.1f}L{x:.1f} {y:.1f}L{x - tip:.1f} {y + 6:.1f}" if beyond else (
            f"M{x:.1f} {y - 6:.1f}V{y + 6:.1f}"
        )  # fmt: skip
        yield f'<path d="{path}" fill="none" stroke="{_SHADES[0]}" stroke-width="2"/>'
    yield f'<circle cx="{axis.at(row.value):.1f}" cy="{y:.1f}" r="5.5" fill="{_SHADES[0]}"/>'


def _near(series: Sequence[tuple[float, float]], x: float) -> float:
    """Return the value of the point of a curve that is nearest to ``x``."""
    return min(series, key=lambda point: abs(point[0] - x))[1] if series else 0.0


def _lines(chart: Lines) -> str:
    key_rows = len(chart.series)
    height = _TOP + _CURVE_HEIGHT + _BOTTOM + 22 * key_rows
    points = [point for series in chart.series.values() for point in series] or [(1.0, 0.0)]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    xs += [chart.mark] if chart.mark is not None else []
    across = _Axis(min(xs), max(xs), _CURVE_LEFT, _WIDTH - _RIGHT, log=chart.log_x and min(xs) > 0)
    up = _Axis(min(0.0, *ys), (max(ys) or 1.0) * 1.02, _TOP + _CURVE_HEIGHT, _TOP + 18)
    foot = _TOP + _CURVE_HEIGHT + _BOTTOM
    body = [_text(_CURVE_LEFT, _TOP + 6, chart.y_unit, quiet=True), *_scale_below(across, foot, chart.x_unit)]
    for tick in up.ticks():
        body.append(_line(_CURVE_LEFT, up.at(tick), _WIDTH - _RIGHT, up.at(tick), faint=True))
        body.append(_text(_CURVE_LEFT - 8, up.at(tick) + 5, _number(tick), anchor="end", quiet=True))
    if chart.mark is not None:
        x = across.at(chart.mark)
        body.append(_line(x, _TOP + 18, x, foot - _BOTTOM, dash="4 4"))
        late = x > _WIDTH / 2
        # Where the curves are high at the mark, its label goes below them.
        high = any(up.at(_near(series, chart.mark)) < _TOP + _CURVE_HEIGHT / 2 for series in chart.series.values())
        y = _TOP + _CURVE_HEIGHT - 10 if high else _TOP + 30
        body.append(_text(x + (-6 if late else 6), y, chart.mark_label, anchor="end" if late else "start"))
    for number, (name, series) in enumerate(chart.series.items()):
        body += _curve(name, series, (across, up), number, foot + 22 * number)
    return _svg(chart, height, body)


def _curve(
    name: str, series: Sequence[tuple[float, float]], axes: tuple[_Axis, _Axis], number: int, key_y: float
) -> Iterable[str]:
    across, up = axes
    colour, dash = _SHADES[number % len(_SHADES)], _DASHES[number % len(_DASHES)]
    path = "L".join(f"{across.at(x):.1f} {up.at(y):.1f}" for x, y in series)
    if path:
        yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2.5" stroke-dasharray="{dash}"/>'
    yield _line(_CURVE_LEFT, key_y, _CURVE_LEFT + 40, key_y, width=2.5, colour=colour, dash=dash)
    yield _text(_CURVE_LEFT + 50, key_y + 5, name)


def _scale_below(axis: _Axis, height: float, unit: str) -> Iterable[str]:
    base = height - _BOTTOM
    yield _line(axis.start, base, axis.end, base)
    for tick in axis.ticks():
        yield _line(axis.at(tick), base, axis.at(tick), base + 5)
        yield _text(axis.at(tick), base + 20, _number(tick), anchor="middle", quiet=True)
    yield _text(axis.end, base + 38, unit, anchor="end", quiet=True)


def _svg(chart: Chart, height: float, body: Iterable[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:.0f}" role="img" width="100%" font-size="14" fill="currentColor">'
        f"<title>{escape(chart.title)}</title><desc>{escape(chart.says)}</desc>{''.join(body)}</svg>"
    )


def _line(
    x: float, y: float, to_x: float, to_y: float, *, width: float = 1, colour: str = "", dash: str = "",
    faint: bool = False,
) -> str:  # fmt: skip
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" stroke="{colour or "currentColor"}" '
        f'stroke-width="{width}" stroke-dasharray="{dash}" opacity="{0.18 if faint else 1}"/>'
    )


def _text(x: float, y: float, words: str, *, anchor: str = "start", quiet: bool = False) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" opacity="{0.75 if quiet else 1}">{escape(words)}</text>'
    )


def _short(words: str, most: int = 40) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}\u2026"


def _step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(power * m for m in (1, 2, 5, 10) if power * m >= rough * 0.999)


def _decades(low: float, high: float) -> list[float]:
    steps = (1, 2, 5) if high / low < 1000 else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = [m * 10.0**p for p in powers for m in steps]
    return [value for value in every if low * 0.999 <= value <= high * 1.001]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.2g}"
