"""A forecast made by hand and one whole case, so that what is drawn and written can be checked by eye."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely
import yaml
from numpy.typing import ArrayLike

from answerable.forecast.base import Forecast
from answerable.place import Area, Grid, Projection, Window
from answerable.policy.pack import load_pack
from answerable.present.case_document import CaseEntry, CaseSource, Due

BNG = Projection("EPSG:27700")
EIGHT = datetime(2018, 11, 30, 20, tzinfo=UTC)

MakeForecast = Callable[..., Forecast]


@pytest.fixture(scope="session")
def make_area() -> Callable[..., Area]:
    """A box of metres east and north of a corner in London."""

    def make(name: str, west: float, south: float, east: float, north: float) -> Area:
        return Area(name, shapely.box(530_000 + west, 180_000 + south, 530_000 + east, 180_000 + north), BNG)

    return make


@pytest.fixture(scope="session")
def make_forecast(make_area: Callable[..., Area]) -> MakeForecast:
    """A forecast for a box of cells; ``expected`` is spread over the cells in grid order."""

    def make(expected: ArrayLike, *, width: int = 4, height: int = 3, model: str = "long_run") -> Forecast:
        grid = Grid.cover(make_area("city", 0, 0, 500 * width, 500 * height), 500)
        values = np.broadcast_to(np.asarray(expected, float), (len(grid),)).copy()
        window = Window.of_hours(EIGHT, 8)
        return Forecast(
            model, EIGHT, window, grid, values, values / 2, values * 2, float(values.mean()), EIGHT, "ab" * 32,
            notes=("Old data.",),
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def forecast(make_forecast: MakeForecast) -> Forecast:
    return make_forecast(np.linspace(0.0001, 0.012, 12))


T0 = datetime(2018, 11, 30, 17, tzinfo=UTC)
CASE_ENTRIES = Path(__file__).resolve().parent.parent / "assets" / "present" / "case_entries.yaml"


def read_case(*, kind: str = "rehearsal", keep: int | None = None, state: str = "EVALUATED") -> CaseSource:
    """The case of tests/assets/present/case_entries.yaml, with its first ``keep`` entries only where that is given."""
    pack = load_pack("uk.armed_patrol")
    told = yaml.safe_load(CASE_ENTRIES.read_text(encoding="utf8"))
    entries = tuple(
        CaseEntry(i, one["kind"], T0 + timedelta(minutes=one["minutes"]), one["office"], one["data"])
        for i, one in enumerate(told, 1)
    )
    rules = [{"id": rule.id, "basis": rule.basis, "src": rule.src} for rule in pack.rules]
    about = {"pack": pack.name, "version": pack.version, "status": pack.status, "title": pack.title, "hash": pack.hash}
    return CaseSource(
        id="2018-0001",
        workspace=kind,
        origin="answerable.w.1/rehearsal",
        tz="Europe/London",
        as_of=T0 + timedelta(days=10),
        state=state,
        entries=entries[:keep],
        pack={**about, "sunset_at": "2019-11-30T17:00:00Z", "rules": rules},
        not_limited=pack.not_limited,
        duties=(Due("close", T0 + timedelta(days=120), overdue=False), Due("debrief", T0, overdue=True)),
    )


@pytest.fixture(scope="session")
def case_of() -> Callable[..., CaseSource]:
    """Make the case of the entries file, whole or in part."""
    return read_case


@pytest.fixture(scope="session")
def whole_case() -> CaseSource:
    """One case from its opening to its evaluation, blocked once on the way."""
    return read_case()
