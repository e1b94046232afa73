"""Intelligence as the workspace keeps it: one living document for each report, with its forecast and its outcome."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from answerable.case.event import Actor
from answerable.errors import NotAllowed, UsageError
from answerable.intel.document import from_document, to_document
from answerable.intel.outcome import Resolution, Trial, cell_of
from answerable.intel.report import Report
from answerable.service.people import actor
from answerable.service.processing import note_processing
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine, Kept

REPORT, TRIAL, ESTIMATE = "report", "trial", "estimate"
# Who may say what became of a report or an estimate.
RESOLVERS = ("intel_evaluator", "analyst")


@dataclass(frozen=True)
class KeptReport:
    """A report with the forecast for its place and window when it came in (None: no data), and what became of it.

    ``version`` is the number under which it is kept, 0 where it is not yet.
    """

    report: Report
    prior: float | None = None
    model: str = ""
    resolution: Resolution | None = None
    version: int = field(default=0, compare=False)

    @property
    def trial(self) -> Trial | None:
        """The report as a test of its grade, None until it is resolved."""
        if self.resolution is None:
            return None
        return Trial(cell_of(self.report), self.prior, self.resolution.outcome)

    def with_report(self, report: Report) -> KeptReport:
        """Return the same with another version of the report."""
        return replace(self, report=report)

    def as_bytes(self) -> bytes:
        """Return the document that the store keeps."""
        document = {
            "report": to_document(self.report),
            "prior": {"probability": self.prior, "model": self.model} if self.prior is not None else None,
            "resolution": self.resolution.as_json() if self.resolution else None,
        }
        return json.dumps(document, sort_keys=True, ensure_ascii=False).encode()

    @classmethod
    def from_kept(cls, kept: Kept) -> KeptReport:
        """Read a version whose value :meth:`as_bytes` wrote."""
        document = json.loads(kept.value)
        prior, resolution = document["prior"], document["resolution"]
        return cls(
            from_document(document["report"]),
            prior["probability"] if prior else None,
            prior["model"] if prior else "",
            Resolution.from_json(resolution) if resolution else None,
            kept.version,
        )


def kept_reports(workspace: Workspace) -> tuple[KeptReport, ...]:
    """Return every report of the workspace, by reference."""
    return tuple(KeptReport.from_kept(kept) for kept in workspace.store.kept(REPORT))


def kept_report(workspace: Workspace, ref: str) -> KeptReport | None:
    """Return one report, or None."""
    found = workspace.store.kept(REPORT, ref)
    return KeptReport.from_kept(found[0]) if found else None


def the_report(workspace: Workspace, ref: str) -> KeptReport:
    """Return one report; UsageError where there is none of that reference."""
    found = kept_report(workspace, ref)
    if found is None:
        raise UsageError("There is no such report.", where=ref, fix="See 'answerable intel list'.")
    return found


def keep(workspace: Workspace, kept: KeptReport, account: str) -> KeptReport:
    """Keep the version of a report after ``kept.version`` and return it; NotAllowed where someone else came first."""
    now, ref = workspace.clock.now(), kept.report.ref
    done = replace(kept, version=workspace.store.keep(REPORT, ref, kept.as_bytes(), now, account, after=kept.version))
    operation = "altered" if kept.version else "collected"
    note_processing(workspace, operation, ("report", ref), "intelligence_work", account)
    return done


def who(workspace: Workspace, account: str, roles: Sequence[str], action: str) -> Actor:
    """Return who acts, where one of ``roles`` is theirs; NotAllowed, with a line in the audit log, where none is."""
    acting = actor(workspace, account)
    if not acting.roles & set(roles):
        reason = f"needs one of the roles {', '.join(roles)}"
        workspace.store.append([], [AuditLine(workspace.clock.now(), account, action, "", reason)])
        raise NotAllowed(
            f"This {reason}.".replace("This needs", "This act needs"),
            where=f"{account}: {action}",
            fix="Have somebody with that role do it.",
        )
    return acting


def person_behind(workspace: Workspace, account: str) -> str:
    """Return the person behind an account, or the text itself where it names an office."""
    found = workspace.store.person(account)
    return found.person if found else account


def as_json(kept: KeptReport) -> dict[str, Any]:
    """Return a report with what the workspace knows of it, ready for JSON."""
    return {
        **to_document(kept.report),
        "grade": kept.report.grade,
        "counts": "strong" if kept.report.strong else "usable" if kept.report.usable else "no",
        "forecast": kept.prior,
        "resolution": kept.resolution.as_json() if kept.resolution else None,
    }
