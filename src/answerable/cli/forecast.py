"""``answerable models`` and ``answerable forecast``: absolute probabilities beside their base rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, progress, table

if TYPE_CHECKING:
    from answerable.forecast.base import PlaceForecast
    from answerable.service.forecasting import Picture
    from answerable.service.workspace import Workspace as OpenWorkspace


def register(app: typer.Typer) -> None:
    """Put the commands on the command line."""
    app.command()(models)
    app.command()(forecast)


def models(as_json: Json = False) -> None:
    """List the forecast models."""
    from answerable.forecast.base import models as known

    rows = [(name, make().about) for name, make in known().items()]
    emit([{"model": n, "about": a} for n, a in rows], as_json=as_json, text=lambda: table(["model", "about"], rows))


def forecast(
    place: Annotated[str, typer.Option(metavar="AREA|LON,LAT", help="A GeoJSON file, or a point.")] = "",
    top: Annotated[int, typer.Option(metavar="N", help="The N likeliest cells (never in a real workspace).")] = 0,
    at: Annotated[str, typer.Option(metavar="T", help="When the window opens; now if left out.")] = "",
    hours: Annotated[float, typer.Option(help="Length of the window.")] = 12.0,
    model: Annotated[str, typer.Option(help="See 'answerable models'.")] = "mixture",
    cell: Annotated[int, typer.Option(help="Cell size in metres.")] = 500,
    radius: Annotated[float, typer.Option(help="Metres around --place LON,LAT.")] = 500.0,
    area: Annotated[Path | None, typer.Option(help="Study area as GeoJSON; the data's outline if left out.")] = None,
    geojson: Annotated[Path | None, typer.Option(help="Write all cells as GeoJSON.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Write all cells as Parquet.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write all cells as CSV.")] = None,
    svg: Annotated[Path | None, typer.Option(help="Draw the map.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Forecast serious violence for a place and window, with interval and base rate. Support, never a trigger."""
    from answerable.place import Window, parse_instant
    from answerable.service.forecasting import asked_place, make_picture, refuse_ranking_in_real
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        outputs = {"geojson": geojson, "parquet": parquet, "csv": csv, "svg": svg}
        if top or any(outputs.values()):
            refuse_ranking_in_real(opened)
        start = parse_instant(at, opened.settings.time_zone or opened.tz) if at else opened.clock.now()
        with progress("forecasting"):
            window = Window.of_hours(start, hours)
            picture = make_picture(opened, window, model_name=model, cell_m=cell, area_file=area)
        asked = picture.of(asked_place(opened, place, radius) if place else picture.area)
        for form, path in outputs.items():
            if path is not None:
                path.write_bytes(_written(form, picture, opened))
                note(f"wrote {path}")
        cells = picture.forecast.top(top) if top else [asked]
        base = picture.forecast.base_rate if top else asked.base_rate
        document = picture.forecast.as_json(0) | {"base_rate": base, "cells": [c.as_json() for c in cells]}
        emit(document, as_json=as_json, text=lambda: _text(opened, picture, asked, top))


def _written(form: str, picture: Picture, opened: OpenWorkspace) -> bytes:
    from answerable.present import writers

    if form != "svg":
        write = {"geojson": writers.forecast_geojson, "parquet": writers.forecast_parquet, "csv": writers.forecast_csv}
        return write[form](picture.forecast)
    from answerable.present.svg_map import cell_map
    from answerable.record.verify import WATERMARKS

    mark = WATERMARKS.get(opened.settings.kind, "")
    zone = opened.settings.time_zone or "UTC"
    return cell_map(picture.forecast, areas=picture.parts, watermark=mark, tz=zone).encode()


def _text(opened: OpenWorkspace, picture: Picture, asked: PlaceForecast, top: int) -> str:
    from answerable.present.svg_map import window_words
    from answerable.present.tables import forecast_table_text, place_sentences
    from answerable.record.verify import WATERMARKS

    told = picture.forecast
    lines = [
        *filter(None, [WATERMARKS.get(opened.settings.kind)]),
        f"{told.model}, {window_words(told.window, opened.settings.time_zone or 'UTC')}, data until "
        f"{told.data_until:%d %B %Y}",
        "",
        *place_sentences(asked),
    ]
    return "\n".join([*lines, "", forecast_table_text(told, top)] if top else [*lines, *told.notes])
