"""Counts and event lists without a place on the map: recognised, so that the refusal can say what they are good for."""

from __future__ import annotations

from answerable.incidents.sources.base import Refusal

LAYOUTS = (
    Refusal(
        name="dc-gunfire",
        title="Washington acoustic gunfire detections",
        identified_by=(("x_km", "y_km", "t_hours"),),
        reason="These are kilometres and hours from an unnamed origin: no absolute coordinates and no calendar.",
        use="They serve to test whether a point-process model recovers known parameters, not to forecast a place.",
    ),
    Refusal(
        name="london-ward-month",
        title="London recorded crime by ward or borough and month",
        identified_by=(("ward_code", "category", "month", "count"), ("borough", "category", "month", "count")),
        reason="These are counts by ward or borough and month, not incidents.",
        use="They serve as trends and as outside totals to compare imported incidents with.",
    ),
    Refusal(
        name="london-lsoa-year",
        title="London recorded crime by LSOA and year",
        identified_by=(("lsoa11_code", "year", "violence", "robbery"),),
        reason="These are counts by small area and year, not incidents.",
        use="They serve as a long-run risk surface beside the boundaries of the same areas.",
    ),
    Refusal(
        name="london-homicide",
        title="London homicides by borough",
        identified_by=(("month", "borough", "method", "domestic", "victims"), ("date", "borough")),
        exact=True,
        reason="These homicides have a borough but no point.",
        use="They serve as an outside count of deaths, for indicators and reconciliation.",
    ),
    Refusal(
        name="boston-shootings",
        title="Boston shootings",
        identified_by=(("incident_num", "shooting_date", "district", "shooting_type_v2"),),
        reason="These shootings have a police district but no point.",
        use="They can be counted by district polygon only.",
    ),
)
