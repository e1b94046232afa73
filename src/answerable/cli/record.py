"""``answerable record``: the log's head, its proofs, and their checking."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit, note

record = typer.Typer(no_args_is_help=True, help="The tamper-evident record: head, proofs, verification.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(record, name="record")


@record.command("head")
def head(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show the newest signed head."""
    from answerable.service.witnessing import waiting
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        newest = opened.store.head()
        pending = opened.store.pending()
        seen = waiting(opened)
    said = f"\n{seen.text()}" if seen else ""
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
        "witnesses": seen and seen.as_json(),
    }
    emit(document, as_json=as_json, text=lambda: f"{newest.note.rstrip()}\n\n{pending} entries pending{said}")


@record.command("publish")
def publish_now(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Sign what is pending and bring the public folder up to date; in a sealed record, publish the next beat."""
    from answerable.service.publish import beat as publish
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        newest = publish(opened)
        folder = opened.public
    document = {"size": newest.size, "root": newest.root.hex(), "public": str(folder)}
    emit(document, as_json=as_json, text=lambda: f"{newest.size} entries signed and published in {folder}")


@record.command("open")
def open_due(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Open every entry of a sealed record whose date has come; nothing is added to the log."""
    from answerable.service.public_view import next_due
    from answerable.service.publish import beat
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        head = beat(opened, open_only=True)
        due = next_due(opened.public)
    document = {"size": head.size, "next_due": due}
    emit(document, as_json=as_json, text=lambda: f"all that is due is open; next due by {due or 'no date known yet'}")


@record.command("seal-extension")
def seal_extension(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    until: Annotated[str, typer.Option(help="When the extension runs out: 2019-03-01T00:00+00:00.")],
    basis: Annotated[str, typer.Option(help="Why: proceedings, inquiry, complaint or inspection.")],
    account: Actor,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Keep reasons, advice and assessments of a case back until a date, publicly; its facts are never delayed."""
    from answerable.service.seal_extension import extend_seal
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        said = extend_seal(opened, case, until, basis, account)
    emit(said, as_json=as_json, text=lambda: f"case {case}: reasons stay sealed until {said['until']}")


@record.command("erase")
def erase_field(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    field: Annotated[str, typer.Option(help="The field that is kept back: reasons, file, text, ...")],
    basis: Annotated[str, typer.Option(help="retention, review, data-subject, court-order or error.")],
    account: Actor,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Destroy a field of a case for good: value, salt and key; an entry of names and codes says so."""
    from answerable.service.erasure import erase
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        many = erase(opened, case, field, basis, account)
    emit({"case": case, "field": field, "erased": many}, as_json=as_json, text=lambda: f"{many} values destroyed")


def _hold(workspace: Path, case: str, basis: str, account: str, *, release: bool, as_json: bool) -> None:
    from answerable.service.erasure import hold
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        hold(opened, case, basis, account, release=release)
    held = "released" if release else "held"
    emit({"case": case, "held": not release}, as_json=as_json, text=lambda: f"case {case} is {held}")


@record.command("hold")
def hold_case(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    basis: Annotated[str, typer.Option(help="proceedings, inquiry, complaint or inspection.")],
    account: Actor,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Hold a case: nothing of it may be erased until it is released."""
    _hold(workspace, case, basis, account, release=False, as_json=as_json)


@record.command("release")
def release_case(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    basis: Annotated[str, typer.Option(help="proceedings, inquiry, complaint or inspection.")],
    account: Actor,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Release a case that was held."""
    _hold(workspace, case, basis, account, release=True, as_json=as_json)


@record.command("prove")
def prove(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    event: Annotated[str, typer.Option(help="Which of its events: authorise, refuse, ...; its last if left out.")] = "",
    out: Annotated[Path | None, typer.Option(help="Where to write it; CASE-EVENT.tlog-proof if left out.")] = None,
    signed_for: Annotated[
        str,
        typer.Option(
            "--signed-for", metavar="OFFICE", help="Hand over the maker's own signature too, to an inspectorate."
        ),
    ] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write the proof that an event of a case is in the log, with the statement it opens."""
    from answerable.service.prove import prove_event
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        proved = prove_event(opened, case, event, signed_for=signed_for)
        policy = opened.public / "log-policy"
    path = out or Path(f"{case}-{proved.kind}.tlog-proof")
    path.write_text(str(proved.proof), encoding="utf8", newline="\n")
    document = {"file": str(path), "case": case, "event": proved.kind, "index": proved.proof.index}
    emit(document, as_json=as_json, text=lambda: f"wrote {path}: the event '{proved.kind}' of case {case}")
    if not as_json:
        note(f"Check it anywhere, offline: answerable record verify {path} --policy {policy}")


@record.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A .tlog-proof file, fork evidence, or a copy of the public folder.")],
    policy: Annotated[Path, typer.Option(help="The policy file that names the log and its key.")],
    eml: Annotated[Path | None, typer.Option(help="A saved notice (.eml) whose head must agree with the file.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(help="The office's certificate of the decision, from public/certificates/.")
    ] = None,
    office_key: Annotated[
        Path | None, typer.Option("--office-key", help="The office's key, as the force publishes it on its own domain.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a file of a record offline. Needs no workspace and no server; ends with 4 if anything was altered."""
    from answerable.record.verify import main

    named = {"--eml": eml, "--certificate": certificate, "--office-key": office_key}
    more = [word for name, path in named.items() if path for word in (name, str(path))] + ["--json"] * as_json
    raise typer.Exit(main([str(file), "--policy", str(policy), *more]))
