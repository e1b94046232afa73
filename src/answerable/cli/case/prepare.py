"""``answerable case open``, ``submit``, ``assess`` and ``advise``: what comes before a decision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.case.answer import act, tell
from answerable.cli.options import HERE, Actor, Json, Workspace

Case = Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")]
Added = Annotated[
    Path | None, typer.Argument(metavar="[FILE.yaml]", help="Sections to add to the case file, such as assessments.")
]


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    for verb in (open_new, submit, assess, advise):
        case.command("open" if verb is open_new else verb.__name__)(verb)


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
    _step("submit", case, added, account, workspace, as_json)


def assess(
    case: Case, added: Added = None, account: Actor = "analyst", workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Assess a submitted case: thresholds, intelligence, alternatives and impact are tested."""
    _step("assess", case, added, account, workspace, as_json)


def advise(
    case: Case,
    added: Added = None,
    account: Actor = "local-commander",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Record that local commander, advisory group and police and crime commissioner were asked."""
    _step("consult", case, added, account, workspace, as_json)


def _step(kind: str, case: str, added: Path | None, account: str, workspace: Path, as_json: bool) -> None:
    from answerable.case.event import Command

    act(workspace, case, Command(kind), account, as_json=as_json, added=added)
