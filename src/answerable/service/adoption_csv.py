"""Responses from a file: a CSV or YAML list read row by row, all of it or nothing, each wrong row named."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.case.adoption.answers import Response, read_all, read_one
from answerable.errors import InputError
from answerable.intel.identifying import identifying
from answerable.policy.reading import read_yaml_file

COLUMNS = tuple(Response.model_fields)
MOST_BYTES = 10_000_000
_MOST_SHOWN = 20
_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@dataclass(frozen=True)
class Read:
    """Responses, and the columns that were left out: nothing but the known ones is ever kept."""

    responses: tuple[Response, ...]
    dropped_columns: tuple[str, ...] = ()


def read_responses(path: Path) -> Read:
    """Read a ``.csv``, ``.yaml`` or ``.yml`` file of responses.

    InputError names every row that cannot be used (the first twenty), with its column and what to do; then nothing is
    taken. A text to be published that looks as if it identified a person is such a row.
    """
    if path.suffix.lower() == ".csv":
        return _read_csv(path)
    if path.suffix.lower() not in (".yaml", ".yml"):
        raise InputError("Responses come as a CSV or a YAML file.", where=path.name, fix="Name it .csv or .yaml.")
    responses = read_all(Response, read_yaml_file(path), path.name)
    problems = [problem for one in responses if (problem := _publishing(one))]
    _raise(problems, path.name)
    return Read(responses)


def _read_csv(path: Path) -> Read:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("This file is larger than 10 MB.", where=path.name, fix="Split it.")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError("This file cannot be read.", where=f"{path}: {error.strerror}", fix="Check it.") from error
    except UnicodeDecodeError as error:
        raise InputError("This file is not UTF-8 text.", where=path.name, fix="Save it as UTF-8.") from error
    reader = csv.DictReader(text.splitlines(keepends=True))
    columns = [name or "" for name in reader.fieldnames or ()]
    missing = [name for name in ("id", "kind", "stance") if name not in columns]
    if missing:
        what = f"There is no column {' or '.join(missing)}."
        raise InputError(what, where=f"{path.name}, row 1", fix=f"Use: {', '.join(COLUMNS)}.")
    return _rows(reader, path.name, tuple(name for name in columns if name not in COLUMNS))


def _rows(reader: Any, where: str, dropped: tuple[str, ...]) -> Read:
    responses: list[Response] = []
    problems: list[str] = []
    seen: set[str] = set()
    for row in reader:
        place = f"row {reader.line_num}"
        try:
            one = read_one(Response, _cells(row, place), place)
        except InputError as error:
            problems.append(f"{error.where}: {error.what} {error.fix}".strip())
            continue
        problem = f"{place}: The id {one.id} is given twice." if one.id in seen else _publishing(one, place)
        seen.add(one.id)
        problems += [problem] if problem else []
        responses.append(one)
    _raise(problems, where)
    if not responses:
        raise InputError("This file holds no response.", where=where, fix="Put one on each row below the column names.")
    return Read(tuple(responses), dropped)


def _cells(row: dict[str, str | None], place: str) -> dict[str, Any]:
    if row.get(None) is not None:  # type: ignore[call-overload]
        raise InputError("More cells than columns.", where=place, fix="Put text with commas in quotation marks.")
    cells: dict[str, Any] = {name: (row.get(name) or "").strip() for name in COLUMNS if name in row}
    cells["themes"] = [theme.strip() for theme in cells.get("themes", "").split(";") if theme.strip()]
    said = str(cells.get("publish", "")).lower()
    if said not in _YES:
        raise InputError(f"'{said}' is neither yes nor no.", where=f"{place}, field publish", fix="Write yes or no.")
    cells["publish"] = _YES[said]
    cells["received_at"] = cells.get("received_at") or None
    return cells


def identifies(one: Response) -> str:
    """Return what would be published and looks as if it identified a person; empty where nothing does.

    Themes and the name of an organisation always are, the text where that was agreed to.
    """
    texts = (*one.themes, one.org, one.text if one.publish else "")
    return "; ".join(finding.says for text in texts if text for finding in identifying(text))


def _publishing(one: Response, place: str = "") -> str:
    kinds = identifies(one)
    said = f"{place or 'response ' + one.id}: It holds {kinds}. Take that out; for a text, publish: no does too."
    return said if kinds else ""


def _raise(problems: list[str], where: str) -> None:
    if problems:
        more = f" (and {len(problems) - _MOST_SHOWN} more)" if len(problems) > _MOST_SHOWN else ""
        raise InputError(
            f"{len(problems)} responses cannot be taken{more}; nothing was entered.",
            where=where,
            fix="\n" + "\n".join(problems[:_MOST_SHOWN]),
        )
