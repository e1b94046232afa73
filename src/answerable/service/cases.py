"""Deployment cases: open one and act on it. Every act ends in exactly one entry of the log, or in the audit lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.event import Command, Event
from answerable.case.machine import Case, state_at
from answerable.case.sections import public_sections
from answerable.case.signed import foreign_changes
from answerable.case.transitions.impact import SIGNED
from answerable.errors import InputError, NotAllowed
from answerable.policy.pack import check_named
from answerable.service.answer import Answer
from answerable.service.case_lists import list_cases
from answerable.service.case_shown import show_case
from answerable.service.casefiles import add_sections, read_casefile, read_document
from answerable.service.casework import decided, take_turn
from answerable.service.force import check_inside_force
from answerable.service.history import deployment_cases, read_history
from answerable.service.intel_kept import person_behind
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

__all__ = ["Answer", "act", "check_act", "list_cases", "open_case", "show_case"]

_READ = ("title", "tz", *SIGNED)
# Two people who open a case in the same second take the same number; the loser of that race takes the next one.
_TRIES = 5


def open_case(workspace: Workspace, file: Path, account: str) -> Answer:
    """Open a case from a case file.

    InputError where the file is not one, with field and mend, where its area is not inside the force's own, or where it
    asks because of an incident that has not happened or, in a real workspace, for a time that is over.
    """
    document = read_document(file)
    casefile = read_casefile(workspace, document, file.name)
    if casefile.pack is not None:
        check_named(workspace.pack, casefile.pack, file.name)
    _hold(workspace, document, file.name)
    command = Command("open", proposal=casefile.proposal(), private={"file": document})
    check_inside_force(workspace, casefile, file.name)
    _check_times(workspace, casefile, file.name)
    for last in range(_TRIES - 1, -1, -1):
        case = Case(_next_id(workspace))
        try:
            return _answer(*take_turn(workspace, case, casefile, command, account))
        except NotAllowed as error:
            if not last or "acted on this case first" not in error.what:
                _note_attempt(workspace, "", command.kind, account, error)
                raise
    raise AssertionError("unreachable")


def _check_times(workspace: Workspace, casefile: CaseFile, name: str) -> None:
    """Raise InputError for what no rule could ever allow, so that the public record is not given it as a case."""
    now, window, incident = workspace.clock.now(), casefile.asked_window, casefile.incident
    # A rehearsal may ask what would have been said of a night long past; a real case cannot.
    if workspace.settings.kind == "real" and window is not None and window.end <= now:
        raise InputError(
            "The window that it asks for is already over.",
            where=f"{name}, field start",
            fix="Ask for one that is still to come; what was done outside any case is told in a log of armed work.",
        )
    happened = casefile.instant(incident.occurred_at, "incident, occurred_at") if incident else None
    if happened is not None and happened > now:
        raise InputError(
            "The incident is said to have happened in the future.",
            where=f"{name}, field occurred_at",
            fix="Check its date and time.",
        )


def act(workspace: Workspace, case_id: str, command: Command, account: str, *, added: Path | None = None) -> Answer:
    """Do ``command`` on a case; ``added`` is a file of further sections (assessments, answers) for its case file.

    NotAllowed for a wrong role, person or state: that attempt goes to the audit log, and the case stays as it is.
    """
    case, casefile, command = _read(workspace, case_id, command, added)
    with _attempts_noted(workspace, case_id, command, account):
        return _answer(*take_turn(workspace, case, casefile, command, account))


def check_act(workspace: Workspace, case_id: str, command: Command, account: str, *, added: Path | None = None) -> None:
    """Raise what :func:`act` would raise now, and do nothing: whoever signs a decision has first to hear of it.

    What the rules say of it is not told. They answer to the decision itself, and that is on the record.
    """
    case, casefile, command = _read(workspace, case_id, command, added)
    with _attempts_noted(workspace, case_id, command, account):
        decided(workspace, case, casefile, command, account)


def _read(workspace: Workspace, case_id: str, command: Command, added: Path | None) -> tuple[Case, CaseFile, Command]:
    """Return a case, its file with what is ``added`` to it, and the command that hands that in."""
    history = read_history(workspace, case_id)
    document, where = history.document, case_id
    if added:
        where = added.name
        sections = read_document(added)
        _hold(workspace, sections, where)
        document = add_sections(document, sections, where, sealed=history.sealed)
        _check_authors(workspace, history.document, document, command.kind, where)
        command = replace(command, private={**command.private, "file": document})
    return history.case, read_casefile(workspace, document, where), command


@contextmanager
def _attempts_noted(workspace: Workspace, case_id: str, command: Command, account: str) -> Iterator[None]:
    try:
        yield
    except NotAllowed as error:
        _note_attempt(workspace, case_id, command.kind, account, error)
        raise


def _check_authors(
    workspace: Workspace, before: Mapping[str, Any], after: Mapping[str, Any], kind: str, where: str
) -> None:
    """Raise InputError where a file would change an impact assessment in another act than its author's own."""
    if not any(before.get(name) != after.get(name) for name in SIGNED):
        return
    tz = workspace.settings.time_zone
    as_it_was = public_sections(CaseFile.read({name: before[name] for name in _READ if name in before}, tz=tz))
    as_it_is = public_sections(
        CaseFile.read({name: after[name] for name in _READ if name in after}, where=where, tz=tz)
    )
    for name in foreign_changes(as_it_was, as_it_is, kind):
        words = name.replace("_", " ")
        raise InputError(
            f"The {words} assessment is its author's: nobody else changes it.",
            where=f"{where}, field {name}",
            fix=f"Hand it in under the author's own account: answerable case {name.replace('_', '-')} CASE {where}.",
        )


def _hold(workspace: Workspace, document: Mapping[str, Any], where: str) -> None:
    """Raise HeldText where a report handed in with a file looks as if it identified a person.

    InputError where it lacks its originator or its evaluator, or where one person is both: as for a report taken in.
    """
    if not document.get("reports"):
        return
    tz = document.get("tz") or workspace.settings.time_zone
    handed_in = CaseFile.read({"title": "reports", "reports": document["reports"]}, where=where, tz=tz)
    handed_in.hold_identifying(where)
    for report in handed_in.graded_reports:
        lacking = [name for name in ("originator", "evaluator") if not getattr(report, name).strip()]
        if lacking:
            raise InputError(
                f"A report says its {' and its '.join(lacking)}: who evaluates it is not who brought it.",
                where=f"{where}, report {report.ref}",
                fix="Name the offices or accounts, or take the report in with 'answerable intel add'.",
            )
        if person_behind(workspace, report.originator) == person_behind(workspace, report.evaluator):
            raise InputError(
                "Who evaluates a report is not who brought it.",
                where=f"{where}, report {report.ref}: {report.originator} and {report.evaluator} are one person",
                fix="Have another office or account evaluate it.",
            )


def _answer(case: Case, event: Event) -> Answer:
    blocked = tuple(event.data["rules"]) if event.kind == "blocked" else ()
    return Answer(case.id, event.kind, str(state_at(case, event.at)), blocked, event.data)


def _note_attempt(workspace: Workspace, case_id: str, kind: str, account: str, error: NotAllowed) -> None:
    tried = AuditLine(workspace.clock.now(), account, kind, case_id, str(error))
    workspace.store.append([], [tried])


def _next_id(workspace: Workspace) -> str:
    year = workspace.clock.now().year
    taken = [name for name in deployment_cases(workspace) if name.startswith(f"{year}-")]
    return f"{year}-{max((int(name.split('-')[1]) for name in taken), default=0) + 1:04d}"
