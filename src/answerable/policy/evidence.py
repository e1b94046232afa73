"""Read the rows of the evidence library, and refuse one that says less than it must.

The rows lie in ``evaluate/evidence/``. Their one reader is here, on the lower shelf, so that the catalogue of
alternatives takes its ratings from the same rows as the pages do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.errors import InputError
from answerable.policy.reading import read_yaml

READ = {
    "summary": "provisional: read in an abstract or summary, not in the full text",
    "second_hand": "provisional: seen quoted by others only",
    "memory": "provisional: from general knowledge, not yet read",
    "searched": "searched for; nothing was found",
    "full": "read in full",
}
APPLIES = ("yes", "partly", "no")
_DATED = re.compile(r"20\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Row:
    """One finding of one source.

    ``effect`` and ``interval`` as the source gives them ("not found" where it does not); ``option`` is the name that
    the catalogue of alternatives uses, empty where it has none; ``read`` is a key of :data:`READ`, ``applies`` whether
    it speaks of the tactic itself, and ``why``; ``checked`` is the month in which it was looked up.
    """

    id: str
    approach: str
    effect: str
    interval: str
    outcome: str
    setting: str
    design: str
    source: str
    read: str
    rating: str
    applies: str
    why: str
    checked: str
    option: str = ""

    @property
    def provisional(self) -> bool:
        """Whether nobody has read the source in full yet."""
        return self.read not in ("full", "searched")

    def as_json(self) -> dict[str, Any]:
        """Return the row for a machine, with what its standing means."""
        return {**asdict(self), "provisional": self.provisional, "standing": READ[self.read]}


@cache
def library() -> tuple[Row, ...]:
    """Return every row of every file, in the order of the files' names."""
    folder = files("answerable") / "evaluate" / "evidence"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(row for file in found for row in read_rows(file.read_text(encoding="utf-8"), file.name))


def evidence_for(option: str) -> tuple[Row, ...]:
    """Return the rows about one option of the catalogue of alternatives."""
    return tuple(row for row in library() if row.option == option)


def read_rows(text: str, where: str) -> tuple[Row, ...]:
    """Return the rows of one YAML file; InputError names the row and the field that is off."""
    document = read_yaml(text, where)
    rows = document.get("rows") if isinstance(document, Mapping) else None
    if not isinstance(rows, list):
        raise InputError("A file of evidence holds 'rows'.", where=where, fix="List them below 'rows:'.")
    found = tuple(_row(entry, f"{where}, row {number}") for number, entry in enumerate(rows, start=1))
    ids = [row.id for row in found]
    if len(set(ids)) != len(ids):
        raise InputError("Two rows have one id.", where=where, fix="Give each its own.")
    return found


def _row(entry: Any, where: str) -> Row:
    if not isinstance(entry, Mapping):
        raise InputError("A row maps names to texts.", where=where, fix="Give id, approach, effect and the rest.")
    known = {field.name for field in fields(Row)}
    missing = sorted(known - {"option"} - set(entry))
    unknown = sorted(set(map(str, entry)) - known)
    if missing or unknown:
        raise InputError(
            f"A row is incomplete or says what no row says: {', '.join(missing or unknown)}.",
            where=where,
            fix="An interval that a source does not give is 'not found'.",
        )
    if any(not isinstance(value, str) or not value.strip() for value in entry.values()):
        raise InputError("Every field of a row is text.", where=where, fix="Put numbers and yes or no in quotes.")
    row = Row(**{str(name): value.strip() for name, value in entry.items()})
    if row.read not in READ or row.applies not in APPLIES or not _DATED.fullmatch(row.checked):
        raise InputError(
            "A row says how its source was read, whether it applies, and when it was checked.",
            where=f"{where}, {row.id}",
            fix=f"read: {', '.join(READ)}; applies: {', '.join(APPLIES)}; checked: 2026-11.",
        )
    return row
