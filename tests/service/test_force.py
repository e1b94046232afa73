"""A case asks for the force's own ground, where the workspace knows it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.errors import InputError
from answerable.service.cases import list_cases
from answerable.service.force import FILE
from answerable.service.workspace import Workspace

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
