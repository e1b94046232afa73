"""A case as a list of tasks: what is done, what somebody can do now, what is stopped and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.case.state import ENDS, NEVER_DECIDED, State
from answerable.policy.pack import Pack
from answerable.web.pages.case_words import ACTS, office

# The steps of a planned and of an urgent case, in the order of its life; refusing comes before authorising.
PLANNED = (
    "submit", "community_impact", "equality_impact", "assess", "advise", "answer", "refuse", "authorise", "start",
    "review", "log", "end", "debrief", "evaluate", "close",
)  # fmt: skip
URGENT = (
    "community_impact", "refuse", "urgent", "ratify", "start", "review", "log", "end", "equality_impact", "debrief",
    "evaluate", "close",
)  # fmt: skip
_ROLE_OF = {"advise": "consult"}
# Steps that are never over while they can be taken.
_AGAIN = frozenset(("log", "review", "advise", "answer"))


def tasks_of(
    case: Mapping[str, Any], pack: Pack, roles: frozenset[str], *, urgent: bool = False
) -> list[dict[str, Any]]:
    """Return the tasks of a case as ``show_case`` gives it, for somebody with ``roles``.

    ``urgent`` is whether the case asks for the urgent way.
    """
    early = case["urgent"] or (case["state"] == "DRAFT" and urgent)
    return [task for step in (URGENT if early else PLANNED) if (task := _task(step, case, pack, roles))]


def waiting_for(case: Mapping[str, Any], pack: Pack) -> list[str]:
    """Return the offices on whom the case waits now."""
    steps = [step for step in ("submit", "assess", "advise", "ratify", "review") if step in case["possible"]]
    spoken = {one["adviser"] for one in case["advice"]}
    found: list[str] = []
    for step in steps:
        named = pack.roles.get(_ROLE_OF.get(step, step), ())
        found += [office(role) for role in named if step != "advise" or role not in spoken]
    return list(dict.fromkeys(found))


def _task(step: str, case: Mapping[str, Any], pack: Pack, roles: frozenset[str]) -> dict[str, Any] | None:
    named = pack.roles.get(_ROLE_OF.get(step, step), ())
    if not named:
        return None
    done, blocked = _last(case, step)
    possible = step in case["possible"]
    if done and not (possible and step in _AGAIN):
        status = "done"
    elif blocked and possible:
        status = "blocked"
    elif possible:
        status = "open"
    else:
        status = "past" if _past(step, State(case["state"])) else "later"
    return {
        "step": step,
        "does": ACTS[step],
        "status": status,
        "words": _WORDS[status],
        "who": [office(role) for role in named],
        "mine": bool(roles & set(named)) and possible,
        "link": f"case-{case['id']}-{step.replace('_', '-')}.html",
        "why": [_reason(one) for one in blocked] if status == "blocked" else [],
    }


_WORDS = {
    "done": "Done", "open": "Can be done now", "blocked": "Blocked by rule", "later": "Not yet",
    "past": "Not done, and no longer possible",
}  # fmt: skip
# What comes only after a deployment, and what comes in any case.
_AFTER, _ALWAYS = ("debrief", "evaluate"), ("close",)


def _past(step: str, state: State) -> bool:
    """Say whether a step that was not taken cannot be taken any more: the case is over, or was never decided."""
    if state in NEVER_DECIDED:
        return step not in _ALWAYS
    return state in ENDS | {State.DEBRIEFED, State.EVALUATED, State.CLOSED} and step not in (*_AFTER, *_ALWAYS)


def _last(case: Mapping[str, Any], step: str) -> tuple[bool, list[dict[str, Any]]]:
    """Return whether a step was taken, and what blocked it since it was last tried."""
    done = False
    blocked: list[dict[str, Any]] = []
    for event in case["events"]:
        if event["kind"] == step:
            done, blocked = True, []
        elif event["kind"] == "blocked" and event["data"]["transition"] == step:
            rules = set(event["data"]["rules"])
            blocked = [one for one in event["data"]["findings"] if one["rule"] in rules]
    return done, blocked


def _reason(found: Mapping[str, Any]) -> dict[str, str]:
    return {"rule": str(found["rule"]), "says": str(found.get("says", "")), "reason": str(found.get("reason", ""))}
