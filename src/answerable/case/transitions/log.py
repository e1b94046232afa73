"""Log: what happened on the ground, entered when it can be. Nothing in a log gives or extends authority."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from answerable.case.log import KINDS, flags
from answerable.case.standing import was_used
from answerable.case.state import AFTER, ENDS, NEVER_DECIDED, RUNNING
from answerable.case.step import Request, Step
from answerable.place import stamp
from answerable.policy.evaluate import Findings


def _earliest(request: Request, kind: str) -> datetime:
    """Return from when on something can belong to this deployment.

    That is from when it was asked for, or from as long before as an authority given by word of mouth may wait to be
    written down; what was done outside the tactic may lie as far back as a draft may wait.
    """
    opened = request.case.events[0].at
    hours = request.limit("draft_lapses_h", 24.0) if kind == "outside" else request.limit("written_h", 1.0)
    return opened - timedelta(hours=hours)


def _guard(request: Request) -> None:
    entries = request.command.entries
    if not entries:
        raise request.lacks("There is nothing to log.", "Give at least one entry.")
    for entry in entries:
        if entry.kind not in KINDS:
            raise request.lacks(f"A log has no entries of the kind '{entry.kind}'.", f"Use one of: {', '.join(KINDS)}.")
        earliest = _earliest(request, entry.kind)
        if entry.at < earliest:
            raise request.lacks(
                f"An entry of {request.time(entry.at)} lies before anything of this deployment.",
                f"Check its date and time zone: '{entry.kind}' counts from {request.time(earliest)}.",
            )
        if entry.at > request.now:
            raise request.lacks(
                "A log says what has happened, not what will.", f"It is {request.time(request.now)} now."
            )
    if not was_used(request.case) and any(entry.kind != "outside" for entry in entries):
        raise request.not_allowed(
            "This deployment was never started, so there is nothing of it to log.",
            "What was done outside the tactic is logged as 'outside'.",
        )


def _log(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    return {
        "entries": [
            {
                "at": stamp(entry.at),
                "kind": entry.kind,
                **({"cell": entry.cell} if entry.cell else {}),
                **({"officers": entry.officers} if entry.officers is not None else {}),
                **({"minutes": entry.minutes} if entry.minutes is not None else {}),
                **({"noted": True} if entry.note else {}),
                **flags(request.case, entry, request.now),
            }
            for entry in request.command.entries
        ]
    }


def _notes(request: Request) -> Mapping[str, Any]:
    notes = {str(number): entry.note for number, entry in enumerate(request.command.entries) if entry.note}
    return {"notes": notes} if notes else {}


STEPS = (Step("log", RUNNING | ENDS | AFTER | NEVER_DECIDED, _log, guard=_guard, private=_notes),)
