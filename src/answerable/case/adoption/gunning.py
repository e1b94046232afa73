"""Was the consultation fair? The four Gunning tests and a fifth on reach, computed from the record, never typed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from answerable.case.adoption.adoption import Adoption, State, state_at
from answerable.case.adoption.answers import themes
from answerable.case.adoption.commands import Around
from answerable.case.adoption.rulebook import Test, rulebook
from answerable.place import read_stamp, stamp

_NEEDED = {
    "eia": "an equality impact assessment",
    "dpia": "a data protection impact assessment",
    "draft_cia": "a draft community impact assessment",
    "alternatives": "a paper on the alternatives",
    "evidence": "the evidence",
}


def gunning(adoption: Adoption, around: Around, now: datetime) -> tuple[Test, ...]:
    """Return the five tests as they stand at ``now``."""
    return (
        formative(adoption, around),
        enough_reasons(adoption),
        adequate_time(adoption, around, now),
        taken_into_account(adoption, now),
        reached(adoption),
    )


def verdict(rule: str, wrong: Iterable[str], fine: str, change: str) -> Test:
    """Return a test that holds where nothing is wrong, with the reasons as one text."""
    found = list(wrong)
    return Test(rule, not found, " ".join(found) or fine, change if found else "")


def formative(adoption: Adoption, around: Around, *, planned: bool = False) -> Test:
    """G1: nothing was decided or authorised under this version before people were asked (``planned``: are asked)."""
    wrong = []
    if adoption.proposal.get("status") == "adopted":
        wrong.append("The pack put forward says that it is adopted already.")
    if around.authorised:
        times = "deployment was" if around.authorised == 1 else "deployments were"
        wrong.append(f"{around.authorised} {times} authorised under this version before the consultation ended.")
    if around.standing is not None and around.standing.hash == adoption.pack_hash:
        wrong.append("The very same rules are in force already.")
    if adoption.consulted_at is None and not planned:
        wrong.append("The consultation has not been opened.")
    return verdict(
        "G1",
        wrong,
        "Nothing was decided, and nothing authorised under this version, before people were asked.",
        "Put forward a new version as a draft, and consult before anything is done under it.",
    )


def enough_reasons(adoption: Adoption) -> Test:
    """G2: the papers are attached with their hashes, and alternatives set aside are named with the reason."""
    documents = adoption.proposal.get("documents", ())
    attached = {one["kind"] for one in documents if one.get("sha256")}
    missing = [words for kind, words in _NEEDED.items() if kind not in attached]
    wrong = [f"Missing, or without its hash: {', '.join(missing)}."] if missing else []
    if not any(one["discarded"] for one in adoption.proposal.get("alternatives", ())):
        wrong.append("No alternative that was set aside is named with the reason.")
    return verdict(
        "G2",
        wrong,
        "The papers are attached with their hashes, and an alternative that was set aside is named with the reason.",
        "Attach what is missing and say what was set aside and why; then open the proposal anew.",
    )


def days_needed(around: Around) -> float:
    """Return how many days a consultation must last: the most that our floor, the draft or the pack in force asks."""
    packs = [pack for pack in (around.pack, around.standing) if pack is not None]
    asked = (float(pack.settings.get("policy_consultation_days", 0)) for pack in packs)
    return max(rulebook().limits["consultation_days"], *asked)


def adequate_time(adoption: Adoption, around: Around, now: datetime) -> Test:
    """G3: open for the days the pack asks, counted from when it was really opened, and over before the decision."""
    days = days_needed(around)
    change = f"Keep it open for at least {days:g} days before anything is decided."
    closes = adoption.closes_at or _planned(adoption, "closes_at")
    opened = adoption.consulted_at
    if closes is None or opened is None:
        return verdict("G3", ["No consultation was held."], "", change)
    began = max(opened, _planned(adoption, "opens_at") or opened)
    lasted = (closes - began) / timedelta(days=1)
    wrong = []
    if lasted < days:
        wrong.append(f"It was open for {lasted:.1f} days; {days:g} are needed.")
    if now < closes:
        wrong.append(f"It is open until {stamp(closes)}.")
    return verdict("G3", wrong, f"It was open for {lasted:.0f} days; {days:g} are needed.", change)


def time_planned(adoption: Adoption, around: Around, now: datetime) -> Test:
    """G3 before the consultation opens: whether the days planned, counted from ``now`` at the earliest, suffice."""
    days = days_needed(around)
    opens, closes = _planned(adoption, "opens_at"), _planned(adoption, "closes_at")
    if opens is None or closes is None:
        return verdict("G3", ["The proposal names no consultation."], "", "Say when it opens and closes.")
    planned = (closes - max(opens, now)) / timedelta(days=1)
    wrong = [f"{max(planned, 0):.1f} days remain for it; {days:g} are needed."] if planned < days else []
    return verdict(
        "G3", wrong, f"It will be open for {planned:.0f} days.", "Open the proposal anew with a later close."
    )


def taken_into_account(adoption: Adoption, now: datetime, *, published: bool = True) -> Test:
    """G4: every theme raised has its consideration and, with ``published``, the response covers every answer."""
    raised = themes(adoption.responses)
    silent = [theme for theme in raised if theme not in adoption.considered]
    uncoded = [one["id"] for one in adoption.responses if not one["themes"] and one.get("has_text")]
    wrong = []
    if state_at(adoption, now) in (State.DRAFT, State.CONSULTING):
        wrong.append("The consultation is not over: nothing can have been taken into account.")
    if silent:
        wrong.append(f"Raised and not considered: {', '.join(silent)}.")
    if uncoded:
        wrong.append(f"Responses whose text has no theme: {', '.join(uncoded)}.")
    if published:
        wrong += _unpublished(adoption)
    counts = f"Responses: {len(adoption.responses)}; themes raised: {len(raised)}"
    fine = f"{counts}, each with its consideration." if adoption.responses else "No response was received."
    return verdict("G4", wrong, fine, "Consider every theme, and publish the response before the decision.")


def reached(adoption: Adoption, *, planned: bool = False) -> Test:
    """G5: every most affected group was reached or is recorded as not reached; ``planned``: at least one is named."""
    most = [one for one in adoption.audience if one["most_affected"]]
    wrong = [] if most else ["No group is named as among the most affected."]
    unknown = [one["org"] for one in most if one.get("reached") is None]
    missed = [one["org"] for one in most if one.get("reached") is False]
    if unknown and not planned:
        wrong.append(f"Nobody recorded whether these were reached: {', '.join(unknown)}.")
    fine = f"All {len(most)} most affected groups were reached."
    if missed:
        fine = f"Not reached, and the record says so: {', '.join(missed)}."
    elif planned:
        fine = f"Most affected: {', '.join(one['org'] for one in most)}."
    return verdict("G5", wrong, fine, "Record for each of them whether it was reached, and how or why not.")


def _unpublished(adoption: Adoption) -> list[str]:
    if adoption.outcome is None:
        return ["The response to the consultation has not been published."]
    later = [e.kind for e in adoption.events if e.version > adoption.outcome["event"] and e.kind in _ANSWERED]
    return ["Something came in after the response was published; publish it again."] if later else []


_ANSWERED = ("respond", "reach", "consider")


def _planned(adoption: Adoption, key: str) -> datetime | None:
    value = adoption.proposal.get(key)
    return read_stamp(value) if value else None
