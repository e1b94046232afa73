"""A small town on the National Grid, and incidents in it as a test needs them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import shapely
from numpy.typing import ArrayLike

from answerable.incidents import Incidents, Manifest
from answerable.incidents.table import SCHEMA
from answerable.place import Area, Grid, Projection

BNG = Projection("EPSG:27700")
START = datetime(2016, 1, 1, tzinfo=UTC)

MakeIncidents = Callable[..., Incidents]


@pytest.fixture(scope="session")
def town() -> Area:
    return Area("town", shapely.box(400_000, 300_000, 405_000, 304_000), BNG)


@pytest.fixture(scope="session")
def grid(town: Area) -> Grid:
    return Grid.cover(town, 500)


@pytest.fixture(scope="session")
def make_incidents() -> MakeIncidents:
    """Incidents at hours since 2016 and at metres east and north of the town's south-west corner."""

    def make(hours: ArrayLike, east: ArrayLike, north: ArrayLike, **columns: object) -> Incidents:
        seconds = np.round(np.asarray(hours, float) * 3600).astype(int).tolist()
        begin = [START + timedelta(seconds=s) for s in seconds]
        end = [at + timedelta(minutes=1) for at in begin]
        table = {
            "incident_id": [str(number) for number in range(len(begin))],
            "occurred_from": begin,
            "occurred_to": end,
            "precision": "minute",
            "x": np.broadcast_to(400_000 + np.asarray(east), len(begin)).tolist(),
            "y": np.broadcast_to(300_000 + np.asarray(north), len(begin)).tolist(),
            "place_precision": "point",
            "kind": "shooting",
            "severity": "injury",
            "n_harmed": 1,
            "origin": "reported",
            "known_at": end,
            "source": "test",
        } | columns
        spread = {k: v if isinstance(v, list) else [v] * len(begin) for k, v in table.items()}
        frame = pl.DataFrame(spread, schema_overrides=dict(SCHEMA)).select(list(SCHEMA)).cast(dict(SCHEMA))
        return Incidents(frame, Manifest("EPSG:27700", "", "Europe/London"))

    return make


@pytest.fixture(scope="session")
def two_years(make_incidents: MakeIncidents) -> Incidents:
    """Two incidents a day for two years: half of them around one corner, the rest anywhere."""
    rng = np.random.default_rng(2018)
    n = 1460
    hot = rng.random(n) < 0.5
    east = np.where(hot, rng.normal(1200, 300, n), rng.uniform(0, 5000, n)).clip(0, 4999)
    north = np.where(hot, rng.normal(1200, 300, n), rng.uniform(0, 4000, n)).clip(0, 3999)
    return make_incidents(np.sort(rng.uniform(0, 731 * 24, n)), east.astype(int), north.astype(int))


@pytest.fixture(scope="session")
def issued() -> datetime:
    """The instant at which the two years have just ended."""
    return START + timedelta(days=731)
