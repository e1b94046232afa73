"""Forecasts of a workspace: for one place and window, for wards, or (never in a real workspace) for ranked cells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from answerable.errors import InputError, NotAllowed
from answerable.forecast.base import Forecast, PlaceForecast, model
from answerable.place import Area, Grid, Window, read_areas, union
from answerable.service.study import incidents_of, study_areas
from answerable.service.workspace import Workspace

# Pages, priors and the demo ask for many pictures and cannot wait for the mixture (seconds for each new data or day);
# the command line, which can, names the mixture itself.
DEFAULT_MODEL = "long_run"
DEFAULT_CELL_M = 500


@dataclass(frozen=True)
class Picture:
    """A forecast with the study area it is for and that area's parts (none where the data's outline is studied)."""

    forecast: Forecast
    area: Area
    parts: list[Area]

    def of(self, area: Area) -> PlaceForecast:
        """Return the forecast for any polygon."""
        return self.forecast.for_area(area, study=self.area)


def make_picture(
    workspace: Workspace,
    window: Window,
    *,
    model_name: str = DEFAULT_MODEL,
    cell_m: int = DEFAULT_CELL_M,
    area_file: Path | None = None,
) -> Picture:
    """Forecast every cell of the study area for ``window``, from what was known when it opens, or is known now if that
    is sooner: the outline of the data too, where no area is given, is that of what was known.
    """
    issued_at = min(window.start, workspace.clock.now())
    known = incidents_of(workspace).known(issued_at)
    area, parts = study_areas(workspace, known, area_file)
    grid = Grid.cover(area, cell_m)
    fitted = model(model_name).fit(known, grid, issued_at)
    return Picture(fitted.predict(window), area, parts)


def refuse_ranking_in_real(workspace: Workspace) -> None:
    """Refuse ranked cells in a real workspace: there a forecast answers for the place asked about (NotAllowed)."""
    if workspace.settings.kind == "real":
        raise NotAllowed(
            "A real workspace does not rank cells.",
            where="--top",
            fix="Ask for the place and window you mean with --place, or for wards with --area FILE.",
        )


def asked_place(workspace: Workspace, text: str, radius_m: float) -> Area:
    """Return the place a user named: ``LON,LAT`` (a disc of ``radius_m``) or a GeoJSON file of polygons."""
    projection = incidents_of(workspace).projection
    parts = text.split(",")
    if len(parts) == 2:
        try:
            lon, lat = (float(part) for part in parts)
        except ValueError as error:
            raise InputError("This is not a place.", where=text, fix="Write LON,LAT in degrees.") from error
        return Area.disc(lon, lat, radius_m, projection=projection, name=f"{radius_m:g} m around {text}")
    return union(read_areas(Path(text), projection=projection), Path(text).name)
