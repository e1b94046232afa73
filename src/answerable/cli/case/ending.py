"""``answerable case end``, ``revoke`` and ``reasons``: ending is never blocked; reasons may follow."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.case.answer import Case, Reasons, act
from answerable.cli.options import HERE, Actor, Json, OwnKey, Workspace


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    for verb in (end, revoke, reasons):
        case.command()(verb)


def end(
    case: Case,
    reasons: Reasons = "",
    account: Actor = "operational-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """End a deployment before its time; reasons may follow."""
    from answerable.case.event import Command

    act(workspace, case, Command("end", reasons=reasons), account, as_json=as_json)


def revoke(
    case: Case,
    reasons: Reasons = "",
    account: Actor = "authoriser",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Take the authority back at once; reasons may follow."""
    from answerable.case.event import Command

    act(workspace, case, Command("revoke", reasons=reasons), account, as_json=as_json, key=key)


def reasons(
    case: Case,
    text: Annotated[str, typer.Option("--reasons", help="Why it was ended, in words the public can read.")],
    account: Actor = "authoriser",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Give the reasons for an ending that was made without any."""
    from answerable.case.event import Command

    act(workspace, case, Command("reasons", reasons=text), account, as_json=as_json)
