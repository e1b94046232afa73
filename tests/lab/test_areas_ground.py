"""A real geography as ground: who is beside whom, and what cannot be a city."""

from __future__ import annotations

import json

import numpy as np
import pytest

from answerable.errors import InputError, UsageError
from answerable.lab.areas_ground import ground_from_geojson, touching
from answerable.lab.engine import Policy, simulate
from answerable.lab.experiments import run
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.stream import draw_stream
from answerable.lab.sweep import read_sweep, run_sweep
from answerable.place import read_areas


def write(path, boxes):
    features = [
        {
            "type": "Feature", "properties": {"name": f"area {k}"},
            "geometry": {"type": "Polygon", "coordinates": [[[x, y], [x + 0.01, y], [x + 0.01, y + 0.01],
                                                             [x, y + 0.01], [x, y]]]},
        }
        for k, (x, y) in enumerate(boxes)
    ]  # fmt: skip
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


BLOCK = [(2.5 + 0.01 * i, 54.7 + 0.01 * j) for i in range(3) for j in range(3)]


def test_areas_that_touch_are_beside_each_other(tmp_path) -> None:
    beside = touching(read_areas(write(tmp_path / "a.geojson", BLOCK)))
    assert set(beside[4]) == {0, 1, 2, 3, 5, 6, 7, 8}
    assert set(beside[0]) == {1, 3, 4}
    assert beside[0][:2].tolist() != [4, 4]


def test_a_city_is_played_on_it(tmp_path, parameters) -> None:
    made = parameters.changed(branching=0.3)
    rng = np.random.default_rng(1)
    ground = ground_from_geojson(write(tmp_path / "a.geojson", BLOCK), made, rng, events_per_year=800)
    assert ground.background.sum() * YEAR_HOURS == pytest.approx(800 * 0.7)
    run = simulate(draw_stream(ground, made, 1, rng), ground, made, Policy("respond", responds=True))
    assert 600 < run.events < 1000
    assert run.deployments > 50


def test_an_island_is_refused_before_anything_starts(tmp_path, parameters) -> None:
    path = write(tmp_path / "a.geojson", [*BLOCK, (2.9, 54.9)])
    with pytest.raises(InputError, match="falls into 2 parts"):
        ground_from_geojson(path, parameters, np.random.default_rng(1))


SCENARIO = """\
title: A real outline
question: Does answering every report help here?
areas: a.geojson
events_per_year: 300
each_knows: 5
replicates: 2
policies: [{name: never, send: [never]}, {name: after events, send: [after-events]}]
"""


def test_a_scenario_is_played_on_areas_of_one_s_own(tmp_path, parameters) -> None:
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    with pytest.raises(UsageError, match="no such file of areas"):
        run(str(tmp_path / "mine.yaml"), parameters)
    write(tmp_path / "a.geojson", BLOCK)
    result = run(str(tmp_path / "mine.yaml"), parameters)
    assert "a city of 9 places" in result.answer
    assert result.figures["after events"]["deployments"] > 50
    write(tmp_path / "a.geojson", [*BLOCK, (2.9, 54.9)])
    with pytest.raises(InputError, match="falls into 2 parts"):
        run(str(tmp_path / "mine.yaml"), parameters)
    (tmp_path / "mine.yaml").write_text(SCENARIO + "places: 9\n")
    with pytest.raises(InputError, match="areas and events_per_year"):
        run(str(tmp_path / "mine.yaml"), parameters)


def test_a_sweep_over_areas_runs_again_when_they_change(tmp_path, parameters) -> None:
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    (tmp_path / "sweep.yaml").write_text("scenario: mine.yaml\nreplicates: 2\nvary: {patrol_effect: [0.1, 0.3]}\n")
    write(tmp_path / "a.geojson", BLOCK)
    plan = read_sweep(tmp_path / "sweep.yaml", parameters)
    assert (run_sweep(plan, tmp_path / "out").before, run_sweep(plan, tmp_path / "out").before) == (0, 2)
    write(tmp_path / "a.geojson", BLOCK[:6])
    assert run_sweep(read_sweep(tmp_path / "sweep.yaml", parameters), tmp_path / "out").before == 0


@pytest.mark.parametrize("text", ["", "[]", '{"type": "FeatureCollection", "features": []}'])
def test_a_file_without_areas_is_refused(tmp_path, parameters, text) -> None:
    (tmp_path / "a.geojson").write_text(text)
    with pytest.raises(InputError):
        ground_from_geojson(tmp_path / "a.geojson", parameters, np.random.default_rng(1))
    with pytest.raises(InputError, match="two places"):
        ground_from_geojson(write(tmp_path / "b.geojson", BLOCK[:1]), parameters, np.random.default_rng(1))


@pytest.mark.realdata
def test_london_s_own_small_areas_are_a_city(shared_data, parameters) -> None:
    path = shared_data / "london_geography" / "lsoa2011.geojson.gz"
    ground = ground_from_geojson(path, parameters, np.random.default_rng(1), events_per_year=4500)
    assert len(ground) == 4835
    distinct = np.array([len(set(row)) for row in ground.neighbours.tolist()])
    assert 4.5 < distinct.mean() < 7.5
