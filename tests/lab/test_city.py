"""The simulated city as a whole, and the file it hands to the importer."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.lab import City, Parameters, simulate_city
from answerable.lab.city import COLUMNS
from answerable.lab.rates import YEAR_HOURS


def test_the_same_seed_gives_the_same_city_and_another_seed_another(make_city: Callable[..., City]) -> None:
    one, same, other = make_city(3, 1), make_city(3, 1), make_city(4, 1)
    assert np.array_equal(one.events.at, same.events.at)
    assert np.array_equal(one.events.x, same.events.x)
    assert one.wards[5].geometry.equals(same.wards[5].geometry)
    assert not one.wards[5].geometry.equals(other.wards[5].geometry)


def test_about_900_incidents_a_year_are_on_record(city: City) -> None:
    truth = city.truth
    of_cell = truth.rates.background * YEAR_HOURS
    passed_on = of_cell.copy()
    for _ in range(30):
        passed_on = truth.rates.parameters["branching"] * truth.rates.spread(passed_on)
        of_cell = of_cell + passed_on
    expected = 3 * float((of_cell * truth.rates.reporting).sum())
    assert 800 < expected / 3 < 1000
    assert abs(len(city.events) - expected) < 5 * np.sqrt(expected)


def test_places_differ_as_much_as_log_normal_rates_make_them(make_city: Callable[..., City]) -> None:
    # Variance of counts over places: mean + mean^2 (e^(sigma^2) - 1) for one year without triggering.
    ratios = []
    for seed in range(12):
        city = make_city(seed, 1, branching=0, ward_share=0)
        whole = city.truth.rates.background > np.quantile(city.truth.rates.background, 0.0)
        counts = city.truth.count(city.window)[whole]
        excess = counts.var(ddof=1) - counts.mean()
        ratios.append(excess / counts.mean() ** 2)
    assert np.median(ratios) == pytest.approx(np.exp(0.81) - 1, rel=0.45)
    even = make_city(1, 1, branching=0, place_sigma=0)
    land = even.truth.rates.background
    inland = even.truth.count(even.window)[land > 0.999 * land.max()]
    assert inland.var(ddof=1) / inland.mean() == pytest.approx(1, abs=0.35)


def test_three_years_are_drawn_in_a_second_or_two(make_city: Callable[..., City]) -> None:
    # Of CPU time, so that what else the machine does counts little.
    started = time.process_time()
    make_city(21)
    assert time.process_time() - started < 2


def test_every_incident_lies_on_land_in_the_period_and_is_known_later(city: City) -> None:
    events = city.events
    assert city.geography.land.contains(events.x, events.y).all()
    assert (events.at >= np.datetime64(city.window.start.replace(tzinfo=None))).all()
    assert (events.at < np.datetime64(city.window.end.replace(tzinfo=None))).all()
    assert (events.known_at > events.at).all()
    assert np.array_equal(city.truth.grid.locate(events.x, events.y), events.cell)


def test_nobody_is_harmed_by_a_threat_and_somebody_by_an_injury(city: City) -> None:
    harmed = city.events.n_harmed
    assert (harmed[city.events.severity == "threat"] == 0).all()
    assert (harmed[city.events.severity != "threat"] >= 1).all()
    assert 0.3 < (city.events.severity == "injury").mean() < 0.4


def test_the_file_is_what_a_force_would_export_that_day(city: City, tmp_path: Path) -> None:
    path = tmp_path / "incidents.csv"
    written = city.write_incidents(path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == written <= len(city.events)
    assert len({row["incident_id"] for row in rows}) == written
    at = [datetime.fromisoformat(row["occurred_at"]) for row in rows]
    known = [datetime.fromisoformat(row["known_at"]) for row in rows]
    assert max(known) < city.window.end
    assert {t.utcoffset().total_seconds() for t in at} == {0.0, 3600.0}
    assert [t.astimezone(UTC) for t in at] == sorted(t.astimezone(UTC) for t in at)
    x, y = city.geography.projection.forward([float(r["lon"]) for r in rows], [float(r["lat"]) for r in rows])
    known_events = city.events.known_at < np.datetime64(city.window.end.replace(tzinfo=None), "s")
    assert np.abs(x - city.events.x[known_events]).max() <= 1.1
    assert np.abs(y - city.events.y[known_events]).max() <= 1.1


def test_a_city_without_time_is_refused(parameters: Parameters) -> None:
    with pytest.raises(InputError, match="0 to 50 years"):
        simulate_city(parameters, np.random.default_rng(0), 0, datetime(2018, 11, 30, tzinfo=UTC))
