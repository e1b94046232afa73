"""What a quality report is: checks, each with its figure, what was expected, and one plain sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from typing import Any, Literal

Level = Literal["ok", "look", "wrong"]
_ORDER: tuple[Level, ...] = ("wrong", "look", "ok")
_HEADS = {"wrong": "Wrong", "look": "To look at", "ok": "As expected"}


@dataclass(frozen=True)
class Check:
    """One finding about the data.

    ``count`` and ``share``: how many incidents it concerns, and of those it can judge what share; None where it cannot
    tell. ``expected``: the share that sound data would have. ``level``: ok; look, a person should; wrong, an error in
    the data. What cannot be told is never ok. ``says``: one plain sentence. ``where``: a few examples.
    """

    name: str
    title: str
    count: int | None
    share: float | None
    expected: float | None
    level: Level
    says: str
    where: tuple[str, ...] = ()

    @property
    def cannot_tell(self) -> bool:
        """Say whether the data do not allow this check to be made."""
        return self.says.startswith("Cannot tell")


@dataclass(frozen=True)
class QualityReport:
    """All checks of one table of incidents, in the order of the data's own life: when, where, twice, over the years."""

    incidents: int
    data_hash: str
    checks: tuple[Check, ...]

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __getitem__(self, name: str) -> Check:
        """Return the check of that name; KeyError where there is none."""
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)

    @property
    def level(self) -> Level:
        """The gravest level of any check."""
        return next((level for level in _ORDER if self.at(level)), "ok")

    def at(self, level: Level) -> tuple[Check, ...]:
        """Return the checks of one level."""
        return tuple(check for check in self.checks if check.level == level)

    def as_json(self) -> dict[str, Any]:
        """Return the report as JSON types."""
        checks = [asdict(check) | {"where": list(check.where)} for check in self.checks]
        return {"incidents": self.incidents, "data_hash": self.data_hash, "level": self.level, "checks": checks}

    def prose(self) -> str:
        """Return the report as sentences: what is wrong, what to look at, what cannot be told, what is as expected."""
        parts = [f"{self.incidents:,} incidents were checked."]
        for level in _ORDER[:2]:
            parts += [f"{_HEADS[level]}: {check.says}" for check in self.at(level) if not check.cannot_tell]
        unknown: dict[str, list[str]] = {}
        for check in self.checks:
            if check.cannot_tell:
                unknown.setdefault(check.says, []).append(check.title.lower())
        parts += [f"{says} ({', '.join(titles)})" for says, titles in unknown.items()]
        fine = [check.title.lower() for check in self.at("ok")]
        if fine:
            parts.append(f"{_HEADS['ok']}: {', '.join(fine)}.")
        return "\n".join(parts)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{check.level}</td><td>{escape(check.title)}</td><td>{escape(check.says)}</td></tr>"
            for level in _ORDER
            for check in self.at(level)
        )
        return f"<table><thead><tr><th>level</th><th>check</th><th>says</th></tr></thead><tbody>{rows}</tbody></table>"


def percent(share: float) -> str:
    """Write a share for a sentence: never 0 % for something, nor 100 % for less than all.

    >>> percent(0.136), percent(0.0002), percent(0.9999), percent(0.0)
    ('13.6 %', '0.02 %', '99.9 %', '0 %')
    """
    if share in (0, 1):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.001:
        return f"{share * 100:.1g} %"
    return f"{min(share * 100, 99.9):.1f} %"


def graded(share: float, *, look: float, wrong: float) -> Level:
    """Return the level of a share by two thresholds."""
    return "wrong" if share >= wrong else "look" if share >= look else "ok"
