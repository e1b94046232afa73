"""The case file as it was filed, for those who open, assess, decide and inspect; and its public statements as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from answerable.errors import AnswerableError
from answerable.policy.pack import Pack
from answerable.service.case_shown import show_case, show_history
from answerable.service.casefile_export import export_case
from answerable.service.casefiles import with_reports
from answerable.service.history import History, read_history
from answerable.service.processing import note_processing
from answerable.web.desk import ANYONE, Desk, Handed, Result, Visit
from answerable.web.pages.blocks import Block
from answerable.web.pages.staff_decisions import SIGNED
from answerable.web.pages.staff_filed import filed, newest_findings
from answerable.web.render import Page
from answerable.web.staff_oversight import INSPECTORS

_READ_BY = ("open", "assess", *sorted(SIGNED))


def add_filed(desk: Desk) -> None:
    """Put the routes of the case file into the site."""
    desk.page("/case-{case_id}-filed", filed_page, readers, "A case as it was filed")
    desk.file("/case-{case_id}.pdf", pdf, (ANYONE,), "The case file of public statements, as a PDF")


def readers(pack: Pack) -> tuple[str, ...]:
    """Return the roles that may read a case file whole."""
    named = (role for step in _READ_BY for role in pack.roles.get(step, ()))
    return tuple(dict.fromkeys((*named, *INSPECTORS)))


def deciders(pack: Pack) -> frozenset[str]:
    """Return the roles that may also read what the reports say in short: nobody decides on a grade alone."""
    return frozenset(role for step in ("assess", *SIGNED) for role in pack.roles.get(step, ()))


def filed_blocks(visit: Visit, history: History, shown: Mapping[str, Any], *, alternatives: bool = True) -> list[Block]:
    """Return a case file as blocks, and note who looked; ``shown`` is it as ``show_history`` gives it."""
    case_id, document = history.case.id, history.document
    note_processing(visit.workspace, "consulted", ("case", case_id), "case_work", visit.account)
    try:
        document = with_reports(visit.workspace, document, f"case {case_id}")
    except AnswerableError as error:
        document = {**document, "reports": [{"ref": "not shown", "gist": error.what}]}
    gists = bool(visit.roles & deciders(visit.workspace.pack))
    return filed(document, shown["events"], gists=gists, alternatives=alternatives)


def filed_page(visit: Visit) -> Page:
    """Return the case file, and the newest finding of every rule that was tested."""
    case_id = visit.path["case_id"]
    history = read_history(visit.workspace, case_id)
    shown = show_history(visit.workspace, history)
    data = {
        "case": {"id": case_id, "title": shown["title"], "area": shown["area"], "window": shown["window"]},
        "filed": filed_blocks(visit, history, shown),
        "findings": newest_findings(shown["events"]),
    }
    return Page(f"case-{case_id}-filed.html", f"Case {case_id} as it was filed", "staff/filed.html", data)


def pdf(visit: Visit) -> Result:
    """Hand over the case file as a document to print."""
    case_id = visit.path["case_id"]
    show_case(visit.workspace, case_id)
    note_processing(visit.workspace, "consulted", ("case", case_id), "case_work", visit.account)
    with TemporaryDirectory(prefix="answerable-") as folder:
        path = Path(folder) / "case.pdf"
        export_case(visit.workspace, case_id, pdf=path)
        return Handed(path.read_bytes(), f"case-{case_id}.pdf", "application/pdf")
