"""Street files of data.police.uk as the bulk scan sees them: which files they are, their columns and their codes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from answerable.errors import InputError
from answerable.incidents.sources import enforcement, police_uk
from answerable.incidents.sources.base import Refusal

NEEDED = ("Crime ID", "Month", "Longitude", "Latitude", "Crime type", "Last outcome category")
# The publisher's types, the two at the end until 2013. A code is a place in this list, so add only at the end.
TYPES = (
    "Anti-social behaviour", "Bicycle theft", "Burglary", "Criminal damage and arson", "Drugs", "Other crime",
    "Other theft", "Possession of weapons", "Public order", "Robbery", "Shoplifting", "Theft from the person",
    "Vehicle crime", "Violence and sexual offences", "Violent crime", "Public disorder and weapons",
)  # fmt: skip
# A code is one more than the place in this list: 0 means that none was given, 255 one that is not listed here.
OUTCOMES = (
    "Action to be taken by another organisation", "Awaiting court outcome", "Court case unable to proceed",
    "Court result unavailable", "Defendant found not guilty", "Defendant sent to Crown Court",
    "Formal action is not in the public interest", "Further action is not in the public interest",
    "Further investigation is not in the public interest", "Investigation complete; no suspect identified",
    "Local resolution", "Offender deprived of property", "Offender fined", "Offender given a caution",
    "Offender given a drugs possession warning", "Offender given absolute discharge",
    "Offender given community sentence", "Offender given conditional discharge", "Offender given penalty notice",
    "Offender given suspended prison sentence", "Offender ordered to pay compensation", "Offender otherwise dealt with",
    "Offender sent to prison", "Status update unavailable", "Suspect charged as part of another case",
    "Unable to prosecute suspect", "Under investigation",
)  # fmt: skip
NO_OUTCOME, OTHER_OUTCOME = 0, 255
NOT_A_MONTH, NOT_A_TYPE = -1, 255
# Months are counted from year 0, so that year and month are a division away. Publication began with December 2010.
FIRST_MONTH, LAST_MONTH = 2010 * 12 + 11, 2099 * 12 + 11
_LONGEST_HEADER = 65_536


@dataclass(frozen=True)
class StreetFiles:
    """The street files found, grouped by their header so that each group has one schema, and what was left aside."""

    groups: tuple[tuple[tuple[str, ...], tuple[Path, ...]], ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every street file, in the order they will be read."""
        return tuple(path for _, paths in self.groups for path in paths)


def find_street_files(given: Iterable[Path]) -> StreetFiles:
    """Look at the header of each file given, and of each CSV file in the folders given, at any depth.

    InputError where a file that was named, or is called a street file, is none; and where no street file is left.
    In a folder, other files are left aside, each with the reason.
    """
    found: dict[tuple[str, ...], list[Path]] = {}
    skipped: list[tuple[str, str]] = []
    seen: set[Path] = set()
    paths = list(given)
    for path in paths:
        for file in sorted(path.rglob("*.csv")) if path.is_dir() else [path]:
            if (real := file.resolve()) in seen:
                continue
            seen.add(real)
            header = read_header(file)
            problem = _problem(header, file)
            if problem is None:
                found.setdefault(header, []).append(file)
            elif path.is_dir() and not file.name.endswith("-street.csv"):
                skipped.append((str(file.relative_to(path)), problem.what))
            else:
                raise problem
    if not found:
        raise InputError(
            "There is no street file here.",
            where=", ".join(map(str, paths)),
            fix="Unpack a download of data.police.uk and give its folder, or name the files that end in -street.csv.",
        )
    return StreetFiles(tuple((header, tuple(files)) for header, files in found.items()), tuple(skipped))


def read_header(path: Path) -> tuple[str, ...]:
    """Return the column names in the first line; InputError where there is no readable first line."""
    try:
        with path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
    except OSError as error:
        raise InputError(
            "This file cannot be opened.", where=f"{path}: {error.strerror}", fix="Check its path."
        ) from error
    if not line.strip():
        raise InputError("This file is empty.", where=str(path), fix="Download it again.")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(
            "The first line of this file is not text.", where=f"{path}, row 1", fix="Give the CSV file as published."
        ) from error
    return tuple(name.strip() for name in next(csv.reader([text])))


def _problem(header: Sequence[str], path: Path) -> InputError | None:
    for refusal in (*enforcement.LAYOUTS, *police_uk.LAYOUTS):
        if isinstance(refusal, Refusal) and refusal.matches(header):
            return InputError(refusal.reason, where=str(path), fix=refusal.use)
    missing = [name for name in NEEDED if name not in header]
    if missing:
        return InputError(
            f"This is not a street file: it has no column {', '.join(map(repr, missing))}.",
            where=f"{path}, row 1",
            fix="Give the file as data.police.uk publishes it.",
        )
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        return InputError(
            f"Two columns are named {twice!r}.", where=f"{path}, row 1", fix="Give each column a name of its own."
        )
    return None


def coded(header: Sequence[str], paths: Sequence[Path]) -> pl.LazyFrame:
    """Return the lazy scan of files with one header: text turned into codes, nothing checked or dropped yet.

    Columns: ``crime_id`` (UInt64, the first 16 of the 64 hexadecimal digits, null where there are none), ``month``
    (Int16, months since year 0, NOT_A_MONTH where unreadable), ``kind`` (UInt8, place in TYPES, or NOT_A_TYPE),
    ``outcome`` (UInt8), ``lon`` and ``lat`` (Float64, NaN where missing or unreadable).
    """
    names = [f"{month // 12}-{month % 12 + 1:02d}" for month in range(FIRST_MONTH, LAST_MONTH + 1)]
    crime_id, outcome = pl.col("Crime ID"), pl.col("Last outcome category")
    digits = crime_id.str.head(16).str.to_integer(base=16, dtype=pl.UInt64, strict=False)
    # The full schema is given: guessing it from ids that happen to hold digits only has failed on real files. Numbers
    # come in as text, so that one bad number is one rejected row and a torn quotation mark is still an error.
    return pl.scan_csv(list(paths), schema=dict.fromkeys(header, pl.String), glob=False).select(
        pl.when(crime_id.str.len_bytes() == 64).then(digits).alias("crime_id"),
        (_code(pl.col("Month"), names, pl.Int16) + FIRST_MONTH).fill_null(NOT_A_MONTH).alias("month"),
        _code(pl.col("Crime type"), TYPES, pl.UInt8).fill_null(NOT_A_TYPE).alias("kind"),
        pl.when(outcome.is_null())
        .then(pl.lit(NO_OUTCOME, pl.UInt8))
        .otherwise((_code(outcome, OUTCOMES, pl.UInt8) + 1).fill_null(OTHER_OUTCOME))
        .alias("outcome"),
        *(
            pl.col(name).cast(pl.Float64, strict=False).fill_null(float("nan")).alias(short)
            for name, short in (("Longitude", "lon"), ("Latitude", "lat"))
        ),
    )


def _code(column: pl.Expr, names: Sequence[str], dtype: type[pl.DataType]) -> pl.Expr:
    return column.cast(pl.Enum(list(names)), strict=False).to_physical().cast(dtype)


def find_damage(paths: Sequence[Path]) -> tuple[str, str]:
    """Say where the first damage is that stops a scan and what it is: bytes that are no UTF-8, or a torn quotation."""
    for path in paths:
        with path.open("rb") as file:
            for row, line in enumerate(file, 1):
                try:
                    line.decode()
                except UnicodeDecodeError:
                    return f"{path}, row {row}", "This row holds bytes that are not UTF-8 text."
                if line.count(b'"') % 2:
                    return f"{path}, row {row}", "A quotation mark in this row is never closed."
    return ", ".join(map(str, paths[:3])), "This file cannot be read as CSV."
