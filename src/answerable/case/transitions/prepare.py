"""Open, submit, assess: a proposal becomes a case that rules can be tested on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from answerable.case.deployment import State
from answerable.case.step import Request, Step, findings_only
from answerable.errors import UsageError
from answerable.place import stamp
from answerable.policy.evaluate import Findings


def _open(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    proposal, pack = request.command.proposal, request.pack
    if proposal is None:
        raise UsageError(
            "A case cannot be opened without a proposal.",
            where=f"case {request.case.id}",
            fix="Give its title, trigger, area and window.",
        )
    return {
        "title": proposal.title,
        "pack": f"{pack.name}@{pack.version}",
        "trigger": proposal.trigger,
        "area": {"name": proposal.area_name, "km2": round(proposal.area_km2, 3)},
        "window": {"from": stamp(proposal.window.start), "to": stamp(proposal.window.end)},
        "lapses_at": stamp(request.now + timedelta(hours=pack.limit("draft_lapses_h"))),
    }


STEPS = (
    Step("open", frozenset({State.NEW}), _open),
    Step("submit", frozenset({State.DRAFT}), findings_only, tested=True),
    Step("assess", frozenset({State.SUBMITTED}), findings_only, tested=True),
)
