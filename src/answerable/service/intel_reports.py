"""Reports in a workspace: they come in, are resolved, teach what grades are worth, and go when their time is over."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from answerable.errors import InputError, NotAllowed
from answerable.intel.document import read_report, to_document
from answerable.intel.outcome import Trial, first_of_each_origin, resolve, unresolved
from answerable.intel.reliability import Reliability, measure
from answerable.intel.report import Report
from answerable.service.erasure import forget
from answerable.service.intel_deployed import deployments
from answerable.service.intel_files import RowError, read_file, write_rejects
from answerable.service.intel_kept import (
    REPORT,
    RESOLVERS,
    TRIAL,
    KeptReport,
    keep,
    kept_report,
    kept_reports,
    person_behind,
    the_report,
    who,
)  # fmt: skip
from answerable.service.intel_prior import Forecasts
from answerable.service.processing import note_processing
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

# Who takes reports in and grades them.
EVALUATORS = ("intel_evaluator",)


@dataclass(frozen=True)
class Imported:
    """What came of a file: references kept, rows already known, and every row that failed or is held."""

    kept: tuple[str, ...]
    already_known: int
    errors: tuple[RowError, ...]
    rejects_file: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the result ready for JSON."""
        rejected = [error for error in self.errors if not error.held]
        held = [error for error in self.errors if error.held]
        return {
            "read": len(self.kept) + self.already_known + len(self.errors), "kept": len(self.kept),
            "already_known": self.already_known, "rejected": len(rejected), "held": len(held),
            "refs": list(self.kept), "errors": [error.as_json() for error in self.errors],
        }  # fmt: skip


def add(workspace: Workspace, document: dict[str, Any], account: str, *, tz: str = "", cleared: str = "") -> KeptReport:
    """Keep one report; ``account`` evaluates it, and ``cleared`` is why what looks like a name in it is none.

    Errors as in :func:`answerable.intel.document.read_report`; NotAllowed for a wrong role, or where the person who
    brought the report would evaluate it.
    """
    who(workspace, account, EVALUATORS, "add a report")
    given = {"evaluator": account, **document}
    report = read_report(given, tz=tz or workspace.tz, at=workspace.clock.now(), cleared=bool(cleared))
    kept = _take(workspace, report, account, Forecasts(workspace))
    if kept is None:
        raise InputError("This report is kept already.", where=f"report {report.ref}", fix="Nothing needs to be done.")
    _note_cleared(workspace, [report.ref], account, cleared)
    return kept


def import_file(
    workspace: Workspace, path: Path, account: str, *, tz: str = "", rejects: Path | None = None, cleared: str = ""
) -> Imported:
    """Keep every sound report of a CSV or JSON file; the other rows are told by number and reason, and kept nowhere.

    A row that is kept already is counted as such; one that says something else under a known reference is an error.
    """
    who(workspace, account, EVALUATORS, "import reports")
    zone = tz or workspace.settings.time_zone
    rows, errors = read_file(path, tz=zone, at=workspace.clock.now(), evaluator=account, cleared=bool(cleared))
    forecasts, kept, known = Forecasts(workspace), [], 0
    for number, report in rows:
        try:
            taken = _take(workspace, report, account, forecasts)
        except (InputError, NotAllowed) as error:
            errors.append(RowError(number, f"row {number}", f"{error.what} {error.fix}", held=False))
            continue
        known += taken is None
        kept += [report.ref] if taken else []
    if kept:
        _note_cleared(workspace, kept, account, cleared)
    errors.sort(key=lambda error: error.row)
    if rejects is not None and errors:
        write_rejects(rejects, errors)
    return Imported(tuple(kept), known, tuple(errors), str(rejects) if rejects and errors else "")


def regrade(workspace: Workspace, ref: str, source: str, information: str, account: str, *, reason: str) -> KeptReport:
    """Give a report 3x5x2 grades; what it was stays in its history. Errors as for :func:`add`."""
    who(workspace, account, EVALUATORS, "grade a report again")
    kept = the_report(workspace, ref)
    _apart(workspace, kept.report.originator, account)
    at = workspace.clock.now()
    changed = kept.report.regraded(source, information, at=at, evaluator=account, reason=reason)
    return keep(workspace, kept.with_report(changed), account)


def resolve_report(workspace: Workspace, ref: str, outcome: str, account: str, *, acted_on: bool = False) -> KeptReport:
    """Keep what became of a report. Where a deployment took place in its place and window it is ``treated``.

    InputError for another word or a window still open; NotAllowed for a wrong role.
    """
    who(workspace, account, RESOLVERS, "resolve a report")
    kept = the_report(workspace, ref)
    report = kept.report
    deployed = False
    if report.place is not None and report.event_window is not None:
        area, window = report.place.area(), report.event_window
        deployed = any(one.covers(area, window) for one in deployments(workspace))
    said = resolve(report, outcome, at=workspace.clock.now(), acted_on=acted_on, deployed=deployed)
    return keep(workspace, replace(kept, resolution=said), account)


def reports_for(workspace: Workspace, refs: Sequence[str], at: datetime | None = None) -> tuple[Report, ...]:
    """Return the kept reports among ``refs``, in their order, as they stood at the instant ``at`` (default: now).

    References of other things (an incident's number) are passed over.
    """
    found = (_as_of(workspace, ref, at) for ref in dict.fromkeys(refs))
    return tuple(kept.report for kept in found if kept is not None)


def report_blocks(workspace: Workspace, refs: Sequence[str], at: datetime | None = None) -> list[dict[str, Any]]:
    """Return the kept reports among ``refs`` as ``reports:`` blocks of a case file, with the fields that it knows."""
    from answerable.case.parts import ReportPart

    known = {field.alias or name for name, field in ReportPart.model_fields.items()}
    documents = [to_document(report) for report in reports_for(workspace, refs, at)]
    return [{k: v for k, v in document.items() if k in known and v is not None} for document in documents]


def trials(workspace: Workspace) -> list[Trial]:
    """Return every test of a grade: of reports kept here, one for each origin and window, and of those that went."""
    gone = [Trial.from_json(json.loads(kept.value)) for kept in workspace.store.kept(TRIAL)]
    return gone + [trial for _, trial in _live_trials(kept_reports(workspace))]


def reliability(workspace: Workspace) -> Reliability:
    """Return what the workspace's outcomes say of the grades of 3x5x2."""
    return measure(trials(workspace))


def waiting(workspace: Workspace) -> tuple[Report, ...]:
    """Return the reports whose window is over and whose outcome nobody has given, acted on or not."""
    found = kept_reports(workspace)
    resolved = {kept.report.ref: kept for kept in found if kept.resolution}
    return unresolved([kept.report for kept in found], resolved, workspace.clock.now())


def purge_due(workspace: Workspace, account: str) -> tuple[str, ...]:
    """Remove every report whose retention is over, for good, and return their references; NotAllowed for a wrong role.

    What stays of a resolved one is its test of a grade: cell, forecast and outcome, with nothing that leads back.
    """
    who(workspace, account, EVALUATORS, "purge reports")
    now = workspace.clock.now()
    found = kept_reports(workspace)
    due = [kept for kept in found if kept.report.retention_until and kept.report.retention_until <= now]
    tests = dict(_live_trials(found))
    for kept in due:
        trial = tests.get(kept.report.ref)
        if trial is not None:
            workspace.store.keep(TRIAL, secrets.token_hex(16), json.dumps(trial.as_json()).encode(), now, "")
        forget(workspace, REPORT, kept.report.ref, "its retention is over", account)
        note_processing(workspace, "erased", ("report", kept.report.ref), "retention", account)
    return tuple(kept.report.ref for kept in due)


def _take(workspace: Workspace, report: Report, account: str, forecasts: Forecasts) -> KeptReport | None:
    """Keep a new report and return it; None where the same one is kept already."""
    _apart(workspace, report.originator, report.evaluator)
    before = kept_report(workspace, report.ref)
    if before is not None:
        if before.report == report:
            return None
        raise InputError(
            "Another report has this reference.",
            where=f"report {report.ref}",
            fix="Give it a reference of its own, or grade the kept one again.",
        )
    prior = None
    if report.place is not None and report.event_window is not None:
        area = report.place.area(forecasts.projection)
        prior = forecasts.prior(area, report.event_window, report.received_at)
    kept = KeptReport(report, prior.probability if prior else None, prior.model if prior else "")
    return keep(workspace, kept, account)


def _apart(workspace: Workspace, originator: str, evaluator: str) -> None:
    if originator and person_behind(workspace, originator) == person_behind(workspace, evaluator):
        raise NotAllowed(
            "Who evaluates a report is not who brought it.",
            where=f"{originator} and {evaluator} are one person",
            fix="Have somebody else evaluate it.",
        )


def _note_cleared(workspace: Workspace, refs: Sequence[str], account: str, reason: str) -> None:
    if reason:
        action = f"cleared what looked like a name in {len(refs)} report(s), first {refs[0]}"
        workspace.store.append([], [AuditLine(workspace.clock.now(), account, action, "", reason)])


def _as_of(workspace: Workspace, ref: str, at: datetime | None) -> KeptReport | None:
    if at is None:
        return kept_report(workspace, ref)
    versions = [kept for kept in workspace.store.versions(REPORT, ref) if kept.at <= at]
    return KeptReport.from_kept(versions[-1]) if versions else None


def _live_trials(found: Sequence[KeptReport]) -> list[tuple[str, Trial]]:
    """Return reference and trial of each resolved report that counts as one."""
    by_ref = {kept.report.ref: kept.trial for kept in found}
    firsts = first_of_each_origin([kept.report for kept in found])
    return [(report.ref, trial) for report in firsts if (trial := by_ref[report.ref]) is not None]
