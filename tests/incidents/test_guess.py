from __future__ import annotations

import polars as pl
import pytest

from answerable.errors import InputError
from answerable.incidents.guess import guess_mapping

COLUMNS = ["Incident No", "Date of incident", "Time", "Eastings", "Northings", "Type", "Victim name"]


def sample(*dates: str, column: str = "Date of incident") -> pl.DataFrame:
    return pl.DataFrame({column: dates})


def test_a_guess_names_time_place_class_and_id_but_no_person() -> None:
    guess = guess_mapping(COLUMNS, sample("25/12/2016", "26/12/2016"))

    assert (guess.when.date, guess.when.time, guess.when.format) == ("Date of incident", "Time", "%d/%m/%Y")
    assert (guess.where.easting, guess.where.northing, guess.where.crs) == ("Eastings", "Northings", "EPSG:27700")
    assert (guess.id, guess.kind.column) == ("Incident No", "Type")
    assert "Victim name" not in guess.columns


@pytest.mark.parametrize(
    ("dates", "written"),
    [(("2016-12-25 20:00",), "%Y-%m-%d"), (("12/25/2016",), "%m/%d/%Y"), (("25.12.2016", "x"), "%d.%m.%Y"),
     (("25 Dec 2016",), "%d %b %Y"), (("20161225",), "%Y%m%d")],
)  # fmt: skip
def test_the_way_of_writing_dates_is_read_from_the_rows(dates: tuple[str, ...], written: str) -> None:
    assert guess_mapping(COLUMNS, sample(*dates)).when.format == written


def test_months_are_guessed_as_months() -> None:
    guess = guess_mapping(["month", "lon", "lat"], sample("2016-12", column="month"))

    assert (guess.when.format, guess.when.precision) == ("%Y-%m", "month")


def test_day_and_month_that_cannot_be_told_apart_are_not_guessed() -> None:
    with pytest.raises(InputError, match="cannot be told apart"):
        guess_mapping(COLUMNS, sample("01/02/2016", "03/04/2016"))


def test_without_a_date_or_a_place_there_is_no_guess() -> None:
    with pytest.raises(InputError, match="No column looks like a date or a place"):
        guess_mapping(["a", "b"])
