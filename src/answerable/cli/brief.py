"""``answerable brief``: what those who hold a force to account are told, each quarter and at each decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, table

if TYPE_CHECKING:
    from answerable.present.bulletin import Bulletin

brief = typer.Typer(invoke_without_command=True, help="The quarterly bulletin, notices, and the yearly return.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(brief, name="brief")


@brief.callback()
def bulletin(
    context: typer.Context,
    quarter: Annotated[str, typer.Option(help="Which quarter, such as 2026Q4; the present one if left out.")] = "",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page.")] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", metavar="FILE", help="Write it as a PDF (extra 'pdf').")] = None,
    public: Annotated[
        Path | None, typer.Option("--public", metavar="FOLDER", help="Add it up from a public folder alone.")
    ] = None,
    tz: Annotated[str, typer.Option(help="With --public: the zone in which quarters begin; that of the cases.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Print the bulletin of a quarter, its totals held against the log; end with 4 where they differ."""
    if context.invoked_subcommand:
        return
    from answerable.present.document_writers import document_text
    from answerable.service.casefile_export import write_document

    made = _made(workspace, quarter, public, tz)
    document = write_document(made.document(), html=html, pdf=pdf)
    for path in (html, pdf):
        if path is not None:
            note(f"written: {path}")
    emit(made.as_json(), as_json=as_json, text=lambda: document_text(document))


def _made(workspace: Path, quarter: str, public: Path | None, tz: str) -> Bulletin:
    """Return the bulletin of the workspace, or of a public folder that needs none."""
    from answerable.record.readback import read_public
    from answerable.service.bulletin import quarterly
    from answerable.service.bulletin_public import public_quarterly
    from answerable.service.workspace import clock_of, open_workspace

    if public is not None:
        log = read_public(public)
        return public_quarterly(log, clock_of(log.kind).now(), quarter, tz)
    with open_workspace(workspace) as opened:
        return quarterly(opened, quarter)


@brief.command()
def notices(
    workspace: Workspace = HERE,
    send: Annotated[bool, typer.Option(help="Send what waits in the outbox, where mail is configured.")] = True,
    as_json: Json = False,
) -> None:
    """Write the notices that are due and send their messages; end with 1 where one could not be sent."""
    from answerable.service.mailing import send_waiting, waiting_messages
    from answerable.service.notices import bring_up_to_date
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        told = bring_up_to_date(opened)
        sent = send_waiting(opened) if send else None
        waiting = [path.stem for path in waiting_messages(opened)]
    problems = [*told.problems, *(sent.failed if sent else ())]
    gone = list(sent.sent) if sent else []
    document = {
        "written": list(told.written),
        "public": told.public,
        "queued": told.queued,
        "sent": gone,
        "waiting": waiting,
        "problems": problems,
    }

    def text() -> str:
        lines = [f"notice {name}" for name in told.written]
        lines.append(f"{len(told.written)} notices written; {told.public} in the public feed")
        lines.append(f"mail: {len(gone)} sent, {len(waiting)} waiting")
        return "\n".join([*lines, *problems])

    emit(document, as_json=as_json, text=text)
    if problems:
        raise typer.Exit(1)


@brief.command("returns")
def show_return(
    year: Annotated[int, typer.Option(help="The year ending 31 March; the present one if left out.")] = 0,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write one row for each operation.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Count operations as the Home Office does, and armed foot patrols apart from vehicles."""
    from answerable.record.publish import write_file
    from answerable.service.returns import HEAD, home_office_return
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        made = home_office_return(opened, year)
    if csv is not None:
        write_file(csv, made.csv().encode())
        note(f"written: {csv}")
    rows = [list(one.row()) for one in made.operations]
    document = {
        "year_ending_march": made.year,
        "totals": made.totals,
        "operations": [dict(zip(HEAD, row, strict=True)) for row in rows],
    }
    sums = ", ".join(f"{name} {number}" for name, number in made.totals.items())
    emit(document, as_json=as_json, text=lambda: f"{table(HEAD, rows)}\n\nYear ending March {made.year}: {sums}")
