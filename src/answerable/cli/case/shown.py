"""A case as lines to read, what matters now first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_ANSWERS = {True: "holds", False: "FAILS", None: "NOT KNOWN"}


def as_text(found: dict[str, Any]) -> str:
    """Return what ``service.cases.show_case`` found as text, times in the workspace's own zone."""
    from answerable.present.local_times import in_local_times

    parts = (_head(found), _rules(found), _counted(found), _asked(found), _owed(found), _events(found))
    blocks = ["\n".join(lines) for lines in map(list, parts) if lines]
    return in_local_times("\n\n".join(blocks), found["time_zone"])


def _head(found: dict[str, Any]) -> Iterator[str]:
    urgent = "  URGENT" if found["urgent"] else ""
    yield f"{found['id']}  {found['state']}{urgent}  {found['title']}"
    yield f"{found['area']}, {found['window']}"
    for clock in found["countdown"]:
        yield f"  {clock['what']} {clock['at']}, in {_left(clock['minutes'])}"
    for condition in found["conditions"]:
        yield f"  on condition: {condition}"
    if found["copied_reasons"]:
        copied = found["copied_reasons"]
        yield f"  COPIED REASONS: {copied['value']:.0%} like those of case {copied['case']} (at '{copied['event']}')"


def _rules(found: dict[str, Any]) -> Iterator[str]:
    for finding in found["findings"]:
        yield f"  {finding['rule']}  {_ANSWERS[finding['holds']]}: {finding['reason']}"
    if found["what_would_change"]:
        yield "  What would change it:"
        yield from (f"    {change}" for change in found["what_would_change"])
        yield f"  {found['not_limited']}"


def _counted(found: dict[str, Any]) -> Iterator[str]:
    first, rarity = found["earlier_estimate"], found["rarity"]
    if first:
        why = "the change is explained" if first["explained"] else "the change is NOT EXPLAINED"
        yield (
            f"  judged before, through {first['through']}: {first['probability']:g} ({_words(first['term'])}), "
            f"confidence {first['ancr']}; that one counts; {why}"
        )
    if rarity:
        yield f"  at the decision, rarity: {rarity['sentence']}"


def _asked(found: dict[str, Any]) -> Iterator[str]:
    for one in found["advice"]:
        told = f": {one['text']}" if one["text"] else ""
        kept = "" if one["published"] or not one["text"] else " (not published)"
        yield f"  advice {one['number']}, {_words(one['adviser'])}, {_words(one['stance'])}{told}{kept}"
        if one["answer"]:
            changed = f" Changed: {one['changed']}" if one["changed"] else ""
            yield f"    answered: {one['answer']}{changed}"
        elif one["waits_for_answer"]:
            yield "    NOT ANSWERED: the decision waits for it"
    for office in found["not_consulted"]:
        yield f"  NOT CONSULTED: {_words(office)}"


def _owed(found: dict[str, Any]) -> Iterator[str]:
    from answerable.case.duties import duty_words

    for duty in found["duties"]:
        words = duty_words(duty["kind"], duty["what"], _words(duty["owner"]))
        yield f"  {'OVERDUE' if duty['overdue'] else 'due'}: {words}, {duty['due']}"


def _events(found: dict[str, Any]) -> Iterator[str]:
    for event in found["events"]:
        yield f"  {event['at']}  {event['kind']} by {_words(event['office'])}{_because(event)}"


def _because(event: dict[str, Any]) -> str:
    data = event["data"]
    if event["kind"] == "blocked":
        return f" at {data['transition']}: {', '.join(data['rules'])}. {data['not_limited']}"
    return f": {data['reasons']}" if data.get("reasons") else ""


def _words(name: str) -> str:
    return name.replace("_", " ")


def _left(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if hours else f"{rest} min"
