"""``answerable case refuse``, ``withdraw``, ``authorise`` and ``ratify``: decisions, each by a person with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.case.answer import Added, Case, Reasons, act, instant
from answerable.cli.options import HERE, Actor, Json, OwnKey, Workspace
from answerable.cli.output import note

if TYPE_CHECKING:
    from answerable.case.event import Command
    from answerable.service.workspace import Workspace as Opened


def register(case: typer.Typer) -> None:
    """Put the verbs in the group; refusing comes before authorising in every list."""
    for verb in (refuse, withdraw, authorise, ratify):
        case.command()(verb)


def refuse(
    case: Case,
    reasons: Reasons,
    change: Annotated[str, typer.Option(help="What would change the answer.")],
    account: Actor = "authoriser",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Refuse a case: a person's act, kept and published like an authorisation."""
    from answerable.case.event import Command

    command = Command("refuse", reasons=reasons, what_would_change=change)
    act(workspace, case, command, account, as_json=as_json, key=key)


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
    urgent: Annotated[
        bool,
        typer.Option("--urgent", help="From a draft, on short forms and the same thresholds; ends unless ratified."),
    ] = False,
    condition: Annotated[list[str] | None, typer.Option(help="A condition; repeat for several.")] = None,
    starts_at: Annotated[str, typer.Option(help="Begin later than was asked for.")] = "",
    ends_at: Annotated[str, typer.Option(help="End earlier than was asked for.")] = "",
    account: Annotated[
        str,
        typer.Option("--as", metavar="NAME", help="The account that acts.", show_default="authoriser"),
    ] = "",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Authorise a consulted case for its window or a part of it; it ends by itself."""

    def command(opened: Opened) -> Command:
        from answerable.case.event import Command
        from answerable.service.beforehand import said_beforehand

        if said := said_beforehand(opened, case):
            note(said)

        return Command(
            "urgent" if urgent else "authorise",
            reasons=reasons,
            conditions=tuple(condition or ()),
            starts_at=instant(opened, starts_at, "--starts-at"),
            ends_at=instant(opened, ends_at, "--ends-at"),
        )

    who = account or ("urgent-authoriser" if urgent else "authoriser")
    act(workspace, case, command, who, as_json=as_json, key=key, added=added)


def ratify(
    case: Case,
    reasons: Reasons,
    added: Added = None,
    account: Actor = "authoriser",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Ratify an urgent authority; without this it ends by itself."""
    from answerable.case.event import Command

    act(workspace, case, Command("ratify", reasons=reasons), account, as_json=as_json, key=key, added=added)
