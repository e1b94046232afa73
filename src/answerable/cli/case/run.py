"""``answerable case start``, ``end`` and ``revoke``: authority in use. Ending is never blocked."""

from __future__ import annotations

import typer

from answerable.cli.case.answer import act
from answerable.cli.case.decide import Reasons
from answerable.cli.case.prepare import Case
from answerable.cli.options import HERE, Actor, Json, Workspace


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    for verb in (start, end, revoke):
        case.command()(verb)


def start(
    case: Case, account: Actor = "operational-commander", workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Start an authorised deployment inside its window."""
    _run("start", case, "", account, workspace, as_json)


def end(
    case: Case,
    reasons: Reasons = "",
    account: Actor = "operational-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """End a deployment before its time."""
    _run("end", case, reasons, account, workspace, as_json)


def revoke(
    case: Case,
    reasons: Reasons = "",
    account: Actor = "authoriser",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Take the authority back at once; reasons may follow."""
    _run("revoke", case, reasons, account, workspace, as_json)


def _run(kind: str, case: str, reasons: str, account: str, workspace: Workspace, as_json: bool) -> None:
    from answerable.case.event import Command

    act(workspace, case, Command(kind, reasons=reasons), account, as_json=as_json)
