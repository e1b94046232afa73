"""Our scores beside other people's programs, on the same forecasts: scikit-learn, scoringrules, dcurves and
model-diagnostics, whose dated figures `make oracles` writes.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from answerable.score import brier_score, calibration_slope, poisson_log_score
from answerable.score.binary_log import binary_log_score
from answerable.score.corp import corp
from answerable.score.crps import crps_count
from answerable.score.decision import act_everywhere, net_benefit
from score_peers import PACKAGES, PAGE

PEERS = json.loads(PAGE.read_text(encoding="utf8"))


@pytest.fixture(params=range(len(PEERS["sets"])))
def one(request: pytest.FixtureRequest) -> dict[str, Any]:
    return PEERS["sets"][request.param]


def test_the_figures_are_dated_and_say_by_which_versions() -> None:
    assert set(PEERS["versions"]) == set(PACKAGES)
    assert PEERS["date"].startswith("20")


def test_the_brier_score_is_that_of_scikit_learn_and_scoringrules(one: dict[str, Any]) -> None:
    ours = brier_score(one["p"], one["happened"])
    assert ours == pytest.approx(one["peers"]["brier"], abs=1e-12)
    assert ours == pytest.approx(np.mean(one["peers"]["brier_each"]), abs=1e-12)


def test_the_log_score_of_what_happened_is_that_of_scikit_learn_and_scoringrules(one: dict[str, Any]) -> None:
    ours = binary_log_score(one["p"], one["happened"])
    assert ours == pytest.approx(-one["peers"]["log_loss"], abs=1e-9)
    assert ours == pytest.approx(-np.mean(one["peers"]["log_each"]), abs=1e-9)


def test_the_log_score_of_counts_differs_from_a_full_model_s_by_half_scikit_learn_s_deviance(
    one: dict[str, Any],
) -> None:
    count, mean = np.array(one["count"]), np.array(one["mean"])
    # A forecast of nothing where nothing came is perfect: its log score is 0, and any small mean comes near it.
    full = poisson_log_score(np.maximum(count, 1e-12), count)
    behind = (np.asarray(full) - np.asarray(poisson_log_score(mean, count))).sum() / count.size
    assert 2 * behind == pytest.approx(one["peers"]["poisson_deviance"], abs=1e-9)


def test_crps_is_that_of_scoringrules_for_both_laws(one: dict[str, Any]) -> None:
    mean, cv, count = (np.array(one[name]) for name in ("mean", "cv", "count"))
    assert crps_count(mean, cv, count) == pytest.approx(one["peers"]["crps_negative_binomial"], abs=1e-8)
    assert crps_count(mean, 0 * cv, count) == pytest.approx(one["peers"]["crps_poisson"], abs=1e-8)


def test_the_calibration_slope_is_that_of_scikit_learn_s_poisson_regression(one: dict[str, Any]) -> None:
    assert calibration_slope(one["mean"], one["count"]) == pytest.approx(one["peers"]["calibration_slope"], abs=1e-5)


def test_the_reliability_curve_and_the_parts_are_those_of_scikit_learn_and_model_diagnostics(
    one: dict[str, Any],
) -> None:
    ours = corp(one["p"], one["happened"], np.random.default_rng(1), draws=2)
    fitted = np.interp(one["p"], ours.p, ours.recalibrated)
    assert fitted == pytest.approx(one["peers"]["isotonic"], abs=1e-9)
    for part in ("miscalibration", "discrimination", "uncertainty"):
        assert getattr(ours, part) == pytest.approx(one["peers"]["decomposition"][part], abs=1e-9)


def test_net_benefit_is_that_of_dcurves(one: dict[str, Any]) -> None:
    told = PEERS["thresholds"]
    assert net_benefit(one["p"], one["happened"], told) == pytest.approx(one["peers"]["net_benefit"], abs=1e-12)
    everywhere = act_everywhere(one["happened"], told)
    assert everywhere == pytest.approx(one["peers"]["net_benefit_everywhere"], abs=1e-12)
