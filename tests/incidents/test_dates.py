from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.incidents.dates import WAYS, parse_date, read_clock, read_dates
from answerable.incidents.sources.base import DAY_FIRST, ISO, MONTH_FIRST, YEAR_MONTH


def column(*values: str | None) -> pl.DataFrame:
    rows = range(2, 2 + len(values))
    return pl.DataFrame({"at": values, "_file": "made.csv", "_row": rows}, schema_overrides={"at": pl.String})


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)), st.sampled_from([way for way in WAYS if way != YEAR_MONTH]))
def test_a_date_is_read_in_the_way_it_was_written(day: date, way: str) -> None:
    read = column(day.strftime(way)).select(parse_date(pl.col("at"), way)).item()

    assert read == day


def test_years_of_two_digits_are_not_dates_of_antiquity() -> None:
    assert column("05/06/16").select(parse_date(pl.col("at"), DAY_FIRST)).item() is None


def test_the_way_that_reads_most_of_a_column_is_used() -> None:
    read = read_dates(column("12/31/2016", "01/02/2016"), "at", (ISO, MONTH_FIRST))

    assert read["_date"].to_list() == [date(2016, 12, 31), date(2016, 1, 2)]


def test_a_day_first_date_in_a_month_first_column_is_found_with_both_rows() -> None:
    with pytest.raises(InputError, match="'01/02/2016' in row 2 and '31/12/2016' in row 3") as raised:
        read_dates(column("01/02/2016", "31/12/2016"), "at", (MONTH_FIRST,))

    assert raised.value.where == "made.csv, rows 2 and 3, column at"


def test_one_typing_error_is_no_second_way() -> None:
    read = read_dates(column("2016-12-31", "2016-12-32", None), "at", (ISO,))

    assert read["_date"].to_list() == [date(2016, 12, 31), None, None]


@pytest.mark.parametrize(
    ("text", "hours"),
    [("9", 9.0), ("09:30", 9.5), ("09:30:36", 9.51), ("0930", 9.5), ("9:30 pm", 21.5), ("12 am", 0.0), ("0", 0.0),
     ("23.0", 23.0)],
)  # fmt: skip
def test_times_of_day_are_read_as_they_are_written(text: str, hours: float) -> None:
    read = read_clock(column(text), "at")

    assert read["_clock"].item() / timedelta(hours=1) == pytest.approx(hours)
    assert not read["_bad_clock"].item()


@pytest.mark.parametrize("text", ["24:00", "13 pm", "0 am", "noon", "12:60", "930", "-1"])
def test_what_is_no_time_of_day_is_marked(text: str) -> None:
    read = read_clock(column(text), "at")

    assert read["_clock"].item() is None
    assert read["_bad_clock"].item()


def test_a_missing_time_of_day_is_not_a_bad_one() -> None:
    assert read_clock(column("", "NA", None), "at")["_bad_clock"].to_list() == [False] * 3
