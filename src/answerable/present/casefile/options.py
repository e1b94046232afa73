"""Stage 4: options and contingencies. What else could have been done, and what became of what was set aside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseSource
from answerable.present.document import Block, Grid, Items, Part, Section, Words

_ALTERNATIVES = {"option": "Option", "rating": "Evidence", "why_insufficient": "Why it does not suffice now"}
_REFERRALS = {"option": "Option", "outcome": "What came of it", "at": "Marked done"}


def options(case: CaseSource) -> Section:
    """Return the section on what else could be done."""
    return Section(
        "options",
        "4. Options and contingencies",
        "Was this the last resort? What else was considered, and who took up what was set aside?",
        (
            Part("Options considered", _alternatives(case)),
            Part("What it takes, and what the same hours would do instead", _trade_off(case)),
            Part("Referrals: long-term options set aside, and their owners", _referrals(case)),
            Part("Contingencies: how it ends", _contingencies(case)),
        ),
    )


def _alternatives(case: CaseSource) -> tuple[Block, ...]:
    rows = [row for row in case.newest("alternatives") or () if isinstance(row, Mapping)]
    grid = case.grid("Alternatives, each with the strength of its evidence", rows, _ALTERNATIVES)
    if grid is None:
        return (Words("No alternative is recorded."),)
    note = "Ratings are those of published toolkits where one exists; \u201cnot studied\u201d is an answer."
    return (grid, Words(note, "quiet"))


def _trade_off(case: CaseSource) -> tuple[Block, ...]:
    asked = case.newest("resources")
    if not isinstance(asked, Mapping):
        return (Words("What the deployment would take is not recorded."),)
    officers = asked["armed_officers"] + asked["unarmed_officers"]
    total = (
        f"As asked for: {officers} officers ({asked['armed_officers']} of them armed) for {asked['hours']:g} h, "
        f"{asked['officer_hours']:g} officer-hours, without travel, briefing and command."
    )
    rows = [_hours_row(case, row) for row in case.newest("alternatives") or () if isinstance(row, Mapping)]
    if not rows:
        return (Words(total),)
    columns = ("Option", "Evidence", "One unit of it", "Officer-hours each", "With the same hours", "By whose figure")
    note = "Equal hours are not equal good: what an option does to violence is in its evidence, and often nobody knows."
    return (Words(total), Grid("The same officer-hours, spent otherwise", columns, tuple(rows)), Words(note, "quiet"))


def _hours_row(case: CaseSource, row: Mapping[str, Any]) -> tuple[str, ...]:
    option, rating, takes = case.say(row.get("option")), case.say(row.get("rating")), row.get("takes")
    if not isinstance(takes, Mapping):
        return (option, rating, "not stated", "not stated", "not worked out", "")
    units = takes.get("units")
    same = f"{units:g} of them" if isinstance(units, int | float) else "not worked out"
    each, whose = f"{takes['officer_hours']:g}", case.say(takes.get("src"))
    return (option, rating, case.say(takes.get("unit")), each, same, whose)


def _referrals(case: CaseSource) -> tuple[Block, ...]:
    done = {str(entry.data.get("option")): entry for entry in case.of("referral")}
    rows: list[tuple[str, ...]] = []
    for row in case.newest("alternatives") or ():
        referred = row.get("referred_to") if isinstance(row, Mapping) else None
        if referred:
            rows.append(_referral(case, row, referred, done))
    if not rows:
        return (Words("No option was referred to anyone."),)
    return (Grid("Who took up what, and by when", ("Option", "Owner", "Due", "Standing"), tuple(rows)),)


def _referral(case: CaseSource, row: Mapping[str, Any], referred: Any, done: Mapping[str, Any]) -> tuple[str, ...]:
    option = str(row.get("option"))
    owner = referred.get("owner") if isinstance(referred, Mapping) else referred
    due = referred.get("due") if isinstance(referred, Mapping) else row.get("due")
    entry = done.get(option)
    if entry is not None:
        standing = f"done {case.when(entry.at)}: {case.say(entry.data.get('outcome'))}"
    else:
        standing = "OVERDUE" if due and case.as_of >= _instant(str(due)) else "open"
    return (case.say(option), case.say(owner), case.say(due), standing)


def _instant(text: str) -> Any:
    from datetime import UTC, datetime

    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _contingencies(case: CaseSource) -> tuple[Block, ...]:
    decided = case.last("authorise", "urgent")
    if decided is None:
        return (Words("No authority was given, so there is none to end."),)
    data = decided.data
    lines = [f"It ends by itself at {case.say(data.get('ends_at'))}, whether or not anyone does anything."]
    if data.get("start_by"):
        lines.append(f"Not started by {case.say(data['start_by'])}, it lapses.")
    if data.get("ratify_by"):
        lines.append(f"Urgent: not ratified by {case.say(data['ratify_by'])}, it ends.")
    if data.get("review_hours"):
        lines.append(f"It is looked at again every {case.say(data['review_hours'])} h; a missed review suspends it.")
    lines.append("It can be ended or revoked at any moment, and no rule stands in the way of that.")
    return (Items("", tuple(lines)),)
