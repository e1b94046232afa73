"""The four proposals of the demo, as the case files that their applicants write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from answerable.forecast.base import PlaceForecast
from answerable.place import Area, local

Document = dict[str, Any]


@dataclass(frozen=True)
class Night:
    """The window a proposal asks for, and the local times around it."""

    opens: datetime
    tz: str
    hours: int = 4

    def at(self, hours: float) -> str:
        """Return the local time ``hours`` after the window opens (before it, where negative)."""
        return local(self.opens + timedelta(hours=hours), self.tz).isoformat(timespec="minutes")

    def window(self) -> dict[str, str]:
        """Return the window as a case file writes it."""
        return {"from": self.at(0), "to": self.at(self.hours)}


def reprisal(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """Two independent reports of a reprisal shooting: everything in order."""
    return {
        **_frame(f"Armed support beside the cordon, {ward.name}", ward, night, picture),
        "trigger": {"type": "imminent_intel", "refs": ["R-101", "R-102"]},
        "app": {"limb": "specific_operation", "operation": "Cordon after the shooting of the day before"},
        "tests": _tests(
            "Officers may have to protect mourners at the cordon from a person with a firearm.",
            "Two independent origins expect a reprisal shooting in a crowded street tonight.",
        ),
        "reports": [
            _report(
                "R-101", "1A", "k-7f31", ward, night, received=-6, gist="Reprisal shooting expected there tonight."
            ),
            _report("R-102", "2B", "k-c02a", ward, night, received=-4, gist="Group expected to come there armed."),
        ],
    }


def forecast_alone(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """The likeliest ward of the map on a Friday night, and no report at all."""
    return {
        **_frame(f"Patrol where the forecast is highest, {ward.name}", ward, night, picture),
        "trigger": {"type": "imminent_intel", "refs": ["forecast of the week"]},
        "app": {"limb": "specific_operation", "operation": "Friday nights"},
        "tests": _tests(
            "There has been violence at weekends, so somebody there may be armed.",
            "The map shows this ward darker than every other ward of the city.",
        ),
        "alternatives": _alternatives(
            night,
            "The map will still be dark next weekend.",
            "Unarmed patrols have walked there on Fridays and nothing came of it.",
        ),
        "judgement": {**_JUDGEMENT, "gap_reasons": "The analyst has a feeling about Fridays."},
    }


def thin_but_lawful(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """Every rule is met, and the advisers are against it: people decide."""
    return {
        **_frame(f"Visible armed patrol after threats, {ward.name}", ward, night, picture),
        "trigger": {"type": "imminent_intel", "refs": ["R-140", "R-141"]},
        "app": {"limb": "specific_operation", "operation": "Threats between two groups"},
        "tests": _tests(
            "Stewards of the gathering may have to be protected from people who said they would shoot.",
            "Two origins report threats to shoot at a gathering in the ward this evening.",
        ),
        "reports": [
            _report("R-140", "2B", "k-19d0", ward, night, received=-9, gist="Threats to shoot at a gathering."),
            _report("R-141", "2B", "k-e5b8", ward, night, received=-7, gist="The gathering named by another origin."),
        ],
        "alternatives": _alternatives(
            night,
            "Families will come whatever is said, and the threats name the hour.",
            "Neighbourhood officers will stand at the door; a shot could come from a car.",
        ),
        "judgement": {**_JUDGEMENT, "gap_reasons": "Both origins name the hour; no such report has an outcome yet."},
    }


def echo(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """Two reports that turn out to be one: the applicant takes it back."""
    gist = "Armed men said to come to the fair."
    second = _report("R-164", "2C", "k-8a44", ward, night, received=-5, gist=gist)
    return {
        **_frame(f"Armed support at the {ward.name} fair", ward, night, picture),
        "trigger": {"type": "imminent_intel", "refs": ["R-163", "R-164"]},
        "app": {"limb": "specific_operation", "operation": "Fair weekend"},
        "tests": _tests(
            "Visitors to the rides may have to be protected from men who are said to carry guns.",
            "Two reports say that armed men will come to the fair this evening.",
        ),
        "reports": [
            _report("R-163", "2C", "k-8a44", ward, night, received=-8, gist=gist),
            {**second, "derived_from": ["R-163"]},
        ],
        "alternatives": _alternatives(
            night,
            "The fair closes on Sunday and cannot be moved before then.",
            "Stall holders asked for a visible presence that can answer a gun.",
        ),
        "judgement": {**_JUDGEMENT, "gap_reasons": "The fair was attacked once before, in a year without reports."},
    }


def explained() -> Document:
    """Why the analyst's judgement and the computed picture differ, written once the picture was seen."""
    return {
        "judgement": {"gap_reasons": "No outcome of such reports is on record yet, so the picture stays near chance."}
    }


def decision(public_text: str) -> Document:
    """Who decides, how often it is looked at again, how it will be judged, and what the public reads."""
    return {
        "authorisation": {
            "investigator": False,
            "review_hours": 2,
            "equality_confirmed": True,
            "public_text": public_text,
        },
        "evaluation_plan": {
            "outcome": "Recorded violence with injury in the ward, the streets around it and two like wards",
            "comparators": ["Two wards with a like history", "The same weekday of the year before"],
            "horizon_days": 28,
            "margin": "A fall of five points in confidence",
        },
    }


def started() -> Document:
    """What the operational commander answers at the start."""
    return {"start": {"unarmed_present": True, "briefed": True}}


_JUDGEMENT = {"probability": 0.6, "term": "likely", "ancr": "moderate"}


def _frame(title: str, ward: Area, night: Night, picture: PlaceForecast) -> Document:
    return {
        "title": title,
        "tz": night.tz,
        "area": _place(ward, 300),
        "window": night.window(),
        "judgement": _JUDGEMENT,
        "forecast": {
            "model": "long_run",
            "probability": float(f"{picture.p:.3g}"),
            "base_rate": float(f"{picture.p_base:.3g}"),
        },
        "support": {
            "unarmed_unit": True,
            "armed_officers": 2,
            "unarmed_officers": 4,
            "modality": "static",
            "modality_reasons": "Beside the unarmed officers, since a vehicle two streets away could not reach them.",
        },
        "alternatives": _alternatives(
            night,
            "The violence is expected within hours, beside people who stay whatever is said.",
            "Unarmed officers are there and could not protect others from a firearm.",
        ),
        "community_impact": {
            "form": "rapid",
            "full_within_h": 24,
            "groups": ["Residents of the ward", "Young people at the youth club", "Shopkeepers"],
            "tension": 3,
            "escalation": "The sight of weapons may draw a crowd; the patrol stays beside unarmed officers and "
            "leaves on time.",
            "provocation": "Stewards and shopkeepers are told beforehand.",
            "children": "The youth club is asked when it closes.",
        },
        "equality_impact": {
            "done": True,
            "summary": "Residents are younger than the town; see mitigations.",
            "characteristics": _CHARACTERISTICS,
            "limbs": _LIMBS,
        },
        "tactical_advice": {"given": True, "outside_command": True},
        "purposes": ["public_safety", "officer_safety"],
        "recurring": False,
    }


_CHARACTERISTICS: Mapping[str, str] = {
    "age": "Young people pass there after school; the patrol begins later.",
    "disability": "Step-free routes stay open.",
    "gender_reassignment": "No difference found.",
    "marriage_or_civil_partnership": "No difference found.",
    "pregnancy_or_maternity": "The clinic is closed in the evening.",
    "race": "Some residents report lower confidence; stewards they know are present.",
    "religion_or_belief": "Evening prayers end at nine; the patrol keeps away from the door.",
    "sex": "No difference found.",
    "sexual_orientation": "No difference found.",
}
_LIMBS: Mapping[str, str] = {
    "eliminate": "Nobody is stopped because of who they are; contacts are logged.",
    "advance": "The briefing names the groups who trust least.",
    "foster": "Stewards explain the patrol before and after.",
}


def _alternatives(night: Night, nothing: str, unarmed: str) -> list[Document]:
    """Return what else could be done; what would help in the long run is handed on, with an owner and a date."""
    long_run = {
        "schools_or_youth_engagement": ("no_clear_evidence", "Goes on, and cannot act tonight.", "Schools partnership"),
        "child_exploitation_safeguarding": ("not_studied", "Referrals are made tomorrow.", "Safeguarding partnership"),
        "organised_crime_drivers": ("not_studied", "A separate operation is under way.", "Serious crime command"),
    }
    return [
        {"option": "do_nothing", "rating": "not_studied", "why_insufficient": nothing},
        {"option": "unarmed_visible_patrol", "rating": "moderate", "why_insufficient": unarmed},
        *(
            {
                "option": option,
                "rating": rating,
                "why_insufficient": why,
                "referral": {"owner": owner, "due": night.at(24 * _REFERRED_DAYS)},
            }
            for option, (rating, why, owner) in long_run.items()
        ),
    ]


_REFERRED_DAYS = 60


def _tests(legal: str, extreme: str) -> Document:
    return {
        "legal": {"answer": True, "standard": "reason_to_suppose", "reasons": legal},
        "extreme": {"answer": True, "harm": "loss_of_life", "reasons": extreme},
    }


def _place(ward: Area, radius_m: int) -> Document:
    centre = ward.geometry.representative_point()
    lon, lat = ward.projection.inverse([centre.x], [centre.y])
    return {"name": ward.name, "place": [round(float(lon[0]), 5), round(float(lat[0]), 5)], "radius_m": radius_m}


def _report(ref: str, grade: str, origin: str, ward: Area, night: Night, *, received: float, gist: str) -> Document:
    return {
        "ref": ref,
        "source": grade[0],
        "information": grade[1],
        "handling": "P",
        "originator": "Intelligence office",
        "evaluator": "Source evaluation",
        "origin_key": origin,
        "received_at": night.at(received),
        "event_window": night.window(),
        "place": _place(ward, 300),
        "gist": gist,
    }
