"""The forecast room: what its chances are held against, so that nobody reads a ward beside the rate of a square."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from staff_site import FIVE, Visitor, rehearsal, site

from answerable.clock import FixedClock
from answerable.place import Window
from answerable.present.words import frequency
from answerable.service.forecasting import Picture, make_picture
from answerable.service.importing import How, import_incidents, preview_incidents
from answerable.service.study import FILE
from answerable.service.workspace import open_workspace
from answerable.web.staff_forecast import MODEL

# Of four incidents, three lie in the north.
HEAD, ROW = "id,date,lat,lon,type\n", "{n},2018-11-{n:02} 21:00,{lat},-0.0705,shooting\n"
INCIDENTS = HEAD + "".join(ROW.format(n=n, lat=51.605 if n % 4 == 0 else 51.625) for n in range(1, 29))
WARDS = {"North Ward": (51.615, 51.635), "South Ward": (51.595, 51.615)}
WEST, EAST = -0.09, -0.05


def ward(name: str, south: float, north: float) -> dict[str, Any]:
    ring = [[WEST, south], [EAST, south], [EAST, north], [WEST, north], [WEST, south]]
    return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rehearsal with incidents, and a study area of two wards."""
    folder, incidents, mapping = rehearsal(tmp_path / "w"), tmp_path / "shots.csv", tmp_path / "mapping.yaml"
    incidents.write_text(INCIDENTS)
    wards = {"type": "FeatureCollection", "features": [ward(name, *ends) for name, ends in WARDS.items()]}
    (folder / FILE).write_text(json.dumps(wards))
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        found = preview_incidents(workspace, [incidents], How(tz="Europe/London")).mapping
        assert found is not None
        mapping.write_text(found.as_yaml())
        import_incidents(workspace, [incidents], How(mapping=mapping, tz="Europe/London"))
    return folder


def first_window(folder: Path) -> Picture:
    """What the forecast says of the eight hours from six in the evening, asked without the site."""
    clock = FixedClock(FIVE)
    clock.advance(hours=1)
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        return make_picture(workspace, Window.of_hours(clock.now(), 8), model_name=MODEL)


def test_one_window_is_not_like_another(folder: Path) -> None:
    analyst = Visitor(site(folder), "analyst")
    told = [analyst.get(f"/forecast.json?step={step}").json()["forecast"] for step in range(3)]
    assert len({tuple(row["p"] for row in one["rows"]) for one in told}) == 3
    assert {one["model"] for one in told} == {MODEL}


def test_wards_are_held_against_a_ward_of_average_size_and_squares_against_a_square(folder: Path) -> None:
    picture = first_window(folder)
    told = Visitor(site(folder), "analyst").get("/forecast.json").json()["forecast"]
    wards = {part.name: picture.of(part) for part in picture.parts}
    mean = -math.expm1(-sum(one.expected for one in wards.values()) / len(wards))
    assert told["base"] == frequency(mean)
    times = {row["name"]: row["times"] for row in told["rows"]}
    assert times == pytest.approx({name: one.p / mean for name, one in wards.items()})
    assert times["South Ward"] < 1 < times["North Ward"] < 2, "two wards cannot both be far above their mean"
    assert told["square"] == {"words": frequency(picture.forecast.p_base), "metres": 500}
    assert mean > 5 * picture.forecast.p_base, "a ward holds many squares"


def test_the_page_says_each_rate_where_it_belongs(folder: Path) -> None:
    picture = first_window(folder)
    page = Visitor(site(folder), "analyst").get("/forecast.html").text
    facts, _, rest = page.partition("</dl>")
    assert "500 m" not in facts, "the rate of a square stands with the map of squares alone"
    assert "for a ward of average size" in facts
    caption = rest.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert f"{frequency(picture.forecast.p_base)} in a random square of 500 m" in caption
    assert "Times the base rate" in rest
    assert "Chance, in 1,000" in rest
    assert "in 10,000" not in rest.partition("<table")[2]


def test_a_real_workspace_draws_no_squares_and_says_no_rate_of_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.web import staff_forecast

    monkeypatch.setattr(staff_forecast, "_squares_are_drawn", lambda _: False)
    told = Visitor(site(folder), "analyst").get("/forecast.json").json()["forecast"]
    assert told["square"] is None
    page = Visitor(site(folder), "analyst").get("/forecast.html").text
    assert "random square" not in page
    assert "random 500 m cell" not in page
    assert "A ward of average size" in page


def test_without_wards_there_is_no_mean_ward_to_compare_with(folder: Path) -> None:
    (folder / FILE).unlink()
    visitor = Visitor(site(folder), "analyst")
    told = visitor.get("/forecast.json").json()["forecast"]
    assert told["base"] == ""
    assert [(row["name"], row["times"]) for row in told["rows"]] == [("The study area", None)]
    assert "Times the base rate" not in visitor.get("/forecast.html").text
