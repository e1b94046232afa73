"""An adoption as lines to read: its state, who was asked, what was said, what changed, and whether it was fair."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def adoption_text(shown: Mapping[str, Any]) -> str:
    """Return what ``adoption show`` prints; ``shown`` is the document it gives with ``--json``."""
    lines = [f"{shown['id']}  {shown['state']}  {shown['title']}", f"pack {shown['pack']}{_end(shown)}", ""]
    for part in (_audience, _responses, _changes, _tests, _notices):
        lines += [*part(shown), ""]
    lines += [f"ALARM: {alarm['says']}" for alarm in shown["alarms"]]
    lines += [
        f"OVERDUE: {one['option'].replace('_', ' ')} by {one['owner']}, due {one['due']} (case {one['case']})"
        for one in shown.get("overdue_referrals", ())
    ]
    lines += [f"  {event['at']}  {event['kind']} by {event['office']}" for event in shown["events"]]
    return "\n".join(lines)


def _end(shown: Mapping[str, Any]) -> str:
    if shown["sunset_at"] is None:
        return ", not adopted"
    days, due = shown["days_to_sunset"], shown["evaluation_due_at"]
    ends = f", {'in force' if shown['in_force'] else 'not in force'}; ends {shown['sunset_at']} ({days} days left)"
    return f"{ends}; evaluation due {due}" if due else ends


def _audience(shown: Mapping[str, Any]) -> Iterator[str]:
    said = {True: "reached", False: "NOT REACHED", None: "not yet known"}
    yield "Asked:"
    for one in shown["audience"]:
        most = ", most affected" if one["most_affected"] else ""
        yield f"  {one['org']}{most}: {said[one.get('reached')]}{'. ' + one['how'] if one.get('how') else ''}"


def _responses(shown: Mapping[str, Any]) -> Iterator[str]:
    counts = ", ".join(f"{count} {stance.replace('_', ' ')}" for stance, count in shown["stances"].items())
    yield f"Responses: {len(shown['responses'])} ({counts})"
    for one in shown["themes"]:
        made = one.get("changed_what") and f"changed: {one['changed_what']}"
        made = made or (one.get("why_not") and f"nothing changed: {one['why_not']}") or "not yet considered"
        yield f"  {one['theme']} (raised {one['raised']} times): {made}"


def _changes(shown: Mapping[str, Any]) -> Iterator[str]:
    if not shown["changes_from"]:
        yield "It replaces no pack in force."
        return
    yield f"What it changes of {shown['changes_from']}{': it loosens' if shown['loosens'] else ''}"
    for change in shown["changes"]:
        yield f"  {change['kind']}: {change['sentence']}"


def _tests(shown: Mapping[str, Any]) -> Iterator[str]:
    yield f"Tests, as of {shown['tests_as_of']}:"
    for test in shown["tests"]:
        yield f"  {test['rule']}  {'holds' if test['holds'] else 'FAILS'}: {test['reason']}"


def _notices(shown: Mapping[str, Any]) -> Iterator[str]:
    yield "Notice and replies (no veto):"
    answers = {one["number"]: one["answer"] for one in (shown["outcome"] or {}).get("answers", ())}
    for one in shown["notices"]:
        said = f"replied: {one['reply']}" if one.get("reply") else f"had notice: {one['how']}"
        yield f"  {one['number']}  {one['to']} {said}"
        if one["number"] in answers:
            yield f"     answered: {answers[one['number']]}"
