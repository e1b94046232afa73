"""Read a CSV file of counts, row by row, with the words that its user needs where it does not fit."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from answerable.errors import InputError


def read_counts(
    path: Path, columns: Sequence[str], *, what: str, needs: str, fix: str
) -> list[tuple[dict[str, str], str]]:
    """Return each row with where it stands ("file, row 2").

    Errors: InputError where ``what`` ("file of groups") cannot be read, or lacks one of ``columns``; then ``needs``
    ("An audit needs") begins the sentence, and ``fix`` says what a row is.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"This {what} cannot be read.", where=f"{path}: {error}", fix="Save it as UTF-8.") from error
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise InputError(
            f"{needs} the columns {', '.join(columns)}.", where=f"{path.name}: without {', '.join(missing)}", fix=fix
        )
    return [(row, f"{path.name}, row {number}") for number, row in enumerate(rows, start=2)]
