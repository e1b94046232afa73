"""The weighted displacement difference: every published case, its size under scatter, and what it refuses."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.wdd import Difference, dispersion_of, wdd, wdd_harm, wdq

Z90 = 1.6448536269514722
PAPER = {
    "treated": (207, 110),
    "control": (308, 318),
    "displacement": (178, 157),
    "displacement_control": (150, 140),
}
pairs = st.tuples(st.integers(0, 400), st.integers(0, 400))


def test_the_paper_s_case() -> None:
    found = wdd(**PAPER)
    assert (found.local.estimate, found.displacement.estimate, found.total.estimate) == (-107, -11, -118)
    assert found.local.se == pytest.approx(30.708, abs=5e-4)
    assert found.displacement.se == pytest.approx(25.0)
    assert found.total.se == pytest.approx(math.sqrt(1568))
    assert found.total.z == pytest.approx(-2.98, abs=5e-3)
    assert (round(found.total.low), round(found.total.high)) == (-196, -40)


def test_without_displacement_areas() -> None:
    local = wdd((20, 10), (20, 20), level=0.90).local
    assert (local.estimate, local.se) == (-10, pytest.approx(8.3666, abs=5e-5))
    assert (local.low, local.high) == (pytest.approx(-23.761833, abs=1e-5), pytest.approx(3.761833, abs=1e-5))


def test_the_calculator_s_example() -> None:
    local = wdd((100, 80), (100, 90)).local
    assert (local.estimate, local.se) == (-10, pytest.approx(19.235, abs=5e-4))


def test_twice_as_long_before() -> None:
    local = wdd((80, 20), (100, 50), time_weights=(2, 1)).local
    assert (local.estimate, local.se) == (-20, pytest.approx(math.sqrt(115)))


def test_areas_of_unequal_size() -> None:
    found = wdd(**PAPER, area_weights=(1.2, 0.9, 1.5, 1.6))
    assert found.local.estimate == pytest.approx(-91.944, abs=5e-4)
    assert found.local.se == pytest.approx(31.512, abs=5e-4)
    assert found.total.estimate == pytest.approx(-99.694, abs=5e-4)
    assert found.total.se == pytest.approx(35.428, abs=5e-4)
    assert found.total.z == pytest.approx(-2.8140, abs=5e-5)
    assert (found.total.low, found.total.high) == (
        pytest.approx(-169.132, abs=5e-3),
        pytest.approx(-30.257, abs=5e-3),
    )


def test_weighted_by_harm() -> None:
    offences = [
        ((130, 74), (133, 91), 3),
        ((327, 202), (388, 305), 2),
        ((398, 190), (148, 97), 5),
        ((144, 92), (86, 64), 7),
        ((183, 96), (94, 67), 10),
    ]
    parts = [wdd(treated, control).local for treated, control, _ in offences]
    found = wdd_harm(parts, [weight for *_, weight in offences])
    assert found.estimate == -1721
    assert found.se == pytest.approx(304.1036, abs=5e-5)
    assert found.z == pytest.approx(-5.65926, abs=5e-6)
    assert (found.low, found.high) == (pytest.approx(-2317.032, abs=5e-3), pytest.approx(-1124.968, abs=5e-3))


@pytest.mark.realdata
def test_the_shared_worked_numbers(shared_data) -> None:
    rows = pl.read_csv(shared_data / "causal_wdd" / "wdd_examples.csv").to_dicts()
    assert len(rows) == 4
    for row in rows:
        given = {
            name: (row[f"{column}_pre"], row[f"{column}_post"])
            for name, column in (
                ("treated", "treated"),
                ("control", "control"),
                ("displacement", "disp_treated"),
                ("displacement_control", "disp_control"),
            )
        }
        total = wdd(**given, level=0.90).total
        assert total.estimate == row["estimate"], row["case"]
        assert total.se == pytest.approx(row["se"], abs=5e-5), row["case"]
        assert total.z == pytest.approx(row["z"], abs=1e-5), row["case"]
        assert (total.low, total.high) == pytest.approx((row["ci90_low"], row["ci90_high"]), abs=1e-5), row["case"]


@given(treated=pairs, control=pairs, ring=pairs, ring_control=pairs)
def test_the_total_is_its_parts(treated, control, ring, ring_control) -> None:
    if sum(map(sum, (treated, control, ring, ring_control))) < 10:
        return
    found = wdd(treated, control, ring, ring_control)
    assert found.total.estimate == found.local.estimate + found.displacement.estimate
    assert found.total.se == pytest.approx(math.hypot(found.local.se, found.displacement.se))
    assert found.total.low <= found.total.estimate <= found.total.high


@given(treated=pairs, control=pairs, phi=st.floats(1, 50))
def test_scatter_widens_and_moves_nothing(treated, control, phi) -> None:
    if sum(treated) + sum(control) < 10:
        return
    plain, scattered = wdd(treated, control).local, wdd(treated, control, dispersion=phi).local
    assert plain.estimate == scattered.estimate
    assert scattered.se == pytest.approx(plain.se * math.sqrt(phi))


@given(treated=pairs, control=pairs)
def test_swapping_treated_and_control_turns_the_sign(treated, control) -> None:
    if sum(treated) + sum(control) < 10:
        return
    assert wdd(treated, control).local.estimate == -wdd(control, treated).local.estimate


def test_the_quotient_and_when_it_has_no_meaning() -> None:
    assert wdq((207, 110), (178, 157), (308, 318)) == pytest.approx(0.2582, abs=5e-5)
    assert wdq((100, 120), (50, 50), (100, 100)) is None
    with pytest.raises(InputError, match="no events"):
        wdq((10, 5), (10, 5), (0, 10))


@pytest.mark.parametrize(("scatter", "mean"), [(s, m) for s in (None, 5, 1) for m in (0.05, 0.5, 5, 20, 100)])
def test_with_measured_scatter_it_hardly_ever_finds_what_is_not_there(scatter, mean) -> None:
    rng = np.random.default_rng(20181129)

    def counts(*shape):
        rates = np.full(shape, mean) if scatter is None else rng.gamma(scatter, mean / scatter, shape)
        return rng.poisson(rates)

    found = tried = 0
    for _ in range(800):
        phi = dispersion_of(counts(2, 24))
        (before, after), (control_before, control_after) = counts(2, 2)
        try:
            local = wdd((before, after), (control_before, control_after), dispersion=phi).local
        except InputError:
            continue
        tried += 1
        found += abs(local.z) > 1.96
    # Two standard errors of the simulation above the 6 % that is allowed.
    assert found <= 0.06 * tried + 2 * math.sqrt(0.06 * 0.94 * max(tried, 1))


def test_scatter_is_found_where_it_is_and_not_where_it_is_not() -> None:
    rng = np.random.default_rng(3)
    assert dispersion_of(rng.poisson(20, (50, 24))) == pytest.approx(1.0, abs=0.08)
    assert dispersion_of(rng.poisson(rng.gamma(5, 4, (50, 24)))) == pytest.approx(5.0, rel=0.15)
    slow = np.linspace(10, 40, 24) * np.ones((50, 1))
    assert dispersion_of(rng.poisson(slow)) == pytest.approx(1.0, abs=0.12)
    assert dispersion_of(np.zeros((3, 24))) == 1.0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: wdd((1, 2), (3, 3)), "too few"),
        (lambda: wdd((0, 0), (0, 0)), "too few"),
        (lambda: wdd((-1, 20), (30, 3)), "0 or more"),
        (lambda: wdd((math.nan, 20), (30, 3)), "finite"),
        (lambda: wdd((10, 20), (30, 3), area_weights=(0, 1, 1, 1)), "above 0"),
        (lambda: wdd((10, 20), (30, 3), dispersion=0.5), "at least 1"),
        (lambda: wdd_harm([], []), "one weight"),
        (lambda: wdd_harm([Difference(1, 1, 0, 2, 0.95)], [-1]), "0 or more"),
        (lambda: dispersion_of(np.ones((2, 23))), "at least 24"),
        (lambda: dispersion_of(np.full((2, 24), np.nan)), "at least 24"),
    ],
)
def test_what_it_refuses(call, says) -> None:
    with pytest.raises(InputError, match=says):
        call()
