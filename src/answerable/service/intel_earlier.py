"""The estimate that an analyst gave before a number was shown, held against what they judge of the same hours later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.casefile import CaseFile
from answerable.case.event import Actor
from answerable.case.machine import Case
from answerable.intel.yardstick import terms_for
from answerable.place import stamp
from answerable.service.casefiles import JUDGED_AT
from answerable.service.history import read_histories
from answerable.service.intel_estimates import estimate_ground, read_estimate
from answerable.service.intel_kept import ESTIMATE, person_behind
from answerable.service.workspace import Workspace


@dataclass(frozen=True)
class Held:
    """A first estimate: given at ``given_at``, before a picture of an overlapping area and window was seen.

    ``seen_at`` is when the picture was. ``through`` is ``intel picture`` or the id of the earlier case whose judgement
    it was. ``explained`` is whether the case file says why the judgement differs, in words written after ``seen_at``.
    """

    probability: float
    ancr: str
    given_at: datetime
    seen_at: datetime
    through: str
    explained: bool = False

    def facts(self) -> dict[str, Any]:
        """Return the facts that rules test: those of the estimate given before the number was seen."""
        term = terms_for(self.probability)[0]
        return {
            "judgement.probability": self.probability,
            "judgement.term": term,
            "judgement.ancr": self.ancr,
            "judgement.changed": True,
            "judgement.change_explained": self.explained,
        }

    def as_json(self) -> dict[str, Any]:
        """Return what the public record says of it."""
        return {
            "probability": self.probability,
            "term": terms_for(self.probability)[0],
            "ancr": self.ancr,
            "given_at": stamp(self.given_at),
            "through": self.through,
            "explained": self.explained,
        }


def earlier_estimate(workspace: Workspace, case: Case, casefile: CaseFile, who: Actor, now: datetime) -> Held | None:
    """Return the first estimate that the person gave before seeing a picture of these hours here; None without one.

    None too where it is what they judge now. It counts in place of the judgement; whether the change was explained, in
    words that are no older than the picture, is for the pack to ask.
    """
    judged, area, window = casefile.judgement, casefile.outline(), casefile.asked_window
    if judged is None or area is None or window is None:
        return None
    given = sorted(_given(workspace, case, casefile, who.person), key=lambda one: one.given_at)
    first = next((one for one in given if one.given_at <= now), None)
    if first is None or (first.probability, first.ancr) == (judged.probability, judged.ancr):
        return None
    reasons = judged.gap_reasons.strip()
    return replace(first, explained=bool(reasons) and _written_at(case, reasons, now) >= first.seen_at)


def _written_at(case: Case, reasons: str, now: datetime) -> datetime:
    """Return since when the case file has said ``reasons`` without a break; ``now`` where they come with this act."""
    since = None
    for event in case.events:
        document = event.private.get("file")
        if document is None:
            continue
        said = str((document.get("judgement") or {}).get("gap_reasons") or "").strip()
        since = (since or event.at) if said == reasons else None
    return since or now


def _given(workspace: Workspace, case: Case, casefile: CaseFile, person: str) -> Iterator[Held]:
    area, window = casefile.outline(), casefile.asked_window
    if area is None or window is None:
        return
    for kept in workspace.store.kept(ESTIMATE):
        one, geometry = read_estimate(kept.value)
        if one.shown_at is None or person_behind(workspace, one.account) != person:
            continue
        if one.window.overlaps(window) and estimate_ground(geometry, one.area, area.projection).overlaps(area):
            yield Held(one.probability, one.ancr, one.given_at, one.shown_at, "intel picture")
    ids = dict.fromkeys(event.case_id for event in workspace.store.events(kinds=(*JUDGED_AT, "blocked")))
    # A policy that was blocked on its way to adoption holds no judgement of any hours.
    for history in read_histories(workspace, [one for one in ids if one != case.id and not is_adoption(one)]):
        case_id = history.case.id
        found = next(
            (
                event
                for event in history.case.events
                if event.person == person
                and (event.data.get("transition") if event.kind == "blocked" else event.kind) in JUDGED_AT
            ),
            None,
        )
        if found is None:
            continue
        then = CaseFile.read(history.document, where=case_id, tz=workspace.settings.time_zone)
        ground, hours = then.outline(area.projection), then.asked_window
        if then.judgement and ground and hours and hours.overlaps(window) and ground.overlaps(area):
            yield Held(then.judgement.probability, then.judgement.ancr, found.at, found.at, case_id)
