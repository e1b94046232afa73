"""What the record says of one adoption: the same from the store and from the public folder alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from answerable.case.adoption import Adoption, state_at
from answerable.case.adoption.answers import stances, themes
from answerable.case.event import Event
from answerable.place import stamp
from answerable.service.public_view import PublicEvent


def line_of(adoption: Adoption, now: datetime) -> dict[str, Any]:
    """Return an adoption as one line of a list: state now, pack, and when what ends."""
    left = (adoption.sunset_at - now) / timedelta(days=1) if adoption.sunset_at else None
    return {
        "id": adoption.id,
        "state": str(state_at(adoption, now)),
        "title": adoption.title,
        "pack": f"{adoption.pack}@{adoption.pack_version}",
        "hash": adoption.pack_hash,
        "time_critical": adoption.time_critical,
        "adopted_at": _stamp(adoption.adopted_at),
        "sunset_at": _stamp(adoption.sunset_at),
        "days_to_sunset": None if left is None else max(0, int(left)),
        "reverts_at": _stamp(adoption.reverts_at),
        "evaluation_due_at": _stamp(adoption.evaluation_due_at),
    }


def said_of(adoption: Adoption, now: datetime) -> dict[str, Any]:
    """Return all that the record says of an adoption.

    ``tests`` are those of the decision, as they stood then; empty where none was made. ``gunning`` are the five of
    them that ask whether the consultation was fair.
    """
    proposal = adoption.proposal
    decision = adoption.last("adopt", "reject")
    tests = [dict(test) for test in decision.data.get("findings", ())] if decision else []
    parts = ("summary", "purposes", "metrics", "stop_rules", "documents", "alternatives", "changes_from", "changes")
    return {
        **line_of(adoption, now),
        **{part: proposal[part] for part in parts},
        "loosens": proposal["loosens"],
        "consultation": _consultation(adoption, now),
        "audience": adoption.audience,
        "not_reached": [one["org"] for one in adoption.audience if one.get("reached") is False],
        "stances": stances(adoption.responses),
        "responses": [dict(one) for one in adoption.responses],
        "themes": _themes(adoption),
        "notices": [{**one, "at": stamp(one["at"])} for one in adoption.notices],
        "outcome": {**adoption.outcome, "at": stamp(adoption.outcome["at"])} if adoption.outcome else None,
        "reasons": decision.data["reasons"] if decision else "",
        "evaluations": [{**one, "at": stamp(one["at"])} for one in adoption.evaluations],
        "events": [_shown(event) for event in adoption.events],
        **tested(tests, decided=decision is not None),
    }


def tested(tests: list[dict[str, Any]], *, decided: bool) -> dict[str, Any]:
    """Return tests as they are shown: all, the five of fairness, and as of when they stand."""
    fair = [test for test in tests if test["rule"].startswith("G")]
    return {"tests": tests, "gunning": fair, "tests_as_of": "the decision" if decided else "now", "findings": tests}


def public_adoption(case_id: str, events: Sequence[PublicEvent], now: datetime) -> dict[str, Any]:
    """Return the same from the opened entries of the public log, which know no person."""
    told = (
        Event(case_id, version, one.kind, one.at, one.office, one.data, private={})
        for version, one in enumerate(events, start=1)
    )
    return said_of(Adoption.fold(case_id, told), now)


def _consultation(adoption: Adoption, now: datetime) -> dict[str, Any]:
    closes = adoption.closes_at
    return {
        "opened_at": _stamp(adoption.consulted_at),
        "closes_at": _stamp(closes) or adoption.proposal.get("closes_at"),
        "days_left": max(0, (closes - now).days) if closes else None,
        "channels": adoption.proposal["channels"],
        "responses": len(adoption.responses),
    }


def _themes(adoption: Adoption) -> list[dict[str, Any]]:
    raised = themes(adoption.responses)
    return [{"theme": theme, "raised": n, **adoption.considered.get(theme, {})} for theme, n in raised.items()]


def _shown(event: Event) -> dict[str, Any]:
    return {"kind": event.kind, "at": stamp(event.at), "office": event.office, "data": dict(event.data)}


def _stamp(at: datetime | None) -> str | None:
    return stamp(at) if at else None
