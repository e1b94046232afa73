"""``answerable record``: the log's head, its proofs, and their checking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note

record = typer.Typer(no_args_is_help=True, help="The tamper-evident record: head, proofs, verification.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(record, name="record")


@record.command("head")
def head(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show the newest signed head."""
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        newest = opened.store.head()
        pending = opened.store.pending()
    if newest is None:
        emit({"size": 0, "pending": pending}, as_json=as_json, text=lambda: f"Nothing signed yet; {pending} pending.")
        return
    document = {
        "origin": newest.origin,
        "size": newest.size,
        "root": newest.root.hex(),
        "at": newest.at,
        "pending": pending,
        "note": newest.note,
    }
    emit(document, as_json=as_json, text=lambda: f"{newest.note.rstrip()}\n\n{pending} entries pending")


@record.command("publish")
def publish_now(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Sign what is pending and bring the public folder up to date."""
    from answerable.service.publish import publish
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        newest = publish(opened)
        folder = opened.public
    document = {"size": newest.size, "root": newest.root.hex(), "public": str(folder)}
    emit(document, as_json=as_json, text=lambda: f"{newest.size} entries signed and published in {folder}")


@record.command("prove")
def prove(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    event: Annotated[str, typer.Option(help="Which of its events: authorise, refuse, ...; its last if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write it; CASE-EVENT.tlog-proof if left out.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write the proof that an event of a case is in the log, with the statement it opens."""
    from answerable.service.prove import prove_event
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        proved = prove_event(opened, case, event)
        policy = opened.public / "log-policy"
    path = out or Path(f"{case}-{proved.kind}.tlog-proof")
    path.write_text(str(proved.proof), encoding="utf8", newline="\n")
    document = {"file": str(path), "case": case, "event": proved.kind, "index": proved.proof.index}
    emit(document, as_json=as_json, text=lambda: f"wrote {path}: the event '{proved.kind}' of case {case}")
    if not as_json:
        note(f"Check it anywhere, offline: answerable record verify {path} --policy {policy}")


@record.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="The .tlog-proof file.")],
    policy: Annotated[Path, typer.Option(help="The policy file that names the log and its key.")],
    as_json: Json = False,
) -> None:
    """Check a proof file offline. Needs no workspace and no server; ends with 4 if anything was altered."""
    from answerable.record.verify import main

    raise typer.Exit(main([str(file), "--policy", str(policy), *(["--json"] if as_json else [])]))
