"""One intelligence report as it is kept here: a reference, its grades, its place and times and a short gist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from answerable.errors import InputError
from answerable.intel.circularity import origins
from answerable.intel.grading import CURRENT, Regrade, check_grades
from answerable.intel.place import Place, beyond_m
from answerable.place import Area, Window

GIST_LENGTH = 280
PUBLIC_LENGTH = 280


@dataclass(frozen=True)
class Hypothesis:
    """A stated hypothesis, such as a feud, with where it is from; it stays with its report and feeds no model."""

    tag: str
    provenance: str


@dataclass(frozen=True)
class Report:
    """A graded report, without the report itself and without anything about a person.

    In 3x5x2 ``source`` is 1 reliable, 2 untested, 3 not reliable; ``information`` A known directly, B known indirectly
    and corroborated, C known indirectly, D not known, E suspected false; ``handling`` P or C, which has
    ``conditions``. A 5x5x5 report is kept and shown with its own grades and is neither usable nor strong until it is
    graded again. ``origin_key`` is a fingerprint of where the information came from, ``derived_from`` the references it
    repeats; ``event_window`` and ``place`` are when and where the event is expected. ``originator`` and ``evaluator``
    are offices or opaque account references, never sources. ``gist`` is the sanitised text kept here, ``public_text``
    the third, separate one. InputError where something is not one of these, naming the report and the field.
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
    scheme: str = CURRENT
    place: Place | None = None
    conditions: tuple[str, ...] = ()
    originator: str = ""
    evaluator: str = ""
    public_text: str = ""
    expires_at: datetime | None = None
    retention_until: datetime | None = None
    hypotheses: tuple[Hypothesis, ...] = ()
    regrades: tuple[Regrade, ...] = ()

    def __post_init__(self) -> None:
        where = f"report {self.ref}"
        grades = {"source": self.source, "information": self.information, "handling": self.handling}
        check_grades(self.scheme, grades, where)
        if not self.origin_key:
            raise InputError(
                "A report without an origin cannot be told from an echo.",
                where=f"{where}, field origin_key",
                fix="Give a fingerprint of where it came from, never who.",
            )
        for name, text, most in (
            ("gist", self.gist, GIST_LENGTH),
            ("public_text", self.public_text, PUBLIC_LENGTH),
        ):
            if len(text) > most:
                raise InputError(
                    f"A {name.replace('_', ' ')} has at most {most} characters; this one has {len(text)}.",
                    where=f"{where}, field {name}",
                    fix="Shorten it: the report itself stays where it is.",
                )
        if self.originator and self.originator == self.evaluator:
            raise InputError(
                "Who evaluates a report is not who brought it.",
                where=f"{where}, fields originator and evaluator",
                fix="Have another office or account evaluate it.",
            )
        for name, until in (("expires_at", self.expires_at), ("retention_until", self.retention_until)):
            if until is not None and until <= self.received_at:
                raise InputError(
                    "This report would end before it was received.",
                    where=f"{where}, field {name}",
                    fix="Check both dates and their time zone.",
                )

    @property
    def usable(self) -> bool:
        """Whether it can be relied on at all: 3x5x2, source not unreliable, information not suspected false."""
        return self.scheme == CURRENT and self.source != "3" and self.information != "E"

    @property
    def strong(self) -> bool:
        """Whether it is 3x5x2 with source 1 or 2 and information A or B."""
        return self.scheme == CURRENT and self.source in ("1", "2") and self.information in ("A", "B")

    @property
    def grade(self) -> str:
        """Source and information together, as in ``1A``: one grade, never two numbers to multiply."""
        return self.source + self.information

    @property
    def first_graded(self) -> tuple[str, str, str]:
        """Scheme, source and information as they were first given."""
        return self.regrades[0].was if self.regrades else (self.scheme, self.source, self.information)

    def expired(self, at: datetime) -> bool:
        """Say whether it has ended at the instant ``at``: then it counts for nothing."""
        return self.expires_at is not None and at >= self.expires_at

    def regraded(self, source: str, information: str, *, at: datetime, evaluator: str, reason: str = "") -> Report:
        """Return the report with 3x5x2 grades given by a person, what it was before kept in ``regrades``.

        A 5x5x5 report keeps its conditions; its handling becomes C where it has any, else P. InputError where the
        grades are not 3x5x2 or the evaluator is the originator.
        """
        was = Regrade((self.scheme, self.source, self.information), at, evaluator, reason)
        handling = self.handling if self.scheme == CURRENT else ("C" if self.conditions else "P")
        return replace(
            self, scheme=CURRENT, source=source, information=information, handling=handling, evaluator=evaluator,
            regrades=(*self.regrades, was),
        )  # fmt: skip


def report_facts(
    reports: Sequence[Report], at: datetime, window: Window | None = None, area: Area | None = None
) -> dict[str, Any]:
    """Return the dotted facts that ``reports`` give at ``at`` for a case that asks for ``window`` and ``area``.

    An origin counts once however many reports repeat it; an expired report counts for nothing. Ages are in hours,
    distances in metres; what cannot be known is None. InputError where two reports share a reference or one was
    received after ``at``.
    """
    check_reports(reports, at)
    reports = [report for report in reports if not report.expired(at)]
    groups = origins(reports)
    usable = [group for group in groups if any(report.usable for report in group)]
    strong = [report for report in reports if report.strong]
    windows = [report.event_window for report in strong if report.event_window]
    places = [report.place for report in strong if report.place]
    # The newest reliable report of each origin; with two origins the picture is as old as the second newest of them.
    newest = sorted((max(r.received_at for r in group if r.usable) for group in usable), reverse=True)
    return {
        "intel.reports": len(reports),
        "intel.independent_origins": len(groups),
        "intel.usable_origins": len(usable),
        "intel.strong_origins": sum(any(report.strong for report in group) for group in groups),
        "intel.best_grade": min((report.grade for report in reports if report.scheme == CURRENT), default=None),
        "intel.corroborated_age_h": _hours(at - newest[1]) if len(newest) > 1 else None,
        "intel.strong_age_h": _hours(at - max(report.received_at for report in strong)) if strong else None,
        "intel.event_window_h": min((found.hours for found in windows), default=None),
        "intel.meets_window": any(found.overlaps(window) for found in windows) if windows and window else None,
        "intel.from_one_source": len(usable) == 1 if usable else None,
        "intel.area_beyond_m": beyond_m(area, places) if area else None,
    }


def check_reports(reports: Sequence[Report], at: datetime) -> None:
    """Raise InputError where two reports share a reference or one was received after ``at``."""
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
