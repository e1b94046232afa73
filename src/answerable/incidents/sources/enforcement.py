"""Files that record what police did rather than what was done to people: recognised everywhere, imported never."""

from __future__ import annotations

from answerable.incidents.sources.base import Refusal

_REASON = (
    "Enforcement-generated data is never a model input: it shows where police acted, and a model fed with it sends "
    "them back there."
)
_USE = "Import recorded violence instead, such as the street file of the same month."

LAYOUTS = (
    Refusal(
        name="stop-and-search",
        title="data.police.uk stop and search",
        identified_by=(
            ("Type", "Date", "Object of search"),
            ("Legislation", "Object of search"),
            ("Self-defined ethnicity", "Officer-defined ethnicity"),
            ("type", "time_utc", "legislation", "object", "outcome"),
        ),
        reason=f"This is a stop-and-search file. {_REASON}",
        use=_USE,
    ),
    Refusal(
        name="stop-question-frisk",
        title="NYPD stop, question and frisk",
        identified_by=(("STOP_FRISK_ID",), ("STOP_FRISK_DATE",), ("SUSPECTED_CRIME_DESCRIPTION",)),
        reason=f"This is a file of police stops. {_REASON}",
        use=_USE,
    ),
    Refusal(
        name="arrests",
        title="Arrests",
        identified_by=(("ARREST_KEY",), ("ARREST_DATE",), ("Arrest Date", "Charge")),
        reason=f"This is a file of arrests. {_REASON}",
        use=_USE,
    ),
)
