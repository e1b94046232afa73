"""Deployment cases: open one and act on it. Every act ends in exactly one entry of the log, or in the audit lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.event import Command, Event
from answerable.case.machine import Case, state_at
from answerable.errors import NotAllowed, UsageError
from answerable.service.answer import Answer
from answerable.service.case_lists import list_cases
from answerable.service.case_shown import show_case
from answerable.service.casefiles import add_sections, read_casefile, read_document
from answerable.service.casework import take_turn
from answerable.service.force import check_inside_force
from answerable.service.history import deployment_cases, read_history
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

__all__ = ["Answer", "act", "list_cases", "open_case", "show_case"]

# Two people who open a case in the same second take the same number; the loser of that race takes the next one.
_TRIES = 5


def open_case(workspace: Workspace, file: Path, account: str) -> Answer:
    """Open a case from a case file.

    InputError where the file is not one, with field and mend, or where its area is not inside the force's own.
    """
    document = read_document(file)
    casefile = read_casefile(workspace, document, file.name)
    if casefile.pack not in (None, workspace.settings.pack):
        raise UsageError(
            "The case file names another pack than this workspace works under.",
            where=f"{file.name}: {casefile.pack}",
            fix=f"Leave it out, or write {workspace.settings.pack}.",
        )
    _hold(workspace, document, file.name)
    command = Command("open", proposal=casefile.proposal(), private={"file": document})
    check_inside_force(workspace, casefile, file.name)
    for last in range(_TRIES - 1, -1, -1):
        case = Case(_next_id(workspace))
        try:
            return _answer(*take_turn(workspace, case, casefile, command, account))
        except NotAllowed as error:
            if not last or "acted on this case first" not in error.what:
                _note_attempt(workspace, "", command.kind, account, error)
                raise
    raise AssertionError("unreachable")


def act(workspace: Workspace, case_id: str, command: Command, account: str, *, added: Path | None = None) -> Answer:
    """Do ``command`` on a case; ``added`` is a file of further sections (assessments, answers) for its case file.

    NotAllowed for a wrong role, person or state: that attempt goes to the audit log, and the case stays as it is.
    """
    history = read_history(workspace, case_id)
    document, where = history.document, case_id
    if added:
        where = added.name
        sections = read_document(added)
        _hold(workspace, sections, where)
        document = add_sections(document, sections, where, sealed=history.sealed)
        command = replace(command, private={**command.private, "file": document})
    casefile = read_casefile(workspace, document, where)
    try:
        return _answer(*take_turn(workspace, history.case, casefile, command, account))
    except NotAllowed as error:
        _note_attempt(workspace, case_id, command.kind, account, error)
        raise


def _hold(workspace: Workspace, document: Mapping[str, Any], where: str) -> None:
    """Raise HeldText where a report that is handed in with a file looks as if it identified a person."""
    if document.get("reports"):
        handed_in = {"title": "reports", "reports": document["reports"]}
        CaseFile.read(handed_in, where=where, tz=workspace.settings.time_zone).hold_identifying(where)


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
