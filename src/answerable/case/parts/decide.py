"""Who was asked, what was decided and by what plan it will be judged; and an extension, with its tests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from answerable.case.parts.base import Count, Key, Part, Reasons, Short, Time
from answerable.case.parts.grounds import TestsPart

Function = Literal["sfc", "tfc", "ofc", "other"]


class TacticalAdvicePart(Part):
    """Tactical advice, and whether the adviser stands outside the command."""

    given: bool
    outside_command: bool


class CommanderPart(Part):
    """The local policing commander's view; it may be against."""

    view: Reasons


class AdvisoryGroupPart(Part):
    """Whether the independent advisory group was contacted, and what it said."""

    contacted: bool
    reply: Reasons = ""


class CommissionerPart(Part):
    """Whether the police and crime commissioner (or the mayor's office) was notified, and what they said."""

    notified: bool
    reply: Reasons = ""


class ConsultationPart(Part):
    """Who was asked. ``minutes`` and ``unanswered`` are for a check of the file alone: an open case counts them."""

    local_commander: CommanderPart | None = None
    iag: AdvisoryGroupPart | None = None
    pcc: CommissionerPart | None = None
    minutes: Annotated[float, Field(ge=0)] | None = None
    unanswered: Count | None = None


class AuthorisationPart(Part):
    """The limits asked for, what the decision-maker declares, and what the public will read.

    ``function``, ``accredited`` and ``chief_officer`` are for a check of the file alone: in an open case they are those
    of the account that decides. ``investigator`` is the decision-maker's declaration. ``oral_at`` is when an urgent
    authority was given by word of mouth, if it was. ``equality_confirmed`` is the decision-maker's own confirmation of
    the equality duty, at the decision.
    """

    function: Annotated[Function, Key] | None = None
    accredited: bool | None = None
    investigator: bool | None = None
    chief_officer: bool | None = None
    starts_at: Time | None = None
    review_hours: Annotated[float, Field(gt=0, le=1000)] | None = None
    oral_at: Time | None = None
    equality_confirmed: bool | None = None
    public_text: Reasons = ""


class EvaluationPlanPart(Part):
    """How the deployment will be judged, fixed before it begins.

    ``outcome`` is what is measured, ``comparators`` where else it is measured, ``horizon_days`` how long after the end,
    ``margin`` what fall of confidence would count against it.
    """

    outcome: Short = ""
    comparators: Annotated[tuple[Short, ...], Field(max_length=40)] = ()
    horizon_days: Annotated[int, Field(gt=0, le=1000)] | None = None
    margin: Short = ""


class ExtensionPart(Part):
    """A longer authority: its new end, and both thresholds tested again on what is known now."""

    ends_at: Time | None = None
    tests: TestsPart | None = None


Outcome = Literal["continue", "vary", "end"]
