"""The parts of a case file: what each block of the YAML may say. Nothing here can name a person of interest."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from answerable.intel.yardstick import in_words, terms_for


def _as_key(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Key = BeforeValidator(_as_key)
Ref = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=60)]
Short = Annotated[str, Field(max_length=120)]
Reasons = Annotated[str, Field(max_length=1000)]
Time = Annotated[str, Field(max_length=40, description="ISO 8601; local time in `tz` where it has no offset")]
Probability = Annotated[float, Field(ge=0, le=1)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-80, le=84)]

TriggerType = Literal["serious_assault_response", "imminent_intel", "forecast", "reassurance", "event", "other"]
Limb = Literal["person_weapon", "person_so_dangerous", "specific_operation", "animal", "none"]
Standard = Literal["reason_to_suppose", "reasonable_suspicion", "reasonable_belief"]
Harm = Literal["loss_of_life", "life_changing_injury", "serious_injury", "disorder", "property", "none"]
IncidentClass = Literal["homicide", "shooting", "stabbing_with_injury", "grievous_bodily_harm", "other"]
Term = Literal[
    "remote_chance", "highly_unlikely", "unlikely", "realistic_possibility", "likely", "highly_likely", "almost_certain"
]
Confidence = Literal["low", "moderate", "high"]
Option = Literal[
    "do_nothing", "unarmed_visible_patrol", "plain_clothes", "schools_or_youth_engagement",
    "child_exploitation_safeguarding", "organised_crime_drivers", "focused_deterrence", "mediation_or_outreach",
    "hospital_navigators", "stop_and_search_powers", "weapon_sweep", "cctv", "armed_standby_in_vehicle",
]  # fmt: skip
Rating = Literal["high", "moderate", "low", "no_clear_evidence", "harmful", "not_studied"]
Form = Literal["none", "rapid", "full"]
Function = Literal["sfc", "tfc", "ofc", "other"]
Purpose = Literal["public_safety", "officer_safety", "deterrence", "community_confidence"]


class Part(BaseModel):
    """A block in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class AreaPart(Part):
    """Where: a circle of ``radius_m`` metres around ``place``, or a ``polygon``, in WGS84 degrees."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    place: tuple[Lon, Lat] | None = None
    radius_m: Annotated[float, Field(gt=0, le=50_000)] | None = None
    polygon: Annotated[tuple[tuple[Lon, Lat], ...], Field(min_length=3, max_length=2000)] | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> AreaPart:
        circle = self.place is not None and self.radius_m is not None
        if circle == (self.polygon is not None) or (self.place is None) != (self.radius_m is None):
            raise ValueError("an area is either a place with a radius_m, or a polygon")
        return self


class WindowPart(Part):
    """When: from ``from`` up to, not including, ``to``."""

    from_: Time = Field(alias="from")
    to: Time


class TriggerPart(Part):
    """What set the proposal off, and the references it rests on."""

    type: Annotated[TriggerType, Key]
    refs: tuple[Ref, ...] = ()


class AppPart(Part):
    """The ground for arming under the national guidance; ``operation`` is the name of the specific operation."""

    limb: Annotated[Limb, Key]
    operation: Short | None = None


class LegalTest(Part):
    """The law's threshold."""

    answer: bool
    standard: Annotated[Standard, Key] = "reason_to_suppose"
    reasons: Reasons = ""


class ExtremeTest(Part):
    """The second, higher threshold: extreme circumstances."""

    answer: bool
    harm: Annotated[Harm, Key]
    reasons: Reasons = ""


class TestsPart(Part):
    """The two thresholds, kept apart."""

    __test__ = False

    legal: LegalTest | None = None
    extreme: ExtremeTest | None = None


class ReportPart(Part):
    """One intelligence report: reference, grades, origin and times, never the report itself."""

    ref: Ref
    source: Annotated[str, BeforeValidator(_as_text)]
    information: str
    handling: str = "P"
    scheme: str = "3x5x2"
    origin_key: Ref
    derived_from: tuple[Ref, ...] = ()
    received_at: Time
    event_window: WindowPart | None = None
    gist: Annotated[str, Field(max_length=280)] = ""


class IncidentPart(Part):
    """The serious assault that is responded to."""

    ref: Ref | None = None
    verified: bool
    class_: Annotated[IncidentClass, Key] = Field(alias="class")
    occurred_at: Time


class JudgementPart(Part):
    """The analyst's own probability for the area and window, its yardstick term and the confidence in it."""

    probability: Probability
    term: Annotated[Term, Key] | None = None
    ancr: Annotated[Confidence, Key]

    @model_validator(mode="after")
    def _term_matches(self) -> JudgementPart:
        fitting = terms_for(self.probability)
        if self.term is not None and self.term not in fitting:
            said = " or ".join(f"'{in_words(term)}'" for term in fitting)
            raise ValueError(f"a probability of {self.probability:g} is {said}, not '{in_words(self.term)}'")
        return self


class ForecastPart(Part):
    """A forecast that is cited as support; it can never be the trigger."""

    model: Short
    probability: Probability
    base_rate: Probability


class SupportPart(Part):
    """Who would be there."""

    unarmed_unit: bool
    armed_officers: Annotated[int, Field(ge=0, le=10_000)]
    unarmed_officers: Annotated[int, Field(ge=0, le=10_000)]


class AlternativePart(Part):
    """Another thing that could be done, how good its evidence is, and why it does not suffice now."""

    option: Annotated[Option, Key]
    rating: Annotated[Rating, Key] | None = None
    why_insufficient: Reasons = ""


class CommunityImpactPart(Part):
    """The community impact assessment: how the patrol could make things worse, and what is done about it."""

    form: Annotated[Form, Key]
    full_within_h: Annotated[float, Field(ge=0)] | None = None
    escalation: Reasons = ""
    provocation: Reasons = ""
    children: Reasons = ""
    mitigations: Reasons = ""


class EqualityImpactPart(Part):
    """The equality impact assessment."""

    done: bool
    summary: Reasons = ""


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
    """Who was asked."""

    local_commander: CommanderPart | None = None
    iag: AdvisoryGroupPart | None = None
    pcc: CommissionerPart | None = None


class AuthorisationPart(Part):
    """The function in which the decision is taken, and the limits asked for."""

    function: Annotated[Function, Key]
    accredited: bool
    investigator: bool
    chief_officer: bool | None = None
    starts_at: Time | None = None
    review_hours: Annotated[float, Field(gt=0)] | None = None
