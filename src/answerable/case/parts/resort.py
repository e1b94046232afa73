"""Last resort: who would be there and how visibly, and what else could be done."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from answerable.case.parts.base import Count, Key, Office, Part, Reasons, Short, Time

Modality = Literal["vehicle_standby", "static", "foot"]
Option = Literal[
    "do_nothing", "unarmed_visible_patrol", "plain_clothes", "schools_or_youth_engagement",
    "child_exploitation_safeguarding", "organised_crime_drivers", "focused_deterrence", "mediation_or_outreach",
    "hospital_navigators", "pre_court_diversion", "stop_and_search_powers", "weapon_sweep", "cctv",
    "armed_standby_in_vehicle",
]  # fmt: skip
Rating = Literal["high", "moderate", "low", "no_clear_evidence", "harmful", "not_studied"]
Purpose = Literal["public_safety", "officer_safety", "deterrence", "community_confidence"]


class SupportPart(Part):
    """Who would be there and how visibly; ``modality_reasons`` say why nothing less visible will do."""

    unarmed_unit: bool
    armed_officers: Count
    unarmed_officers: Count
    modality: Annotated[Modality, Key] | None = None
    modality_reasons: Reasons = ""


class ReferralPart(Part):
    """To which office a long-term alternative goes, and by when it acts."""

    owner: Office | None = None
    due: Time | None = None


class TakesPart(Part):
    """What one unit of an alternative takes, by the force's own figure: an afternoon in a school, six officer-hours."""

    unit: Annotated[Short, Field(min_length=1)]
    officer_hours: Annotated[float, Field(gt=0, le=10_000)]
    src: Annotated[Short, Field(min_length=1, description="where the figure comes from")]


class AlternativePart(Part):
    """Another thing that could be done, how good its evidence is, and why it does not suffice now.

    What cannot act in time but would help in the long run is not dropped: ``referral`` hands it on. ``takes`` lets the
    case file show what the deployment's own hours would buy of it.
    """

    option: Annotated[Option, Key]
    rating: Annotated[Rating, Key] | None = None
    why_insufficient: Reasons = ""
    takes: TakesPart | None = None
    referral: ReferralPart | None = None
