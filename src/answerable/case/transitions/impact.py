"""The impact assessments: each is handed in by its author, under the author's own account.

Whoever wrote one may not decide on the case: that holds only where the record says who did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from answerable.case.standing import Standing, state_at, was_used
from answerable.case.state import AFTER, ENDS, RUNNING, State
from answerable.case.step import Request, Step
from answerable.policy.evaluate import Findings

SIGNED = ("community_impact", "equality_impact")
"""The sections of a case file that are their authors'; each is the name of the transition that hands it in, too."""
# While there is something to decide or to account for; what was never decided needs no assessment.
_WHEN = (
    frozenset({State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED, State.AUTHORISED})
    | RUNNING
    | ENDS
    | AFTER
)


def _fits(case: Standing, now: datetime) -> bool:
    return state_at(case, now) not in ENDS or was_used(case)


def _step(name: str) -> Step:
    def guard(request: Request) -> None:
        if not _fits(request.case, request.now):
            raise request.not_allowed("This deployment was never started: there is no impact to assess.", "Close it.")
        if not request.section(name):
            raise request.lacks(
                f"There is no {name.replace('_', ' ')} assessment to sign.", f"Give a file with the section {name}."
            )

    body: Callable[[Request, Findings], dict[str, Any]] = lambda request, _: {name: dict(request.section(name))}  # noqa: E731
    return Step(name, _WHEN, body, guard=guard, fits=_fits)


STEPS = tuple(_step(name) for name in SIGNED)
