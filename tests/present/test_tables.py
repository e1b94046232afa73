"""Tables and sentences for a terminal."""

from __future__ import annotations

from collections.abc import Callable

from answerable.forecast.base import Forecast
from answerable.place import Area
from answerable.present.tables import forecast_table_text, place_sentences, table


def test_columns_line_up_and_numbers_stand_right() -> None:
    assert table(["ward", "n"], [["Bow", 7], ["Poplar", 12]]) == "ward     n\n------  --\nBow      7\nPoplar  12"


def test_a_table_without_rows_is_its_headers() -> None:
    assert table(["a", "b"], []).splitlines() == ["a  b", "-  -"]


def test_every_chance_stands_beside_the_base_rate_and_its_interval(forecast: Forecast) -> None:
    text = forecast_table_text(forecast, 3)
    assert "12 in 1,000" in text
    assert "6 in 1,000 to 24 in 1,000" in text
    assert "A random cell in this window: 6 in 1,000." in text
    assert text.endswith("Old data.")
    assert len(text.splitlines()) == 2 + 3 + 3


def test_a_place_is_said_with_its_yardstick_base_rate_and_limit(
    forecast: Forecast, make_area: Callable[..., Area]
) -> None:
    said = " ".join(place_sentences(forecast.for_area(make_area("Bow", 0, 0, 1000, 500))))
    assert said.startswith("Bow: the chance of at least one incident is ")
    assert "remote chance" in said
    assert "A random place of the same size has 12 in 1,000." in said
    assert said.endswith("A forecast alone is never a reason to deploy.")


def test_a_place_that_sticks_out_of_the_study_area_says_so(forecast: Forecast, make_area: Callable[..., Area]) -> None:
    said = " ".join(place_sentences(forecast.for_area(make_area("Bow", -500, 0, 500, 500))))
    assert "Only 50 % of the area" in said


def test_the_whole_study_area_is_not_compared_with_another_place_of_its_size(
    forecast: Forecast, make_area: Callable[..., Area]
) -> None:
    city = make_area("the city", 0, 0, 2000, 1500)
    said = " ".join(place_sentences(forecast.for_area(city, study=city)))
    assert "random place" not in said
    assert "This is the whole study area" in said
    assert said.endswith("A forecast alone is never a reason to deploy.")


def test_most_of_the_study_area_still_has_its_base_rate(forecast: Forecast, make_area: Callable[..., Area]) -> None:
    said = " ".join(place_sentences(forecast.for_area(make_area("most", 0, 0, 1900, 1500))))
    assert "A random place of the same size has" in said
