"""``answerable case advise`` and ``answer``: who was asked, what they said, and what was made of it."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.case.answer import Case, act
from answerable.cli.options import HERE, Actor, Json, Workspace


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    case.command()(advise)
    case.command()(answer)


def advise(
    case: Case,
    stance: Annotated[str, typer.Option(help="support, neutral, object or no_reply.")],
    text: Annotated[str, typer.Option(help="The advice, in the adviser's own words.")] = "",
    publish: Annotated[
        bool, typer.Option("--publish/--keep-private", help="Whether the adviser wants the words published, unedited.")
    ] = False,
    needs_answer: Annotated[
        bool, typer.Option("--needs-answer", help="It must be answered before a decision.")
    ] = False,
    account: Actor = "local-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Record advice on a case, or that an adviser was asked and did not reply in time (no_reply).

    Each adviser speaks for their own office. Advice against never blocks; leaving it unanswered does. Once those who
    must be asked have been, the case is CONSULTED.
    """
    from answerable.case.event import Command

    key = stance.strip().lower().replace("-", "_")
    command = Command("advise", stance=key, text=text, publish=publish, needs_answer=needs_answer)
    act(workspace, case, command, account, as_json=as_json)


def answer(
    case: Case,
    number: Annotated[int, typer.Argument(help="The number of the advice.")],
    text: Annotated[str, typer.Option(help="The answer to the adviser.")],
    changed: Annotated[str, typer.Option(help="What was changed because of it, or why nothing was.")] = "",
    account: Actor = "applicant",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Answer advice on a case; an answer stands as it was given."""
    from answerable.case.event import Command

    command = Command("answer", number=number, text=text, changed=changed)
    act(workspace, case, command, account, as_json=as_json)
