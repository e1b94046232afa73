"""``answerable case log``, ``referral``, ``debrief``, ``evaluate``, ``close``: what was done, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.case.answer import Added, Case, act
from answerable.cli.options import HERE, Actor, Json, Workspace

if TYPE_CHECKING:
    from answerable.case.event import Command
    from answerable.service.workspace import Workspace as Opened


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    for verb in (log, referral, debrief, evaluate, close):
        case.command()(verb)


def log(
    case: Case,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.yaml]", help="A list of entries.")] = None,
    kind: Annotated[str, typer.Option(help="What happened: foot_patrol, static, contact, force, outside ...")] = "",
    at: Annotated[str, typer.Option(help="When; now if left out.")] = "",
    officers: Annotated[int | None, typer.Option(help="How many officers.")] = None,
    minutes: Annotated[float | None, typer.Option(help="For how long.")] = None,
    cell: Annotated[str, typer.Option(help="The grid square.")] = "",
    note: Annotated[str, typer.Option(help="Kept, never published.")] = "",
    account: Actor = "operational-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Log what happened on the ground, one entry or a file of them; an entry that comes late is marked."""
    said = {"kind": kind, "at": at, "officers": officers, "minutes": minutes, "cell": cell, "note": note}
    given = {name: value for name, value in said.items() if value not in ("", None)}

    def command(opened: Opened) -> Command:
        from answerable.service.logs import log_command

        return log_command(opened, file, given)

    act(workspace, case, command, account, as_json=as_json)


def referral(
    case: Case,
    option: Annotated[str, typer.Argument(help="The alternative that was referred, such as organised_crime_drivers.")],
    outcome: Annotated[str, typer.Option(help="What came of it.")],
    account: Actor = "local-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Record what came of a long-term alternative that was set aside and referred."""
    from answerable.case.event import Command

    act(workspace, case, Command("referral", option=option, text=outcome), account, as_json=as_json)


def debrief(
    case: Case,
    added: Added = None,
    account: Actor = "operational-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Debrief a deployment that is over: dosage from the log, force and complaint flags, impact looked at again."""
    _step("debrief", case, added, account, workspace, as_json)


def evaluate(
    case: Case, added: Added = None, account: Actor = "evaluator", workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Evaluate a deployment by the plan fixed at its decision; 'cannot tell' is an answer."""
    _step("evaluate", case, added, account, workspace, as_json)


def close(
    case: Case, added: Added = None, account: Actor = "disclosure", workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Close a case: its public record is complete, and whatever is left out says why and until when."""
    _step("close", case, added, account, workspace, as_json)


def _step(kind: str, case: str, added: Path | None, account: str, workspace: Path, as_json: bool) -> None:
    from answerable.case.event import Command

    act(workspace, case, Command(kind), account, as_json=as_json, added=added)
