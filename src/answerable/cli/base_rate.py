"""``answerable base-rate``: what chance alone would give, for any number of events, places and hours."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, table


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command("base-rate")(base_rate)


def base_rate(
    events_per_year: Annotated[float, typer.Option(help="Incidents a year in the whole city.")],
    places: Annotated[int, typer.Option(help="Places of equal size in the city (wards, small areas, cells).")],
    hours: Annotated[float, typer.Option(help="Length of the deployment in hours.")],
    area_places: Annotated[int, typer.Option(help="How many of the places one deployment covers.")] = 1,
    lift: Annotated[float, typer.Option(help="How many times likelier than a random place and time.")] = 1.0,
    as_json: Json = False,
) -> None:
    """Say of 100 such deployments how many would coincide with an incident. Needs no data."""
    from answerable.forecast.base_rate import base_rate as compute

    rate = compute(events_per_year, places, hours, area_places, lift)

    def text() -> str:
        rows = [[f"{target} in 100", f"{ratio:.3g}"] for target, ratio in rate.likelihood_ratio_for.items()]
        needed = table(["to make an incident as likely as", "evidence must weigh (likelihood ratio)"], rows)
        return "\n".join([*rate.sentences(), "", needed])

    emit(rate.as_json(), as_json=as_json, text=text)
