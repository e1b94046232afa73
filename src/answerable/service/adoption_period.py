"""The period of an adopted policy: its published evaluation, and its renewal."""

from __future__ import annotations

from pathlib import Path

from answerable.case.adoption.commands import Evaluation, Renew
from answerable.place import parse_instant
from answerable.service.adoption import act
from answerable.service.adoption_papers import read_paper
from answerable.service.answer import Answer
from answerable.service.workspace import Workspace


def publish_evaluation(
    workspace: Workspace, case_id: str, account: str, *, title: str, verdict: str, file: Path
) -> Answer:
    """Publish the evaluation of a policy's period: its paper is hashed and put where everyone can read it."""
    paper = read_paper(file, file.parent)
    command = Evaluation(title, verdict, paper.sha256, paper.path)
    return act(workspace, case_id, command, account, prepare=lambda: paper.publish(workspace))


def renew(
    workspace: Workspace, case_id: str, account: str, *, reasons: str, months: float, evaluation_due: str
) -> Answer:
    """Renew a policy for ``months`` from now; ``evaluation_due`` is local time unless it gives its offset.

    InputError where that is not a time.
    """
    due = parse_instant(evaluation_due, workspace.settings.time_zone or "UTC")
    return act(workspace, case_id, Renew(reasons, months, due), account)
