"""Which notices a record gives rise to: those that events make, and those that only the clock makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.case.standing import over_at, state_at
from answerable.case.state import State
from answerable.place import read_stamp, stamp
from answerable.present.notices import Notice, case_lines

TOLD_EVENTS = frozenset(
    ("open", "authorise", "urgent", "ratify", "refuse", "withdraw", "extend", "end", "revoke", "blocked")
)
_BY_CLOCK = {State.EXPIRED: "expired", State.LAPSED: "lapsed", State.URGENT_UNRATIFIED: "unratified"}
RULES_FOR = ("adopt", "renew", "repeal")


def case_notices(
    case_id: str,
    events: Sequence[tuple[Event, int | None]],
    now: datetime,
    *,
    tz: str,
    not_limited: str = "",
    rarity_rules: frozenset[str] = frozenset(),
) -> Iterator[Notice]:
    """Yield every notice that one case has given rise to by ``now``, in order.

    ``events`` come with their places in the log; ``rarity_rules`` are the ids of the rules that test rarity. The same
    history gives the same notices whenever it is asked, whatever was or was not looked at in between.
    """
    case = Case(case_id)
    opened: Mapping[str, object] = events[0][0].data if events else {}
    for place, (event, index) in enumerate(events):
        case = case.after(event)
        kind = _kind(event, rarity_rules)
        if kind:
            lines = case_lines(opened, event.data, tz, not_limited=not_limited)
            name = f"{case_id}-{event.version}-{kind}"
            yield Notice(name, kind, case_id, event.at, case.title, index, lines)
        until = events[place + 1][0].at if place + 1 < len(events) else now
        for kind, at in _by_clock(case, until):
            lines = case_lines(opened, {}, tz, not_limited=not_limited)
            name = f"{case_id}-{kind}-{stamp(at).replace(':', '')}"
            yield Notice(name, kind, case_id, at, case.title, index, lines)


def next_instant(case: Case, now: datetime) -> datetime | None:
    """Return the next instant at which the clock alone may change how ``case`` stands; None where there is none."""
    if case.state is State.DRAFT:
        instants = [case.lapses_at]
    elif case.state in (State.AUTHORISED, State.ACTIVE):
        instants = [case.ends_at, case.start_by, case.ratify_by, _suspends_at(case)]
    else:
        return None
    return min((at for at in instants if at is not None and at >= now), default=None)


def rules_notices(events: Sequence[tuple[Event, int | None]], now: datetime) -> Iterator[Notice]:
    """Yield the notices about rules: each adoption, renewal and repeal, and what then ended by the clock.

    A sunset is told where nothing came before it for the same rules; a time-critical change also when it reverts.
    """
    told = list(_with_pack(events))
    for place, (event, index, data) in enumerate(told):
        name = f"{data['pack']}@{data['version']}"
        title = f"{data.get('title', name)} ({name})"
        lines = tuple(f"{label}: {data[key]}" for key, label in _RULES_SAY.items() if data.get(key))
        limit = str(data.get("not_limited") or "")
        kind = "repeal" if event.kind == "repeal" else "adopt"
        yield Notice(f"rules-{event.version}-{kind}", kind, "", event.at, title, index, (*lines, limit))
        after = (e.at for e, _, d in told[place + 1 :] if d["pack"] == data["pack"] and not d.get("reverts_at"))
        until = next(after, now)
        for key, ends in (("reverts_at", "reverted"), ("sunset_at", "sunset")):
            at = read_stamp(data[key]) if data.get(key) else None
            if kind == "adopt" and at is not None and at <= until:
                yield Notice(f"rules-{event.version}-{ends}", ends, "", at, title, index, (limit,))
                break


def _with_pack(events: Sequence[tuple[Event, int | None]]) -> Iterator[tuple[Event, int | None, Mapping[str, Any]]]:
    """Yield the entries about rules with what their adoption said before them: a renewal does not say it again."""
    said: dict[str, Mapping[str, Any]] = {}
    for event, index in events:
        if event.kind in RULES_FOR:
            said[event.case] = {**said.get(event.case, {}), **event.data}
            if said[event.case].get("pack"):
                yield event, index, said[event.case]


_RULES_SAY = {"status": "Status", "reasons": "Reasons", "sunset_at": "Sunset", "reverts_at": "Reverts by itself at"}


def _kind(event: Event, rarity_rules: frozenset[str]) -> str:
    if event.kind not in TOLD_EVENTS:
        return ""
    if event.kind != "blocked":
        return event.kind
    return "rarity" if rarity_rules & set(event.data.get("rules") or ()) else ""


def _by_clock(case: Case, until: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield what the clock did to ``case`` between its last event and ``until``."""
    ended = over_at(case, until) if case.state in (State.DRAFT, State.AUTHORISED, State.ACTIVE) else None
    suspended = _suspends_at(case)
    if suspended is not None and suspended <= until and (ended is None or suspended < ended):
        yield "suspended", suspended
    if ended is not None:
        yield _BY_CLOCK[state_at(case, until)], ended


def _suspends_at(case: Case) -> datetime | None:
    if case.state is not State.ACTIVE or case.review_due is None:
        return None
    return case.review_due + timedelta(minutes=case.review_grace_min)
