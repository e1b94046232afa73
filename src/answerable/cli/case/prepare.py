"""``answerable case open``, ``submit``, ``assess`` and the two impact assessments: a proposal becomes a case."""

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
    case.command("community-impact")(community_impact)
    case.command("equality-impact")(equality_impact)


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


def community_impact(
    case: Case,
    added: Added = None,
    account: Actor = "community-lead",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Sign the community impact assessment: the one in the case file, or the section in FILE in its place.

    Only its author does, under an account of their own, and whoever did cannot decide on the case.
    """
    from answerable.case.event import Command

    act(workspace, case, Command("community_impact"), account, as_json=as_json, added=added)


def equality_impact(
    case: Case,
    added: Added = None,
    account: Actor = "equality-lead",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Sign the equality impact assessment: the one in the case file, or the section in FILE in its place.

    Only its author does, under an account of their own, and whoever did cannot decide on the case.
    """
    from answerable.case.event import Command

    act(workspace, case, Command("equality_impact"), account, as_json=as_json, added=added)
