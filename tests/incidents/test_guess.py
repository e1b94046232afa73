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


def placed(x: list[object], y: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"date": ["25/12/2016"] * len(x), "x": x, "y": y})


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (["-73.94", "-73.90", ""], ["40.71", "40.65", ""]),
        ([-73.94, None, 0.0], [40.71, None, 0.0]),
        (["-0.1", "530000", "-0.2"], ["51.5", "180000", "51.6"]),
    ],
    ids=["text", "numbers with unknown places", "one row of another kind"],
)
def test_x_and_y_that_hold_degrees_are_longitude_and_latitude(x: list[object], y: list[object]) -> None:
    where = guess_mapping(["date", "x", "y"], placed(x, y)).where

    assert (where.lon, where.lat, where.easting, where.crs) == ("x", "y", None, None)


def test_x_and_y_on_the_national_grid_are_easting_and_northing() -> None:
    guess = guess_mapping(["date", "x", "y"], placed(["530034", "530100"], ["180380", "180400"]))

    assert (guess.where.easting, guess.where.northing, guess.where.crs) == ("x", "y", "EPSG:27700")


@pytest.mark.parametrize(
    ("x", "y"),
    [("583959", "4507523"), ("1004295", "199240"), ("-8238310", "4970241")],
    ids=["UTM", "feet of a state plane", "web Mercator"],
)
def test_any_other_projection_has_to_be_named(x: str, y: str) -> None:
    with pytest.raises(InputError, match=r"projection .* cannot be told") as raised:
        guess_mapping(["date", "x", "y"], placed([x], [y]))

    assert raised.value.where == "columns x and y"
    assert 'crs: "EPSG:..."' in raised.value.fix


def test_without_rows_the_names_alone_decide() -> None:
    assert guess_mapping(["date", "x", "y"], placed([], [])).where.crs == "EPSG:27700"
    assert guess_mapping(["date", "x", "y"]).where.crs == "EPSG:27700"
