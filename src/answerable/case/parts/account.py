"""Accounting for a deployment: its start, its reviews, its debrief, its evaluation and its closing."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, model_validator

from answerable.case.parts.base import Count, Key, Part, Reasons, Ref, Short, Time
from answerable.case.parts.decide import Outcome

Measure = Literal[
    "violence_area", "violence_buffer", "violence_control", "officer_safety", "confidence_overall",
    "confidence_by_group", "fear", "reassurance", "displacement", "cost",
]  # fmt: skip
Verdict = Literal["cannot_tell", "fell", "rose", "no_difference"]
ReasonCode = Literal["foi_31", "foi_38", "foi_40", "court_order", "criminal_proceedings"]


# "No injury." is a finding; a full stop, a dash or "n/a" is none.
_LEAST_WORDS = 2


class StartPart(Part):
    """Whether, at the start, the unarmed unit was there and everyone had been briefed."""

    unarmed_present: bool
    briefed: bool


class ReviewChecksPart(Part):
    """The three questions of every review."""

    intel_still_valid: bool | None = None
    threat_reassessed: bool | None = None
    community_feedback: Reasons | None = None


class ReviewPart(Part):
    """A review while the authority lasts: its outcome, its answers and its reasons."""

    outcome: Annotated[Outcome, Key]
    checks: ReviewChecksPart = ReviewChecksPart()
    reasons: Reasons = ""


class FlagsPart(Part):
    """What must be answered after every deployment, yes or no."""

    weapon_drawn: bool | None = None
    force_used: bool | None = None
    injury: bool | None = None
    complaint: bool | None = None
    iopc_referral: bool | None = None


class HomeOfficePart(Part):
    """What the deployment counts for in the Home Office return: one operation, however many officers."""

    operations: Count
    arv: bool
    discharges: Count


class DebriefPart(Part):
    """The debrief; the dosage is worked out from the log."""

    flags: FlagsPart = FlagsPart()
    ho: HomeOfficePart | None = None
    under_18_contacts: Count | None = None
    community_impact_review: Reasons = ""


class MeasurePart(Part):
    """What was found for one measure, in words, and as an estimate with its interval where there is one."""

    says: Annotated[str, Field(min_length=1, max_length=1000)]
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    unit: Short = ""

    @property
    def reported(self) -> bool:
        """Whether this says something: an estimate, or words; that it cannot be told takes a reason."""
        if self.estimate is not None:
            return True
        words = re.findall(r"[^\W_]+", self.says.lower())
        reason = words[2:] if words[:2] in (["cannot", "tell"], ["not", "known"]) else words
        return len(reason) >= _LEAST_WORDS and any(len(word) > 2 for word in reason)

    @model_validator(mode="after")
    def _with_interval(self) -> MeasurePart:
        if self.estimate is None and self.low is None and self.high is None:
            return self
        if self.estimate is None or self.low is None or self.high is None or not self.low <= self.estimate <= self.high:
            raise ValueError("an estimate is given with its interval: low, estimate and high, in that order")
        return self


class EvaluationPart(Part):
    """The evaluation: a verdict, what was measured, and what cannot be concluded from it."""

    verdict: Annotated[Verdict, Key]
    measures: dict[Annotated[Measure, Key], MeasurePart] = Field(default_factory=dict)
    limits: Reasons = ""


class RedactionPart(Part):
    """One thing the public record leaves out, on which ground, and when that is looked at again."""

    field: Ref
    reason_code: Annotated[ReasonCode, Key] | None = None
    review_at: Time | None = None


class ClosingPart(Part):
    """What the public record leaves out. Whether it is complete, and whether all were told, is worked out."""

    redactions: tuple[RedactionPart, ...] = ()
