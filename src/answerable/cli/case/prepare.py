"""``answerable case open``, ``submit`` and ``assess``: a proposal becomes a case that rules can be tested on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.case.answer import Added, Case, act, tell
from answerable.cli.options import HERE, Actor, Json, Workspace


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    case.command("open")(open_new)
    case.command()(submit)
    case.command()(assess)


def open_new(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="See 'answerable case template'.")],
    account: Actor = "applicant",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Open a case from a file of facts."""
    from answerable.service.cases import open_case
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        answer = open_case(opened, file, account)
    tell(answer, as_json=as_json)


def submit(
    case: Case,
    added: Added = None,
    account: Actor = "applicant",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Submit a draft: its trigger and its legal basis are tested."""
    from answerable.case.event import Command

    act(workspace, case, Command("submit"), account, as_json=as_json, added=added)


def assess(
    case: Case, added: Added = None, account: Actor = "analyst", workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Assess a submitted case: thresholds, intelligence, alternatives and impact are tested.

    The judgement in the case file is sealed by this; only then is the computed picture put beside it.
    """
    from answerable.case.event import Command

    act(workspace, case, Command("assess"), account, as_json=as_json, added=added)
