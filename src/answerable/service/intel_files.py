"""Files of intelligence reports: CSV or JSON read row by row; one that fails is told by number, never by text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from answerable.errors import InputError, UsageError
from answerable.incidents.atomic import write_file
from answerable.intel.document import read_report
from answerable.intel.held import HeldText
from answerable.intel.report import Report

MOST_BYTES = 20_000_000
_LISTS = ("conditions", "derived_from")
_PLAIN = (
    "ref", "scheme", "source", "information", "handling", "origin_key", "received_at", "gist", "public_text",
    "originator", "evaluator", "expires_at", "retention_until",
)  # fmt: skip
_OTHERS = ("event_from", "event_to", "place_name", "lon", "lat", "radius_m", "polygon", "hypothesis", "provenance")
COLUMNS = (*_PLAIN, *_LISTS, *_OTHERS)


@dataclass(frozen=True)
class RowError:
    """A row that was not taken: its number (data rows from 1), the field, why, and whether its text is held."""

    row: int
    where: str
    reason: str
    held: bool

    def as_json(self) -> dict[str, Any]:
        """Return the row error ready for JSON."""
        return {"row": self.row, "where": self.where, "reason": self.reason, "held": self.held}


def read_file(
    path: Path, *, tz: str, at: datetime, evaluator: str, cleared: bool = False
) -> tuple[list[tuple[int, Report]], list[RowError]]:
    """Return the reports of a CSV or JSON file with their row numbers, and an error for every row that fails.

    ``tz`` is the zone of times without an offset where the file names none; ``evaluator`` stands in where a row names
    none. InputError where the file as a whole cannot be read; UsageError where a time needs a zone and none is known.
    """
    text = _text(path)
    rows, zone = _json_rows(text, path, tz) if _is_json(path, text) else (list(_csv_rows(text, path)), tz)
    if not zone:
        raise UsageError("The zone of these times is not known.", where=path.name, fix="Add --tz ZONE.")
    good: list[tuple[int, Report]] = []
    bad: list[RowError] = []
    for number, row in enumerate(rows, start=1):
        try:
            if isinstance(row, InputError):
                raise row
            document = {"evaluator": evaluator, **row} if isinstance(row, dict) else row
            good.append((number, read_report(document, tz=zone, at=at, where=f"row {number}", cleared=cleared)))
        except InputError as error:
            bad.append(RowError(number, error.where, f"{error.what} {error.fix}".strip(), isinstance(error, HeldText)))
    return good, bad


def write_rejects(path: Path, errors: Sequence[RowError]) -> None:
    """Write what was wrong, row by row, as CSV: numbers, fields and reasons, never a value of the file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["row", "where", "reason", "held"])
    writer.writerows([error.row, error.where, error.reason, "yes" if error.held else "no"] for error in errors)
    write_file(path, out.getvalue().encode())


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("This file is too large.", where=path.name, fix="Split it: at most 20 MB.")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("This file cannot be read.", where=f"{path}: {error.strerror}", fix="Check it.") from error
    except UnicodeDecodeError as error:
        raise InputError("This file is not UTF-8 text.", where=path.name, fix="Save it as UTF-8.") from error


def _is_json(path: Path, text: str) -> bool:
    return path.suffix.lower() == ".json" or text.lstrip()[:1] in ("[", "{")


def _json_rows(text: str, path: Path, tz: str) -> tuple[list[Any], str]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        at = f"{path.name}, line {line}" if line else path.name
        raise InputError("This is not readable JSON.", where=at, fix="Check brackets and commas.") from None
    if isinstance(document, dict) and "reports" not in document:
        return [document], tz
    rows = document["reports"] if isinstance(document, dict) else document
    if not isinstance(rows, list) or (isinstance(document, dict) and set(document) - {"reports", "tz"}):
        raise InputError(
            "This file is not a list of reports.", where=path.name, fix="See docs/schemas/intel.schema.json."
        )
    return rows, (document.get("tz") or tz) if isinstance(document, dict) else tz


def _csv_rows(text: str, path: Path) -> Iterator[dict[str, Any] | InputError]:
    try:
        reader = csv.reader(io.StringIO(text), strict=True)
        table = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError("This is not readable CSV.", where=path.name, fix="Check its quotation marks.") from error
    if not table:
        raise InputError("This file is empty.", where=path.name, fix="Check the export.")
    head = [cell.strip().lower() for cell in table[0]]
    unknown = [number for number, name in enumerate(head, start=1) if name not in COLUMNS]
    if unknown or len(set(head)) != len(head):
        raise InputError(
            "Some columns are not known." if unknown else "A column is given twice.",
            where=f"{path.name}, columns {', '.join(map(str, unknown))}" if unknown else path.name,
            fix=f"Keep only: {', '.join(COLUMNS)}.",
        )
    for number, cells in enumerate(table[1:], start=1):
        if len(cells) != len(head):
            yield InputError("This row has another number of cells than the header.", where=f"row {number}", fix="")
            continue
        yield _document({name: cell.strip() for name, cell in zip(head, cells, strict=True) if cell.strip()}, number)


def _document(row: dict[str, str], number: int) -> dict[str, Any] | InputError:
    document: dict[str, Any] = {name: row[name] for name in _PLAIN if name in row}
    document |= {name: [part.strip() for part in row[name].split(";")] for name in _LISTS if name in row}
    if "event_from" in row or "event_to" in row:
        document["event_window"] = {
            key: row[name] for key, name in (("from", "event_from"), ("to", "event_to")) if name in row
        }
    if "hypothesis" in row:
        document["hypotheses"] = [{"tag": row["hypothesis"], "provenance": row.get("provenance", "")}]
    try:
        place = _place(row)
    except ValueError:
        return InputError("This is not a place.", where=f"row {number}", fix="lon, lat, radius_m in numbers.")
    return {**document, "place": place} if place else document


def _place(row: dict[str, str]) -> dict[str, Any]:
    place: dict[str, Any] = {"name": row["place_name"]} if "place_name" in row else {}
    if "polygon" in row:
        place["polygon"] = [[float(n) for n in point.split()] for point in row["polygon"].split(";")]
    if "lon" in row or "lat" in row:
        place["place"] = [float(row.get("lon", "nan")), float(row.get("lat", "nan"))]
    if "radius_m" in row:
        place["radius_m"] = float(row["radius_m"])
    return place
