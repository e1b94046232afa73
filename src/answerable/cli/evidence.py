"""``answerable evidence``: what can be shown to those who ask, as files they can keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, table

evidence = typer.Typer(no_args_is_help=True, help="Evidence as files: case files, transparency record, bundle.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(evidence, name="evidence")


@evidence.command("case")
def case_file(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF (extra 'pdf').")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json-file", metavar="FILE", help="Write it as canonical JSON.")
    ] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write the file of one case in the order of the National Decision Model; without a file, print it."""
    from answerable.present.document_writers import document_text
    from answerable.service.casefile_export import export_case
    from answerable.service.processing import note_processing
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        document = export_case(opened, case, html=html, json=json_file, pdf=pdf)
        note_processing(opened, "disclosed", ("case", case), "export")
    written = [path for path in (html, pdf, json_file) if path is not None]
    for path in written:
        note(f"written: {path}")
    if written and not as_json:
        return
    emit(document.as_json(), as_json=as_json, text=lambda: document_text(document))


@evidence.command("list")
def show_list(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """List the evidence that this workspace can give, and the command for each."""
    from answerable.service.evidence_bundle import evidence_list
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = evidence_list(opened)
    rows = [[one.name, "yes" if one.there else "not yet", one.what, one.command] for one in found]
    head = ["evidence", "there", "what it is", "command"]
    emit([vars(one) for one in found], as_json=as_json, text=lambda: table(head, rows))


@evidence.command("library")
def show_library(
    option: Annotated[str, typer.Option(help="Only what is known of one option of the alternatives.")] = "",
    as_json: Json = False,
) -> None:
    """Say what studies found of the tactic and of what could be done instead. Needs no workspace."""
    from answerable.evaluate.evidence import evidence_for, library

    rows = evidence_for(option) if option else library()

    def text() -> str:
        told = [
            f"{row.approach}: {row.effect}.\n  {row.outcome}; {row.setting}; {row.design}; interval: {row.interval}\n"
            f"  {row.source} ({row.as_json()['standing']})\n  Speaks of armed patrol: {row.applies}. {row.why}"
            for row in rows
        ]
        return "\n\n".join(told) or "Nothing is in the library on that option."

    emit([row.as_json() for row in rows], as_json=as_json, text=text)


@evidence.command()
def atrs(
    check: Annotated[bool, typer.Option("--check", help="End with 1 where a field is empty or stale.")] = False,
    blank: Annotated[bool, typer.Option("--blank", help="Print a file of answers to fill in instead.")] = False,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="The force's answers; atrs.yaml if left out.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Make the algorithmic transparency record (ATRS) from the live workspace."""
    from answerable.present.document_writers import document_text
    from answerable.service.atrs import blank_answers, transparency_record
    from answerable.service.casefile_export import write_document
    from answerable.service.workspace import open_workspace

    if blank:
        typer.echo(blank_answers(), nl=False)
        return
    with open_workspace(workspace) as opened:
        record = transparency_record(opened, answers)
    document = write_document(record.document(), html=html)
    if html is not None:
        note(f"written: {html}")
    emit(record.as_json(), as_json=as_json, text=lambda: document_text(document))
    if check and record.problems:
        raise typer.Exit(1)


@evidence.command()
def bundle(
    folder: Annotated[Path, typer.Argument(help="A new or an empty folder.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write a bundle for a council: rules, tests, models, the record's head, and what cannot be shown."""
    from answerable.service.evidence_bundle import write_bundle
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        written = write_bundle(opened, folder)
    document = {"folder": str(folder), "files": written}
    emit(document, as_json=as_json, text=lambda: "\n".join([f"{len(written)} files in {folder}:", *written]))
