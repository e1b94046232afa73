"""``answerable gate``: no proof, no deployment. The check runs offline, at the armoury or on the street."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit, note

gate = typer.Typer(no_args_is_help=True, help="No proof, no deployment: check one offline, or write the pass for it.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(gate, name="gate")


@gate.command("check")
def check(
    file: Annotated[Path, typer.Argument(help="The pass: a .tlog-proof file made by 'answerable gate pass'.")],
    place: Annotated[str, typer.Option(metavar="LON,LAT", help="Where the deployment is to be.")],
    head: Annotated[Path, typer.Option(help="The newest gate-head file, at most 60 minutes old.")],
    policy: Annotated[
        Path | None, typer.Option(help="The policy file to trust; 'log-policy' beside the head if left out.")
    ] = None,
    token: Annotated[
        Path | None, typer.Option(help="Emergency: the time stamp over the head, where only one witness signed.")
    ] = None,
    authority: Annotated[
        Path | None, typer.Option(help="Emergency: the certificate of the time-stamping authority you trust (PEM).")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether a deployment is authorised now, here, and not revoked. Ends with 0 yes, 1 no, 4 altered."""
    from answerable.service.gate import check_files

    trusted = policy or head.parent / "log-policy"
    stamp = (token, authority) if token and authority else None
    found = check_files(file, head, trusted, place, int(time.time()), stamp=stamp)
    emit(found.as_json(), as_json=as_json, text=lambda: "\n".join(found.sentences()))
    if policy is None and not as_json:
        note(f"Checked against {trusted}: whoever gave you that file is who you trust.")
    raise typer.Exit(0 if found.authorised else 1)


@gate.command("pass")
def make(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    out: Annotated[Path | None, typer.Option(help="Where to write it; CASE.pass.tlog-proof if left out.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Write the pass of a deployment: its authority proved, its precise area disclosed."""
    from answerable.service.gate_pass import make_pass
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        made = make_pass(opened, case)
        head = opened.public / "gate-head"
    path = out or Path(f"{case}.pass.tlog-proof")
    path.write_text(str(made), encoding="utf8", newline="\n")
    document = {"file": str(path), "case": case, "index": made.index, "head": str(head)}
    emit(document, as_json=as_json, text=lambda: f"wrote {path}: it discloses the precise area, so it is not public")


@gate.command("emergency")
def emergency(
    case: Annotated[str, typer.Argument(help="The case's id.")],
    because: Annotated[str, typer.Option(help="witnesses-unreachable, network-down or threat-to-life.")],
    actor: Actor,
    out: Annotated[Path | None, typer.Option(help="Where to write it; CASE.emergency.tlog-proof if left out.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Make a pass with one witness and a time stamp where the quorum cannot be had. Every use is counted publicly."""
    from answerable.service.emergency import declare
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        made = declare(opened, case, because, actor)
    path = out or Path(f"{case}.emergency.tlog-proof")
    path.write_text(made.pass_text, encoding="utf8", newline="\n")
    document = {"file": str(path), "case": case, "head": made.head, "folder": str(made.folder)}
    emit(document, as_json=as_json, text=lambda: f"wrote {path}; its head and time stamp are in {made.folder}")
