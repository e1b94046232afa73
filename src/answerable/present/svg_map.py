"""Maps drawn on the server as SVG: the cells of a forecast, or areas with a probability each.

Shades are of one hue and start at the base rate. No more than 2,000 shapes: equal neighbours are joined, and where that
is not enough, cells are drawn as means of 2 x 2 blocks, or 4 x 4 and so on, which the map then says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from answerable.forecast.base import Forecast, at_least_one
from answerable.forecast.frequency import frequency
from answerable.place import Area, Grid, local
from answerable.present.classes import Classes, classes
from answerable.present.rectangles import MOST_SHAPES, Rectangle, coarse, merged
from answerable.present.svg import Frame, Sheet, attribute, label, land, line, shade, sheet, tooltip
from answerable.present.words import window_words

__all__ = ["area_map", "cell_map", "window_words"]


@dataclass(frozen=True)
class Drawing:
    """The cells as rectangles of blocks of ``factor`` x ``factor`` cells, ``block_m`` metres wide.

    ``coast`` says that the areas cover every cell, so that their outline may cut the cells off.
    """

    rectangles: tuple[Rectangle, ...]
    factor: int
    block_m: int
    coast: bool


_MOST_NAMES = 40
_NAME_PIXELS = 7.0


def cell_map(
    forecast: Forecast,
    *,
    areas: Sequence[Area] | None = None,
    title: str = "",
    watermark: str = "",
    tz: str = "UTC",
    styled: bool = True,
) -> str:
    """Return the map of a forecast's cells as SVG text.

    ``areas`` (in the forecast's projection) are drawn as outlines with their names; where they cover every cell, they
    are also the coast. ``watermark`` says in what kind of workspace the map was made; ``tz`` is the zone of the times.
    Without ``styled`` there is no style sheet inside, for pages that bring their own (classes ``am-...``).
    """
    bins = classes(forecast.p, forecast.p_base)
    drawing = _drawing(forecast, bins, areas or ())
    frame = Frame.around(_bounds(forecast.grid))
    best = forecast.top(1)[0]
    cell = f"{forecast.grid.cell_m:,} m cell"
    footnote = f"Unshaded: {bins.labels()[0]} in {bins.per:,}, hardly likelier than a random cell."
    if drawing.factor > 1:
        footnote += f" Drawn as means of {drawing.factor} x {drawing.factor} cells."
    about = Sheet(
        title=title or f"Chance of at least one incident in each {cell}",
        lines=(
            f"{window_words(forecast.window, tz)}. Model {forecast.model}, data until {_day(forecast, tz)}.",
            f"A random {cell}: {frequency(forecast.p_base)}. The likeliest: {best.words} "
            f"(90 % interval: {frequency(best.p_low)} to {frequency(best.p_high)}).",
        ),
        description=(
            f"Map of {len(forecast.grid):,} cells, {window_words(forecast.window, tz)}. The likeliest cell, at "
            f"{best.lat:.3f}, {best.lon:.3f}, has a chance of {best.words}; a random cell {frequency(forecast.p_base)}."
        ),
        watermark=watermark,
        classes=bins,
        unit=f"Chance in {bins.per:,}, per cell and window",
        footnote=footnote if bins.breaks else "Every cell has the same chance, so no cell is shaded.",
        styled=styled,
    )
    return sheet(about, frame, _cells(drawing, bins, frame, areas or (), about.key))


def area_map(
    values: Sequence[tuple[Area, float]],
    *,
    title: str,
    base: float | None = None,
    watermark: str = "",
    lines: Sequence[str] = (),
    unit: str = "",
    styled: bool = True,
) -> str:
    """Return a map of areas, each with a probability, as SVG text.

    ``values`` pairs areas of one projection with probabilities; ``base`` is the floor below which an area stays white,
    by default half of the middle value. ``lines`` stand under the title, ``unit`` above the legend;
    ``styled`` as for :func:`cell_map`.
    """
    p = np.array([value for _, value in values])
    floor = float(np.median(p)) / 2 if base is None else base
    bins = classes(p, floor)
    frame = Frame.around(shapely.total_bounds(np.array([area.geometry for area, _ in values])))
    ranked = sorted(values, key=lambda pair: -pair[1])
    said = "; ".join(f"{area.name}: {frequency(value)}" for area, value in ranked[:5])
    about = Sheet(
        title=title,
        lines=tuple(lines),
        description=f"Map of {len(values)} areas. Likeliest first: {said}.",
        watermark=watermark,
        classes=bins,
        unit=unit or f"Chance in {bins.per:,}",
        styled=styled,
    )
    body = [_area(frame, area, value, bins) for area, value in values]
    return sheet(about, frame, body + _names(frame, [area for area, _ in values]))


def _day(forecast: Forecast, tz: str) -> str:
    day = local(forecast.data_until, tz)
    return f"{day.day} {day:%b %Y}"


def _bounds(grid: Grid) -> tuple[int, int, int, int]:
    column, row, width, height = grid.bounds
    size = grid.cell_m
    return column * size, row * size, (column + width) * size, (row + height) * size


def _drawing(forecast: Forecast, bins: Classes, areas: Sequence[Area]) -> Drawing:
    factor = 1
    while True:
        image = coarse(forecast.grid, forecast.expected, factor)
        there = np.isfinite(image)
        shades = np.where(there, bins.of(at_least_one(np.where(there, image, 0.0))), -1)
        rectangles = merged(shades)
        if len(rectangles) <= MOST_SHAPES:
            coast = bool(areas) and _covers(areas, forecast.grid)
            return Drawing(tuple(rectangles), factor, factor * forecast.grid.cell_m, coast)
        factor *= 2


def _cells(drawing: Drawing, bins: Classes, frame: Frame, areas: Sequence[Area], key: str) -> list[str]:
    size = drawing.block_m * frame.scale
    place = f'transform="translate({frame.left:.6g} {frame.bottom:.6g}) scale({size:.8g} {-size:.8g})"'
    outline = "".join(frame.path(area.geometry) for area in areas)
    drawn = []
    if drawing.coast:
        drawn += [f'<clipPath id="{key}c"><path d="{outline}"/></clipPath>', f'<path d="{outline}" {land()}/>']
    clip = f' clip-path="url(#{key}c)"' if drawing.coast else ""
    drawn.append(f'<g{clip}><g {place} shape-rendering="crispEdges">')
    for number in range(1 if drawing.coast else 0, len(bins.breaks) + 1):
        boxes = (r for r in drawing.rectangles if r.shade == number)
        path = "".join(f"M{r.column} {r.row}h{r.width}v{r.height}h-{r.width}z" for r in boxes)
        fill = land() if number == 0 else shade(bins.shades[number - 1])
        if path:
            drawn.append(f'<path d="{path}" {fill}/>')
    drawn.append("</g></g>")
    if areas:
        drawn.append(f'<path d="{outline}" {line(0.9)}/>')
    return drawn + _names(frame, areas)


def _covers(areas: Sequence[Area], grid: Grid) -> bool:
    ground = shapely.union_all([area.geometry for area in areas])
    shapely.prepare(ground)
    x, y, size = grid.columns * grid.cell_m, grid.rows * grid.cell_m, grid.cell_m
    touched: NDArray[np.bool_] = shapely.intersects(ground, shapely.box(x, y, x + size, y + size))
    return bool(touched.all())


def _area(frame: Frame, area: Area, value: float, bins: Classes) -> str:
    number = int(bins.of(value))
    fill = land() if number == 0 else shade(bins.shades[number - 1])
    said = f"{area.name}: {frequency(value)}"
    shape = f'<path d="{frame.path(area.geometry)}" {fill} stroke="#8b979f" stroke-width="0.9" stroke-linejoin="round">'
    return f"<g aria-label={attribute(said)}>{shape}{tooltip(said)}</path></g>"


def _names(frame: Frame, areas: Sequence[Area]) -> list[str]:
    """Names that fit into their own area; a map of many areas goes without, and says them on hover."""
    if len(areas) > _MOST_NAMES:
        return []
    drawn = []
    for area in areas:
        west, _, east, _ = area.geometry.bounds
        if area.name and (east - west) * frame.scale > _NAME_PIXELS * len(area.name):
            # The middle of the largest circle that fits inside is where a name crosses the fewest borders.
            middle = shapely.maximum_inscribed_circle(area.geometry, tolerance=2 / frame.scale)
            point = shapely.get_point(middle, 0)
            drawn.append(label(*frame.point(point.x, point.y), area.name))
    return drawn
