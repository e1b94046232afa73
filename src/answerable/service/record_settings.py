"""The table ``[record]`` of ``answerable.toml``: profile, beat, dates and the k-rule, where a force has its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from answerable.errors import UsageError
from answerable.policy.reading import read_yaml_file
from answerable.service.settings import FILE

PROFILES = ("open", "sealed")
TABLE = "record"
_DEFAULTS = Path(__file__).with_name("record_settings.yaml")


@dataclass(frozen=True)
class RecordSettings:
    """How the record is published.

    ``profile`` is ``open`` (everything at once) or ``sealed``. ``beat`` is in seconds (0: whenever asked), ``leaves``
    entries a beat, ``facts`` and ``close_grace`` in hours, ``reasons`` and ``outcome`` in days, ``margin`` in minutes,
    ``least_area`` in square kilometres; ``k`` is the least count of sources that is published.
    """

    profile: str
    beat: float
    leaves: int
    facts: float
    reasons: float
    outcome: float
    margin: float
    close_grace: float
    k: int
    least_area: float

    @property
    def sealed(self) -> bool:
        """Whether entries are opened only at their dates."""
        return self.profile == "sealed"

    @property
    def facts_after(self) -> timedelta:
        """How long after the end of a case its facts have to be public."""
        return timedelta(hours=self.facts)

    @property
    def reasons_after(self) -> timedelta:
        """How long after the end of a case reasons, advice and assessments have to be public."""
        return timedelta(days=self.reasons)

    @property
    def early(self) -> timedelta:
        """How long before a date something is opened."""
        return timedelta(minutes=self.margin)


@cache
def _defaults() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml_file(_DEFAULTS)
    return found


def record_settings(folder: Path, kind: str) -> RecordSettings:
    """Return the settings of the workspace in ``folder``; UsageError for a value that cannot be used."""
    own: Any = {}
    path = folder / FILE
    if path.is_file():
        own = tomllib.loads(path.read_text(encoding="utf8")).get(TABLE, {})
    return settings_of(own, kind, where=str(path))


def settings_of(own: Any, kind: str, *, where: str = "") -> RecordSettings:
    """Return the defaults of a ``kind`` of workspace with ``own`` values over them; UsageError for a wrong one."""
    said = _defaults()
    values: dict[str, Any] = {name: one["value"] for name, one in said["values"].items()}
    values["profile"] = said["profiles"][kind]
    if not isinstance(own, dict):
        raise UsageError("The settings of the record are not a table.", where=where, fix=f"Write [{TABLE}].")
    for name, value in own.items():
        if name not in values:
            raise UsageError(
                f"There is no setting '{name}' of the record.", where=where, fix=f"Use any of: {', '.join(values)}."
            )
        if name == "profile":
            _check(value in PROFILES, name, f"one of: {', '.join(PROFILES)}", where)
        else:
            _check(
                isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0, name, "from 0", where
            )
        values[name] = value
    if kind == "real":
        _check(values["profile"] == "sealed", "profile", "sealed in a real workspace", where)
        for name in ("facts", "reasons", "outcome"):
            _check(values[name] <= said["values"][name]["value"], name, "no later than the default", where)
    _check(values["leaves"] >= 1 and values["k"] >= 1, "leaves", "from 1, and k too", where)
    return RecordSettings(**values)


def _check(fits: bool, name: str, due: str, where: str) -> None:
    if not fits:
        raise UsageError(f"The record's setting '{name}' has to be {due}.", where=where)
