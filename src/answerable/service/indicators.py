"""Indicator cards from files: counts as they were known, and counts by month for what is usual."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.indicator.card import History, homicide_card
from answerable.evaluate.indicator.claims import read_claims
from answerable.evaluate.summary import Summary


def homicide(claims: Path, *, as_of: date, counts: Path | None = None) -> Summary:
    """Return the card of the counts in ``claims`` as known on ``as_of``; ``counts`` by month say what is usual."""
    history = None if counts is None else read_months(counts, as_of=as_of)
    return homicide_card(read_claims(claims), as_of=as_of, history=history)


def read_months(path: Path, *, as_of: date) -> History:
    """Return the months before ``as_of``'s in a CSV (``.gz`` allowed) with columns month (2018-03) and victims.

    Rows of one month are added up; months without a row count 0. Errors: InputError with the row that cannot be read.
    """
    raw = path.read_bytes() if path.is_file() else None
    if raw is None:
        raise InputError("There is no such file.", where=str(path), fix="Name the file of counts by month.")
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    total: Counter[tuple[int, int]] = Counter()
    for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
        try:
            year, month = (int(part) for part in row["month"].split("-"))
            count = int(row["victims"])
        except (KeyError, ValueError, AttributeError) as error:
            raise InputError(
                "This row needs a month and a count.",
                where=f"{path.name}, row {number}: {error}",
                fix="Columns month (2018-03) and victims.",
            ) from error
        if not 1 <= month <= 12 or count < 0:
            raise InputError("This is no month, or no count.", where=f"{path.name}, row {number}", fix="Mend the row.")
        if (year, month) < (as_of.year, as_of.month):
            total[year, month] += count
    first = min((year for year, _ in total), default=as_of.year)
    if first >= as_of.year:
        raise InputError(f"No months before {as_of.year}.", where=path.name, fix="Give counts of earlier years.")
    return History(
        first,
        np.array([[total[year, month] for month in range(1, 13)] for year in range(first, as_of.year)]),
        np.array([total[as_of.year, month] for month in range(1, as_of.month)]),
    )
