"""One case as its readers need it first: where it stands, until when, what was tested, asked, owed and answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from answerable.case.duties import duties
from answerable.case.event import Event
from answerable.case.machine import Case, possible, state_at
from answerable.errors import AnswerableError
from answerable.place import stamp
from answerable.policy.pack import Pack
from answerable.service.adopt import pack_of_case
from answerable.service.case_lists import line_of
from answerable.service.history import History, read_history
from answerable.service.workspace import Workspace


def show_case(workspace: Workspace, case_id: str) -> dict[str, Any]:
    """Return one case as :func:`show_history` does; UsageError where there is none."""
    return show_history(workspace, read_history(workspace, case_id))


def show_history(workspace: Workspace, history: History) -> dict[str, Any]:
    """Return a case that was read already.

    Beside its state, findings and events: the next clocks with the minutes left, what its last rules leave unlimited
    and what would change the answer, the estimate that the analyst gave before seeing a picture where it counts, what
    the rarity guard said at the decision, advice with its answers, who was not consulted, what is owed and what is
    overdue, whether its reasons were copied from an earlier case, and what its state now allows somebody to ask for.
    """
    case, now = history.case, workspace.clock.now()
    pack = _pack(workspace, case)
    return {
        **line_of(workspace, case, state_at(case, now)),
        "trigger": case.trigger,
        "pack": case.pack,
        "urgent": case.urgent,
        "as_of": stamp(now),
        "time_zone": case.time_zone or workspace.settings.time_zone or "UTC",
        "ends_at": stamp(case.ends_at) if case.ends_at else None,
        "review_due": stamp(case.review_due) if case.review_due else None,
        "ratify_by": stamp(case.ratify_by) if case.ratify_by and not case.ratified_at else None,
        "countdown": _countdown(case, now),
        "findings": [dict(finding) for finding in case.findings],
        "what_would_change": _what_would_change(case),
        "not_limited": pack.not_limited if pack else "",
        "earlier_estimate": _newest(case, "earlier_estimate"),
        "rarity": _newest(case, "rarity"),
        "conditions": _conditions(case),
        "advice": _advice(case),
        "not_consulted": _not_consulted(case),
        "duties": [
            {"kind": d.kind, "what": d.what, "owner": d.owner, "due": stamp(d.due), "overdue": d.overdue}
            for d in duties(case, now)
        ],
        "copied_reasons": _copied(case, pack),
        "possible": list(possible(case, now)),
        "events": [_shown(event, index) for event, index in zip(case.events, history.indexes, strict=True)],
    }


def _pack(workspace: Workspace, case: Case) -> Pack | None:
    try:
        return pack_of_case(workspace, case.pack)
    except AnswerableError:
        return None


def _countdown(case: Case, now: datetime) -> list[dict[str, Any]]:
    """Return the clocks that still run, the next first, with the whole minutes that are left."""
    state = str(state_at(case, now))
    clocks = {
        "DRAFT": [("lapses", case.lapses_at)],
        "AUTHORISED": [("must start by", case.start_by), ("ends", case.ends_at)],
        "ACTIVE": [("review due", case.review_due), ("ends", case.ends_at)],
        "UNDER_REVIEW": [("suspended", _suspended_at(case)), ("ends", case.ends_at)],
        "SUSPENDED": [("ends", case.ends_at)],
    }.get(state, [])
    if case.urgent and case.ratified_at is None and state in ("AUTHORISED", "ACTIVE", "UNDER_REVIEW", "SUSPENDED"):
        clocks = [("ends unless ratified", case.ratify_by), *clocks]
    # What would come only after the end does not come at all.
    last = case.ends_at if case.ends_at is not None else datetime.max.replace(tzinfo=UTC)
    running = sorted((at, what) for what, at in clocks if at is not None and now <= at <= last)
    return [{"what": what, "at": stamp(at), "minutes": int((at - now) / timedelta(minutes=1))} for at, what in running]


def _suspended_at(case: Case) -> datetime | None:
    return case.review_due + timedelta(minutes=case.review_grace_min) if case.review_due else None


def _what_would_change(case: Case) -> list[str]:
    last = next((e for e in reversed(case.events) if e.kind in ("blocked", "refuse") or "findings" in e.data), None)
    if last is None or last.kind not in ("blocked", "refuse"):
        return []
    said = last.data["what_would_change"]
    return [said] if isinstance(said, str) else list(said)


def _newest(case: Case, name: str) -> dict[str, Any] | None:
    """Return what the newest event that says anything under ``name`` says; None where none does."""
    found = next((event.data[name] for event in reversed(case.events) if event.data.get(name)), None)
    return dict(found) if found else None


def _conditions(case: Case) -> list[str]:
    decided = next((e for e in reversed(case.events) if e.kind in ("authorise", "urgent")), None)
    return list(decided.data.get("conditions", ())) if decided else []


def _advice(case: Case) -> list[dict[str, Any]]:
    kept = {e.data["number"]: str(e.private.get("text", "")) for e in case.events if e.kind == "advise"}
    changed = {e.data["number"]: e.data.get("changed", "") for e in case.events if e.kind == "answer"}
    return [
        {
            "number": one.number,
            "adviser": one.adviser,
            "stance": one.stance,
            "text": one.text or kept.get(one.number, ""),
            "published": one.published,
            "answer": one.answer,
            "changed": changed.get(one.number, ""),
            "waits_for_answer": one.waits,
        }
        for one in case.advice
    ]


def _not_consulted(case: Case) -> list[str]:
    """Return the offices that were not reached: as the decision published it, else those that did not reply."""
    decided = next((e for e in reversed(case.events) if e.kind in ("authorise", "urgent")), None)
    if decided is not None:
        return list(decided.data.get("not_consulted", ()))
    silent = [one.adviser for one in case.advice if one.stance == "no_reply"]
    replied = {one.adviser for one in case.advice if one.stance != "no_reply"}
    return [office for office in dict.fromkeys(silent) if office not in replied]


def _copied(case: Case, pack: Pack | None) -> dict[str, Any] | None:
    """Return the last event that rested on reasons as like an earlier case's as the pack calls copied, or None."""
    if pack is None or "copied_from" not in pack.limits:
        return None
    for event in reversed(case.events):
        found = event.private.get("likeness")
        if isinstance(found, dict) and found.get("value", 0) >= pack.limit("copied_from"):
            return {"event": event.kind, **found}
    return None


def _shown(event: Event, index: int | None) -> dict[str, Any]:
    return {"kind": event.kind, "at": stamp(event.at), "office": event.office, "index": index, "data": dict(event.data)}
