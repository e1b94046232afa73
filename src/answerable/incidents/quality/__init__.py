"""The quality report: what is odd about a table of incidents, before anyone forecasts with it."""

from __future__ import annotations

from answerable.errors import InputError
from answerable.incidents.quality import breaks, clock, knowledge, places, repeats
from answerable.incidents.quality.report import Check, QualityReport
from answerable.incidents.quality.view import View
from answerable.incidents.table import Incidents
from answerable.place import Area

__all__ = ["Check", "QualityReport", "quality_report"]


def quality_report(incidents: Incidents, area: Area | None = None) -> QualityReport:
    """Check the newest version of each incident; ``area`` is the study area, where there is one.

    A million incidents take seconds. InputError where there are none.
    """
    view = View(incidents)
    if not len(view):
        raise InputError("There are no incidents to check.", fix="Import a file first: answerable import FILE.")
    checks = (
        clock.precision_mix(view),
        clock.round_times(view),
        clock.midnight(view),
        clock.day_profile(view),
        clock.ambiguous_times(view),
        places.missing_places(view),
        places.places_outside(view, area),
        places.snapped_places(view),
        repeats.duplicates(view),
        repeats.near_duplicates(view),
        breaks.missing_months(view),
        breaks.recording_breaks(view),
        knowledge.known_at_assumed(view),
        knowledge.fill_in(view),
    )
    return QualityReport(len(view), incidents.data_hash, checks)
