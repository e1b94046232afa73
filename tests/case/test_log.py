"""Log entries from a file, and the dosage they add up to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.dosage import dosage
from answerable.case.event import LogEntry
from answerable.case.log import KINDS, read_entries
from answerable.errors import InputError
from answerable.place import stamp

DAY = datetime(2018, 1, 1, tzinfo=UTC)


def test_a_file_of_entries_is_read_in_local_time() -> None:
    read = read_entries(
        [{"at": "2018-07-01T20:05", "kind": "foot patrol", "cell": "c", "officers": 4, "minutes": 22.5,
          "note": "Calm."},
         {"at": "2018-07-01T20:05Z", "kind": "arrest"}],
        "Europe/London",
    )  # fmt: skip
    assert read == (
        LogEntry(datetime(2018, 7, 1, 19, 5, tzinfo=UTC), "foot_patrol", "c", 4, 22.5, "Calm."),
        LogEntry(datetime(2018, 7, 1, 20, 5, tzinfo=UTC), "arrest"),
    )


@pytest.mark.parametrize(
    ("entries", "what", "where"),
    [
        ([], "list of entries", "log"),
        ({"at": "x"}, "list of entries", "log"),
        (["x"], "mapping", "entry 1"),
        ([{"at": "2018-07-01T20:05", "kind": "foot_patrol"}, {"kind": "start"}], "when it happened", "entry 2, at"),
        ([{"at": "soon", "kind": "start"}], "not a time", "entry 1, at: soon"),
        ([{"at": "2018-07-01T20:05", "kind": "stroll"}], "'stroll' is not a kind", "entry 1, kind"),
        ([{"at": "2018-07-01T20:05", "kind": "start", "who": "x"}], "Unknown field 'who'", "entry 1"),
        ([{"at": "2018-07-01T20:05", "kind": "start", "officers": 2.5}], "whole number", "entry 1, officers"),
        ([{"at": "2018-07-01T20:05", "kind": "start", "officers": True}], "whole number", "entry 1, officers"),
        ([{"at": "2018-07-01T20:05", "kind": "start", "minutes": -1}], "number from 0", "entry 1, minutes"),
        ([{"at": "2018-07-01T20:05", "kind": "start", "note": "x" * 281}], "at most 280", "entry 1, note"),
        ([{"at": "2018-10-28T01:30", "kind": "start"}], "occurs twice", "entry 1, at"),
    ],
)
def test_an_entry_that_does_not_fit_is_an_error_at_its_field(entries: Any, what: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read_entries(entries, "Europe/London")
    assert what in caught.value.what
    assert where in caught.value.where


def entry(**said: Any) -> dict[str, Any]:
    return {"kind": "static", "at": "2018-11-30T20:30:00Z", "cell": "a", "officers": 2, "minutes": 60, **said}


def test_officer_minutes_fall_in_the_hours_they_were_spent_in() -> None:
    found = dosage([entry(), entry(cell="b", kind="foot_patrol", minutes=150), entry(kind="arrest")])
    assert found.officer_minutes == 420
    assert [(cell, hour.hour, minutes) for cell, hour, minutes in found.by_cell_hour] == [
        ("a", 20, 60), ("a", 21, 60), ("b", 20, 60), ("b", 21, 120), ("b", 22, 120),
    ]  # fmt: skip
    assert found.complete


@pytest.mark.parametrize("lacking", ["cell", "officers", "minutes"])
def test_a_dosage_with_a_gap_is_not_complete(lacking: str) -> None:
    gap = {name: value for name, value in entry().items() if name != lacking}
    assert not dosage([entry(), gap]).complete
    assert dosage([entry(), gap]).officer_minutes == 120


def test_no_presence_is_no_dosage() -> None:
    assert dosage([]) == dosage([entry(kind="comms")])
    assert not dosage([]).complete


@given(
    st.lists(
        st.builds(
            entry,
            kind=st.sampled_from(KINDS),
            at=st.integers(0, 10**7).map(lambda seconds: stamp(DAY + timedelta(seconds=seconds))),
            cell=st.sampled_from("abc"),
            officers=st.integers(0, 30),
            minutes=st.integers(0, 600),
        ),
        max_size=12,
    )
)
def test_the_parts_of_a_dosage_add_up_to_the_whole(entries: list[dict[str, Any]]) -> None:
    found = dosage(entries)
    assert sum(minutes for _, _, minutes in found.by_cell_hour) == pytest.approx(found.officer_minutes)
    assert all(minutes <= 60 * 30 * len(entries) for _, _, minutes in found.by_cell_hour)
    assert all((hour.minute, hour.second) == (0, 0) for _, hour, _ in found.by_cell_hour)
