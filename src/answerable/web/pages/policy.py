"""How the rules came about: who was asked and who was not reached, what was answered, what changed, and who decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.place import read_stamp, stamp
from answerable.policy.pack import Pack
from answerable.service.adoption_said import public_adoption
from answerable.service.public_view import PublicEvent, PublicView
from answerable.web.catalogue import say
from answerable.web.pages import adoption_words as words
from answerable.web.pages.case_words import office, plain
from answerable.web.pages.entries import entry, found_by
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.policies import Policies, policies_of
from answerable.web.render import Page, safe_path

PATH = "policy.html"
_DECISIONS = ("adopt", "reject")


def page(view: PublicView) -> Page:
    """Return the page on every adoption in the record, newest first, and on rules that were adopted at once."""
    policies = policies_of(view)
    told = [_adoption(policies, name, view) for name in reversed(policies.asked)]
    data = {
        "standings": [_standing(one) for one in policies.standings],
        "alarms": [{**alarm.as_json(), "to": [office(who) for who in alarm.to]} for alarm in policies.alarms],
        "at_once": [_at_once(event, view, policies) for event in reversed(policies.at_once)],
        "adoptions": told,
        "closed": list(policies.closed),
        "overdue_referrals": overdue_referrals(view),
    }
    return Page(PATH, say("told.policy.how_this_policy_came"), "policy.html", data)


def not_in_force(view: PublicView, pack: Pack) -> dict[str, str] | None:
    """Return why the rules of ``pack`` are not in force now, and since when; None where they are."""
    found = next((one for one in policies_of(view).standings if one.pack == pack.name), None)
    if found is None or found.adoption is not None:
        return None
    return {"why": words.WHY_NONE.get(found.why, ""), "at": stamp(found.ended_at) if found.ended_at else ""}


def _standing(found: Any) -> dict[str, Any]:
    adoption = found.adoption
    return {
        "pack": f"{adoption.pack}@{adoption.pack_version}" if adoption else found.pack,
        "in_force": adoption is not None,
        "why_not": words.WHY_NONE.get(found.why, ""),
        "ended_at": stamp(found.ended_at) if found.ended_at else "",
        "sunset_at": stamp(adoption.sunset_at) if adoption and adoption.sunset_at else "",
        "reverts_at": stamp(adoption.reverts_at) if adoption and adoption.reverts_at else "",
    }


def _at_once(event: PublicEvent, view: PublicView, policies: Policies) -> dict[str, Any]:
    says = words.AT_ONCE.get(view.kind)
    return {
        "says": says or words.AT_ONCE_REAL,
        "means": words.AT_ONCE_MEANS if says else "",
        "in_force": policies.in_force("", event.at),
        "entry": entry(event),
    }


def _adoption(policies: Policies, case_id: str, view: PublicView) -> dict[str, Any]:
    events = view.adoptions[case_id]
    said = public_adoption(case_id, events, view.as_of)
    name, tone, means = words.STATES.get(said["state"], (plain(said["state"].lower()), "open", ""))
    adopted = said["adopted_at"]
    kept = ("id", "state", "title", "pack", "hash", "summary", "time_critical", "adopted_at", "sunset_at", "reverts_at",
            "days_to_sunset", "evaluation_due_at", "consultation", "reasons", "loosens", "changes_from", "not_reached",
            "alternatives", "metrics", "stop_rules", "purposes")  # fmt: skip
    return {
        **{key: said[key] for key in kept},
        "standing": name,
        "tone": tone,
        "means": means,
        "in_force": policies.in_force(case_id, read_stamp(adopted) if adopted else None),
        "decided_by": next((office(one.office) for one in reversed(events) if one.kind in _DECISIONS), ""),
        "asked": [_asked(one) for one in said["audience"]],
        "stances": [{"words": text, "count": said["stances"].get(key, 0)} for key, text in words.STANCES.items()],
        "responses": _responses(said["responses"]),
        "themes": [_theme(one) for one in said["themes"]],
        "outcome": said["outcome"] and {key: said["outcome"][key] for key in ("statement", "at")},
        "tests": _tests(events),
        "notices": _notices(said),
        "changes": _changes(said["changes"]),
        "changed_after": _changes((said["outcome"] or {}).get("pack", {}).get("changes", ())),
        "papers": [_paper(one) for one in said["documents"]],
        "evaluations": [_paper(one) | {"at": one["at"], "verdict": str(one["verdict"])} for one in said["evaluations"]],
        "entries": [_entry(event) for event in events],
    }


def _entry(event: PublicEvent) -> dict[str, Any]:
    # Whoever enters notice and replies is not the commissioner: here the liaison must not go by that name.
    own = {"office": words.LIAISON} if event.office == "pcc_liaison" else {}
    return entry(event, words.ENTRIES) | own


def _asked(one: Mapping[str, Any]) -> dict[str, Any]:
    reached = one.get("reached")
    return {
        "who": str(one["org"]),
        "kind": words.GROUPS.get(str(one.get("kind")), plain(one.get("kind", ""))),
        "why": str(one.get("why_affected") or ""),
        "most_affected": bool(one.get("most_affected")),
        "reached": reached if isinstance(reached, bool) else None,
        "how": str(one.get("how") or ""),
    }


def _responses(responses: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers that may be read, and how many were counted without their words."""
    shown = [
        {
            "by": str(one.get("org") or say("told.policy.an_individual")),
            "stance": words.STANCES.get(str(one.get("stance")), plain(one.get("stance", ""))),
            "text": str(one["text"]),
        }
        for one in responses
        if one.get("text")
    ]
    kept_back = sum(bool(one.get("has_text")) and not one.get("text") for one in responses)
    return {"count": len(responses), "shown": shown, "kept_back": kept_back}


def _theme(one: Mapping[str, Any]) -> dict[str, Any]:
    changed, why_not = str(one.get("changed_what") or ""), str(one.get("why_not") or "")
    return {
        "theme": str(one["theme"]),
        "raised": one["raised"],
        "response": str(one.get("response") or ""),
        "changed": changed,
        "why_not": why_not,
    }


def _tests(events: Sequence[PublicEvent]) -> dict[str, Any] | None:
    """Return the tests as they stood at the decision, or, where none was made, when they were last put."""
    decided = next((one for one in reversed(events) if one.kind in _DECISIONS), None)
    tested = decided or next((one for one in reversed(events) if one.data.get("findings")), None)
    if tested is None or not tested.data.get("findings"):
        return None
    return {
        "at": stamp(tested.at),
        "decided": decided is not None,
        "findings": found_by(tested.data),
    }


def _notices(said: Mapping[str, Any]) -> list[dict[str, Any]]:
    answers = {one["number"]: str(one["answer"]) for one in (said["outcome"] or {}).get("answers", ())}
    return [
        {
            "number": one["number"],
            "to": str(one["to"]),
            "at": one["at"],
            "how": str(one.get("how") or ""),
            "reply": str(one.get("reply") or ""),
            "answer": answers.get(one["number"], ""),
        }
        for one in said["notices"]
    ]


def _changes(changes: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [
        {
            "kind": str(one["kind"]),
            "way": words.CHANGES.get(str(one["kind"]), plain(one["kind"])),
            "sentence": str(one["sentence"]),
        }
        for one in changes
    ]


def _paper(one: Mapping[str, Any]) -> dict[str, str]:
    path = safe_path(str(one.get("file") or ""))
    return {
        "title": str(one["title"]),
        "file": path if path.startswith("papers/") else "",
        "sha256": str(one.get("sha256") or ""),
    }
