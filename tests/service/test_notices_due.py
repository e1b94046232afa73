from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.place import stamp
from answerable.service.notices_due import case_notices, next_instant, rules_notices

T0 = datetime(2018, 11, 30, 17, tzinfo=UTC)
OPENED = {
    "title": "Armed support", "pack": "uk.armed_patrol@1", "trigger": "imminent_intel",
    "area": {"name": "Example Estate", "km2": 0.5}, "clocks": {"review_grace_min": 15.0},
}  # fmt: skip


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def events(*told: tuple[str, float, dict[str, Any]]) -> list[tuple[Event, int | None]]:
    window = {"from": stamp(at(3)), "to": stamp(at(7))}
    opened = {**OPENED, "window": window, "lapses_at": stamp(at(24))}
    whole = [("open", 0.0, opened), *told]
    return [
        (Event("2018-0001", version, kind, at(hours), "office", data, {}), version)
        for version, (kind, hours, data) in enumerate(whole, 1)
    ]


def authority(**more: Any) -> dict[str, Any]:
    limits = {"starts_at": at(3), "ends_at": at(7), "start_by": at(13)}
    return {**{name: stamp(value) for name, value in limits.items()}, "reasons": "Why.", "review_hours": 2, **more}


def kinds(told: list[tuple[Event, int | None]], now: float, **more: Any) -> list[tuple[str, float]]:
    found = {n.id: n for n in case_notices("2018-0001", told, at(now), tz="UTC", **more)}
    return [(n.kind, (n.at - T0) / timedelta(hours=1)) for n in found.values()]


def test_an_urgent_authority_that_nobody_ratified_is_told_at_the_instant_it_ended() -> None:
    told = events(("urgent", 1, authority(ratify_by=stamp(at(3)))))
    assert kinds(told, 3) == [("open", 0), ("urgent", 1)]
    assert kinds(told, 3.01) == [("open", 0), ("urgent", 1), ("unratified", 3)]


def test_a_ratified_one_runs_to_its_end() -> None:
    told = events(("urgent", 1, authority(ratify_by=stamp(at(3)))), ("ratify", 2, {"reasons": "Same."}))
    assert kinds(told, 8) == [("open", 0), ("urgent", 1), ("ratify", 2), ("expired", 7)]


def test_a_case_that_expired_and_was_then_debriefed_is_told_once_at_its_end() -> None:
    told = events(
        ("authorise", 1, authority()),
        ("start", 3, {"review_due": stamp(at(7))}),
        ("log", 9, {"entries": []}),
        ("debrief", 12, {}),
    )
    assert kinds(told, 100) == [("open", 0), ("authorise", 1), ("expired", 7)]


def test_each_missed_review_is_told_also_where_the_next_one_was_held() -> None:
    told = events(
        ("authorise", 1, authority()),
        ("start", 3, {"review_due": stamp(at(5))}),
        ("review", 5.5, {"outcome": "continue", "review_due": stamp(at(6)), "ends_at": stamp(at(7))}),
    )
    found = kinds(told, 100)
    assert [kind for kind, _ in found] == ["open", "authorise", "suspended", "suspended", "expired"]
    assert [when for kind, when in found if kind == "suspended"] == [5.25, 6.25]


def test_an_authority_ended_early_does_not_expire() -> None:
    told = events(("authorise", 1, authority()), ("revoke", 2, {"reasons": ""}))
    assert kinds(told, 100) == [("open", 0), ("authorise", 1), ("revoke", 2)]


@pytest.mark.parametrize(("rules", "told"), [(["AP18"], True), (["AP26"], False)])
def test_only_a_block_by_rarity_is_told_as_one(rules: list[str], told: bool) -> None:
    blocked = {"transition": "authorise", "rules": rules, "not_limited": "This does not limit a rescue."}
    found = kinds(events(("blocked", 1, blocked)), 2, rarity_rules=frozenset({"AP18"}))
    assert ("rarity", 1.0) in found or not told
    assert (("rarity", 1.0) in found) is told


def test_the_next_instant_is_the_first_at_which_the_clock_changes_anything() -> None:
    case = Case.fold("2018-0001", [event for event, _ in events(("urgent", 1, authority(ratify_by=stamp(at(3)))))])
    assert next_instant(case, at(1)) == at(3)
    assert next_instant(case, at(4)) == at(7)
    assert next_instant(case, at(14)) is None


def rules(*told: tuple[str, str, float, dict[str, Any]]) -> list[tuple[Event, int | None]]:
    return [
        (Event(case, number, kind, at(hours), "chief_officer", data, {}), number)
        for number, (case, kind, hours, data) in enumerate(told, 1)
    ]


def said(told: list[tuple[Event, int | None]], now: float) -> list[tuple[str, float]]:
    return [(n.kind, (n.at - T0) / timedelta(hours=1)) for n in rules_notices(told, at(now))]


def adopted(sunset: float, **more: Any) -> dict[str, Any]:
    return {"pack": "uk.x", "version": 1, "title": "X", "status": "example", "sunset_at": stamp(at(sunset)), **more}


def test_a_renewal_keeps_the_sunset_before_it_from_being_told() -> None:
    told = rules(
        ("A-1", "adopt", 0, adopted(10)), ("A-1", "renew", 5, {"sunset_at": stamp(at(20)), "reasons": "Good."})
    )
    assert said(told, 15) == [("adopt", 0), ("adopt", 5)]
    assert said(told, 20) == [("adopt", 0), ("adopt", 5), ("sunset", 20)]


def test_a_time_critical_change_reverts_by_itself_and_takes_nothing_from_the_sunset_of_the_rules_before() -> None:
    told = rules(("A-1", "adopt", 0, adopted(10)), ("A-2", "adopt", 2, adopted(30, reverts_at=stamp(at(4)))))
    assert said(told, 12) == [("adopt", 0), ("sunset", 10), ("adopt", 2), ("reverted", 4)]


def test_repealed_rules_reach_no_sunset() -> None:
    told = rules(("A-1", "adopt", 0, adopted(10)), ("A-1", "repeal", 5, {"reasons": "Not needed."}))
    assert said(told, 100) == [("adopt", 0), ("repeal", 5)]
