"""At the centre: the Code of Ethics. Whom it touches, who was asked, and what they said, unedited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.present.casefile.source import CaseEntry, CaseSource, capital, spaced, told
from answerable.present.document import Block, Grid, Items, Part, Quote, Section, Words

NOT_CONSULTED = "NOT CONSULTED"
_IMPACT = {
    "form": "Form", "groups": "Groups most affected", "escalation": "How it could make things worse",
    "provocation": "How it could be seen as provocation", "children": "Children and schools",
    "mitigations": "Mitigations",
    "full_within_h": "Full assessment within (h)", "reviewed": "Looked at again",
}  # fmt: skip
_EQUALITY = {
    "done": "Made", "characteristics": "Protected characteristics looked at", "limbs": "Limbs of section 149 answered",
    "summary": "Summary", "confirmed": "Confirmed by the decision-maker at the decision",
}  # fmt: skip
STANCES = {
    "support": "supports it",
    "neutral": "neither for nor against",
    "object": "objects",
    "no_reply": NOT_CONSULTED,
}


def ethics(case: CaseSource) -> Section:
    """Return the section around which the five stages stand."""
    return Section(
        "ethics",
        "At the centre: the Code of Ethics",
        "Whom does it touch, who was asked, were they answered, and were the deciders kept apart?",
        (
            Part("Community impact", _form(case, "community_impact", _IMPACT)),
            Part("Equality impact (Equality Act 2010, section 149)", _form(case, "equality_impact", _EQUALITY)),
            Part("Who was asked, and were they answered", _advice(case)),
            Part("Offices that acted", (_offices(case),)),
        ),
    )


def _form(case: CaseSource, name: str, labels: Mapping[str, str]) -> tuple[Block, ...]:
    form = case.newest(name)
    if not isinstance(form, Mapping) or not form:
        return (Words("No assessment is recorded."),)
    known = {key: label for key, label in labels.items() if key in form}
    named = {**known, **{key: capital(spaced(key)) for key in form if key not in labels}}
    flat = {key: label for key, label in named.items() if not isinstance(form[key], Mapping)}
    grids = (_named(case, named[key], form[key]) for key in named if key not in flat)
    return (case.facts(form, flat), *grids)


def _named(case: CaseSource, caption: str, rows: Mapping[str, Any]) -> Grid:
    cells = tuple((capital(spaced(key)), case.say(value)) for key, value in rows.items())
    return Grid(caption, ("Which", "What was found"), cells, widths=(32, 68))


def _advice(case: CaseSource) -> tuple[Block, ...]:
    blocks: list[Block] = []
    rows = tuple(_advised(case, entry) for entry in case.of("advise"))
    if rows:
        blocks.append(Grid("Advice on this case", ("No.", "From", "Stance", "Given", "Answered"), rows))
    blocks += [_dissent(case, entry) for entry in case.of("advise") if entry.data.get("text")]
    blocks += [_answer(case, entry) for entry in case.of("answer")]
    missing = case.newest("not_consulted")
    if missing:
        named = tuple(f"{case.say(who)}: {NOT_CONSULTED}" for who in missing)
        blocks.append(Items("Nobody reached, or no reply in time:", named))
    return tuple(blocks) or (Words("Nobody's advice is recorded.", "strong"),)


def _advised(case: CaseSource, entry: CaseEntry) -> tuple[str, ...]:
    number, stance = entry.data.get("number"), str(entry.data.get("stance", ""))
    answered = any(e.data.get("number") == number for e in case.of("answer"))
    needed = stance == "object" or entry.data.get("needs_answer")
    return (
        case.say(number),
        capital(spaced(str(entry.data.get("adviser") or entry.office))),
        STANCES.get(stance, case.say(stance)),
        case.when(entry.at),
        "yes" if answered else ("no" if needed else "not needed"),
    )


def _dissent(case: CaseSource, entry: CaseEntry) -> Quote:
    who = spaced(str(entry.data.get("adviser") or entry.office))
    return Quote(str(entry.data["text"]), f"advice {case.say(entry.data.get('number'))}, {who}, unedited")


def _answer(case: CaseSource, entry: CaseEntry) -> Quote:
    changed: Any = entry.data.get("changed")
    tail = f"; what changed: {case.say(changed)}" if changed not in (None, "") else ""
    by = f"answer to advice {case.say(entry.data.get('number'))}, {spaced(entry.office)}, {case.when(entry.at)}{tail}"
    return Quote(str(entry.data.get("text", "")), by)


def _offices(case: CaseSource) -> Grid:
    acted: dict[str, list[str]] = {}
    for entry in case.entries:
        acted.setdefault(entry.office, []).append(told(entry.kind).lower())
    rows = tuple(
        (capital(spaced(office)), ", ".join(dict.fromkeys(kinds))) for office, kinds in acted.items() if office
    )
    return Grid("Each office and what it did; the record names no person", ("Office", "Acted at"), rows)
