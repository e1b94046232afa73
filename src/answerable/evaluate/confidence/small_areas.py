"""What a survey says of each of its neighbourhoods, once its own noise is taken out as far as that can be known.

A survey that is large for a city is small for each of its neighbourhoods: most of what seems to set them apart is who
happened to be asked. Their shares are drawn towards the mean of all, or of areas like them, as far as they are
uncertain.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.evaluate.chart import Range, Ranges
from answerable.evaluate.confidence.fay_herriot import SmallAreas, between_range, fay_herriot
from answerable.evaluate.confidence.publishing import FEWEST_ANSWERS, TOO_FEW, WIDEST, shown_share
from answerable.evaluate.confidence.survey import DESIGN_EFFECT
from answerable.evaluate.summary import Row, Summary

Floats = NDArray[np.float64]
ANSWERS = 120
"""Answers per area and year where a file gives none: 12,800 interviews a year over 106 neighbourhoods of London."""
_ROUNDED = 1 / 12
"""Variance, in points squared, of shares that were rounded to whole per cent."""
_Z = 1.959964


@dataclass(frozen=True)
class AreaShares:
    """Shares (per cent) of one ``item`` by area; ``like`` names what areas are alike, empty where none was asked for.

    ``blank`` are the areas for which the file has no figure.
    """

    item: str
    names: tuple[str, ...]
    shares: Floats
    like: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()


def read_areas(path: Path, item: str, *, like: str = "") -> AreaShares:
    """Return the shares of one survey item by area from a CSV (``.gz`` allowed) whose first column names the areas.

    Units: whole or broken per cent. An empty field is an area without a figure. Errors: InputError with the row for a
    share that is none, an area named twice, a column that is not there, or a file that cannot be read.
    """
    try:
        raw = path.read_bytes()
        text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError, EOFError) as error:
        raise InputError(
            "This survey file cannot be read.", where=f"{path}: {error}", fix="Save it as UTF-8."
        ) from error
    reader = csv.DictReader(io.StringIO(text))
    columns = list(reader.fieldnames or ())
    for column in (item, *([like] if like else [])):
        if column not in columns[1:]:
            raise InputError(
                f"There is no column {column!r}.",
                where=path.name,
                fix=f"Columns: {', '.join(columns[1:]) or 'none'}; the first names the areas.",
            )
    found: dict[str, tuple[float, str]] = {}
    blank = []
    for number, row in enumerate(reader, start=2):
        name, value = (row[columns[0]] or "").strip(), (row[item] or "").strip()
        where = f"{path.name}, row {number}"
        if not name or name in found or name in blank:
            raise InputError("Every area has one row and a name of its own.", where=where, fix="Mend the row.")
        if not value:
            blank.append(name)
            continue
        found[name] = (_share(value, where), (row[like] or "").strip() if like else "")
    shares = np.array([share for share, _ in found.values()])
    return AreaShares(
        item, tuple(found), shares, tuple(alike for _, alike in found.values()) if like else (), tuple(blank)
    )


def small_areas(
    areas: AreaShares, *, answers: int = ANSWERS, design_effect: float = DESIGN_EFFECT, assumed: bool = False
) -> Summary:
    """Return the small-area estimate of every area, and what of their differences is more than the survey's noise.

    Formula: sampling variance deff p (1 - p) / n with the share p of all areas, so that none looks surer because of
    what it answered, and that of rounding; then :func:`fay_herriot`. Where no difference between areas can be seen, the
    intervals allow for the largest that could have been missed. ``assumed``: the number of answers is not from the
    file. Errors: InputError for no answers, a design effect below 1, shares that are all 0 or 100, or too few areas.
    """
    if answers < 1 or design_effect < 1:
        raise InputError(
            "A survey has answers in every area and a design effect of at least 1.",
            where=f"{answers} answers, design effect {design_effect}",
            fix="Give the answers per area: 120.",
        )
    found, spread = _fitted(areas, answers, design_effect)
    noise = _noise(areas.shares, answers, design_effect)
    told = _told(areas, found, _Z * _error(found, noise, spread[1]), answers, design_effect)
    mean = float(areas.shares.mean())
    towards = "areas like it" if areas.like else "the mean of all areas"
    item = areas.item.replace("_", " ")
    twice = _fitted(areas, 2 * answers, design_effect)[0].between
    return Summary(
        title=f"'{item}' in {len(areas.names)} areas of one survey",
        method=f"Fay-Herriot: each area's own share drawn towards {towards}, as far as the survey leaves it uncertain.",
        table=(
            Row("Mean of all areas", f"{mean:.1f} %"),
            Row("Areas lie apart by, as surveyed", f"{areas.shares.std():.1f} points", "standard deviation"),
            Row("The survey's own noise", f"{math.sqrt(noise):.1f} points", f"{answers} answers in each area"),
            Row(
                "Areas truly lie apart by",
                f"{found.between:.1f} points ({spread[0]:.1f} to {spread[1]:.1f})",
                f"around {towards}; standard deviation, 95 in 100",
            ),
            Row("An area's own answers count", f"{100 * float(found.own.mean()):.0f} in 100", f"the rest: {towards}"),
            Row(
                "Areas apart by, with twice the answers", f"{twice:.1f} points", "if each area had been asked so often"
            ),
            *(Row(one.name, *one.shown(answers)) for one in told),
        ),
        prose=(
            *_prose(areas, told, noise, mean, item),
            *([f"All this supposes {answers} answers in each area: the file does not say."] if assumed else []),
        ),
        assumptions=(
            f"{answers} answers in each area{', which the file does not say' if assumed else ''}",
            f"a design effect of {design_effect:g}",
            "who answers in an area is no different from who does not",
        ),
        power="one wave shows how areas lie to each other, not whether anything changed.",
        would_change="the true number of answers in each area, more of them, or outside figures that tell areas apart.",
        numbers={
            "item": areas.item,
            "mean": mean,
            "sampling": math.sqrt(noise),
            "between": found.between,
            "between_low": spread[0],
            "between_high": spread[1],
            "blank": list(areas.blank),
            "below": [one.name for one in told if one.high < mean],
            "above": [one.name for one in told if one.low > mean],
            "areas": {one.name: one.as_json(answers) for one in told},
        },
        charts=(
            Ranges(
                f"'{item}', drawn towards {towards}{': the ten lowest and the ten highest' if len(told) > 20 else ''}",
                "per cent",
                tuple(Range(one.name, one.estimate, one.low, one.high) for one in _ends(told)),
                reference=mean,
            ),
        ),
    )


@dataclass(frozen=True)
class _Area:
    """One area as told: its estimate with interval (per cent), its share ``as_surveyed``, and what that counts for."""

    name: str
    estimate: float
    low: float
    high: float
    own: float
    direct: float
    as_surveyed: str

    def shown(self, answers: int) -> tuple[str, str]:
        """Return the value and the note of its row, or that there are too few answers."""
        value = TOO_FEW if self._hidden(answers) else f"{self.estimate:.0f} % ({self.low:.0f} to {self.high:.0f})"
        return value, f"as surveyed: {self.as_surveyed}"

    def as_json(self, answers: int) -> dict[str, float | None]:
        """Return its figures, None for those that too few answers stand behind."""
        figures = {"estimate": self.estimate, "low": self.low, "high": self.high}
        shown = {name: None if self._hidden(answers) else value for name, value in figures.items()}
        return {"direct": None if self.as_surveyed == TOO_FEW else self.direct, **shown, "own": self.own}

    def _hidden(self, answers: int) -> bool:
        return answers < FEWEST_ANSWERS or (self.high - self.low) / 200 > WIDEST


def _told(areas: AreaShares, found: SmallAreas, reach: Floats, answers: int, design_effect: float) -> list[_Area]:
    """Return every area, the lowest first; as surveyed where no difference between them was found."""
    told = [
        _Area(
            name=areas.names[i],
            estimate=float(found.estimate[i]),
            low=max(0.0, float(found.estimate[i] - reach[i])),
            high=min(100.0, float(found.estimate[i] + reach[i])),
            own=float(found.own[i]),
            direct=float(areas.shares[i]),
            as_surveyed=shown_share(float(areas.shares[i]) / 100, answers, design_effect=design_effect),
        )
        for i in range(len(areas.names))
    ]
    return sorted(told, key=lambda one: (round(one.estimate, 6), one.direct, one.name))


def _fitted(areas: AreaShares, answers: int, design_effect: float) -> tuple[SmallAreas, tuple[float, float]]:
    noise = np.full(len(areas.shares), _noise(areas.shares, answers, design_effect))
    kinds = sorted(set(areas.like))
    alike = None if len(kinds) < 2 else np.array([[one == kind for kind in kinds[1:]] for one in areas.like], float)
    return fay_herriot(areas.shares, noise, alike), between_range(areas.shares, noise, alike)


def _noise(shares: Floats, answers: int, design_effect: float) -> float:
    p = float(shares.mean()) / 100 if len(shares) else 0.5
    if not 0 < p < 1:
        raise InputError("All answered alike.", where=f"mean {100 * p:g} %", fix="There is nothing to estimate.")
    return 1e4 * design_effect * p * (1 - p) / answers + _ROUNDED


def _error(found: SmallAreas, noise: float, highest: float) -> Floats:
    """Return the standard errors; where no difference was seen, as if areas differed by what was not ruled out."""
    if found.between > 0:
        return found.se
    missed = highest**2 * noise / (highest**2 + noise)
    error: Floats = np.sqrt(found.se**2 + missed)
    return error


def _prose(areas: AreaShares, told: list[_Area], noise: float, mean: float, item: str) -> tuple[str, ...]:
    low, high = (pick(told, key=lambda one: one.direct) for pick in (min, max))
    said = [f"On '{item}' the survey alone runs from {_named(low)} to {_named(high)}."]
    if told[-1].estimate - told[0].estimate < 1e-6:
        said.append("That is no further than if all areas were alike and so many answered in each.")
    else:
        by_chance = min(1.0, noise / float(areas.shares.var(ddof=1)))
        said.append(
            f"{100 * by_chance:.0f} in 100 of how they scatter is who happened to be asked. Drawn towards "
            f"the others as far as they are uncertain, areas run from {told[0].estimate:.0f} % to "
            f"{told[-1].estimate:.0f} %."
        )
    below, above = [one.name for one in told if one.high < mean], [one.name for one in told if one.low > mean]
    for word, those in (("lower", below), ("higher", above)):
        if those:
            said.append(f"Clearly {word} than the mean of all: {', '.join(those)}.")
    left = len(told) - len(below) - len(above)
    of_which = "any area" if left == len(told) else f"{left} of {len(told)} areas"
    if left:
        said.append(f"We cannot tell of {of_which} that it differs from the mean of all.")
    if areas.blank:
        said.append(f"No figure is in the file for {len(areas.blank)} areas: {', '.join(areas.blank)}.")
    return tuple(said)


def _named(one: _Area) -> str:
    """Return a share as surveyed, with its area only where enough answers stand behind it."""
    return f"{one.direct:g} %" if one.as_surveyed == TOO_FEW else f"{one.direct:g} % ({one.name})"


def _ends(told: list[_Area]) -> list[_Area]:
    return told if len(told) <= 20 else [*told[:10], *told[-10:]]


def _share(value: str, where: str) -> float:
    try:
        share = float(value)
    except ValueError as error:
        raise InputError("A share is a number.", where=f"{where}: {value}", fix="Leave it empty if unknown.") from error
    if not 0 <= share <= 100:
        raise InputError("A share lies between 0 and 100 per cent.", where=f"{where}: {value}", fix="Mend the row.")
    return share
