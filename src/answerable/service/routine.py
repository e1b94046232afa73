"""The seven counters of a workspace's record at an instant, or as they stood at the end of a month."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.case.machine import Case
from answerable.case.rarity import Limit
from answerable.errors import InputError, UsageError
from answerable.evaluate.routine import Asked, Limits, routine
from answerable.evaluate.summary import Summary
from answerable.place import parse_instant
from answerable.policy.pack import Pack
from answerable.service.adopt import adopted_pack
from answerable.service.history import deployment_cases, read_histories
from answerable.service.rarity import counted, trend_of
from answerable.service.rarity_entries import Entries
from answerable.service.workspace import Workspace

TRIGGERS = ("serious_assault_response", "imminent_intel")


def routine_dashboard(workspace: Workspace, month: str = "") -> Summary:
    """Return the seven counters now, or at the end of ``month`` (2026-11) where that is over.

    UsageError for a month that is none or has not begun, or where the pack sets no limits; NotAllowed where no pack is
    in force.
    """
    now = workspace.clock.now()
    at = _end_of(month, workspace.settings.time_zone or "UTC", now) if month else now
    pack = adopted_pack(workspace)
    limits = _limits(pack)
    entries = Entries.read(workspace)
    histories = read_histories(workspace, deployment_cases(workspace))
    cases = [one.case for one in histories if one.case.pack.rpartition("@")[0] == pack.name and one.case.events]
    asked = [_asked(case, at) for case in cases if case.events[0].at <= at]
    authorised = [case.authorised_at for case in cases if case.authorised_at and case.authorised_at <= at]
    told = f"Has it become routine? {month or f'As of {at:%d %B %Y}'}"
    return routine(asked, limits, at, trend_of(entries, pack, authorised, at), title=told)


def _asked(case: Case, at: datetime) -> Asked:
    area = case.area
    km2 = area.km2 if area else 0.0
    refused = any(event.kind == "refuse" and event.at <= at for event in case.events)
    if case.authorised_at is None or case.authorised_at > at:
        return Asked(case.events[0].at, area.name if area else "no area", case.trigger, refused=refused)
    told = counted(case, at)
    granted = told.granted.hours if told.granted else 0.0
    used = told.out.hours if told.out and case.started_at is not None and case.started_at <= at else 0.0
    return Asked(
        at=case.authorised_at,
        area=area.name if area else "no area",
        trigger=case.trigger,
        authorised=True,
        granted=km2 * granted,
        used=km2 * used,
        renewals=sum(event.kind == "extend" and event.at <= at for event in case.events),
    )


def _limits(pack: Pack) -> Limits:
    found = pack.settings.get("rarity")
    if not found:
        raise UsageError("This pack sets no rarity limits.", where=pack.name, fix="Choose a pack that does.")
    force, area = (Limit.read(name, found.get(name) or {}) for name in ("force_year", "area_year"))
    permitted = float(found.get("permitted_per_year") or force.most or 0.0)
    return Limits(force, area, permitted, TRIGGERS, found.get("approval_rate_notice"))


def _end_of(month: str, tz: str, now: datetime) -> datetime:
    try:
        year, number = (int(part) for part in month.split("-"))
        start = parse_instant(f"{year:04d}-{number:02d}-01T00:00", tz)
        following = parse_instant(f"{year + number // 12:04d}-{number % 12 + 1:02d}-01T00:00", tz)
    except (ValueError, InputError) as error:
        raise UsageError("That is no month.", where=month, fix="Write it as 2026-11.") from error
    if start > now:
        raise UsageError("This month has not begun.", where=month, fix="Name an earlier one.")
    return min(now, following - timedelta(microseconds=1))
