"""Where and when, what set it off, the two thresholds, and how likely it is."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from answerable.case.parts.base import Key, Lat, Lon, Part, Probability, Reasons, Ref, Short, Time
from answerable.intel.yardstick import in_words, terms_for

TriggerType = Literal["serious_assault_response", "imminent_intel", "forecast", "reassurance", "event", "other"]
Limb = Literal["person_weapon", "person_so_dangerous", "specific_operation", "animal", "none"]
Standard = Literal["reason_to_suppose", "reasonable_suspicion", "reasonable_belief"]
Harm = Literal["loss_of_life", "life_changing_injury", "serious_injury", "disorder", "property", "none"]
IncidentClass = Literal["homicide", "shooting", "stabbing_with_injury", "grievous_bodily_harm", "other"]
Term = Literal[
    "remote_chance", "highly_unlikely", "unlikely", "realistic_possibility", "likely", "highly_likely", "almost_certain"
]
Confidence = Literal["low", "moderate", "high"]


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


class IncidentPart(Part):
    """The serious assault that is responded to."""

    ref: Ref | None = None
    verified: bool
    class_: Annotated[IncidentClass, Key] = Field(alias="class")
    occurred_at: Time


class JudgementPart(Part):
    """The analyst's own probability for the area and window, its yardstick term and the confidence in it.

    It is given before the computed picture is seen; ``gap_reasons`` say afterwards why the two lie far apart.
    """

    probability: Probability
    term: Annotated[Term, Key] | None = None
    ancr: Annotated[Confidence, Key]
    gap_reasons: Reasons = ""

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
