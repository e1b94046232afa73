"""What a deployment would take in officer-hours, and what each alternative could do with the same hours.

Officer-hours are officers who would be there times the hours of the window asked for; travel, briefing and those who
command from elsewhere are not in them. What one unit of an alternative takes (one afternoon in a school, say) is the
force's own figure, given in the case file with its source: no catalogue has it, and where nobody says, nothing is
worked out. It says what the hours would buy, never that the one does as much good as the other.
"""

from __future__ import annotations

from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.parts import AlternativePart


def officer_hours(casefile: CaseFile) -> float | None:
    """Return officers times hours of what is asked for; None where the file says neither who nor how long."""
    support, window = casefile.support, casefile.asked_window
    if support is None or window is None:
        return None
    return (support.armed_officers + support.unarmed_officers) * window.hours


def resources(casefile: CaseFile) -> dict[str, Any]:
    """Return the public section on what the deployment would take; empty where it is not known."""
    hours, support, window = officer_hours(casefile), casefile.support, casefile.asked_window
    if hours is None or support is None or window is None:
        return {}
    return {
        "armed_officers": support.armed_officers,
        "unarmed_officers": support.unarmed_officers,
        "hours": window.hours,
        "officer_hours": hours,
    }


def taken_by(casefile: CaseFile, one: AlternativePart) -> dict[str, Any]:
    """Return what one unit of an alternative takes and how many units the deployment's hours would make.

    ``units`` is rounded to a tenth. Empty where the file does not say what a unit takes.
    """
    if one.takes is None:
        return {}
    found: dict[str, Any] = one.takes.model_dump(mode="json")
    hours = officer_hours(casefile)
    if hours is not None:
        found["units"] = round(hours / one.takes.officer_hours, 1)
    return found
