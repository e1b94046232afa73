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
        "tests": _tests("Two independent origins expect a reprisal shooting in a crowded street tonight."),
        "reports": [
            _report("R-101", 1, "A", "k-7f31", night, received=-6, gist="Reprisal shooting expected there tonight."),
            _report("R-102", 2, "B", "k-c02a", night, received=-4, gist="Group expected to come there armed."),
        ],
        "judgement": {"probability": 0.6, "term": "likely", "ancr": "moderate"},
    }


def forecast_alone(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """The likeliest ward of the map on a Friday night, and no report at all."""
    document = reprisal(ward, night, picture)
    return {
        **document,
        "title": f"Patrol where the forecast is highest, {ward.name}",
        "trigger": {"type": "imminent_intel", "refs": ["forecast of the week"]},
        "app": {"limb": "specific_operation", "operation": "Friday nights"},
        "reports": [],
    }


def thin_but_lawful(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """Every rule is met, and the advisers are against it: people decide."""
    document = reprisal(ward, night, picture)
    return {
        **document,
        "title": f"Visible armed patrol after threats, {ward.name}",
        "trigger": {"type": "imminent_intel", "refs": ["R-140", "R-141"]},
        "app": {"limb": "specific_operation", "operation": "Threats between two groups"},
        "tests": _tests("Two origins report threats to shoot at a gathering in the ward this evening."),
        "reports": [
            _report("R-140", 2, "B", "k-19d0", night, received=-9, gist="Threats to shoot at a gathering."),
            _report("R-141", 2, "B", "k-e5b8", night, received=-7, gist="The same gathering named by another origin."),
        ],
    }


def echo(ward: Area, night: Night, picture: PlaceForecast) -> Document:
    """Two reports that turn out to be one: the applicant takes it back."""
    document = reprisal(ward, night, picture)
    return {
        **document,
        "title": f"Armed support at the {ward.name} fair",
        "trigger": {"type": "imminent_intel", "refs": ["R-163", "R-164"]},
        "app": {"limb": "specific_operation", "operation": "Fair weekend"},
        "tests": _tests("Two reports say that armed men will come to the fair this evening."),
        "reports": [
            _report("R-163", 2, "C", "k-8a44", night, received=-8, gist="Armed men said to come to the fair."),
            {
                **_report("R-164", 2, "C", "k-8a44", night, received=-5, gist="Armed men said to come to the fair."),
                "derived_from": ["R-163"],
            },
        ],
    }


def consulted(view: str, reply: str) -> Document:
    """What the local commander and the advisory group said; the commissioner was told."""
    return {
        "consultation": {
            "local_commander": {"view": view},
            "iag": {"contacted": True, "reply": reply},
            "pcc": {"notified": True},
        }
    }


def decision() -> Document:
    """Who decides and how often it is looked at again."""
    return {
        "authorisation": {"function": "sfc", "accredited": True, "investigator": False, "review_hours": 2},
    }


def _frame(title: str, ward: Area, night: Night, picture: PlaceForecast) -> Document:
    centre = ward.geometry.representative_point()
    lon, lat = ward.projection.inverse([centre.x], [centre.y])
    return {
        "title": title,
        "tz": night.tz,
        "area": {
            "name": ward.name,
            "place": [round(float(lon[0]), 5), round(float(lat[0]), 5)],
            "radius_m": 300,
        },
        "window": night.window(),
        "forecast": {
            "model": "long_run",
            "probability": float(f"{picture.p:.3g}"),
            "base_rate": float(f"{picture.p_base:.3g}"),
        },
        "support": {"unarmed_unit": True, "armed_officers": 2, "unarmed_officers": 4},
        "alternatives": [
            {"option": option, "rating": rating, "why_insufficient": why}
            for option, (rating, why) in _ALTERNATIVES.items()
        ],
        "community_impact": {
            "form": "rapid",
            "full_within_h": 24,
            "escalation": "The sight of weapons may draw a crowd; the patrol stays beside unarmed officers and "
            "leaves on time.",
            "provocation": "Stewards and shopkeepers are told beforehand.",
            "children": "The youth club is asked when it closes.",
        },
        "equality_impact": {"done": True, "summary": "Residents are younger than the town; see mitigations."},
        "tactical_advice": {"given": True, "outside_command": True},
        "purposes": ["public_safety", "officer_safety"],
        "recurring": False,
    }


_ALTERNATIVES: Mapping[str, tuple[str, str]] = {
    "do_nothing": ("not_studied", "The violence is expected within hours."),
    "unarmed_visible_patrol": ("moderate", "Unarmed officers are there and could not protect others from a firearm."),
    "schools_or_youth_engagement": ("no_clear_evidence", "Goes on, and cannot act within hours."),
    "child_exploitation_safeguarding": ("not_studied", "Referrals are made, and cannot act within hours."),
    "organised_crime_drivers": ("high", "A separate operation is under way, and cannot act within hours."),
}


def _tests(reasons: str) -> Document:
    return {
        "legal": {
            "answer": True,
            "standard": "reason_to_suppose",
            "reasons": "Officers may have to protect others from a person with a firearm.",
        },
        "extreme": {"answer": True, "harm": "loss_of_life", "reasons": reasons},
    }


def _report(
    ref: str, source: int, information: str, origin: str, night: Night, *, received: float, gist: str
) -> Document:
    return {
        "ref": ref,
        "source": source,
        "information": information,
        "handling": "P",
        "origin_key": origin,
        "received_at": night.at(received),
        "event_window": night.window(),
        "gist": gist,
    }
