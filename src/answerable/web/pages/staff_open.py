"""The guided form that opens a case: what is asked for, why it is the last resort, and what else could be done."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, get_args

from answerable.case.alternatives import rating_of
from answerable.case.parts.grounds import Harm, IncidentClass, Limb
from answerable.case.parts.resort import AlternativePart, Modality
from answerable.errors import InputError
from answerable.place import parse_instant
from answerable.web.fields import YES_NO, Field, Values, choices, known, numbers
from answerable.web.pages.case_words import TRIGGERS

PATHS = {
    "planned": "Planned: consulted on before anybody decides",
    "urgent": "Urgent: forms are shortened, thresholds not",
}
WHY_NOT = {
    "cannot_act_in_time": "Cannot act within the hours in question",
    "goes_on_beside_it": "Goes on beside it, and cannot act within these hours",
    "could_not_protect": "Could not protect others from a weapon",
    "would_leave_it": "Would leave the danger as it is",
}
OWNERS = ("Schools partnership", "Safeguarding partnership", "Serious crime command", "Community safety partnership",
          "Health partnership")  # fmt: skip
# The alternatives that the example policy names, and for those that help in the long run, to whom they are handed on.
LONG_RUN = ("schools_or_youth_engagement", "child_exploitation_safeguarding", "organised_crime_drivers")
ALTERNATIVES = ("do_nothing", "unarmed_visible_patrol", *LONG_RUN)
_PLACE = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[, ]\s*(-?\d{1,2}(?:\.\d+)?)\s*")
_HARMS = {
    "loss_of_life": "Loss of life", "life_changing_injury": "A life-changing injury", "serious_injury":
    "A serious injury", "disorder": "Disorder", "property": "Damage to property", "none": "None of these",
}  # fmt: skip


def first_fields() -> list[Field]:
    """Return the two questions on which the form depends."""
    return [
        Field("trigger", "What has set this off?", "radio", options=choices(TRIGGERS)),
        Field("path", "Which way?", "radio", options=choices(PATHS)),
    ]


def open_fields(trigger: str, path: str, tz: str) -> list[Field]:
    """Return the fields of the form for one trigger and one way; at most twelve of them are typed."""
    found = [
        Field("trigger", "", "hidden", value=trigger),
        Field("path", "", "hidden", value=path),
        Field("area", "Name of the area", hint="A street or an estate; never a person."),
        Field("place", "Its middle, as longitude and latitude", hint="Such as -0.0705, 51.6012"),
        Field("radius_m", "How far around it, in metres", "select", options=tuple((str(m), str(m)) for m in _RADII),
              value="300"),
        Field("start", "Begins", "datetime-local", hint=f"Local time, {tz}."),
        Field("hours", "For how many hours", "select", options=numbers(1, 3 if path == "urgent" else 6), value="2"),
        *(_assault() if trigger == "serious_assault_response" else _intelligence(path)),
        Field("limb", "Ground for arming", "radio", options=choices(get_args(Limb)[:3])),
        Field("operation", "Name of the operation, where that is the ground"),
        Field("legal", "The law's threshold is met", "radio", options=YES_NO),
        Field("legal_reasons", "Because", "area"),
        Field("extreme", "The circumstances are extreme", "radio", options=YES_NO),
        Field("harm", "The harm that is feared", "radio", options=choices(_HARMS)),
        Field("extreme_reasons", "Because", "area"),
        *_officers(),
    ]  # fmt: skip
    return [*found, *([] if path == "urgent" else _alternatives())]


_RADII = (50, 100, 150, 200, 300, 400, 500)


def _assault() -> list[Field]:
    return [
        Field("incident_ref", "Reference of the assault"),
        Field("incident_class", "What it was", "radio", options=choices(get_args(IncidentClass)[:4])),
        Field("incident_verified", "It is verified", "radio", options=YES_NO),
        Field("occurred_at", "When it happened", "datetime-local"),
    ]


def _intelligence(path: str) -> list[Field]:
    refs = Field("refs", "References of the reports", hint="As on the intelligence desk, with commas between them.")
    if path != "urgent":
        return [refs]
    return [
        refs,
        Field("chance", "How likely is it, of 100? (your own judgement)", "number"),
        Field("ancr", "How sure are you of that?", "radio", options=choices(("low", "moderate", "high"))),
    ]


def _officers() -> list[Field]:
    visible = {"vehicle_standby": "Standing by in a vehicle", "static": "In one place", "foot": "On foot"}
    return [
        Field("unarmed_unit", "An unarmed unit is there whom they support", "radio", options=YES_NO),
        Field("armed", "Armed officers", "select", options=numbers(1, 8), value="2"),
        Field("unarmed", "Unarmed officers", "select", options=numbers(0, 16), value="4"),
        Field("modality", "How visibly", "radio", options=tuple((one, visible[one]) for one in get_args(Modality))),
        Field("modality_reasons", "Why nothing less visible will do", "area"),
    ]


def _alternatives() -> list[Field]:
    found = [
        Field(f"why_{option}", _named(option), "select",
              options=(("", "Not considered"), *choices(WHY_NOT)))
        for option in ALTERNATIVES
    ]  # fmt: skip
    handed = [
        Field(f"owner_{option}", f"{option.replace('_', ' ').capitalize()}: who takes it up", "select",
              options=(("", "Nobody yet"), *((owner, owner) for owner in OWNERS)))
        for option in LONG_RUN
    ]  # fmt: skip
    return [
        *found,
        Field("why_now", "What makes all of them insufficient here and now", "area"),
        *handed,
        Field("outcome", "What will be measured afterwards"),
        Field("comparators", "Where else it is measured", hint="At least two areas, with commas between them."),
        Field("margin", "What would count against it", "select", options=tuple((one, one) for one in _MARGINS)),
        Field("horizon_days", "How many days after", "select", options=(("28", "28"), ("56", "56"), ("91", "91"))),
    ]


def _named(option: str) -> str:
    rating = _rated(option).get("rating", "not known").replace("_", " ")
    return f"{option.replace('_', ' ').capitalize()} (evidence: {rating}): why it does not suffice"


_MARGINS = ("A fall of five points in confidence", "A fall of three points in confidence")


def document_of(values: Values, now: datetime, tz: str, pack: str) -> dict[str, Any]:
    """Return the case file that a filled form amounts to; InputError, naming the field, where it cannot be read."""
    trigger, urgent = values.needed("trigger", "What has set this off"), values.text("path") == "urgent"
    area = values.needed("area", "The name of the area")
    start = _local(values.needed("start", "The beginning"))
    end = start + timedelta(hours=values.count("hours", "The number of hours") or 0)
    # Told before the public record is given a case that no rule can allow. A case file may ask of a night long past.
    if parse_instant(end.isoformat(), tz) <= now:
        raise InputError("The time that is asked for is over.", where="field start", fix="Ask for one still to come.")
    cited = values.text("refs") or values.text("incident_ref")
    refs = [one.strip() for one in cited.split(",") if one.strip()]
    words = TRIGGERS.get(trigger, trigger)
    found = {
        "title": f"{area}: {words}"[:120],
        "pack": pack,
        "tz": tz,
        "area": {"name": area, "place": point(values), "radius_m": values.number("radius_m", "The radius")},
        "window": {"from": start.isoformat(timespec="minutes"), "to": end.isoformat(timespec="minutes")},
        "trigger": {"type": trigger, "refs": refs},
        "app": known({"limb": values.text("limb"), "operation": values.text("operation")}),
        "tests": _tests(values),
        "incident": _incident(values) if trigger == "serious_assault_response" else None,
        "judgement": judgement_of(values),
        "support": known(
            {
                "unarmed_unit": values.yes("unarmed_unit"),
                "armed_officers": values.count("armed", "The number of armed officers"),
                "unarmed_officers": values.count("unarmed", "The number of unarmed officers"),
                "modality": values.text("modality"),
                "modality_reasons": values.text("modality_reasons"),
            }
        ),
        "alternatives": None if urgent else _considered(values, now),
        "evaluation_plan": None if urgent else plan_of(values),
        "purposes": ["public_safety"],
        "recurring": False,
        "urgent": urgent or None,
    }
    return {name: value for name, value in found.items() if value not in (None, {}, "")}


def judgement_of(values: Values) -> dict[str, Any]:
    """Return somebody's own judgement of the chance, empty where none was given."""
    chance = values.number("chance", "The chance")
    found = {"probability": None if chance is None else chance / 100, "ancr": values.text("ancr")}
    return known({**found, "gap_reasons": values.text("gap_reasons")})


def plan_of(values: Values) -> dict[str, Any]:
    """Return the plan by which a deployment will be judged, empty where none was given."""
    comparators = [one.strip() for one in values.text("comparators").split(",") if one.strip()]
    if not values.text("outcome") and not comparators:
        return {}
    return known(
        {
            "outcome": values.text("outcome"),
            "comparators": comparators,
            "horizon_days": values.count("horizon_days", "The number of days"),
            "margin": values.text("margin"),
        }
    )


def _tests(values: Values) -> dict[str, Any]:
    found: dict[str, Any] = {}
    legal, extreme = values.yes("legal"), values.yes("extreme")
    if legal is not None:
        found["legal"] = {"answer": legal, "standard": "reason_to_suppose", "reasons": values.text("legal_reasons")}
    if extreme is not None and values.text("harm") in get_args(Harm):
        found["extreme"] = {"answer": extreme, "harm": values.text("harm"), "reasons": values.text("extreme_reasons")}
    return found


def _incident(values: Values) -> dict[str, Any]:
    return {
        "ref": values.needed("incident_ref", "The reference of the assault"),
        "verified": values.yes("incident_verified") or False,
        "class": values.needed("incident_class", "What the assault was"),
        "occurred_at": values.needed("occurred_at", "When the assault happened"),
    }


def _considered(values: Values, now: datetime) -> list[dict[str, Any]]:
    due = (now + timedelta(days=14)).date().isoformat()
    found = []
    for option in ALTERNATIVES:
        why = WHY_NOT.get(values.text(f"why_{option}"))
        if why is None:
            continue
        owner = values.text(f"owner_{option}")
        one = {"option": option, "why_insufficient": f"{why}. {values.text('why_now')}".strip(), **_rated(option)}
        found.append({**one, **({"referral": {"owner": owner, "due": due}} if owner else {})})
    return found


def _rated(option: str) -> dict[str, str]:
    """Return how good the evidence for an alternative is, by the catalogue: nobody who applies rates it themselves."""
    rating = rating_of(AlternativePart.model_validate({"option": option}))
    return {"rating": rating} if rating else {}


def point(values: Values) -> list[float]:
    """Return longitude and latitude as they were typed; InputError where they are not."""
    text = values.needed("place", "The middle of the area")
    read = _PLACE.fullmatch(text)
    if read is None:
        raise InputError("This is no longitude and latitude.", where=f"field place: {text[:60]}", fix="As -0.07, 51.6.")
    return [float(read[1]), float(read[2])]


def _local(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise InputError(
            "This is no date and time.", where=f"field start: {text[:40]}", fix="As 2018-11-30T20:00."
        ) from error
