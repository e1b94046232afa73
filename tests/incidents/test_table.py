from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.incidents import Incidents, Manifest, SourceFile
from answerable.incidents.table import SCHEMA, join

NEW_YEAR = datetime(2018, 1, 1, tzinfo=UTC)
LONDON = Manifest("EPSG:27700", "to the grid", "Europe/London")


def row(incident_id: str, *, day: int = 0, known: int = 1, **others: Any) -> dict[str, Any]:
    start = NEW_YEAR + timedelta(days=day)
    return {
        "incident_id": incident_id, "occurred_from": start, "occurred_to": start + timedelta(minutes=1),
        "precision": "minute", "x": 530_000, "y": 180_000, "place_precision": "point", "kind": "stabbing",
        "severity": "injury", "n_harmed": 1, "origin": "reported", "known_at": NEW_YEAR + timedelta(days=known),
        "source": "test",
    } | others  # fmt: skip


def table(*rows: dict[str, Any]) -> Incidents:
    return Incidents(pl.DataFrame(list(rows), schema=SCHEMA), LONDON)


def test_an_incident_is_known_in_the_version_that_was_newest_at_the_time() -> None:
    both = table(row("a", known=2, severity="injury"), row("a", known=30, severity="fatal"))

    assert both.known(NEW_YEAR + timedelta(days=10)).frame["severity"].to_list() == ["injury"]
    assert both.known(NEW_YEAR + timedelta(days=30)).frame["severity"].to_list() == ["fatal"]
    assert len(both.known(NEW_YEAR + timedelta(days=1))) == 0


def test_an_incident_is_not_known_before_it_has_surely_occurred() -> None:
    december = row("a", day=0, known=0, precision="month", occurred_to=NEW_YEAR + timedelta(days=31))

    assert len(table(december).known(NEW_YEAR + timedelta(days=15))) == 0
    assert len(table(december).known(NEW_YEAR + timedelta(days=31))) == 1


def test_one_id_of_two_sources_is_two_incidents() -> None:
    both = table(row("1", source="nypd"), row("1", source="chicago"))

    assert len(both.known(NEW_YEAR + timedelta(days=9))) == 2


def test_what_was_known_is_the_same_in_whatever_zone_the_instant_is_written() -> None:
    one = table(row("a", known=2))
    in_delhi = datetime.fromisoformat("2018-01-03T05:30:00+05:30")

    assert len(one.known(in_delhi)) == 1
    assert len(one.known(in_delhi - timedelta(seconds=1))) == 0


def test_points_leave_out_the_rows_without_a_place() -> None:
    x, y = table(row("a"), row("b", x=None, y=None), row("c", x=1, y=2)).points()

    assert x.tolist() == [530_000, 1]
    assert y.tolist() == [180_000, 2]
    assert x.dtype == y.dtype == "int32"


def test_a_model_may_learn_only_from_reported_violence() -> None:
    mixed = table(row("stabbing"), row("theft", severity="none"), row("knife found in a search", origin="discovered"))

    assert mixed.serious().frame["incident_id"].to_list() == ["stabbing"]


@given(st.permutations(range(5)))
def test_the_hash_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    rows = [row(f"{n}", day=n, known=n + 1) for n in range(5)]

    assert table(*[rows[n] for n in order]).data_hash == table(*rows).data_hash


def test_the_hash_changes_with_any_value_and_with_the_projection() -> None:
    one = table(row("a"))
    elsewhere = Incidents(one.frame, Manifest("EPSG:32630", "to UTM", "Europe/London"))

    assert len({one.data_hash, table(row("a", x=1)).data_hash, elsewhere.data_hash}) == 3


def test_a_manifest_survives_being_written_and_read() -> None:
    manifest = Manifest(
        "EPSG:27700", "words", "Europe/London", (SourceFile("a.csv", "00", "police-uk", 3),), ("Location",), (), True
    )

    assert Manifest.from_json(manifest.as_json()) == manifest
    assert manifest.layouts == ("police-uk",)


def test_tables_join_only_in_one_projection() -> None:
    grid = table(row("a"))
    utm = Incidents(grid.frame, Manifest("EPSG:32630", "to UTM", "Europe/London"))

    assert len(join([grid, table(row("b"))])) == 2
    with pytest.raises(InputError, match="two projections"):
        join([grid, utm])


def test_other_columns_than_the_canonical_are_refused() -> None:
    with pytest.raises(ValueError, match="victim_age"):
        Incidents(table(row("a")).frame.with_columns(victim_age=pl.lit(30)), LONDON)


def test_a_notebook_sees_how_many_incidents_there_are_and_where() -> None:
    assert "2 incidents, 1 with a place, EPSG:27700" in table(row("a"), row("b", x=None, y=None))._repr_html_()


def test_an_empty_table_has_the_same_columns() -> None:
    assert Incidents.empty(LONDON).frame.schema == SCHEMA
    assert Incidents.empty(LONDON).projection.crs == "EPSG:27700"
