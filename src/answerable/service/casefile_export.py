"""The case file of one deployment, written as HTML, JSON or PDF from its public statements alone."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from answerable.case.machine import Case, state_at
from answerable.record.publish import write_file
from answerable.service.history import read_history
from answerable.service.workspace import Workspace

if TYPE_CHECKING:
    from answerable.present.case_document import CaseSource, Due
    from answerable.present.document import Document


def case_source(workspace: Workspace, case_id: str) -> CaseSource:
    """Return what a case file is made of at this instant; UsageError where there is no such case."""
    from answerable.present.case_document import CaseEntry, CaseSource

    history = read_history(workspace, case_id)
    case, now = history.case, workspace.clock.now()
    pack = adoption_of(workspace, case.pack)
    return CaseSource(
        id=case_id,
        workspace=workspace.settings.kind,
        origin=workspace.settings.origin,
        tz=workspace.settings.time_zone or "UTC",
        as_of=now,
        state=str(state_at(case, now)),
        entries=tuple(
            CaseEntry(index, event.kind, event.at, event.office, event.data)
            for event, index in zip(case.events, history.indexes, strict=True)
        ),
        pack=pack,
        not_limited=str(pack.get("not_limited", "")),
        duties=_duties(case, now),
    )


def adoption_of(workspace: Workspace, pack: str) -> dict[str, Any]:
    """Return what the newest adoption of ``pack`` (``name@version``) stated; empty where the record has none."""
    found: dict[str, Any] = {}
    for event in workspace.store.events(kinds=("adopt",)):
        data = event.data
        if f"{data['pack']}@{data['version']}" == pack:
            found = data
    return found


def export_case(
    workspace: Workspace, case_id: str, *, html: Path | None = None, json: Path | None = None, pdf: Path | None = None
) -> Document:
    """Write the case file of ``case_id`` to the paths given, each whole or not at all, and return it.

    UsageError where there is no such case, or where a PDF is asked for and the extra ``pdf`` is not installed.
    """
    from answerable.present.case_document import case_document

    return write_document(case_document(case_source(workspace, case_id)), html=html, json=json, pdf=pdf)


def write_document(
    document: Document, *, html: Path | None = None, json: Path | None = None, pdf: Path | None = None
) -> Document:
    """Write a document to the paths given; a PDF that cannot be made leaves no other file behind."""
    from answerable.present.document_writers import document_html, document_pdf

    made = [(pdf, document_pdf(document))] if pdf else []
    made += [(html, document_html(document).encode())] if html else []
    made += [(json, document.json() + b"\n")] if json else []
    for path, content in made:
        if path is not None:
            write_file(path, content)
    return document


def _duties(case: Case, now: datetime) -> tuple[Due, ...]:
    from answerable.case.duties import duties
    from answerable.present.case_document import Due

    return tuple(Due(duty.words, duty.due, duty.overdue) for duty in duties(case, now))
