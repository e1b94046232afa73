"""The study area of a workspace: the ground that forecasts are made for."""

from __future__ import annotations

from pathlib import Path

from answerable.errors import InputError
from answerable.incidents import Incidents
from answerable.place import Area, read_areas, union
from answerable.service.workspace import Workspace

FILE = "study-area.geojson"


def incidents_of(workspace: Workspace) -> Incidents:
    """Return all incidents of the workspace; InputError where none have been imported."""
    return workspace.library.load()


def study_areas(workspace: Workspace, incidents: Incidents, file: Path | None = None) -> tuple[Area, list[Area]]:
    """Return the study area and its parts (wards, boroughs): from ``file``, else from the workspace's own
    ``study-area.geojson``, else the outline of ``incidents``, which has no parts. Hand over only what was known at the
    instant the area is for: an outline of later incidents would tell a forecast where they fell.

    InputError where neither a file nor an incident says where the area is.
    """
    own = workspace.folder / FILE
    path = file or (own if own.is_file() else None)
    if path is not None:
        parts = read_areas(path, projection=incidents.projection)
        return union(parts, path.name), parts
    x, y = incidents.points()
    if not len(x):
        raise InputError(
            "No incident with a place was known then, so there is no area to study.",
            where=str(workspace.folder),
            fix="Import incidents with coordinates, choose a later time, or name the area with --area FILE.",
        )
    return Area.outline(x, y, margin_m=500, projection=incidents.projection, name="the outline of the data"), []
