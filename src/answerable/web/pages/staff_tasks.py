"""A case as a list of tasks: what is done, what somebody can do now, what is stopped and by which rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.case.state import ENDS, NEVER_DECIDED, State
from answerable.policy.pack import Pack
from answerable.service.case_board import Waiting
from answerable.web.pages.case_words import ACTS, office

# The steps of a planned and of an urgent case, in the order of its life; refusing comes before authorising.
PLANNED = (
    "submit", "community_impact", "equality_impact", "assess", "advise", "answer", "withdraw", "refuse", "authorise",
    "start", "review", "log", "extend", "end", "revoke", "reasons", "debrief", "evaluate", "referral", "close",
)  # fmt: skip
URGENT = (
    "community_impact", "withdraw", "refuse", "urgent", "ratify", "advise", "answer", "start", "review", "log",
    "extend", "end", "revoke", "reasons", "equality_impact", "debrief", "evaluate", "referral", "close",
)  # fmt: skip
_ROLE_OF = {"advise": "consult"}
# Steps that are never over while they can be taken.
_AGAIN = frozenset(("log", "review", "advise", "answer", "extend", "referral"))
# Steps that few cases need: they are told of where somebody can take them, or did.
_SOMETIMES = frozenset(("answer", "withdraw", "extend", "revoke", "reasons", "referral"))
# What these answer to is a duty of another name, or of their own: without it there is nothing to do.
_OWED = ("reasons", "referral")
# In this order somebody is waited for; the assessments only until they are there.
_WAITED = (
    "submit", "community_impact", "equality_impact", "assess", "advise", "urgent", "ratify", "start", "review",
    "debrief", "evaluate", "close",
)  # fmt: skip
_IMPACTS = frozenset(("community_impact", "equality_impact"))


def tasks_of(
    case: Mapping[str, Any], pack: Pack, roles: frozenset[str], *, urgent: bool = False
) -> list[dict[str, Any]]:
    """Return the tasks of a case as ``show_case`` gives it, for somebody with ``roles``.

    ``urgent`` is whether the case asks for the urgent way.
    """
    early = case["urgent"] or (case["state"] == "DRAFT" and urgent)
    return [task for step in (URGENT if early else PLANNED) if (task := _task(step, case, pack, roles))]


def waiting_for(waits: Waiting, pack: Pack) -> list[str]:
    """Return the offices on whom a case waits now."""
    found: list[str] = []
    for step in filter(lambda one: _waited(one, waits), _WAITED):
        named = pack.roles.get(_ROLE_OF.get(step, step), ())
        found += [office(role) for role in named if step != "advise" or role not in waits.spoken]
    return list(dict.fromkeys(found))


def _waited(step: str, waits: Waiting) -> bool:
    """Say whether a step that can be taken is one that the case cannot do without as it stands."""
    possible = waits.possible
    if step not in possible:
        return False
    if "urgent" in possible:
        # A draft can go either way; its file says which.
        wanted = ("community_impact", "urgent") if waits.urgent else ("submit",)
        return step in wanted and step not in waits.kinds
    if step in _IMPACTS:
        before = ("assess", "ratify") if step == "equality_impact" else ("assess",)
        return step not in waits.kinds and any(one in possible for one in before)
    return True


def _task(step: str, case: Mapping[str, Any], pack: Pack, roles: frozenset[str]) -> dict[str, Any] | None:
    named = pack.roles.get(_ROLE_OF.get(step, step), ())
    if not named:
        return None
    done, blocked = _last(case, step)
    possible = step in case["possible"] and _to_do(step, case)
    if step in _SOMETIMES and not possible and not done:
        return None
    again = step in _AGAIN or (step == "community_impact" and _owes("full_impact", case))
    if done and not (possible and again):
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


def _to_do(step: str, case: Mapping[str, Any]) -> bool:
    """Say whether a step that the state allows has anything to answer to."""
    if step == "answer":
        return any(not one["answer"] and one["stance"] != "no_reply" for one in case["advice"])
    return step not in _OWED or _owes(step, case)


def _owes(kind: str, case: Mapping[str, Any]) -> bool:
    return any(one["kind"] == kind for one in case["duties"])


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
