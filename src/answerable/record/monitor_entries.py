"""What a monitor holds entries to: opened by their date, following one another, no number and no day left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from .chain import chain_problems
from .cover import cover_blind, cover_body, covers_path, parse_covers
from .day_counts import days_that_disagree, zone_of
from .encode import check_opening, parse_body, parse_json
from .errors import Altered
from .proof import parse_opening
from .publish import opening_path

Read = Callable[[str], bytes | None]
EMERGENCIES = "emergencies.json"


@dataclass(frozen=True)
class Limits:
    """How long may pass, in seconds: until an entry is opened, until a head is renewed, after a day until it is closed.

    ``open_seconds`` counts from when this monitor first saw the entry; a monitor cannot know when its case ends, so it
    takes the longest that the record's clocks allow.
    """

    open_seconds: int = 31 * 86_400
    stale_seconds: int = 25 * 3600
    close_seconds: int = 3600
    explain_seconds: int = 3600


@dataclass(frozen=True)
class Entries:
    """What is known of entries: ``waiting`` for their opening, by index, with when they were first seen; ``opened``.

    ``opened`` holds the statement's bytes and when it was first seen opened; ``covers`` the days opened as covers.
    """

    waiting: Mapping[int, tuple[bytes, int]] = field(default_factory=dict)
    opened: Mapping[int, tuple[bytes, int]] = field(default_factory=dict)
    covers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Looking:
    """One look: how files of the public folder are ``read``, the log's ``kind``, the present and the limits."""

    read: Read
    kind: str
    now: int
    limits: Limits


def entries_after(
    known: Entries, first: int, new: list[bytes], looking: Looking
) -> tuple[Entries, list[tuple[str, str]]]:
    """Return what is known after this look, and what is wrong, as pairs of an alarm's code and its detail.

    ``new`` are the entries from index ``first`` on.
    """
    read, kind, now, limits = looking.read, looking.kind, looking.now, looking.limits
    wrong: list[tuple[str, str]] = []
    waiting = {**known.waiting, **{index: (entry, now) for index, entry in enumerate(new, first)}}
    opened, covers = dict(known.opened), set(known.covers)
    for index in sorted(waiting):
        raw = read(opening_path(index))
        if raw is None:
            continue
        try:
            opening = parse_opening(raw)
            check_opening(waiting[index][0], opening.body, opening.blind)
            if opening.index != index or parse_body(opening.body).get("workspace") != kind:
                raise Altered("An opening is for another entry or log.")
        except Altered as error:
            wrong.append(("altered", f"{opening_path(index)}: {error.what}"))
            continue
        opened[index] = (opening.body, now)
        del waiting[index]
    for day in _days_of(waiting, covers, now):
        raw = read(covers_path(day))
        if raw is not None:
            try:
                _take_covers(raw, day, waiting, kind)
                covers.add(day)
            except (Altered, KeyError) as error:
                wrong.append(("altered", f"{covers_path(day)}: {error}"))
    found = Entries(waiting, opened, frozenset(covers))
    return found, [*wrong, *_promises(found, now, limits), *_emergencies(found, read, now, limits)]


def _take_covers(raw: bytes, day: str, waiting: dict[int, tuple[bytes, int]], kind: str) -> None:
    """Take the covers of a day out of what waits, each checked against its entry."""
    covers = parse_covers(raw, where=covers_path(day))
    if covers.day != day:
        raise Altered("A file of covers is of another day.")
    for counter, (index, at) in enumerate(covers.made):
        if not at.startswith(day) or index not in waiting:
            raise Altered(f"Entry {index} was opened as something else, or is not in the log.")
        check_opening(waiting[index][0], cover_body(kind, at), cover_blind(covers.seed, counter))
    for index, _ in covers.made:
        del waiting[index]


def _days_of(waiting: Mapping[int, tuple[bytes, int]], covers: set[str], now: int) -> list[str]:
    """Return the past days whose covers may be open now and were not before."""
    if not waiting:
        return []
    # A monitor may see an entry long after it was made: as far back as covers are plausible is looked.
    first = datetime.fromtimestamp(min(seen for _, seen in waiting.values()), UTC).date() - timedelta(days=2)
    today = datetime.fromtimestamp(now, UTC).date()
    days = [first + timedelta(days=many) for many in range((today - first).days)]
    return [day.isoformat() for day in days if day.isoformat() not in covers]


def _promises(known: Entries, now: int, limits: Limits) -> Iterator[tuple[str, str]]:
    late = sorted(index for index, (_, seen) in known.waiting.items() if now - seen > limits.open_seconds)
    if late:
        yield "unopened", f"{len(late)} entries, the first is {late[0]}."
    bodies = [body for body, _ in known.opened.values()]
    yield from (("out-of-order", f"{one}.") for one in chain_problems(bodies, hidden=bool(known.waiting)))
    yield from _numbers(known, now, limits)
    yield from _days(known, now, limits)


def _numbers(known: Entries, now: int, limits: Limits) -> Iterator[tuple[str, str]]:
    """Yield the numbers that a later one shows to be missing for too long; without a log's whole, chains cannot."""
    series: dict[str, dict[int, int]] = {}
    for body, seen in known.opened.values():
        said = parse_body(body)
        if said.get("version") == 1 and isinstance(said.get("number"), int):
            series.setdefault(str(said.get("kind")), {})[said["number"]] = seen
    for kind, numbers in sorted(series.items()):
        for number in range(1, max(numbers)):
            if number not in numbers:
                since = min(seen for other, seen in numbers.items() if other > number)
                if known.waiting and now - since > limits.open_seconds:
                    yield "number-missing", f"Number {number} ({kind})."


def _days(known: Entries, now: int, limits: Limits) -> Iterator[tuple[str, str]]:
    """Yield the days since the first that no statement closes, and those of which more is opened than was counted."""
    statements = [parse_body(body) for body, _ in known.opened.values()]
    closed: dict[str, str] = {}
    for said in statements:
        data = said.get("data")
        if said.get("kind") == "close-day" and isinstance(data, dict):
            closed[str(data.get("day"))] = str(data.get("time_zone", "UTC"))
    if not closed:
        return
    day, zone = date.fromisoformat(min(closed)), zone_of(closed[max(closed)])
    missing = []
    while _end(day, zone) + limits.close_seconds < now:
        if day.isoformat() not in closed:
            missing.append(day.isoformat())
        day += timedelta(days=1)
    if missing:
        yield "day-missing", f"{len(missing)} days, the first is {missing[0]}."
    late = days_that_disagree(statements)
    if late:
        yield "day-disagrees", f"{len(late)} days, the first is {late[0]}."


def _emergencies(known: Entries, read: Read, now: int, limits: Limits) -> Iterator[tuple[str, str]]:
    raw = read(EMERGENCIES)
    if raw is None:
        return
    try:
        listed = [(str(one["head"]), int(one["at"])) for one in parse_json(raw, "The list of emergencies")]
    except (Altered, KeyError, TypeError, ValueError):
        yield "altered", EMERGENCIES
        return
    said = [parse_body(body) for body, _ in known.opened.values()]
    explained = {str(one.get("data", {}).get("head")) for one in said if one.get("kind") == "emergency"}
    for head, at in listed:
        if head not in explained and now - at > limits.explain_seconds:
            yield "emergency-unexplained", f"Head {head[:16]}, {(now - at) // 60} minutes ago."


def _end(day: date, zone: ZoneInfo) -> int:
    following = day + timedelta(days=1)
    return int(datetime(following.year, following.month, following.day, tzinfo=zone).timestamp())


def as_json(known: Entries) -> dict[str, object]:
    """Return it as plain data, for a monitor's file."""
    return {
        "waiting": {str(index): [entry.hex(), seen] for index, (entry, seen) in known.waiting.items()},
        "opened": {str(index): [body.decode("utf-8"), seen] for index, (body, seen) in known.opened.items()},
        "covers": sorted(known.covers),
    }


def from_json(said: Mapping[str, Mapping[str, tuple[str, int]]]) -> Entries:
    """Read what ``as_json`` wrote."""
    waiting = {int(index): (bytes.fromhex(entry), int(seen)) for index, (entry, seen) in said["waiting"].items()}
    opened = {int(index): (body.encode(), int(seen)) for index, (body, seen) in said["opened"].items()}
    return Entries(waiting, opened, frozenset(said["covers"]))
