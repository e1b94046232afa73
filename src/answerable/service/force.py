"""The force's own ground: a case may not ask for an area outside it."""

from __future__ import annotations

import json
from pathlib import Path

from answerable.case.casefile import CaseFile
from answerable.errors import InputError
from answerable.service.workspace import Workspace

FILE = "force-area.geojson"
# An outline drawn along the border may stray over it by so much.
_SLACK_M = 1.0
# Smaller than any force's, and larger than what a slip of the pen draws.
_SMALLEST_M2 = 10_000.0


def read_ground(path: Path) -> bytes:
    """Return the force's own ground as one GeoJSON feature, without whatever else the file says of it.

    The file must hold polygons in degrees, longitude first, and of some size: else InputError.
    """
    from answerable.place import read_areas, union

    force = union(read_areas(path), "force")
    ground = force.geometry
    if ground.is_empty or ground.area < _SMALLEST_M2:
        raise InputError(
            "This is too small to be a force's ground.",
            where=f"{path}: {ground.area / 1e6:.3f} square kilometres",
            fix="Give its outline in degrees, longitude first, as GeoJSON asks.",
        )
    return (json.dumps(force.geojson()) + "\n").encode()


def check_inside_force(workspace: Workspace, casefile: CaseFile, where: str) -> None:
    """Raise InputError where the workspace knows the force's area and the case's area is not inside it."""
    path = workspace.folder / FILE
    asked = casefile.outline()
    if asked is None or not path.is_file():
        return
    from answerable.place import read_areas, union

    force = union(read_areas(path, projection=asked.projection), FILE)
    beyond = asked.geometry.difference(force.geometry.buffer(_SLACK_M)).area
    if beyond > 0:
        raise InputError(
            f"This area is not inside the force's own: {beyond / asked.geometry.area:.0%} of it lies outside.",
            where=f"{where}, field area: {asked.name}",
            fix=f"Check its coordinates (longitude first), or narrow it to the area in {FILE}.",
        )
