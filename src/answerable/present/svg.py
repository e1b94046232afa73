"""The sheet that every map is drawn on: title, legend, scale bar, north, watermark; light, dark and print.

Colours are written as attributes and repeated as classes in a style sheet inside the picture. Where a page's security
policy forbids styles, the light picture remains; everywhere else dark mode and print follow the reader.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from answerable.present.classes import DARK, LIGHT, Classes

WIDTH = 960
MARGIN = 28
MAP_HEIGHT = 660
HEADER = 128
BAND = 30
FOOTER = 104

INK, QUIET, PAPER, LAND, LINE = "#1d2730", "#5b6770", "#eef1f3", "#ffffff", "#8b979f"
_DARK = {"ink": "#e8edf1", "quiet": "#a3b0ba", "paper": "#0f151b", "land": "#18212a", "line": "#6a7883"}
_PLAIN = {"ink": INK, "quiet": QUIET, "paper": PAPER, "land": LAND, "line": LINE}


@dataclass(frozen=True)
class Frame:
    """Where metres fall on the sheet: the box ``west, south`` (metres) at ``scale`` pixels per metre."""

    west: float
    south: float
    scale: float
    left: float
    bottom: float

    @classmethod
    def around(cls, bounds: Sequence[float]) -> Frame:
        """Return the frame that fits ``bounds`` (west, south, east, north in metres) into the map's room, centred."""
        west, south, east, north = bounds
        room = WIDTH - 2 * MARGIN
        scale = min(room / (east - west), MAP_HEIGHT / (north - south))
        left = MARGIN + (room - scale * (east - west)) / 2
        return cls(west, south, scale, left, HEADER + (MAP_HEIGHT + scale * (north - south)) / 2)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return the sheet's pixels for a point in metres."""
        return self.left + (x - self.west) * self.scale, self.bottom - (y - self.south) * self.scale

    def path(self, geometry: BaseGeometry) -> str:
        """Return the outline of polygons as SVG path data, simplified to half a pixel."""
        simple = geometry.simplify(0.5 / self.scale)
        parts: list[str] = []
        for polygon in shapely.get_parts(simple):
            for ring in shapely.get_rings(polygon):
                points = shapely.get_coordinates(ring)[:-1]
                pixels = np.column_stack(self.point(points[:, 0], points[:, 1])).round(1)
                parts.append("M" + "L".join(f"{x:g} {y:g}" for x, y in pixels.tolist()) + "Z")
        return "".join(parts)


@dataclass(frozen=True)
class Sheet:
    """What stands around a map. ``lines`` are shown under the title; ``description`` is read out instead of the map.

    ``styled`` is False for a page whose policy forbids styles in the picture and that has the classes in its own sheet.
    """

    title: str
    lines: tuple[str, ...]
    description: str
    watermark: str
    classes: Classes
    unit: str
    footnote: str = ""
    styled: bool = True

    @property
    def key(self) -> str:
        """A short id, the same for the same words, so that several pictures can share a page."""
        words = "\n".join((self.title, *self.lines, self.description))
        return "m" + hashlib.sha256(words.encode()).hexdigest()[:10]


def sheet(about: Sheet, frame: Frame, body: Iterable[str]) -> str:
    """Return the whole picture as SVG text: ``body`` between the paper and everything that explains it."""
    height = HEADER + MAP_HEIGHT + FOOTER
    key = about.key
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" class="am" '
            f'aria-labelledby="{key}t {key}d" font-family="system-ui, Segoe UI, Roboto, Arial, sans-serif">',
            f'<title id="{key}t">{escape(about.title)}</title>',
            f'<desc id="{key}d">{escape(about.description)}</desc>',
            *([f"<style>{_style()}</style>"] if about.styled else []),
            f'<rect width="{WIDTH}" height="{height}" class="am-paper" fill="{PAPER}"/>',
            *body,
            *_watermark(about.watermark),
            *_header(about),
            *_legend(about, height),
            *_scale_bar(frame, height),
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, *, size: float = 14, kind: str = "ink", more: str = "") -> str:
    """Return one line of text; ``kind`` is ink or quiet."""
    return (
        f'<text x="{x:.6g}" y="{y:.6g}" font-size="{size:g}" class="am-{kind}" fill="{_PLAIN[kind]}"{more}>'
        f"{escape(words)}</text>"
    )


def shade(number: int) -> str:
    """Return the class and fill attributes of a shade of the palette."""
    return f'class="am-s{number}" fill="{LIGHT[number]}"'


def land() -> str:
    """Return the class and fill attributes of ground below the floor."""
    return f'class="am-land" fill="{LAND}"'


def line(width: float) -> str:
    """Return the attributes of an outline."""
    return f'class="am-line" fill="none" stroke="{LINE}" stroke-width="{width:g}" stroke-linejoin="round"'


def label(x: float, y: float, words: str) -> str:
    """Return the name of an area, legible on any shade by its halo."""
    halo = f' text-anchor="middle" paint-order="stroke" stroke="{LAND}" stroke-width="4" stroke-linejoin="round"'
    drawn = text(x, y, words, size=13, more=f'{halo} stroke-opacity="0.85" font-weight="600"')
    return drawn.replace('class="am-ink"', 'class="am-ink am-halo"')


def tooltip(words: str) -> str:
    """Return a child element that browsers show on hover and screen readers read."""
    return f"<title>{escape(words)}</title>"


def attribute(words: str) -> str:
    """Return text quoted for use as an attribute's value."""
    return quoteattr(words)


def _style() -> str:
    light = "".join(f".am-s{i}{{fill:{colour}}}" for i, colour in enumerate(LIGHT))
    dark = "".join(f".am-s{i}{{fill:{colour}}}" for i, colour in enumerate(DARK))
    return (
        f".am text{{font-variant-numeric:tabular-nums}}{_named(_PLAIN)}{light}"
        f"@media screen and (prefers-color-scheme:dark){{{_named(_DARK)}{dark}}}"
        "@media print{.am *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
    )


def _named(colours: dict[str, str]) -> str:
    fills = "".join(f".am-{name}{{fill:{colour}}}" for name, colour in colours.items() if name != "line")
    return f"{fills}.am-line{{stroke:{colours['line']}}}.am-halo{{stroke:{colours['land']}}}"


def _header(about: Sheet) -> list[str]:
    drawn = [text(MARGIN, 70, about.title, size=_fitting(about.title, 23), more=' font-weight="650"')]
    drawn += [
        text(MARGIN, 95 + 20 * i, words, size=_fitting(words, 14), kind="quiet")
        for i, words in enumerate(about.lines[:2])
    ]
    if about.watermark:
        drawn.append(f'<rect width="{WIDTH}" height="{BAND}" class="am-quiet" fill="{QUIET}" fill-opacity="0.16"/>')
        middle = ' text-anchor="middle" letter-spacing="0.4" font-weight="600"'
        drawn.append(text(WIDTH / 2, 20, about.watermark, size=_fitting(about.watermark, 13), more=middle))
    return drawn


def _fitting(words: str, size: float) -> float:
    """The size at which words fit on one line, letters being about 0.56 of their height wide."""
    return min(size, (WIDTH - 2 * MARGIN) / (0.56 * max(1, len(words))))


def _watermark(words: str) -> list[str]:
    if not words:
        return []
    size = min(72.0, 1.4 * WIDTH / len(words))
    turned = ' text-anchor="middle" fill-opacity="0.085" font-weight="700" aria-hidden="true"'
    middle = HEADER + MAP_HEIGHT / 2
    drawn = []
    for shift in (-150, 150):
        turn = f' transform="rotate(-20 {WIDTH / 2:g} {middle + shift:g})"'
        drawn.append(text(WIDTH / 2, middle + shift, words, size=size, more=turned + turn))
    return drawn


def _legend(about: Sheet, height: int) -> list[str]:
    top = height - FOOTER + 34
    drawn = [text(MARGIN, top, about.unit, size=13, kind="quiet")]
    wide = min(104.0, 620 / max(1, len(about.classes.labels())))
    for number, words in enumerate(about.classes.labels()):
        left = MARGIN + number * wide
        fill = land() if number == 0 else shade(about.classes.shades[number - 1])
        drawn.append(
            f'<rect x="{left:.6g}" y="{top + 10}" width="{wide - 4:.6g}" height="14" {fill} stroke="{LINE}" '
            'stroke-width="0.6"/>'
        )
        drawn.append(text(left, top + 41, words, size=12.5))
    if about.footnote:
        drawn.append(text(MARGIN, top + 60, about.footnote, size=12, kind="quiet"))
    return drawn


def _scale_bar(frame: Frame, height: int) -> list[str]:
    metres = _round_length(150 / frame.scale)
    wide, y = metres * frame.scale, height - FOOTER + 58
    left = WIDTH - MARGIN - 36 - wide
    words = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    bar = f"M{left:.6g} {y - 5}V{y}H{left + wide:.6g}V{y - 5}"
    north = WIDTH - MARGIN - 8
    arrow = f"M{north} {y - 30}L{north + 6} {y - 12}L{north} {y - 16}L{north - 6} {y - 12}Z"
    return [
        f'<path d="{bar}" class="am-line" fill="none" stroke="{QUIET}" stroke-width="1.4"/>',
        text(left + wide / 2, y - 9, words, size=12, kind="quiet", more=' text-anchor="middle"'),
        f'<path d="{arrow}" class="am-quiet" fill="{QUIET}"/>',
        text(north, y + 2, "N", size=12, kind="quiet", more=' text-anchor="middle"'),
    ]


def _round_length(most: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten metres that is at most ``most``."""
    decade = 10.0 ** math.floor(math.log10(most))
    return max(step * decade for step in (1, 2, 5) if step * decade <= most)
