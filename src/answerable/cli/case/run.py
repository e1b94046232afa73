"""``answerable case start``, ``review`` and ``extend``: authority in use, looked at again while it lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerable.cli.case.answer import Added, Case, Reasons, act, instant
from answerable.cli.options import HERE, Actor, Json, OwnKey, Workspace

if TYPE_CHECKING:
    from answerable.case.event import Command
    from answerable.service.workspace import Workspace as Opened


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    for verb in (start, review, extend):
        case.command()(verb)


def start(
    case: Case,
    added: Added = None,
    account: Actor = "operational-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Start an authorised deployment inside its window, briefed and with the unarmed unit there."""
    from answerable.case.event import Command

    act(workspace, case, Command("start"), account, as_json=as_json, added=added)


def review(
    case: Case,
    added: Added = None,
    outcome: Annotated[
        str,
        typer.Option("--outcome", help="continue, vary (end earlier) or end."),
    ] = "",
    carry_on: Annotated[bool, typer.Option("--continue", help="The same as --outcome continue.")] = False,
    end_now: Annotated[bool, typer.Option("--end", help="The same as --outcome end.")] = False,
    ends_at: Annotated[str, typer.Option(help="The earlier end, with --outcome vary.")] = "",
    intel_valid: Annotated[
        bool | None, typer.Option("--intel-valid/--intel-not-valid", help="Does the intelligence still hold?")
    ] = None,
    threat_reassessed: Annotated[
        bool | None, typer.Option("--threat-reassessed/--threat-not-reassessed", help="Was the threat assessed again?")
    ] = None,
    feedback: Annotated[str, typer.Option(help="What people in the area say.")] = "",
    reasons: Reasons = "",
    account: Actor = "reviewer",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Review an authority in use; one that is missed suspends it."""
    checks: dict[str, Any] = {"intel_still_valid": intel_valid, "threat_reassessed": threat_reassessed}
    checks |= {"community_feedback": feedback} if feedback else {}
    said = _outcome(outcome, carry_on, end_now)

    def command(opened: Opened) -> Command:
        from answerable.case.event import Command

        return Command(
            "review",
            outcome=said,
            checks={name: value for name, value in checks.items() if value is not None},
            ends_at=instant(opened, ends_at, "--ends-at"),
            reasons=reasons,
        )

    act(workspace, case, command, account, as_json=as_json, added=added)


def extend(
    case: Case,
    reasons: Reasons,
    ends_at: Annotated[str, typer.Option(help="The new end.")] = "",
    added: Added = None,
    account: Actor = "authoriser",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Extend an authority before it ends, on tests answered afresh; once."""

    def command(opened: Opened) -> Command:
        from answerable.case.event import Command

        return Command("extend", reasons=reasons, ends_at=instant(opened, ends_at, "--ends-at"))

    act(workspace, case, command, account, as_json=as_json, key=key, added=added)


def _outcome(outcome: str, carry_on: bool, end_now: bool) -> str:
    from answerable.errors import UsageError

    named = [name for name in (outcome.strip().lower(), "continue" * carry_on, "end" * end_now) if name]
    if len(set(named)) > 1:
        raise UsageError("A review has one outcome.", where=", ".join(named), fix="Give one of them.")
    return named[0] if named else ""
