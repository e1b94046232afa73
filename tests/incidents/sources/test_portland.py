from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest


@pytest.mark.realdata
def test_calls_have_a_day_and_no_time(read, shared_data: Path) -> None:
    path = shared_data / "portland_calls_2016_08" / "calls.csv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    reading = read(path)

    frame = reading.incidents.frame
    assert set(frame["precision"]) == {"day"}
    assert set((frame["occurred_to"] - frame["occurred_from"]).dt.total_hours()) == {24}
    assert reading.summary.read == len(rows) == 19_376
    violent = sum(row["call_group"] == "PERSON CRIME" for row in rows)
    assert len(reading.incidents.serious()) == violent


@pytest.mark.realdata
def test_the_one_row_that_is_no_call_is_rejected(read, shared_data: Path) -> None:
    """The last row has no date and a point in the Southern Ocean."""
    reading = read(shared_data / "portland_calls_2016_08" / "calls.csv.gz")

    assert reading.rejects.select("row", "column", "reason").rows() == [(19_377, "date", "the date is missing")]
    assert reading.summary.outside_region == 0
