"""A case asks for the force's own ground, where the workspace knows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.clock import FixedClock
from answerable.errors import InputError
from answerable.service.cases import list_cases, open_case
from answerable.service.force import FILE
from answerable.service.workspace import Workspace, init_workspace, open_workspace

Opened = Callable[[dict[str, Any]], str]


def around(document: dict[str, Any], half_a_side: float) -> str:
    lon, lat = document["area"]["place"]
    west, east, south, north = lon - half_a_side, lon + half_a_side, lat - half_a_side, lat + half_a_side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"name": "Force"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


def test_an_area_that_reaches_beyond_the_forces_own_is_refused_and_nothing_is_kept(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    (workspace.folder / FILE).write_text(around(sound, 0.001), encoding="utf8")
    before = len(workspace.store.events())
    with pytest.raises(InputError, match="not inside the force's own"):
        opened(sound)
    assert list_cases(workspace) == []
    assert len(workspace.store.events()) == before


def test_an_area_inside_it_or_a_workspace_that_does_not_know_it_lets_the_case_open(
    workspace: Workspace, sound: dict[str, Any], opened: Opened
) -> None:
    first = opened(sound)
    (workspace.folder / FILE).write_text(around(sound, 0.1), encoding="utf8")
    assert opened(sound) != first


def test_an_outline_that_cannot_be_read_is_named(workspace: Workspace, sound: dict[str, Any], opened: Opened) -> None:
    file: Path = workspace.folder / FILE
    file.write_text("nonsense", encoding="utf8")
    with pytest.raises(InputError, match=FILE):
        opened(sound)


def test_a_workspace_can_be_made_with_its_ground_and_then_bounds_its_cases(
    tmp_path: Path, clock: FixedClock, sound: dict[str, Any]
) -> None:
    for half, inside in ((0.5, True), (0.001, False)):
        given = tmp_path / "ours.geojson"
        given.write_text(around(sound, half).replace('"name"', '"officer": "in the file", "name"'), encoding="utf8")
        init_workspace(tmp_path / f"w{half}", clock=clock, time_zone="Europe/London", force_area=given)
        given.unlink()
        kept = (tmp_path / f"w{half}" / FILE).read_text(encoding="utf8")
        assert json.loads(kept)["properties"] == {"name": "force"}
        (tmp_path / "case.yaml").write_text(json.dumps(sound), encoding="utf8")
        with open_workspace(tmp_path / f"w{half}", clock) as opened:
            if inside:
                assert open_case(opened, tmp_path / "case.yaml", "applicant").state == "DRAFT"
            else:
                with pytest.raises(InputError, match="not inside the force's own"):
                    open_case(opened, tmp_path / "case.yaml", "applicant")


def square(side: float, west: float = -0.1, south: float = 51.5) -> dict[str, Any]:
    corners = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
    return {"type": "Polygon", "coordinates": [[[west + x * side, south + y * side] for x, y in corners]]}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("no JSON", "cannot be read"),
        ("{}", "no polygon"),
        (json.dumps({"type": "Point", "coordinates": [-0.1, 51.5]}), "no polygon"),
        (json.dumps(square(0.0001)), "too small"),
        (json.dumps(square(1000, 530_000, 180_000)), "no metric grid"),
        (json.dumps({"type": "Polygon", "coordinates": []}), "no metric grid"),
    ],
)
def test_a_file_that_is_no_ground_is_refused_and_no_workspace_is_made(tmp_path: Path, content: str, says: str) -> None:
    given = tmp_path / "ours.geojson"
    given.write_text(content, encoding="utf8")
    with pytest.raises(InputError, match=says) as raised:
        init_workspace(tmp_path / "w", force_area=given)
    assert raised.value.fix
    assert [path.name for path in tmp_path.iterdir()] == ["ours.geojson"]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read") as raised:
        init_workspace(tmp_path / "w", force_area=tmp_path / "absent.geojson")
    assert "absent.geojson" in raised.value.where
