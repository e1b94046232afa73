"""A simulated force over some months: cases that follow the city's events, decisions, and their statements."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from answerable.lab.cheating.ledger import Entry, Numbers, statement
from answerable.lab.engine import Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.stream import draw_stream
from answerable.place import stamp

PLACES, EVENTS, DAYS = 300, 360, 95
DAY, HOUR = 86_400, 3600
START = int(datetime(2019, 1, 7, tzinfo=UTC).timestamp())
_FIRST_CHEAT, _LAST_CHEAT = 15, 30
_EVERY_AUTHORISED = 6


@dataclass(frozen=True)
class Deployed:
    """One case: asked for ``asked`` seconds before ``start``; ``authorised`` ones are out from ``start`` to ``end``.

    ``logged_late`` is by how many seconds its statements came after the times they tell; ``left`` says that officers
    went out and nothing was logged.
    """

    case: str
    place: int
    start: int
    end: int
    authorised: bool
    asked: int = 6 * HOUR
    logged_late: int = 0
    left: bool = False


def draw_force(parameters: Parameters, rng: np.random.Generator) -> tuple[list[Deployed], int]:
    """Draw the cases of ``DAYS`` days of one city, and when the cheat comes (the start of an authorised case)."""
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, DAYS * 24 / YEAR_HOURS, rng)
    run = simulate(stream, ground, parameters, Policy("respond", responds=True))
    many = min(run.deployments, max(8, int(rng.poisson(parameters["cases_a_year"] * DAYS / 365))))
    chosen = np.sort(rng.choice(run.deployments, many, replace=False))
    length = round(parameters["patrol_hours"] * HOUR)
    cases = []
    for k, one in enumerate(chosen.tolist()):
        start = START + round(float(run.time[one]) * HOUR) + 8 * HOUR
        authorised = k % _EVERY_AUTHORISED == _EVERY_AUTHORISED - 1
        cases.append(Deployed(f"2019-{k + 1:04d}", int(run.place[one]), start, start + length, authorised))
    early, late = START + _FIRST_CHEAT * DAY, START + _LAST_CHEAT * DAY
    at = int(rng.integers(early, late))
    # The case that is cheated with is an authorised one that begins then, whatever the others are.
    cheated = Deployed("2019-0999", int(rng.integers(PLACES)), at, at + length, authorised=True)
    return sorted([*cases, cheated], key=lambda case: case.start - case.asked), at


def entries_of(cases: Sequence[Deployed], *, silent: int = 0) -> list[Entry]:
    """Return the log of ``cases``: what was stated, when, and when it opens; no day closes at instant ``silent``."""
    acts = [(at + case.logged_late, at, kind, case) for case in cases if not case.left for at, kind in _acts(case)]
    acts.sort(key=lambda act: act[0])
    days = [(START + (day + 1) * DAY, day) for day in range(DAYS)]
    numbers, entries = Numbers(), []
    told: list[tuple[int, str]] = []
    for logged, at, kind, case in acts:
        while days and days[0][0] <= logged:
            entries += _closed(numbers, *days.pop(0), told, silent)
        body = statement(numbers, kind, case.case, at, _data(case, kind))
        # Visible facts are public within a day of the end or of the refusal.
        entries.append(Entry(body, _blind(body), logged, _over(case) + case.logged_late + DAY))
        told.append((at, kind))
    for last in days:
        entries += _closed(numbers, *last, told, silent)
    return entries


def day_of(at: int) -> str:
    """Return the day of an instant, as statements write it."""
    return datetime.fromtimestamp(at, UTC).date().isoformat()


def _blind(body: bytes) -> bytes:
    # Repeatable, and the same for a statement that a rewritten history keeps; a real log draws it at random.
    return hashlib.sha256(b"blind" + body).digest()


def _acts(case: Deployed) -> list[tuple[int, str]]:
    asked = case.start - case.asked
    if not case.authorised:
        return [(asked, "open"), (asked + HOUR, "submit"), (asked + 3 * HOUR, "refuse")]
    return [(asked, "open"), (asked + HOUR, "submit"), (asked + 3 * HOUR, "authorise"), (case.start, "start"),
            (case.end, "end")]  # fmt: skip


def _over(case: Deployed) -> int:
    return case.end if case.authorised else case.start - case.asked + 3 * HOUR


def _data(case: Deployed, kind: str) -> dict[str, object]:
    if kind != "open":
        return {}
    window = {
        "from": stamp(datetime.fromtimestamp(case.start, UTC)),
        "to": stamp(datetime.fromtimestamp(case.end, UTC)),
    }
    return {"area": {"name": f"Place {case.place}", "km2": "1"}, "window": window}


def _closed(numbers: Numbers, at: int, day: int, told: list[tuple[int, str]], silent: int) -> list[Entry]:
    """Return the statement that closes a day, with what had been told of it by then; none where the force is silent."""
    first = START + day * DAY
    if first <= silent < first + DAY:
        return []
    counts = Counter(kind for when, kind in told if first <= when < first + DAY)
    data = {"day": day_of(first), "time_zone": "UTC", "counts": dict(sorted(counts.items()))}
    body = statement(numbers, "close-day", "", at, data)
    return [Entry(body, _blind(body), at, at)]
