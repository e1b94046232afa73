"""Tables as plain text: columns line up in any terminal, pipe or e-mail. Nothing is coloured, nothing is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from answerable.present.words import frequency, yardstick

if TYPE_CHECKING:
    from answerable.forecast.base import Forecast, PlaceForecast

# A share of the study area from which on a place is the whole of it, give or take rounding along its edge.
_WHOLE = 0.995


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return rows under headers as aligned text; columns of numbers stand right, the rest left.

    >>> print(table(["place", "count"], [["Bronx", 12], ["Queens", 3]]))
    place   count
    ------  -----
    Bronx      12
    Queens      3
    """
    texts = [[str(value) for value in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *texts, strict=True)]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(headers))]

    def line(values: Sequence[str]) -> str:
        cells = (v.rjust(w) if r else v.ljust(w) for v, w, r in zip(values, widths, right, strict=True))
        return "  ".join(cells).rstrip()

    return "\n".join([line(headers), line(["-" * width for width in widths]), *(line(row) for row in texts)])


def forecast_table_text(forecast: Forecast, n: int = 10) -> str:
    """Return the ``n`` likeliest cells as a table, with interval, lift and the base rate they stand beside."""
    headers = ["rank", "cell", "lat", "lon", "chance of one or more", "90 % interval", "times a random cell"]
    rows = [
        [
            rank,
            cell.name,
            f"{cell.lat:.4f}",
            f"{cell.lon:.4f}",
            cell.words,
            f"{frequency(cell.p_low)} to {frequency(cell.p_high)}",
            f"{cell.expected / cell.base_rate:.1f}",
        ]
        for rank, cell in enumerate(forecast.top(n), 1)
    ]
    base = f"A random cell in this window: {frequency(forecast.p_base)}."
    return "\n".join([table(headers, rows), "", base, *forecast.notes])


def place_sentences(place: PlaceForecast) -> list[str]:
    """Say the forecast for one place in plain words: chance, interval, yardstick, base rate, and its limit."""
    where = place.name or f"{place.lat:.4f}, {place.lon:.4f}"
    told = [
        f"{where}: the chance of at least one incident is {place.words} ({yardstick(place.p)}); "
        f"90 % interval {frequency(place.p_low)} to {frequency(place.p_high)}.",
        _beside(place),
        "A forecast alone is never a reason to deploy.",
    ]
    if place.covered < 0.99:
        told.insert(1, f"Only {100 * place.covered:.0f} % of the area lies in the study area; the rest is not counted.")
    return told


def _beside(place: PlaceForecast) -> str:
    """Say what the chance stands beside; the whole study area has no other place of its size in it."""
    if place.of_study > _WHOLE:
        return (
            f"This is the whole study area, so its base rate is its own level, {place.base_words}: "
            "where in it an incident falls makes no difference to the whole."
        )
    return f"A random place of the same size has {place.base_words}."
