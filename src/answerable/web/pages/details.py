"""What an entry of a case says beyond its name, kind by kind, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from answerable.web.pages import accounts, blocks
from answerable.web.pages.blocks import Block
from answerable.web.pages.case_words import INFORMATION, OUTCOMES, SOURCES, STANCES, office, plain

Data = Mapping[str, Any]


def details(kind: str, data: Data) -> list[Block]:
    """Return the blocks of one entry; an empty list for a kind that says nothing more."""
    make = _KINDS.get(kind)
    return [block for block in make(data) if block] if make else []


def _assessed(data: Data) -> Iterable[Block]:
    grades = data.get("grades")
    if isinstance(grades, list | tuple):
        yield blocks.items("Graded reports, by their grades alone", [_grade(one) for one in grades])
    yield _judged(data.get("judgement"), data.get("picture"))
    support = {
        "modality": "How armed officers would stand by",
        "modality_reasons": "Why this way",
        "armed_officers": "Armed officers",
        "unarmed_officers": "Unarmed officers",
        "unarmed_unit": "An unarmed unit goes with them",
    }
    yield blocks.rows("The support asked for", data.get("support"), support)
    yield blocks.table(
        "Alternatives, and why they would not do now", _alternatives(data.get("alternatives")), _ALTERNATIVES
    )
    yield from _impact(data)


def _impact(data: Data) -> Iterable[Block]:
    yield blocks.rows("Impact on the community", data.get("community_impact"), _COMMUNITY)
    yield blocks.rows("Impact on equality", data.get("equality_impact"), _EQUALITY)


_ALTERNATIVES = {
    "option": "Alternative",
    "rating": "Evidence for it",
    "why_insufficient": "Why not now",
    "owner": "Passed on to",
    "due": "By",
}
_COMMUNITY = {
    "form": "Form",
    "groups": "Those most affected",
    "tension": "Tension (1 to 6)",
    "escalation": "Could it make things worse",
    "provocation": "Could it be seen as a provocation",
    "children": "Children and schools",
    "mitigations": "What softens it",
    "full_within_h": "Full assessment due within (hours)",
    "reviewed": "Looked at again",
}
_EQUALITY = {
    "done": "Made",
    "summary": "In short",
    "characteristics": "Protected characteristics",
    "limbs": "The three aims of the duty",
    "data_used": "Data used",
    "confirmed": "Confirmed at the decision",
}


def _grade(text: Any) -> str:
    """Write one grade of the 3x5x2 scheme with what it means; another scheme's as it is.

    >>> _grade("2B"), _grade("B22")
    ('2B: source untested, information known indirectly and corroborated', 'B22')
    """
    source, information = str(text)[:1], str(text)[1:]
    if source not in SOURCES or information not in INFORMATION:
        return str(text)
    return f"{text}: source {SOURCES[source]}, information {INFORMATION[information]}"


def _judged(judgement: Any, picture: Any) -> Block:
    rows: list[list[Any]] = []
    if isinstance(judgement, Mapping):
        ancr, gap = judgement.get("ancr"), judgement.get("gap_reasons")
        rows += [
            ["The analyst's own judgement of the chance", blocks.chance(judgement.get("probability"))],
            ["Confidence in it", ancr and blocks.say(ancr)],
            ["Why it differs from the computed picture", gap and str(gap)],
        ]
    if isinstance(picture, Mapping):
        rows += [
            ["The computed picture, beside it", blocks.chance(picture.get("probability"))],
            ["Its interval", blocks.interval(picture.get("low"), picture.get("high"))],
            ["Base rate: a random place and time like this", blocks.chance(picture.get("base_rate"))],
        ]
    kept = [row for row in rows if row[1]]
    return {"heading": "How likely serious violence was thought to be", "rows": kept} if kept else {}


def _alternatives(rows: Any) -> list[dict[str, Any]]:
    found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
    referred = [row.get("referred_to") or row.get("referral") or {} for row in found]
    return [
        {**row, "option": plain(row.get("option", "")), **_referral(to)}
        for row, to in zip(found, referred, strict=True)
    ]


def _referral(to: Any) -> dict[str, Any]:
    named = dict(to) if isinstance(to, Mapping) else {"owner": to}
    return {**named, "owner": f"The {office(named['owner'])}"} if named.get("owner") else named


def _advised(data: Data) -> Iterable[Block]:
    stance = str(data.get("stance", ""))
    who = office(data.get("adviser") or "adviser")
    yield blocks.items("Who was asked", [f"The {who} {STANCES.get(stance, plain(stance).lower())}."])
    if data.get("text"):
        yield blocks.quote("The advice, unedited", data["text"], f"advice {blocks.say(data.get('number'))}")
    elif stance not in ("no_reply", ""):
        yield blocks.items("The advice", ["The adviser did not ask for its words to be published."])
    if data.get("needs_answer"):
        yield blocks.items(
            "What it takes", ["It has to be answered before anyone can authorise. Advice against never blocks."]
        )


def _answered(data: Data) -> Iterable[Block]:
    yield blocks.quote(f"Answer to advice {blocks.say(data.get('number'))}", data.get("text"))
    yield blocks.items("What was changed because of it", data.get("changed"))


def _authorised(data: Data) -> Iterable[Block]:
    yield blocks.quote("Reasons given", data.get("reasons"))
    limits = {
        "oral_at": "Given by word of mouth at",
        "starts_at": "From",
        "ends_at": "Ends by itself at",
        "start_by": "Ends unless started by",
        "ratify_by": "Ends unless ratified by",
        "review_hours": "Looked at again every (hours)",
    }
    yield blocks.rows("Limits", data, limits)
    yield blocks.items("Conditions", data.get("conditions"))
    missing = data.get("not_consulted")
    if isinstance(missing, list | tuple) and missing:
        yield blocks.items(
            "NOT CONSULTED", [f"The {office(who)}: never reached, or no reply in time." for who in missing]
        )
    yield blocks.quote("Told to the public", data.get("public_text"))
    yield blocks.rows("How it will be evaluated, fixed beforehand", data.get("evaluation_plan"), _PLAN)


_PLAN = {
    "outcome": "What is measured",
    "comparators": "Compared with",
    "horizon_days": "After (days)",
    "horizon": "By when",
    "margin": "What would count as a difference",
}


def _urgent(data: Data) -> Iterable[Block]:
    yield from _authorised(data)
    yield from _assessed(data)


def _refused(data: Data) -> Iterable[Block]:
    yield blocks.quote("Reasons given", data.get("reasons"))
    yield blocks.items("What would change it", data.get("what_would_change"))


def _started(data: Data) -> Iterable[Block]:
    yield blocks.rows("Limits", data, {"review_due": "First review due by"})


def _reviewed(data: Data) -> Iterable[Block]:
    yield blocks.items("Outcome", OUTCOMES.get(str(data.get("outcome")), data.get("outcome")))
    checks = {
        "intel_still_valid": "Intelligence still valid",
        "threat_reassessed": "Threat assessed anew",
        "community_feedback": "What people there say",
    }
    yield blocks.rows("What was looked at", data.get("checks"), checks)
    yield blocks.quote("Reasons given", data.get("reasons"))
    yield blocks.rows("Limits", data, {"review_due": "Next review due by", "ends_at": "Ends by itself at"})


def _extended(data: Data) -> Iterable[Block]:
    yield blocks.quote("Reasons given", data.get("reasons"))
    yield blocks.rows("Limits", data, {"ends_at": "Now ends by itself at", "number": "Extension number"})


def _ended(data: Data) -> Iterable[Block]:
    if data.get("reasons"):
        yield blocks.quote("Reasons given", data["reasons"])
    else:
        yield blocks.items("Reasons", ["None were given then. Ending takes none; they may follow."])


def _late_reasons(data: Data) -> Iterable[Block]:
    yield blocks.quote("Reasons given", data.get("reasons"))


_KINDS: Mapping[str, Callable[[Data], Iterable[Block]]] = {
    "community_impact": _impact,
    "equality_impact": _impact,
    "assess": _assessed,
    "advise": _advised,
    "answer": _answered,
    "authorise": _authorised,
    "urgent": _urgent,
    "ratify": _authorised,
    "refuse": _refused,
    "start": _started,
    "review": _reviewed,
    "extend": _extended,
    "end": _ended,
    "revoke": _ended,
    "withdraw": _ended,
    "reasons": _late_reasons,
    "log": accounts.logged,
    "referral": accounts.referred,
    "debrief": accounts.debriefed,
    "evaluate": accounts.evaluated,
    "close": accounts.closed,
}
