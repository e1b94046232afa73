"""Impact: what a deployment does to those who live there, and to whom differently."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from answerable.case.parts.base import Hours, Key, Part, Reasons, Short, Time

Form = Literal["none", "rapid", "full"]
Characteristic = Literal[
    "age", "disability", "gender_reassignment", "marriage_or_civil_partnership", "pregnancy_or_maternity", "race",
    "religion_or_belief", "sex", "sexual_orientation",
]  # fmt: skip
Limb149 = Literal["eliminate", "advance", "foster"]


class ImpactReviewPart(Part):
    """The assessment looked at again: when, and what was found."""

    at: Time
    text: Reasons


class CommunityImpactPart(Part):
    """The community impact assessment: who is most affected, how it could make things worse, and what is done about it.

    ``groups`` are groups of people, never single ones; ``tension`` is the level from 1 (none) to 6 (disorder).
    """

    form: Annotated[Form, Key]
    full_within_h: Hours | None = None
    groups: Annotated[tuple[Short, ...], Field(max_length=40)] | None = None
    tension: Annotated[int, Field(ge=1, le=6)] | None = None
    escalation: Reasons = ""
    provocation: Reasons = ""
    children: Reasons = ""
    mitigations: Reasons = ""
    reviewed: ImpactReviewPart | None = None


class EqualityImpactPart(Part):
    """The equality impact assessment (Equality Act 2010, section 149).

    ``characteristics`` says of each of the nine what was found, ``limbs`` how each limb of the duty is met, and
    ``data_used`` on what figures that rests.
    """

    done: bool
    summary: Reasons = ""
    characteristics: dict[Annotated[Characteristic, Key], Reasons] | None = None
    limbs: dict[Annotated[Limb149, Key], Reasons] | None = None
    data_used: Reasons = ""
