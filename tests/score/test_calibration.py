"""Calibration: slope 1 and ratio 1 for the truth, below 1 for what is over-confident or too high."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2

from answerable.errors import InputError
from answerable.score import calibration_slope, observed_over_predicted, reliability


@pytest.fixture
def truth() -> np.ndarray:
    return np.random.default_rng(1).lognormal(-3, 1, (50, 400))


@pytest.fixture
def seen(truth: np.ndarray) -> np.ndarray:
    return np.random.default_rng(2).poisson(truth)


def test_the_truth_has_slope_and_ratio_one(truth: np.ndarray, seen: np.ndarray) -> None:
    assert calibration_slope(truth, seen) == pytest.approx(1, abs=0.06)
    assert observed_over_predicted(truth, seen) == pytest.approx(1, abs=0.06)


def test_a_forecast_that_exaggerates_its_differences_has_a_slope_below_one(truth: np.ndarray, seen: np.ndarray) -> None:
    assert calibration_slope(truth**2, seen) == pytest.approx(calibration_slope(truth, seen) / 2)


def test_the_slope_does_not_care_about_the_level(truth: np.ndarray, seen: np.ndarray) -> None:
    assert calibration_slope(1e-6 * truth, seen) == pytest.approx(calibration_slope(truth, seen))


def test_twice_too_many_forecast_is_a_ratio_of_one_half() -> None:
    assert observed_over_predicted([2.0, 2.0], [1, 1]) == 0.5


def test_the_slope_solves_the_poisson_regression_it_says_it_solves(truth: np.ndarray, seen: np.ndarray) -> None:
    slope = calibration_slope(truth, seen)
    fitted = truth**slope * seen.sum() / (truth**slope).sum()
    assert ((seen - fitted) * np.log(truth)).sum() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("expected", "count", "why"),
    [
        ([1.0, 1.0], [1, 0], "no slope"),
        ([0.0, 1.0], [0, 1], "above 0"),
        ([1.0, 2.0], [0, 0], "incidents"),
        ([1.0, 2.0, 2.0], [0, 1, 3], "no slope fits best"),
        ([1.0, 2.0, 3.0], [2, 0, 0], "no slope fits best"),
    ],
)
def test_a_slope_that_cannot_be_told_is_refused(expected: list[float], count: list[int], why: str) -> None:
    with pytest.raises(InputError, match=why):
        calibration_slope(expected, count)


def test_bands_hold_equal_shares_of_what_was_expected_and_lose_nothing(truth: np.ndarray, seen: np.ndarray) -> None:
    bands = reliability(truth, seen)
    assert sum(band.cells for band in bands) == truth.size
    assert sum(band.observed for band in bands) == seen.sum()
    np.testing.assert_allclose([band.expected for band in bands], truth.sum() / 10, rtol=0.01)
    assert sum(band.low <= band.expected <= band.high for band in bands) >= 8


def test_a_bands_interval_is_garwoods() -> None:
    (band,) = reliability([4.0], [3], bands=1)
    assert band.low == pytest.approx(chi2.ppf(0.025, 6) / 2)
    assert band.high == pytest.approx(chi2.ppf(0.975, 8) / 2)


def test_nothing_observed_still_has_an_upper_end() -> None:
    (band,) = reliability([4.0], [0], bands=1)
    assert (band.low, round(band.high, 2)) == (0, 3.69)


def test_nothing_expected_has_no_ratio() -> None:
    with pytest.raises(InputError, match="Nothing was expected"):
        observed_over_predicted([0.0], [0])


def test_rows_that_stand_for_many_cells_are_banded_by_the_forecast_and_not_by_their_sum() -> None:
    mean, cells, seen = np.array([0.001, 0.01, 0.1]), np.array([9000.0, 100.0, 10.0]), np.array([9.0, 1.0, 1.0])
    found = reliability(mean, seen, bands=2, exposure=cells)
    assert [(band.cells, band.observed) for band in found] == [(9000, 9.0), (110, 2.0)]
    assert [band.expected for band in found] == pytest.approx([9.0, 2.0])
