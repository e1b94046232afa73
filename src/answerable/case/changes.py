"""What each kind of event changes in a case, one small function for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from answerable.case.standing import CaseArea, Referral, over_at, state_at
from answerable.case.state import LEADS_TO, State
from answerable.place import Window, read_stamp

if TYPE_CHECKING:
    from answerable.case.deployment import Case
    from answerable.case.event import Event

Changes = dict[str, Any]


def changes(case: Case, event: Event) -> Changes:
    """Return the fields of ``case`` that ``event`` changes beside its state, findings and hands."""
    change = _CHANGES.get(event.kind)
    found = change(case, event) if change else {}
    impact = event.data.get("community_impact")
    return {**found, "full_impact_due": _full_impact_due(impact, event.at)} if impact else found


def _full_impact_due(impact: Mapping[str, Any], at: datetime) -> datetime | None:
    """Return when a rapid community impact assessment must have been made full; None where it is."""
    hours = impact.get("full_within_h")
    return at + timedelta(hours=hours) if impact.get("form") == "rapid" and hours is not None else None


def _opened(case: Case, event: Event) -> Changes:  # noqa: ARG001
    data = event.data
    return {
        "pack": data["pack"],
        "title": data["title"],
        "trigger": data["trigger"],
        "area": CaseArea(data["area"]["name"], data["area"]["km2"]),
        "window": Window(read_stamp(data["window"]["from"]), read_stamp(data["window"]["to"])),
        "time_zone": data.get("time_zone", "UTC"),
        "lapses_at": read_stamp(data["lapses_at"]),
        "clocks": dict(data.get("clocks", {})),
    }


def _assessed(case: Case, event: Event) -> Changes:  # noqa: ARG001
    return {"assessed_at": event.at, "referrals": _referrals(event.data)}


def _referrals(data: Mapping[str, Any]) -> tuple[Referral, ...]:
    referred = ((one["option"], one.get("referred_to")) for one in data.get("alternatives", ()))
    return tuple(
        Referral(option, to.get("owner", ""), read_stamp(to["due"]) if to.get("due") else None)
        for option, to in referred
        if to
    )


def _advised(case: Case, event: Event) -> Changes:
    from answerable.case.deployment import Advice

    data = event.data
    one = Advice(
        number=data["number"],
        adviser=data["adviser"],
        stance=data["stance"],
        text=data.get("text", ""),
        published=data["published"],
        needs_answer=data.get("needs_answer", False),
    )
    state = {"state": State.CONSULTED} if data["consulted"] else {}
    return {"advice": (*case.advice, one), **state}


def _answered(case: Case, event: Event) -> Changes:
    number, text = event.data["number"], event.data["text"]
    return {"advice": tuple(replace(a, answer=text) if a.number == number else a for a in case.advice)}


def _authorised(case: Case, event: Event) -> Changes:  # noqa: ARG001
    data = event.data
    return {
        "authorised_at": event.at,
        "starts_at": read_stamp(data["starts_at"]),
        "ends_at": read_stamp(data["ends_at"]),
        "start_by": read_stamp(data["start_by"]),
        "review_hours": data.get("review_hours"),
        "plan": dict(data.get("evaluation_plan") or {}),
    }


def _urgent(case: Case, event: Event) -> Changes:
    return {
        **_authorised(case, event),
        "urgent": True,
        "assessed_at": event.at,
        "ratify_by": read_stamp(event.data["ratify_by"]),
        "referrals": _referrals(event.data),
    }


def _ratified(case: Case, event: Event) -> Changes:
    return {"ratified_at": event.at, "plan": dict(event.data.get("evaluation_plan") or case.plan)}


def _started(case: Case, event: Event) -> Changes:  # noqa: ARG001
    due = event.data.get("review_due")
    return {"started_at": event.at, "review_due": read_stamp(due) if due else None}


def _reviewed(case: Case, event: Event) -> Changes:
    data = event.data
    if data["outcome"] == "end":
        return {"state": State.ENDED, **_over(case, event)}
    due = data.get("review_due")
    return {"review_due": read_stamp(due) if due else None, "ends_at": read_stamp(data["ends_at"])}


def _extended(case: Case, event: Event) -> Changes:
    return {"ends_at": read_stamp(event.data["ends_at"]), "extensions": case.extensions + 1}


def _over(case: Case, event: Event) -> Changes:  # noqa: ARG001
    owed = "" if event.data.get("reasons") or event.kind == "withdraw" else event.kind
    return {"ended_at": event.at, "ended_as": str(LEADS_TO.get(event.kind, State.ENDED)), "reasons_owed": owed}


def _reasoned(case: Case, event: Event) -> Changes:  # noqa: ARG001
    return {"reasons_owed": ""}


def _logged(case: Case, event: Event) -> Changes:
    return {"log": (*case.log, *event.data.get("entries", ()))}


def _referral_done(case: Case, event: Event) -> Changes:
    option, outcome = event.data["option"], event.data["outcome"]
    return {"referrals": tuple(replace(r, outcome=outcome) if r.option == option else r for r in case.referrals)}


def _accounted(case: Case, event: Event) -> Changes:
    return {"ended_at": over_at(case, event.at), "ended_as": case.ended_as or str(state_at(case, event.at))}


def _closed(case: Case, event: Event) -> Changes:
    return {**_accounted(case, event), "closed_at": event.at}


_CHANGES: Mapping[str, Callable[[Case, Event], Changes]] = {
    "open": _opened,
    "assess": _assessed,
    "advise": _advised,
    "answer": _answered,
    "authorise": _authorised,
    "urgent": _urgent,
    "ratify": _ratified,
    "start": _started,
    "review": _reviewed,
    "extend": _extended,
    "end": _over,
    "revoke": _over,
    "withdraw": _over,
    "refuse": _over,
    "reasons": _reasoned,
    "log": _logged,
    "referral": _referral_done,
    "debrief": _accounted,
    "close": _closed,
}
