"""Ten ways to cheat a record, each with what the public then sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from answerable.lab.cheating.force import DAY, HOUR, Deployed, draw_force, entries_of
from answerable.lab.cheating.ledger import NEVER, Entry, Ledger
from answerable.lab.cheating.outside import Found, Show, asked, counted, watch
from answerable.lab.parameters import Parameters
from answerable.record.encode import parse_body


@dataclass(frozen=True)
class City:
    """A force before it cheats: its ``cases``, when the one that is cheated with begins (``at``), and its luck."""

    cases: list[Deployed]
    at: int
    parameters: Parameters
    rng: np.random.Generator

    @property
    def mine(self) -> Deployed:
        """The case that is cheated with."""
        return next(case for case in self.cases if case.authorised and case.start == self.at)


@dataclass(frozen=True)
class Played:
    """What a cheat leaves: what the public is ``shown``, when it began (``at``), and the ``cases`` as they were.

    ``seen`` is where and when somebody could see what is not logged, with the share of it that can be seen.
    """

    show: Show
    at: int
    cases: list[Deployed]
    policy: str
    seen: tuple[int, int, float] | None = None


Cheat = Callable[[City], Played]


def _honest(city: City) -> Played:
    ledger = Ledger(entries_of(city.cases))
    place, within = city.mine.place, round(city.rng.random() * city.parameters["patrol_hours"] * HOUR)
    return Played(ledger.shown, city.at, city.cases, ledger.policy, (place, city.at + within, 1.0))


def _another_story(city: City) -> Played:
    ledger = Ledger(_told_otherwise(city))
    return Played(ledger.shown, city.mine.end + DAY, city.cases, ledger.policy)


def _changed_later(city: City) -> Played:
    before, after = Ledger(entries_of(city.cases)), Ledger(_told_otherwise(city))
    turn = city.mine.end + DAY + round((1 + 10 * city.rng.random()) * DAY)
    return Played(lambda now: (after if now >= turn else before).shown(now), turn, city.cases, before.policy)


def _rewritten(city: City) -> Played:
    before = Ledger(entries_of(city.cases))
    # As long as the history before it, or the head would go backwards: two refusals in place of what was authorised.
    refused = replace(city.mine, authorised=False)
    others = [refused, replace(refused, case="2019-0998", asked=refused.asked - HOUR)]
    after = Ledger(entries_of([*(case for case in city.cases if case is not city.mine), *others]))
    turn = city.at + round((1 + 10 * city.rng.random()) * DAY)
    return Played(lambda now: (after if now >= turn else before).shown(now), turn, city.cases, before.policy)


def _cut_back(city: City) -> Played:
    ledger = Ledger(entries_of(city.cases))
    turn = city.at + round((1 + 10 * city.rng.random()) * DAY)
    size = ledger.size(city.at - city.mine.asked - 1)
    return Played(lambda now: ledger.shown(now, size=size if now >= turn else None), turn, city.cases, ledger.policy)


def _kept_shut(city: City) -> Played:
    mine = city.mine.case
    ledger = Ledger(replace(one, opens=NEVER) if _case_of(one) == mine else one for one in entries_of(city.cases))
    return Played(ledger.shown, city.at, city.cases, ledger.policy)


def _number_left_out(city: City) -> Played:
    # The refused case nearest in time: the next one that is opened shows that a number is missing.
    refused = min(
        (case for case in city.cases if not case.authorised), key=lambda one: abs(one.start - one.asked - city.at)
    )
    ledger = Ledger(one for one in entries_of(city.cases) if _case_of(one) != refused.case)
    return Played(ledger.shown, refused.start - refused.asked, city.cases, ledger.policy)


def _silent_day(city: City) -> Played:
    ledger = Ledger(entries_of(city.cases, silent=city.at))
    return Played(ledger.shown, city.at, city.cases, ledger.policy)


def _backdated(city: City) -> Played:
    late = round((1 + 71 * city.rng.random()) * HOUR)
    ledger = Ledger(entries_of([replace(one, logged_late=late) if one is city.mine else one for one in city.cases]))
    return Played(ledger.shown, city.at, city.cases, ledger.policy)


def _never_logged(city: City) -> Played:
    mine = city.mine
    out = [replace(one, left=True) if one is mine else one for one in city.cases]
    ledger = Ledger(entries_of(out))
    seen = city.at + round(city.rng.random() * (mine.end - mine.start))
    return Played(ledger.shown, city.at, out, ledger.policy, (mine.place, seen, 1.0))


def _stayed_on(city: City) -> Played:
    ledger, mine = Ledger(entries_of(city.cases)), city.mine
    more = city.rng.exponential(city.parameters["overstay_hours"]) * HOUR
    share = min(1.0, more / max(mine.end - mine.start, 1))
    return Played(
        ledger.shown,
        mine.end,
        city.cases,
        ledger.policy,
        (mine.place, mine.end + round(city.rng.random() * more), share),
    )


HONEST = "nobody cheats"
KINDS: dict[str, Cheat] = {
    HONEST: _honest,
    "a statement is opened as another": _another_story,
    "an opened statement is changed later": _changed_later,
    "the history is signed anew with a refusal": _rewritten,
    "an old head is shown": _cut_back,
    "a case is never opened": _kept_shut,
    "a refused case is left out": _number_left_out,
    "a day is not closed": _silent_day,
    "a case is entered afterwards, backdated": _backdated,
    "a deployment is never logged": _never_logged,
    "a patrol stays after its end": _stayed_on,
}
PROOF = tuple(KINDS)[1:8]
"""The kinds that something published contradicts: they must always be found. The others depend on who looks."""


def found_out(kind: str, parameters: Parameters, rng: np.random.Generator) -> tuple[float, str]:
    """Play one city with one cheat; return days until it is noticed (infinite: never) and by what."""
    cases, at = draw_force(parameters, rng)
    played = KINDS[kind](City(cases, at, parameters, rng))
    noticed = [watch(played.show, played.policy, played.at), counted(played.cases, at, parameters, rng)]
    if played.seen is not None:
        place, when, share = played.seen
        noticed.append(asked(played.cases, (place, when), share * parameters["sighting_asks"], parameters, rng))
    first: Found | None = min((one for one in noticed if one is not None), default=None)
    return (max(0.0, (first[0] - played.at) / DAY), first[1]) if first else (np.inf, "")


def _told_otherwise(city: City) -> list[Entry]:
    """Return the log in which the decision on the cheated case is opened as another office's."""
    mine = city.mine.case
    return [
        replace(one, shown=one.body.replace(b'"office":"system"', b'"office":"other"'))
        if _case_of(one) == mine and b'"kind":"authorise"' in one.body
        else one
        for one in entries_of(city.cases)
    ]


def _case_of(entry: Entry) -> str:
    return str(parse_body(entry.body)["case"])
