"""Fields of forms, and what was typed into them: plain text in, values of a case file out, with the field named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from answerable.errors import InputError

Options = tuple[tuple[str, str], ...]
YES_NO: Options = (("yes", "Yes"), ("no", "No"))
TYPED = frozenset(("text", "area", "number", "datetime-local"))
"""The kinds into which something is typed; all others are chosen."""


@dataclass(frozen=True)
class Field:
    """One field: its ``name``, its ``label`` and its ``kind`` (text, area, number, datetime-local, select, radio,
    checkbox, hidden, file); ``value`` is what it holds when shown.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    options: Options = ()
    value: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the field as plain values for a page."""
        return asdict(self)


def filled(fields: Iterable[Field], values: Mapping[str, str]) -> list[Field]:
    """Return the fields with what was typed into them before, so that nothing is lost when a form comes back."""
    return [replace(one, value=values.get(one.name, one.value)) for one in fields]


def choices(words: Mapping[str, str] | Sequence[str]) -> Options:
    """Return options in words: of a mapping, or of keys that say themselves what they mean."""
    if isinstance(words, Mapping):
        return tuple(words.items())
    return tuple((word, word.replace("_", " ").capitalize()) for word in words)


def numbers(first: int, last: int) -> Options:
    """Return the numbers from ``first`` to ``last`` as options."""
    return tuple((str(one), str(one)) for one in range(first, last + 1))


class Values:
    """What was sent with a form."""

    def __init__(self, sent: Mapping[str, str]) -> None:
        self._sent = sent

    def text(self, name: str) -> str:
        """Return what was typed, empty where nothing was."""
        return self._sent.get(name, "").strip()

    def needed(self, name: str, label: str) -> str:
        """Return what was typed; InputError where nothing was."""
        if not self.text(name):
            raise InputError(f"{label} is missing.", where=f"field {name}", fix="Fill it in.")
        return self.text(name)

    def yes(self, name: str) -> bool | None:
        """Return a yes or no, None where neither was chosen: what is not known is not a no."""
        return {"yes": True, "no": False}.get(self.text(name))

    def number(self, name: str, label: str) -> float | None:
        """Return a number, None where none was typed; InputError for anything else."""
        text = self.text(name).replace(",", "")
        if not text:
            return None
        try:
            found = float(text)
        except ValueError:
            found = float("nan")
        if not abs(found) < 1e9:
            raise InputError(f"{label} is not a number.", where=f"field {name}: {text[:40]}", fix="Use figures.")
        return found

    def count(self, name: str, label: str) -> int | None:
        """Return a whole number; InputError for one that is not."""
        found = self.number(name, label)
        if found is not None and found != int(found):
            raise InputError(f"{label} is a whole number.", where=f"field {name}", fix="Round it.")
        return None if found is None else int(found)

    def lines(self, name: str) -> tuple[str, ...]:
        """Return what was typed line by line, without empty lines."""
        return tuple(line.strip() for line in self.text(name).splitlines() if line.strip())


def known(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section of a case file without what is not known: an unknown fact is left out, never guessed."""
    return {name: value for name, value in values.items() if value not in (None, "", (), [], {})}
