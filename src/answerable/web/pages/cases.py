"""The register of cases, and one page for each: what was proposed, which rules it met, who decided, and the proofs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from answerable.service.public_view import PublicCase, PublicEvent, PublicView
from answerable.web.pages.questions import tally
from answerable.web.render import NOT_LIMITED, Page, safe_path, stamp

TRIGGERS = {
    "serious_assault_response": "response to a serious assault",
    "imminent_intel": "intelligence that serious violence is imminent",
}
# What each entry is called, and what it means, for a reader who has seen none of this before.
ENTRIES = {
    "open": ("Opened", "Somebody proposed a deployment."),
    "submit": ("Submitted", "The proposal was handed in to be tested."),
    "assess": ("Assessed", "Threat, intelligence, alternatives and impact were tested against the rules."),
    "consult": ("Consulted", "Those who must be asked and told were asked and told."),
    "blocked": ("Blocked by rule", "A rule did not hold, so the case could not move on."),
    "authorise": ("Authorised", "A person authorised it, within limits and to a fixed end."),
    "refuse": ("Refused", "A person refused it."),
    "withdraw": ("Withdrawn", "Those who proposed it took it back."),
    "start": ("Started", "Officers were deployed."),
    "end": ("Ended", "The deployment was ended."),
    "revoke": ("Revoked", "The authority was taken back."),
    "adopt": ("Rules adopted", "A set of rules came into force."),
    "picture": ("Planning picture", "A picture for planning was published."),
}
# What a transition makes of a case, as it reads after "it cannot be".
STEPS = {
    "submit": "submitted", "assess": "assessed", "consult": "consulted on", "authorise": "authorised",
    "start": "started", "extend": "extended", "urgent": "authorised urgently", "close": "closed",
}  # fmt: skip
STANDINGS = {
    "draft": "open", "submitted": "open", "assessed": "open", "consulted": "open", "authorised": "authorised",
    "active": "active", "ended": "ended", "revoked": "ended", "expired": "ended", "lapsed": "ended",
    "withdrawn": "withdrawn", "refused": "refused", "blocked": "blocked",
}  # fmt: skip
MEANINGS = {
    "blocked": "A rule stopped it. Nobody was deployed.",
    "refused": "A person said no. Nobody was deployed.",
    "withdrawn": "It was taken back before a decision. Nobody was deployed.",
    "expired": "Its time ran out and the authority ended by itself.",
    "lapsed": "It was authorised but never started; the authority ended by itself.",
    "active": "It is under way and ends by itself.",
    "authorised": "It may start within its window and ends by itself.",
    "ended": "It was ended by those who led it.",
    "revoked": "The authority was taken back early.",
}


def register(view: PublicView) -> Page:
    """Return the list of every case, newest first, with how often each thing happened."""
    count = tally(view)
    data = {
        "counts": [
            {"words": words, "count": number}
            for words, number in (
                ("proposed", count.proposed),
                ("blocked by rule", count.blocked),
                ("refused by a person", count.refused),
                ("withdrawn", count.withdrawn),
                ("authorised", count.authorised),
            )
        ],
        "cases": [summary(case) for case in reversed(view.cases)],
        "policies": [entry(event) for event in view.policies],
        "unopened": view.unopened,
    }
    return Page("cases.html", "Cases", "cases.html", data)


def case_page(case: PublicCase) -> Page:
    """Return the page of one case: facts, limits and every entry with its findings and its proof."""
    data = {
        **summary(case),
        "meaning": MEANINGS.get(standing(case), "No decision has been made yet."),
        "decision": _decision(case),
        "not_limited": NOT_LIMITED if case.last("blocked", "refuse") else "",
        "entries": [entry(event) for event in case.events],
    }
    return Page(case_path(case.id), f"Case {case.id}", "case.html", data)


def summary(case: PublicCase) -> dict[str, Any]:
    """Return what the register says of one case, as plain values."""
    word = standing(case)
    return {
        "id": case.id,
        "href": case_path(case.id),
        "title": case.title,
        "standing": "Blocked by rule" if word == "blocked" else word.replace("_", " ").capitalize(),
        "tone": STANDINGS.get(word, "open"),
        "state": case.state,
        "area": {"name": case.area_name, "km2": round(case.area_km2, 2)},
        "window": {"from": stamp(case.starts_at), "to": stamp(case.ends_at)},
        "hours": f"{(case.ends_at - case.starts_at).total_seconds() / 3600:.4g}",
        "trigger": TRIGGERS.get(case.trigger, case.trigger.replace("_", " ")),
    }


def standing(case: PublicCase) -> str:
    """Return where a case stands in one word: its state, or ``blocked`` where a rule stopped the last thing tried."""
    blocked = case.events and case.events[-1].kind == "blocked"
    state = case.state.lower()
    return "blocked" if blocked and STANDINGS.get(state, "open") == "open" else state


def entry(event: PublicEvent) -> dict[str, Any]:
    """Return one entry of the log as plain values: what it says, which office acted, what was tested, how to check."""
    data = event.data
    name, means = ENTRIES.get(event.kind, (event.kind.replace("_", " ").capitalize(), ""))
    findings = [_finding(raw) for raw in data.get("findings") or ()]
    proof = safe_path(event.proof)
    return {
        "index": event.index,
        "kind": event.kind,
        "name": name,
        "means": means,
        "at": stamp(event.at),
        "office": event.office.replace("_", " "),
        "transition": STEPS.get(str(data.get("transition", "")), str(data.get("transition", "")).replace("_", " ")),
        "reasons": str(data.get("reasons") or ""),
        "what_would_change": _lines(data.get("what_would_change")),
        "conditions": _lines(data.get("conditions")),
        "starts_at": data.get("starts_at") or "",
        "ends_at": data.get("ends_at") or "",
        "pack": _pack(data),
        "failed": [finding for finding in findings if finding["holds"] is not True],
        "held": [finding for finding in findings if finding["holds"] is True],
        "proof": proof,
        "proof_name": proof.rpartition("/")[2],
        "verify": f"answerable record verify {proof.rpartition('/')[2]} --policy log-policy" if proof else "",
    }


def case_path(case_id: str) -> str:
    """Return the page of a case; every character that could leave the folder or the link is written as its number.

    >>> case_path("2018-0001"), case_path("../x")
    ('case-2018-0001.html', 'case-_2e_2e_2fx.html')
    """
    return f"case-{re.sub('[^A-Za-z0-9-]', lambda found: f'_{ord(found[0]):x}', case_id)}.html"


def _decision(case: PublicCase) -> dict[str, Any] | None:
    decided = case.last("authorise", "refuse", "withdraw", "revoke", "end")
    return entry(decided) if decided else None


def _finding(raw: Mapping[str, Any]) -> dict[str, Any]:
    holds = raw.get("holds")
    return {
        "rule": str(raw.get("rule", "")),
        "holds": holds if isinstance(holds, bool) else None,
        "says": str(raw.get("says") or ""),
        "reason": str(raw.get("reason") or ""),
    }


def _lines(value: Any) -> list[str]:
    if isinstance(value, list | tuple):
        return [str(line) for line in value]
    return [str(value)] if value else []


def _pack(data: Mapping[str, Any]) -> dict[str, str] | None:
    if "pack" not in data:
        return None
    sunset = str(data.get("sunset_at") or "")
    return {
        "name": str(data["pack"]),
        "version": str(data.get("version", "")),
        "status": str(data.get("status", "")),
        "title": str(data.get("title", "")),
        "hash": str(data.get("hash", "")),
        "sunset_at": sunset,
    }
