"""The two schemes of grading: what may stand in each, and how a report is graded again without losing what it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.errors import InputError
from answerable.place import read_stamp, stamp

# Source, information, handling. 5x5x5 is the older scheme; nothing official turns one into the other, and we never do.
SCHEMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "3x5x2": {"source": ("1", "2", "3"), "information": ("A", "B", "C", "D", "E"), "handling": ("P", "C")},
    "5x5x5": {
        "source": ("A", "B", "C", "D", "E"),
        "information": ("1", "2", "3", "4", "5"),
        "handling": ("1", "2", "3", "4", "5"),
    },
}
CURRENT = "3x5x2"
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "source": {"1": "reliable", "2": "untested", "3": "not reliable"},
    "information": {
        "A": "known directly to the source",
        "B": "known indirectly, corroborated",
        "C": "known indirectly",
        "D": "not known",
        "E": "suspected to be false",
    },
    "handling": {"P": "lawful sharing permitted", "C": "permitted with conditions"},
}


def check_grades(scheme: str, grades: Mapping[str, str], where: str) -> None:
    """Raise InputError where ``scheme`` is unknown or one of its three grades is not one of the scheme's."""
    if scheme not in SCHEMES:
        raise InputError(
            "There is no such scheme of grading.", where=f"{where}, field scheme", fix=f"Use {' or '.join(SCHEMES)}."
        )
    for name, known in SCHEMES[scheme].items():
        if grades[name] not in known:
            # A value that is no grade may be anything, a name among it: only what is short is said again.
            said = f"'{grades[name]}'" if len(grades[name]) <= 2 else "This"
            other = "" if scheme == CURRENT else ", and grades of one scheme are not converted to another"
            raise InputError(
                f"{said} is not a grade of {name} in {scheme}{other}.",
                where=f"{where}, field {name}",
                fix=f"Use one of: {', '.join(known)}.",
            )


@dataclass(frozen=True)
class Regrade:
    """One change of grades: what they ``was`` (scheme, source, information), when, by which evaluator, and why."""

    was: tuple[str, str, str]
    at: datetime
    evaluator: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the change as a file says it."""
        return {"was": list(self.was), "at": stamp(self.at), "evaluator": self.evaluator, "reason": self.reason}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Regrade:
        """Read what :meth:`as_json` wrote."""
        scheme, source, information = document["was"]
        return cls((scheme, source, information), read_stamp(document["at"]), document["evaluator"], document["reason"])
