"""Of 100 such deployments: the worked tables and the calculator."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.web.pages import base_rates


def test_the_worked_tables_are_the_figures_known_for_london() -> None:
    knife, homicide = base_rates.worked_tables()
    per_100 = {row.covers: row.rate.per_100 for row in knife.rows}
    assert per_100["one neighbourhood, 12 hours"] == pytest.approx(0.127, abs=0.001)
    assert per_100["eight neighbourhoods, 12 hours"] == pytest.approx(1.0, abs=0.05)
    assert per_100["eight neighbourhoods, two days"] == pytest.approx(4.0, abs=0.1)
    assert per_100["25 neighbourhoods, three days"] == pytest.approx(17, abs=0.6)
    assert homicide.rows[0].rate.deployments_per_incident == pytest.approx(26_145, rel=0.001)
    assert all(table.source and table.as_of for table in (knife, homicide))


def test_the_calculator_answers_what_was_typed() -> None:
    asked = base_rates.calculate({"events_per_year": "4,500", "places": "4835", "hours": "12"})
    assert asked.problems == ()
    assert asked.rate is not None
    assert asked.rate.deployments_per_incident == pytest.approx(785, abs=1)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"events_per_year": "many"}, "events_per_year"),
        ({"places": "12.5"}, "places"),
        ({"hours": ""}, "hours"),
        ({"hours": "-1"}, "hours"),
        ({"hours": "nan"}, "hours"),
        ({"places": "3", "area_places": "4"}, "area_places"),
        ({"lift": "1e999"}, "lift"),
        ({"hours": "9000"}, "hours"),
        ({"events_per_year": "1e-30"}, "events_per_year"),
    ],
)
def test_a_wrong_figure_is_named_at_its_own_field(typed: dict[str, str], field: str) -> None:
    asked = base_rates.calculate(typed)
    assert asked.rate is None
    assert [name for name, _ in asked.problems] == [field]
    shown = base_rates.page(base_rates.worked_tables(), asked, served=True).data
    marked = {one["name"]: one["problem"] for one in shown["fields"]}
    assert marked[field]
    assert {one["name"]: one["value"] for one in shown["fields"]}[field] == typed[field]


@given(st.dictionaries(st.sampled_from([name for name, *_ in base_rates.FIELDS]), st.text(max_size=12)))
def test_no_typing_breaks_the_calculator(typed: dict[str, str]) -> None:
    asked = base_rates.calculate(typed)
    assert (asked.rate is None) == bool(asked.problems)


def test_without_a_server_there_is_no_form_but_the_command_to_run() -> None:
    static = base_rates.page(base_rates.worked_tables())
    assert not static.data["served"]
    assert static.data["command"].startswith("answerable base-rate --events-per-year 4500")
