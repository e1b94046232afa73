"""The city's numbers as data: each with a value, a plausible range, a unit, a source and a status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from answerable.errors import InputError, UsageError

STATUSES = ("measured", "literature", "assumption")
_PROBABILITIES = (
    "ward_share", "year_swing", "same_place", "reporting", "fatal", "injury", "knife", "firearm", "patrol_effect",
    "honest", "mistaken", "malicious", "echo", "honest_hit", "honest_false", "mistaken_hit", "mistaken_false",
    "malicious_false", "grade_diagonal", "blur", "schools_effect", "focused_effect", "foot_effect",
    "environment_effect",
)  # fmt: skip
_SIGNED = ("displacement",)
_SUMS = (("fatal", "injury"), ("knife", "firearm"), ("honest", "mistaken", "malicious", "echo"))


@dataclass(frozen=True)
class Parameter:
    """One number: ``value`` in ``unit``, plausible from ``low`` to ``high``; ``status`` says how well it is known."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str
    status: str


@dataclass(frozen=True)
class Parameters:
    """Every number of one city, by name.

    >>> load_parameters()["branching"]
    0.15
    >>> load_parameters().changed(branching=0.3)["branching"]
    0.3
    """

    dated: str
    entries: Mapping[str, Parameter]

    def __post_init__(self) -> None:
        for entry in self.entries.values():
            _check(entry)
        for names in _SUMS:
            if sum(self[name] for name in names) > 1 + 1e-9:
                raise InputError("These shares add up to more than 1.", where=" + ".join(names), fix="Lower one.")

    def __getitem__(self, name: str) -> float:
        return self.entries[name].value

    def changed(self, **values: float) -> Parameters:
        """Return a copy with other values; UsageError for an unknown name, InputError for an impossible value."""
        unknown = sorted(set(values) - set(self.entries))
        if unknown:
            raise UsageError(
                "The city has no such parameter.", where=", ".join(unknown), fix=f"Known: {', '.join(self.entries)}."
            )
        return replace(
            self, entries={**self.entries, **{n: replace(self.entries[n], value=v) for n, v in values.items()}}
        )

    def assumptions(self) -> tuple[Parameter, ...]:
        """Return the parameters that nobody measured; every report made from a city lists them."""
        return tuple(p for p in self.entries.values() if p.status == "assumption")


def load_parameters(path: Path | None = None) -> Parameters:
    """Read parameters from YAML (ours when ``path`` is None); InputError names the entry that cannot be used."""
    source = path or Path(__file__).with_name("parameters.yaml")
    try:
        document = yaml.safe_load(source.read_text(encoding="utf-8"))
        entries = {name: _parameter(name, raw) for name, raw in document["parameters"].items()}
        return Parameters(str(document["dated"]), entries)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            "These parameters cannot be read.",
            where=f"{source.name}: {error}",
            fix="Each needs value, range, unit, source and status; start from a copy of the file that comes with this.",
        ) from error


def _parameter(name: str, raw: Mapping[str, Any]) -> Parameter:
    low, high = raw["range"]
    return Parameter(
        name, float(raw["value"]), float(low), float(high), str(raw["unit"]), str(raw["source"]), raw["status"]
    )


def _check(entry: Parameter) -> None:
    problem = ""
    if entry.status not in STATUSES:
        problem = f"status {entry.status!r} is none of {', '.join(STATUSES)}"
    elif entry.name in _SIGNED:
        problem = "" if -1 <= entry.value <= 1 else "must lie between -1 and 1"
    elif not 0 <= entry.value < float("inf"):
        problem = "must not be negative"
    elif entry.name in _PROBABILITIES and entry.value > 1:
        problem = "is a share and cannot exceed 1"
    elif entry.name == "branching" and entry.value >= 1:
        problem = "must stay below 1, or one event would set off endless others"
    elif (
        entry.name in ("trigger_days", "reporting", "recording_hours", "patrol_half_days", "confidence_half_weeks")
        and entry.value == 0
    ):
        problem = "must be above 0"
    elif (entry.name == "week_peak" and entry.value <= 1) or (entry.name == "week_trough" and entry.value >= 1):
        problem = "must lie on its own side of the mean hour, which is 1"
    if problem:
        raise InputError(f"{entry.name} {problem}.", where=f"{entry.name}: {entry.value:g}", fix="Correct this entry.")
