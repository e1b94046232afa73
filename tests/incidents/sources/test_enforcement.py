from __future__ import annotations

import pytest

from answerable.errors import InputError
from answerable.incidents.sources import refused

STREET = ["Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "Crime type"]


@pytest.mark.parametrize(
    "columns",
    [
        ["Type", "Date", "Latitude", "Longitude", "Gender", "Object of search", "Outcome"],
        ["type", "date", "legislation", "object_of_search"],
        ["STOP_FRISK_ID", "STOP_FRISK_DATE", "STOP_LOCATION_X"],
        ["ARREST_KEY", "ARREST_DATE", "Latitude", "Longitude"],
    ],
)
def test_what_police_did_is_refused_however_it_is_spelled(columns: list[str]) -> None:
    refusal = refused(columns)

    assert refusal is not None
    assert "never a model input" in refusal.reason


def test_what_was_done_to_people_is_not() -> None:
    assert refused(STREET) is None


def test_outcomes_are_no_crimes(read) -> None:
    with pytest.raises(InputError, match="not that one occurred"):
        read("Crime ID,Month,Longitude,Latitude,Outcome type", "a,2018-08,-0.1,51.5,Offender fined")
