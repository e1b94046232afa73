"""What the entries say that account for a deployment: its log, referrals, debrief, evaluation and closing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from answerable.web.catalogue import say
from answerable.web.pages import blocks
from answerable.web.pages.blocks import Block
from answerable.web.pages.case_words import LOGGED, VERDICTS, plain

Data = Mapping[str, Any]


def logged(data: Data) -> Iterable[Block]:
    """Say what happened on the ground, and mark what was entered late or outside the authority."""
    entries = data.get("entries")
    rows = [
        {**entry, "kind": LOGGED.get(str(entry.get("kind")), plain(entry.get("kind", ""))), "flags": _flags(entry)}
        for entry in (entries if isinstance(entries, list | tuple) else ())
        if isinstance(entry, Mapping)
    ]
    columns = {
        "at": say("told.accounts.when"),
        "kind": say("told.accounts.what"),
        "officers": say("told.accounts.officers"),
        "minutes": say("told.accounts.minutes"),
        "cell": say("told.accounts.square"),
        "flags": say("told.accounts.marked"),
    }
    yield blocks.table(say("told.accounts.entries"), rows, columns)


def _flags(entry: Mapping[str, Any]) -> str | None:
    marks = {"late": say("told.accounts.entered_late"), "outside_authority": say("told.accounts.outside_the_authority")}
    return ", ".join(words for mark, words in marks.items() if entry.get(mark)) or None


def referred(data: Data) -> Iterable[Block]:
    """Say what came of a long-term alternative."""
    yield blocks.quote(
        say("told.accounts.what_came_of_it", lower=plain(data.get("option", "")).lower()), data.get("outcome")
    )


def debriefed(data: Data) -> Iterable[Block]:
    """Say how much of it there was, what was used, and what it did to the community."""
    dosage = data.get("dosage")
    counted = {"officer_minutes": say("told.accounts.officer_minutes_on_the")}
    yield blocks.rows(say("told.accounts.how_much_of_it"), dosage, counted)
    if isinstance(dosage, Mapping):
        columns = {
            "cell": say("told.accounts.square"),
            "hour": say("told.accounts.hour_from"),
            "officer_minutes": "Officer-minutes",
        }
        yield blocks.table(say("told.accounts.where_and_when"), dosage.get("by_cell_hour"), columns)
    counts = data.get("counts")
    if isinstance(counts, Mapping) and counts:
        rows = [[LOGGED.get(str(kind), plain(kind)), blocks.say(number)] for kind, number in counts.items()]
        yield {"heading": say("told.accounts.what_was_logged_counted"), "rows": rows}
    flags = {
        "weapon_drawn": say("told.accounts.weapon_drawn"),
        "force_used": say("told.accounts.force_used"),
        "injury": say("told.accounts.anybody_hurt"),
        "complaint": say("told.accounts.complaint_made"),
        "iopc_referral": say("told.accounts.referred_to_the_complaints"),
    }
    yield blocks.rows(say("told.accounts.what_must_be_answered"), data.get("flags"), flags)
    national = {
        "operations": say("told.accounts.operations"),
        "arv": say("told.accounts.armed_response_vehicle"),
        "discharges": say("told.accounts.shots_fired_at_persons"),
    }
    yield blocks.rows(say("told.accounts.as_the_national_return"), data.get("ho"), national)
    yield blocks.rows(
        say("told.accounts.children"), data, {"under_18_contacts": say("told.accounts.contacts_with_under_s")}
    )
    yield blocks.quote(say("told.accounts.impact_on_the_community"), data.get("community_impact_review"))


def evaluated(data: Data) -> Iterable[Block]:
    """Say the verdict, what was measured, and what that cannot show."""
    verdict = str(data.get("verdict", ""))
    yield blocks.items(say("told.accounts.verdict"), VERDICTS.get(verdict, plain(verdict)))
    measures = data.get("measures")
    if isinstance(measures, Mapping) and measures:
        rows = [_measure(name, told) for name, told in measures.items()]
        yield blocks.table(
            say("told.accounts.what_was_measured"),
            rows,
            {
                "name": say("told.accounts.measure"),
                "says": say("told.accounts.result"),
                "interval": say("told.accounts.interval"),
            },
        )
    yield blocks.quote(say("told.accounts.what_this_cannot_show"), data.get("limits"))


def _measure(name: Any, told: Any) -> dict[str, Any]:
    if not isinstance(told, Mapping):
        return {"name": plain(name), "says": blocks.say(told)}
    numbers = [told.get(key) for key in ("low", "high")]
    interval = (
        f"{blocks.say(numbers[0])} to {blocks.say(numbers[1])} {told.get('unit', '')}".strip()
        if None not in numbers
        else None
    )
    estimate = (
        f" ({blocks.say(told['estimate'])} {told.get('unit', '')})".replace(" )", ")")
        if told.get("estimate") is not None
        else ""
    )
    return {"name": plain(name), "says": f"{told.get('says', '')}{estimate}", "interval": interval}


def closed(data: Data) -> Iterable[Block]:
    """Say what the public record leaves out, and why."""
    redactions = data.get("redactions")
    columns = {
        "field": say("told.accounts.what_is_left_out"),
        "reason_code": say("told.accounts.why"),
        "review_at": say("told.accounts.looked_at_again"),
    }
    yield blocks.table(say("told.accounts.left_out_of_the"), redactions, columns) or blocks.items(
        say("told.accounts.left_out_of_the"), ["Nothing."]
    )
