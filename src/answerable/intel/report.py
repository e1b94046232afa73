"""One intelligence report as it is kept here: a reference, its grades, its times and a short gist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.errors import InputError
from answerable.intel.circularity import origins
from answerable.place import Window

SOURCES = ("1", "2", "3")
INFORMATION = ("A", "B", "C", "D", "E")
HANDLING = ("P", "C")
GIST_LENGTH = 280


@dataclass(frozen=True)
class Report:
    """A graded report (3x5x2), without the report itself and without anything about a person.

    ``source`` 1 reliable, 2 untested, 3 not reliable; ``information`` A known directly, B known indirectly and
    corroborated, C known indirectly, D not known, E suspected false; ``handling`` P or C. ``origin_key`` is a
    fingerprint of where the information came from, ``derived_from`` the references it repeats, ``event_window`` when
    the event is expected. InputError where a grade is not one of these or the gist is too long.
    """

    ref: str
    source: str
    information: str
    handling: str
    origin_key: str
    received_at: datetime
    event_window: Window | None = None
    derived_from: tuple[str, ...] = ()
    gist: str = ""
    scheme: str = "3x5x2"

    def __post_init__(self) -> None:
        where = f"report {self.ref}"
        if self.scheme != "3x5x2":
            raise InputError(
                f"Reports graded {self.scheme} are not converted.", where=where, fix="Have it graded again as 3x5x2."
            )
        for name, value, known in (
            ("source", self.source, SOURCES),
            ("information", self.information, INFORMATION),
            ("handling", self.handling, HANDLING),
        ):
            if value not in known:
                raise InputError(
                    f"'{value}' is not a grade of {name} in 3x5x2.",
                    where=f"{where}, field {name}",
                    fix=f"Use one of: {', '.join(known)}.",
                )
        if not self.origin_key:
            raise InputError(
                "A report without an origin cannot be told from an echo.",
                where=f"{where}, field origin_key",
                fix="Give a fingerprint of where it came from, never who.",
            )
        if len(self.gist) > GIST_LENGTH:
            raise InputError(
                f"A gist has at most {GIST_LENGTH} characters; this one has {len(self.gist)}.",
                where=f"{where}, field gist",
                fix="Shorten it: the report itself stays where it is.",
            )

    @property
    def usable(self) -> bool:
        """Whether it can be relied on at all: the source is not unreliable and the information not suspected false."""
        return self.source != "3" and self.information != "E"

    @property
    def strong(self) -> bool:
        """Whether source is 1 or 2 and information A or B."""
        return self.source in ("1", "2") and self.information in ("A", "B")

    @property
    def grade(self) -> str:
        """Source and information together, as in ``1A``: one grade, never two numbers to multiply."""
        return self.source + self.information


def report_facts(reports: Sequence[Report], at: datetime, window: Window | None = None) -> dict[str, Any]:
    """Return the dotted facts that ``reports`` give at the instant ``at`` for a case that asks for ``window``.

    An origin counts once however many reports repeat it. Ages are in hours; what cannot be known is None. InputError
    where two reports share a reference or one was received after ``at``.
    """
    _check(reports, at)
    groups = origins(reports)
    usable = [group for group in groups if any(report.usable for report in group)]
    strong = [report for report in reports if report.strong]
    windows = [report.event_window for report in strong if report.event_window]
    # The newest reliable report of each origin; with two origins the picture is as old as the second newest of them.
    newest = sorted((max(r.received_at for r in group if r.usable) for group in usable), reverse=True)
    return {
        "intel.reports": len(reports),
        "intel.independent_origins": len(groups),
        "intel.usable_origins": len(usable),
        "intel.strong_origins": sum(any(report.strong for report in group) for group in groups),
        "intel.best_grade": min((report.grade for report in reports), default=None),
        "intel.corroborated_age_h": _hours(at - newest[1]) if len(newest) > 1 else None,
        "intel.strong_age_h": _hours(at - max(report.received_at for report in strong)) if strong else None,
        "intel.event_window_h": min((found.hours for found in windows), default=None),
        "intel.meets_window": any(found.overlaps(window) for found in windows) if windows and window else None,
    }


def _check(reports: Sequence[Report], at: datetime) -> None:
    seen: set[str] = set()
    for report in reports:
        if report.ref in seen:
            raise InputError("Two reports have the same reference.", where=f"report {report.ref}", fix="Cite it once.")
        seen.add(report.ref)
        if report.received_at > at:
            raise InputError(
                "This report is dated in the future.",
                where=f"report {report.ref}, received {report.received_at.isoformat()}, now {at.isoformat()}",
                fix="Check its date and time zone.",
            )


def _hours(span: timedelta) -> float:
    return span / timedelta(hours=1)
