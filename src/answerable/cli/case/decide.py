"""``answerable case refuse``, ``withdraw`` and ``authorise``: decisions, each by a person with reasons."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.case.answer import act
from answerable.cli.case.prepare import Added, Case
from answerable.cli.options import HERE, Actor, Json, Workspace

Reasons = Annotated[str, typer.Option(help="Reasons, in words the public can read.")]


def register(case: typer.Typer) -> None:
    """Put the verbs in the group; refusing comes before authorising in every list."""
    for verb in (refuse, withdraw, authorise):
        case.command()(verb)


def refuse(
    case: Case,
    reasons: Reasons,
    change: Annotated[str, typer.Option(help="What would change the answer.")],
    account: Actor = "authoriser",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Refuse a case: a person's act, kept and published like an authorisation."""
    from answerable.case.event import Command

    command = Command("refuse", reasons=reasons, what_would_change=change)
    act(workspace, case, command, account, as_json=as_json)


def withdraw(
    case: Case,
    reasons: Reasons = "",
    account: Actor = "applicant",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Take a case back before it is decided."""
    from answerable.case.event import Command

    act(workspace, case, Command("withdraw", reasons=reasons), account, as_json=as_json)


def authorise(
    case: Case,
    reasons: Reasons,
    added: Added = None,
    condition: Annotated[list[str] | None, typer.Option(help="A condition; repeat for several.")] = None,
    account: Actor = "authoriser",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Authorise a consulted case for its window; it ends by itself."""
    from answerable.case.event import Command

    command = Command("authorise", reasons=reasons, conditions=tuple(condition or ()))
    act(workspace, case, command, account, as_json=as_json, added=added)
