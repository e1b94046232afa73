"""What became of a report: every one is resolved, acted on or not, and a treated window never refutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from answerable.errors import InputError
from answerable.intel.circularity import origins
from answerable.intel.report import Report
from answerable.place import read_stamp, stamp

Outcome = Literal["materialised", "refuted", "nothing_found", "treated", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Resolution:
    """What became of one report.

    ``outcome`` materialised (the event was seen in its place and window), refuted (it was shown to be false),
    nothing_found (the window passed and no such event is known), treated (a deployment took place in it) or unknown;
    ``acted_on`` says whether anybody did anything because of it; ``seen`` keeps, for a treated window, what was seen.
    """

    outcome: Outcome
    at: datetime
    acted_on: bool
    seen: Outcome | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the resolution as a file says it."""
        return {"outcome": self.outcome, "at": stamp(self.at), "acted_on": self.acted_on, "seen": self.seen}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Resolution:
        """Read what :meth:`as_json` wrote."""
        return cls(document["outcome"], read_stamp(document["at"]), document["acted_on"], document["seen"])


def resolve(report: Report, outcome: str, *, at: datetime, acted_on: bool, deployed: bool) -> Resolution:
    """Return what became of ``report``, as said at ``at``.

    ``deployed`` says that a deployment took place in its place and window: then the outcome is ``treated`` whatever
    was seen, because nobody can tell what would have happened without it. InputError for another word, or where the
    window is still open and nothing has been seen yet.
    """
    if outcome not in OUTCOMES:
        raise InputError(
            "There is no such outcome.", where=f"report {report.ref}", fix=f"Use one of: {', '.join(OUTCOMES)}."
        )
    ends = ends_at(report)
    if ends is not None and at < ends and outcome in ("refuted", "nothing_found", "unknown") and not deployed:
        raise InputError(
            "The window of this report is still open.",
            where=f"report {report.ref}, until {stamp(ends)}",
            fix="Resolve it when its window has ended; only 'materialised' can be known sooner.",
        )
    said: Outcome = next(one for one in OUTCOMES if one == outcome)
    if deployed or said == "treated":
        return Resolution("treated", at, acted_on=True, seen=None if said == "treated" else said)
    return Resolution(said, at, acted_on)


def ends_at(report: Report) -> datetime | None:
    """Return when the event must have happened: the end of its window, else its expiry, else None."""
    return report.event_window.end if report.event_window else report.expires_at


def unresolved(reports: Sequence[Report], resolved: Mapping[str, object], at: datetime) -> tuple[Report, ...]:
    """Return the reports whose time is over at ``at`` and whose outcome nobody has given, acted on or not."""
    ended = [report for report in reports if (ends := ends_at(report)) is not None and ends <= at]
    return tuple(report for report in ended if report.ref not in resolved)


@dataclass(frozen=True)
class Trial:
    """One test of a grade, with nothing that could lead back to its report: this outlives the report's deletion.

    ``cell`` is scheme, source and information together ("3x5x2 1A"); ``prior`` the forecast for the report's place and
    window as it was when the report came in, None where there was none; ``outcome`` what became of it.
    """

    cell: str
    prior: float | None
    outcome: Outcome

    @property
    def happened(self) -> bool | None:
        """Whether the event came, None where a deployment or ignorance hides it."""
        return {"materialised": True, "refuted": False, "nothing_found": False}.get(self.outcome)

    def as_json(self) -> dict[str, Any]:
        """Return the trial ready for JSON."""
        return {"cell": self.cell, "prior": self.prior, "outcome": self.outcome}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Trial:
        """Read what :meth:`as_json` wrote."""
        return cls(document["cell"], document["prior"], document["outcome"])


def cell_of(report: Report) -> str:
    """Return the cell in which a report's reliability is measured: its grades when its window opened.

    A grade given later knows too much; without a window it is the first one given.

    >>> cell_of(Report("R-1", "1", "A", "P", "k", datetime(2018, 11, 30)))
    '3x5x2 1A'
    """
    opens = report.event_window.start if report.event_window else report.received_at
    graded = (report.scheme, report.source, report.information)
    scheme, source, information = next((change.was for change in report.regrades if change.at > opens), graded)
    return f"{scheme} {source}{information}"


def first_of_each_origin(reports: Sequence[Report]) -> tuple[Report, ...]:
    """Return the reports that count as trials: of one origin, only the first about any one window.

    Echoes would otherwise count one success, or one failure, many times. A source that reports on another night is
    tested again.
    """
    kept: list[Report] = []
    for group in origins(reports):
        windows: list[Report] = []
        for report in sorted(group, key=lambda one: (one.received_at, one.ref)):
            about = report.event_window
            if about is None or not any(w.event_window and about.overlaps(w.event_window) for w in windows):
                windows.append(report)
        kept += windows
    return tuple(kept)
