"""What a tasking meeting looks at before it asks for more: proposals and rarity by area, what runs, what is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from answerable.case.duties import duties
from answerable.case.standing import Standing
from answerable.case.state import State
from answerable.errors import AnswerableError
from answerable.place import stamp
from answerable.service import intelligence
from answerable.service.case_board import Placed
from answerable.service.rarity_asked import rarity_asked
from answerable.service.rarity_report import Use, rarity_report
from answerable.web.desk import Visit

TASKING = frozenset(("local_commander", "operational_commander", "chief_officer"))
"""The roles whose first screen also says what a tasking meeting looks at."""
PROPOSED = frozenset((State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED))
# A page holds so many lines of one kind; the list of cases has them all.
SHOWN = 25
# Of cases longer ago than these, everything owed has long been told to those who owe it.
LOOKED_BACK = 200
_FRESH = timedelta(hours=24)


def tasking(visit: Visit, placed: Sequence[Placed]) -> dict[str, Any]:
    """Return what the meeting looks at; ``placed`` are all cases, in the order they were opened."""
    now = visit.workspace.clock.now()
    recent = visit.desk.kept("recent", visit.state, lambda: [_standing(one) for one in placed[-LOOKED_BACK:]])
    owed = list(_owed(recent, now))
    received = [one.report.received_at for one in intelligence.kept_reports(visit.workspace)]
    return {
        **_proposed(visit, placed),
        "newest_report": stamp(max(received)) if received else "",
        "reports_fresh": sum(now - at <= _FRESH for at in received),
        "running": list(_running(recent))[-SHOWN:],
        "owed": owed[-SHOWN:],
        "owed_count": len(owed),
        "looked_back": LOOKED_BACK if len(placed) > LOOKED_BACK else 0,
    }


def _standing(one: Placed) -> Standing:
    return Standing.from_json(one.told)


def _owed(recent: Iterable[Standing], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield every account that is late, of whatever kind."""
    for one in recent:
        for due in duties(one, now):
            if due.overdue:
                yield {"case": one.id, "what": due.words, "due": stamp(due.due)}


def _running(recent: Iterable[Standing]) -> Iterator[dict[str, Any]]:
    """Yield the alternatives that were handed on and have no outcome yet."""
    for one in recent:
        for said in one.referrals:
            if not said.outcome:
                due = stamp(said.due) if said.due else ""
                yield {"case": one.id, "option": said.option.replace("_", " "), "owner": said.owner, "due": due}


def _proposed(visit: Visit, placed: Sequence[Placed]) -> dict[str, Any]:
    """Return the areas asked for now, each with the newest case there and its own level, and how often in the force."""
    proposed = [one for one in placed if one.state in PROPOSED]
    # How many there are is part of the state: the clock alone can end a draft.
    key = (*visit.state, len(proposed))
    counts, shown = visit.desk.kept("asked for", key, lambda: _asked_for(proposed))
    force, levels = visit.desk.kept("rarity", key, lambda: _rarity(visit, shown))
    rows = [
        {"area": area, "count": counts[area], "case": case, **levels.get(area, {"level": "", "sentence": ""})}
        for area, case in shown.items()
    ]
    return {"proposed": rows, "rarity": force}


def _asked_for(proposed: Iterable[Placed]) -> tuple[Counter[str], dict[str, str]]:
    """Return how many cases ask for each area, and the newest of them in the first areas by name."""
    asked = [(str(one.told["area"][0]), one.id) for one in proposed if one.told.get("area")]
    newest = dict(asked)
    return Counter(area for area, _ in asked), {area: newest[area] for area in sorted(newest)[:SHOWN]}


def _rarity(visit: Visit, asked: dict[str, str]) -> tuple[str, dict[str, dict[str, str]]]:
    """Return how often in the force, and for each area level and reason; why there is neither where no pack counts."""
    try:
        report = rarity_report(visit.workspace)
        guards = rarity_asked(visit.workspace, report, asked)
    except AnswerableError as error:
        return error.what, {}
    levels = {area: {"level": str(one.level), "sentence": one.sentence} for area, one in guards.items()}
    return _of_the_force(report.force), levels


def _of_the_force(use: Use) -> str:
    """Say the use in the force; what one more would mean is said by area, for it is not the same in each."""
    cases = "1 case" if use.cases == 1 else f"{use.cases} cases"
    return (
        f"{use.name}: {cases} authorised; officers out in {use.hours:.1f} of {use.period.hours:,.0f} hours "
        f"({100 * use.share:.2g} %). One more would be number {use.guard.in_force} in the force within a year."
    )
