from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from answerable.incidents.identity import identify

AT = datetime(2018, 1, 1, tzinfo=UTC)


def rows(*given_rows: dict[str, Any]) -> pl.DataFrame:
    usual = {
        "_file_number": 0, "incident_id": None, "occurred_from": AT, "occurred_to": AT, "_lon": -0.1, "_lat": 51.5,
        "kind": "robbery", "severity": "injury", "n_harmed": 1, "_known": None, "_within": "",
    }  # fmt: skip
    return pl.DataFrame(
        [usual | {"_row": number} | row for number, row in enumerate(given_rows, 2)],
        schema_overrides={"incident_id": pl.String, "_known": pl.Datetime("us", "UTC"), "n_harmed": pl.Int32},
    )


def test_a_made_id_depends_on_time_place_and_class_alone() -> None:
    ids = identify(
        rows({}, {"_lon": -0.2}, {"kind": "murder"}, {"severity": "fatal"}, {"_lon": None, "_lat": None}), victims=False
    )["incident_id"]

    assert ids.n_unique() == 5
    assert identify(rows({"n_harmed": 9}), victims=False)["incident_id"].item() == ids[0]


def test_a_made_id_forgets_what_is_finer_than_a_hand() -> None:
    one, two = (identify(rows({"_lon": lon}), victims=False)["incident_id"].item() for lon in (-0.1, -0.1 + 1e-9))

    assert one == two


@given(st.permutations(range(6)))
def test_ids_do_not_depend_on_the_order_of_the_file(order: list[int]) -> None:
    made = [{"_lon": -0.1}, {"_lon": -0.1}, {"_lon": -0.2}, {"incident_id": "a", "_lon": 1.0},
            {"incident_id": "a", "_lon": 2.0}, {"incident_id": "b"}]  # fmt: skip

    def by_content(given_rows: list[dict[str, Any]]) -> list[tuple[str, float]]:
        return sorted(identify(rows(*given_rows), victims=False).select("incident_id", "_lon").rows())

    assert by_content([made[n] for n in order]) == by_content(made)


def test_repeated_ids_are_marked_and_all_rows_stay() -> None:
    read = identify(rows({"incident_id": "a"}, {"incident_id": "a", "_lon": 0.5}, {"incident_id": "b"}), victims=False)

    assert read.select("incident_id", "_repeated").rows() == [("a", False), ("a-2", True), ("b", False)]


def test_victims_are_added_up_and_the_last_knowledge_counts() -> None:
    later = datetime(2019, 1, 1, tzinfo=UTC)
    merged = identify(
        rows(
            {"incident_id": "a", "n_harmed": 1},
            {"incident_id": "a", "n_harmed": 2, "severity": "fatal", "kind": "murder"},
            {"incident_id": "a", "_known": later, "n_harmed": None},
        ),
        victims=True,
    )

    assert merged.select("incident_id", "n_harmed", "severity", "kind", "_known").rows() == [
        ("a", 3, "fatal", "murder", later)
    ]


def test_victims_without_an_id_are_not_merged_into_one() -> None:
    assert identify(rows({}, {"_lon": 0.5}), victims=True).height == 2
