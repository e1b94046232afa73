"""Incidents in, a forecast out, and what may be published of it."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.place import Window
from answerable.service.forecasting import asked_place, make_picture, refuse_ranking_in_real
from answerable.service.importing import How, import_incidents, preview_incidents
from answerable.service.picture import publish_picture
from answerable.service.public_view import read_public_view
from answerable.service.settings import Settings
from answerable.service.study import FILE
from answerable.service.workspace import Workspace

COLUMNS = ("incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at")
TONIGHT = Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 4)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Four hundred incidents of 2017 and 2018 around one corner of London, with one that has no coordinates."""
    rng = np.random.default_rng(7)
    path = tmp_path / "incidents.csv"
    with path.open("w", encoding="utf8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["incident_id", "occurred_at", "lon", "lat", "kind", "severity", "n_harmed", "origin", "known_at"]
        )
        for i in range(400):
            at = datetime(2017, 1, 1, tzinfo=UTC) + timedelta(days=690 * i / 400, hours=float(rng.uniform(0, 24)))
            lon, lat = -0.07 + rng.normal(0, 0.01), 51.6 + rng.normal(0, 0.006)
            place = ("", "") if i == 0 else (f"{lon:.6f}", f"{lat:.6f}")
            known = at + timedelta(hours=6)
            stamps = (at.strftime("%Y-%m-%dT%H:%M:00+00:00"), known.strftime("%Y-%m-%dT%H:%M:00Z"))
            writer.writerow([i, stamps[0], *place, "knife", "injury", 1, "reported", stamps[1]])
    return path


@pytest.fixture
def filled(workspace: Workspace, file: Path) -> Workspace:
    """The rehearsal with those incidents."""
    import_incidents(workspace, [file])
    return workspace


def test_an_import_says_what_it_did_and_doing_it_again_adds_nothing(workspace: Workspace, file: Path) -> None:
    first = import_incidents(workspace, [file]).summary
    again = import_incidents(workspace, [file]).summary
    assert (first["read"], first["kept"], first["rejected"], first["without_place"]) == (400, 400, 0, 1)
    assert (again["read"], again["kept"], again["already_known"]) == (400, 0, 400)


def test_a_preview_keeps_nothing(workspace: Workspace, file: Path) -> None:
    seen = preview_incidents(workspace, [file])
    assert seen.rows.height > 0
    assert len(workspace.library) == 0
    with pytest.raises(UsageError, match="one file"):
        preview_incidents(workspace, [file, file])


def test_a_mapping_is_remembered_for_the_same_columns(workspace: Workspace, tmp_path: Path) -> None:
    table = tmp_path / "own.csv"
    table.write_text(
        "nr,when,longitude,latitude\n1,2018-01-01 20:00,-0.07,51.6\n2,2018-02-01 21:00,-0.08,51.61\n", encoding="utf8"
    )
    guessed = preview_incidents(workspace, [table]).mapping
    assert guessed is not None
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(guessed.as_yaml(), encoding="utf8")
    import_incidents(workspace, [table], How(mapping=mapping))
    assert import_incidents(workspace, [table]).summary["already_known"] == 2


def test_a_forecast_needs_incidents(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="No incidents"):
        make_picture(workspace, TONIGHT)


def test_every_cell_has_a_probability_beside_its_base_rate(filled: Workspace) -> None:
    picture = make_picture(filled, TONIGHT)
    forecast = picture.forecast
    best = forecast.top(1)[0]
    assert 0 < forecast.p_base < best.p < 1
    assert best.p_low < best.p < best.p_high
    assert np.isfinite(forecast.expected).all()


def test_a_place_is_a_point_with_a_radius_or_a_polygon(filled: Workspace, tmp_path: Path) -> None:
    disc = asked_place(filled, "-0.07,51.6", 300)
    path = tmp_path / "place.geojson"
    path.write_text(json.dumps(disc.geojson()), encoding="utf8")
    assert asked_place(filled, str(path), 0).km2 == pytest.approx(disc.km2, rel=0.01)
    with pytest.raises(InputError, match="not a place"):
        asked_place(filled, "here,there", 300)
    with pytest.raises(InputError, match="cannot be read"):
        asked_place(filled, "nowhere.geojson", 300)


def test_a_forecast_for_the_past_looks_at_nothing_later(filled: Workspace) -> None:
    then = Window.of_hours(datetime(2018, 1, 31, 20, tzinfo=UTC), 4)
    assert make_picture(filled, then).forecast.data_until <= then.start


def test_the_outline_of_the_data_is_that_of_what_was_known_then(filled: Workspace, tmp_path: Path) -> None:
    then = Window.of_hours(datetime(2018, 1, 31, 20, tzinfo=UTC), 4)
    before = make_picture(filled, then)
    later = tmp_path / "later.csv"
    row = "x,2018-10-01T20:00:00+00:00,0.2,51.8,knife,injury,1,reported,2018-10-02T20:00:00Z"
    later.write_text(",".join(COLUMNS) + "\n" + row + "\n", encoding="utf8")
    import_incidents(filled, [later])
    after = make_picture(filled, then)
    assert after.area.km2 == before.area.km2
    assert after.forecast.base_rate == before.forecast.base_rate
    assert make_picture(filled, TONIGHT).area.km2 > 2 * before.area.km2


def test_where_nothing_was_known_yet_there_is_no_area_to_study(filled: Workspace) -> None:
    then = Window.of_hours(datetime(2016, 1, 31, 20, tzinfo=UTC), 4)
    with pytest.raises(InputError, match="no area to study") as raised:
        make_picture(filled, then)
    assert "--area" in raised.value.fix


def test_a_picture_is_published_by_ward_and_never_by_cell(filled: Workspace, clock: FixedClock) -> None:
    with pytest.raises(UsageError, match="no wards"):
        publish_picture(filled, make_picture(filled, TONIGHT), account="analyst")
    wards = [asked_place(filled, f"{lon},51.6", 500) for lon in (-0.08, -0.06)]
    features = [ward.geojson() for ward in wards]
    (filled.folder / FILE).write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf8")
    publish_picture(filled, make_picture(filled, TONIGHT), account="analyst")
    view = read_public_view(filled.public, clock.now())
    assert view.tz == "Europe/London"
    data = view.pictures[-1].data
    assert [area["name"] for area in data["areas"]] == [ward.name for ward in wards]
    assert all(area["p_low"] <= area["p"] <= area["p_high"] for area in data["areas"])
    assert "cells" not in data


def test_a_real_workspace_ranks_no_cells(workspace: Workspace) -> None:
    refuse_ranking_in_real(workspace)
    settings = Settings("force", "real", "force.example/real", "uk.armed_patrol", "Europe/London")
    with pytest.raises(NotAllowed, match="does not rank cells"):
        refuse_ranking_in_real(Workspace(workspace.folder, settings, workspace.clock))
