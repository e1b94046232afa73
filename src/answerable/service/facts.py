"""The facts of a case that its file cannot give: how rare another would be, what the picture says, what is copied."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.case.facts import facts_of, gap_bands
from answerable.case.machine import Case
from answerable.case.sections import public_sections
from answerable.case.signed import signed_facts
from answerable.case.transitions.consult import SETTLES
from answerable.policy.pack import Pack
from answerable.service.intel_earlier import Held
from answerable.service.rarity import Surroundings, facts_around, rarity_facts
from answerable.service.workspace import Workspace


def facts_for(
    workspace: Workspace,
    case: Case,
    casefile: CaseFile,
    pack: Pack,
    now: datetime,
    *,
    likeness: float | None = None,
    picture: Mapping[str, Any] | None = None,
    held: Held | None = None,
    around: Surroundings | None = None,
) -> dict[str, Any]:
    """Return every fact that the rules may test on this case at the instant ``now``.

    ``likeness`` is how alike its reasons are to those of an earlier case (``service.reasons``), ``picture`` the
    computed one as data; None where the transition rests on neither. ``held`` is the analyst's first estimate where
    it counts in place of the judgement, ``around`` the case among the others (default: looked up).
    """
    rarity = facts_around(around) if around else rarity_facts(workspace, case, casefile, pack, now)
    # What the applicant's file says of those who must be asked is no evidence: their own advice is.
    extra: dict[str, Any] = {**dict.fromkeys(SETTLES.values()), **rarity}
    extra |= signed_facts(case, public_sections(casefile))
    if likeness is not None:
        extra["reasons.similarity"] = likeness
    judged = casefile.judgement
    extra |= held.facts() if held else {"judgement.changed": False}
    if judged is not None and picture is not None:
        counts = held.probability if held else judged.probability
        extra["judgement.gap_bands"] = gap_bands(counts, picture["probability"])
    return facts_of(casefile, now, extra, pack.catalogue)
