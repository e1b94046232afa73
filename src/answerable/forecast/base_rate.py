"""The base rate: what a deployment at a random place and time would coincide with. It needs no data, only four numbers.

Formulae (rates are per place and hour, a year has 8,760 hours):

    Lambda = events_per_year / (places * 8760) * area_places * hours      expected incidents in the area and window
    H0     = 100 (1 - exp(-Lambda))                                       "of 100 such deployments", without skill
    H      = 100 (1 - exp(-lift * Lambda))                                the same where chosen with skill
    LR(q)  = (q / (1 - q)) / (p / (1 - p)),  p = H / 100                  how much evidence must weigh to reach q
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from answerable.errors import InputError
from answerable.forecast.frequency import frequency, rounded

HOURS_PER_YEAR = 8760
TARGETS = (5, 10, 20, 50)


@dataclass(frozen=True)
class BaseRate:
    """Of 100 such deployments, how many would coincide with an incident, and what it takes to do better.

    ``expected`` is the mean number of incidents in the area and window; ``per_100`` counts deployments with at least
    one, with the ``lift`` given, ``skill_free_per_100`` without. ``likelihood_ratio_for`` maps a percentage to the
    likelihood ratio that evidence needs to raise the probability to it (1 or less: it is there already).
    """

    events_per_year: float
    places: int
    hours: float
    area_places: int
    lift: float
    expected: float
    per_100: float
    skill_free_per_100: float
    deployments_per_incident: float
    likelihood_ratio_for: dict[str, float]

    @property
    def p(self) -> float:
        """Probability that one such deployment coincides with at least one incident."""
        return self.per_100 / 100

    @property
    def windows_per_year(self) -> float:
        """How many such areas and windows, side by side and end to end, make up the city's year."""
        return self.places / self.area_places * HOURS_PER_YEAR / self.hours

    def sentences(self) -> list[str]:
        """Say it in plain words, for a reader who has seen none of this before."""
        return [*_found(self), *_presence(self), *_evidence(self)]

    def as_json(self) -> dict[str, Any]:
        """Return the figures and sentences, ready for JSON."""
        return {
            "per_100": self.per_100,
            "skill_free_per_100": self.skill_free_per_100,
            "deployments_per_incident": self.deployments_per_incident,
            "likelihood_ratio_for": self.likelihood_ratio_for,
            "p": self.p,
            "words": frequency(self.p),
            "lift": self.lift,
            "windows_per_year": self.windows_per_year,
            "sentences": self.sentences(),
        }


def base_rate(events_per_year: float, places: int, hours: float, area_places: int = 1, lift: float = 1.0) -> BaseRate:
    """Return the base rate of a deployment of ``hours`` in ``area_places`` of the city's ``places``.

    ``events_per_year`` counts incidents in the whole city; ``lift`` says how many times likelier than a random place
    and time the chosen ones are, and acts on the expected count, so that no lift makes a probability exceed 1.
    InputError for figures that cannot be: none, negative, not finite, a window above a year, an area above the city.

    >>> knife_injury = base_rate(4500, 4835, 12)
    >>> round(knife_injury.per_100, 2), round(knife_injury.deployments_per_incident)
    (0.13, 785)
    """
    _refuse_nonsense(events_per_year, places, hours, area_places, lift)
    skill_free = events_per_year / (places * HOURS_PER_YEAR) * area_places * hours
    expected = lift * skill_free
    p = -math.expm1(-expected)
    # exp(Lambda) - 1 is p / (1 - p), and stays exact where p is 1 in floating point.
    odds = math.expm1(min(expected, 700.0))
    return BaseRate(
        events_per_year=events_per_year,
        places=places,
        hours=hours,
        area_places=area_places,
        lift=lift,
        expected=expected,
        per_100=100 * p,
        skill_free_per_100=-100 * math.expm1(-skill_free),
        deployments_per_incident=1 / p,
        likelihood_ratio_for={str(target): target / (100 - target) / odds for target in TARGETS},
    )


def likelihood_ratio(prior: float, target: float) -> float:
    """Return the likelihood ratio that raises the probability ``prior`` to ``target`` (both strictly between 0 and 1).

    >>> [round(likelihood_ratio(0.034, target), 1) for target in (0.05, 0.1, 0.2, 0.5)]
    [1.5, 3.2, 7.1, 28.4]
    """
    for p in (prior, target):
        if not 0 < p < 1:
            raise InputError("This is not an open probability.", where=f"{p}", fix="It must lie between 0 and 1.")
    return target / (1 - target) * (1 - prior) / prior


def _refuse_nonsense(events_per_year: float, places: int, hours: float, area_places: int, lift: float) -> None:
    figures = {"events per year": events_per_year, "places": places, "hours": hours, "area places": area_places}
    for name, figure in (figures | {"lift": lift}).items():
        if not (math.isfinite(figure) and figure > 0):
            raise InputError(
                "This figure has to be a number above 0.", where=f"{name} {figure:g}", fix="Give a positive number."
            )
    if hours > HOURS_PER_YEAR:
        raise InputError("A window cannot be longer than a year.", where=f"{hours:g} hours", fix="Give 8760 or fewer.")
    if area_places > places:
        raise InputError(
            "The area has more places than the city.",
            where=f"{area_places} of {places} places",
            fix="Count the area and the city in the same kind of place.",
        )
    if lift * events_per_year * area_places * hours < 1e-12 * places * HOURS_PER_YEAR:
        raise InputError(
            "This is too rare to say anything about.", where=f"{events_per_year:g} a year", fix="Check it."
        )


def _found(rate: BaseRate) -> list[str]:
    where = "at a random place and time" if rate.lift == 1 else f"at places and times {rate.lift:g} times likelier"
    exact = f" ({rate.per_100:.2g} of 100, or 1 in {rounded(rate.deployments_per_incident, 3)})"
    told = (
        f"Of 100 such deployments {where}, {_of_100(rate.per_100)} would coincide with an incident"
        f"{exact if rate.per_100 < 10 else ''}; {_of_100(100 - rate.per_100)} would find nothing."
    )
    if rate.lift == 1:
        return [told]
    return [told, f"At a random place and time it would be {_of_100(rate.skill_free_per_100)}."]


def _presence(rate: BaseRate) -> list[str]:
    days = rate.deployments_per_incident * max(1.0, rate.hours / 24)
    pace = "at one a day that is" if rate.hours <= 24 else "one straight after another, that is"
    city = (
        f"The city's year holds {_count(rate.windows_per_year)} such places and windows, "
        f"and {_count(rate.events_per_year)} incidents to fall into them."
    )
    presence = (
        f"To be there for one incident takes about {_count(rate.deployments_per_incident)} deployments; "
        f"{pace} {_duration(days)}. Being there is not preventing it."
    )
    return [city, presence] if rate.deployments_per_incident >= 2 else []


def _evidence(rate: BaseRate) -> list[str]:
    needed = rate.likelihood_ratio_for["20"]
    if needed <= 1:
        return ["The place and window alone make an incident likelier than 20 in 100."]
    return [
        "To make an incident as likely as 20 in 100, evidence must be "
        f"{_count(needed)} times likelier to turn up when an incident is coming than when none is."
    ]


def _of_100(per_100: float) -> str:
    if per_100 > 99:
        return "more than 99"
    if per_100 >= 10:
        return f"about {per_100:.0f}"
    return f"about {per_100:.1f}" if per_100 >= 0.95 else "fewer than 1"


def _count(number: float) -> str:
    return rounded(number, 3) if number >= 10 else f"{number:.1f}"


def _duration(days: float) -> str:
    if days < 60:
        return f"{_count(days)} days"
    return f"{_count(days / 30.44)} months" if days < 730 else f"{_count(days / 365.25)} years"
