"""Who looks from outside: a monitor, a reader who checks what was opened, a count kept by others, people who ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np

from answerable.lab.cheating.force import DAY, DAYS, HOUR, START, Deployed, day_of
from answerable.lab.cheating.ledger import ORIGIN, Read
from answerable.lab.parameters import Parameters
from answerable.place.window import read_stamp
from answerable.record.encode import check_opening
from answerable.record.errors import Altered
from answerable.record.monitor import State, look
from answerable.record.proof import parse_opening
from answerable.record.publish import opening_path
from answerable.record.tiles import ENTRIES, decode_bundle, tiles_of
from answerable.service.public_view import PublicCase, PublicView
from answerable.service.reconcile import compare
from answerable.service.sighting import NOTHING, check_sighting

Show = Callable[[int], Read]
_DAILY = 15 * DAY
Found = tuple[int, str]
"""When something was noticed (POSIX seconds), and by what."""


def watch(show: Show, policy: str, cheated: int) -> Found | None:
    """Look once a day from the day before the cheat on, and after a fortnight every third day; return the first alarm.

    Beside the monitor a reader checks every opened statement against its entry again.
    """
    state, checked = State(), dict[int, bytes]()
    first, last = _nine(cheated) - DAY, START + DAYS * DAY
    for now in (*range(first, first + _DAILY, DAY), *range(first + _DAILY, last, 3 * DAY)):
        read = show(now)
        seen = look(read, policy, state, now)
        state = seen.state
        if seen.alarms:
            return now, f"the monitor ({seen.alarms[0].code})"
        size = state.head.size if state.head else 0
        if altered(read, size, checked):
            return now, "the verifier (altered)"
    return None


def altered(read: Read, size: int, checked: dict[int, bytes]) -> bool:
    """Return whether any statement that is shown as opened is not the one its entry commits to.

    ``checked`` are the files that were looked at before, by index; those that are still the same are not checked again.
    """
    bundles = [tile for tile in tiles_of(size) if tile.level == ENTRIES]
    entries = [one for tile in bundles for one in decode_bundle(read(tile.path) or b"", tile.width, where=tile.path)]
    for index, entry in enumerate(entries):
        raw = read(opening_path(index))
        if raw is not None and checked.get(index) != raw:
            checked[index] = raw
            opening = parse_opening(raw)
            try:
                check_opening(entry, opening.body, opening.blind)
            except Altered:
                return True
    return False


def counted(cases: Iterable[Deployed], cheat: int, parameters: Parameters, rng: np.random.Generator) -> Found | None:
    """Hold the record against a count that others keep; return when the day of the cheat stays unexplained."""
    out = [case for case in cases if case.authorised]
    kept = Counter(_date(case.start) for case in out if rng.random() < parameters["count_kept"])
    inside = Counter(_date(case.start) for case in out if not case.left)
    first = _date(START)
    every = max(1, round(parameters["count_every_days"]))
    for last in range(every, DAYS + 1, every):
        days = {first + timedelta(days=k): kept[first + timedelta(days=k)] for k in range(last - every, last)}
        found = compare(days, inside, "a count kept by others", "")
        if any(one["day"] == day_of(cheat) and one["unexplained"] for one in found.differing):
            return START + last * DAY, "a count kept by others"
    return None


def asked(
    cases: list[Deployed], seen: tuple[int, int], chance: float, parameters: Parameters, rng: np.random.Generator
) -> Found | None:
    """Let somebody who saw a patrol at ``seen`` (place, instant) ask, with a ``chance``; return when nothing is known.

    They ask again when told that what they saw may not be opened yet.
    """
    if rng.random() >= chance:
        return None
    place, at = seen
    first = at + round(rng.exponential(parameters["sighting_days"]) * DAY)
    for now in range(first, START + DAYS * DAY, DAY):
        said = check_sighting(_public(cases, now), f"Place {place}", datetime.fromtimestamp(at, UTC))
        if said.answer == NOTHING:
            return now, "somebody who saw it"
    return None


def _public(cases: list[Deployed], now: int) -> PublicView:
    """Return what the record shows of patrols at ``now``: cases whose end is a day past."""
    moment = datetime.fromtimestamp(now, UTC)
    logged = [case for case in cases if not case.left and case.start - case.asked <= now]
    shown = [case for case in logged if case.end + DAY <= now]
    made = tuple(_case(case) for case in shown if case.authorised)
    return PublicView(
        "simulated", ORIGIN, len(logged), "", "", "UTC", moment, (), made, (), unopened=len(logged) - len(shown)
    )


def _case(case: Deployed) -> PublicCase:
    start, end = (datetime.fromtimestamp(at, UTC) for at in (case.start, case.end))
    made = PublicCase(case.case, "", "ended", f"Place {case.place}", 1.0, start, end, "", ())
    return replace(made, started_at=start, ended_at=end)


def _nine(at: int) -> int:
    return at // DAY * DAY + 9 * HOUR


def _date(at: int) -> date:
    return read_stamp(f"{day_of(at)}T00:00:00Z").date()
