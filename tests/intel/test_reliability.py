"""What grades are worth: a known ratio is found again, an empty cell says little, and nothing is learned from what is
hidden.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betaincinv

from answerable.errors import InputError
from answerable.intel.beta_odds import beta_with
from answerable.intel.outcome import OUTCOMES, Trial
from answerable.intel.reliability import Settings, measure, summary

CELLS = [f"3x5x2 {source}{information}" for source in "123" for information in "ABCDE"]
ASSUMED = Settings.assumed()


def trials(cell: str, happened: int, of: int, prior: float = 0.05) -> list[Trial]:
    return [Trial(cell, prior, "materialised" if n < happened else "nothing_found") for n in range(of)]


def simulated(
    rng: np.random.Generator, log_ratio: dict[str, list[float]], counts: dict[str, int], *, spread: float = 1.0
) -> list[Trial]:
    """Reports whose events come with the odds of the forecast times the cell's ratio in the forecast's band."""
    made = []
    for cell, n in counts.items():
        for prior in np.clip(np.exp(rng.normal(np.log(0.05), spread, n)), 1e-4, 0.9):
            odds = prior / (1 - prior) * np.exp(log_ratio[cell][ASSUMED.band(float(prior))])
            made.append(Trial(cell, float(prior), "materialised" if rng.random() < odds / (1 + odds) else "refuted"))
    return made


def test_a_known_ratio_is_found_again() -> None:
    rng = np.random.default_rng(7)
    truth = {"3x5x2 1A": 20.0, "3x5x2 2C": 3.0, "3x5x2 3E": 0.5}
    logs = {cell: [float(np.log(ratio))] * 6 for cell, ratio in truth.items()}
    found = measure(simulated(rng, logs, dict.fromkeys(truth, 3000)))
    for cell, ratio in truth.items():
        got = found.ratio(cell, 0.05)
        assert got.low < ratio < got.high
        assert got.value == pytest.approx(ratio, rel=0.25)


def test_nine_in_ten_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(2018)
    held = []
    for _ in range(40):
        pooled, spread = rng.normal(ASSUMED.centre, 1.0), rng.choice(ASSUMED.cell_spreads)
        logs = {}
        for cell in CELLS:
            own = rng.normal(pooled, spread)
            logs[cell] = [float(rng.normal(own, ASSUMED.band_spread)) for _ in range(6)]
        counts = {cell: int(rng.integers(0, 60)) for cell in CELLS}
        found = measure(simulated(rng, logs, counts))
        ratios = {cell: found.ratio(cell, 0.05) for cell in CELLS}
        held += [r.low <= np.exp(logs[cell][ASSUMED.band(0.05)]) <= r.high for cell, r in ratios.items()]
    # 600 intervals: 0.9 give or take 0.012 if they were independent; those of one simulation are not.
    assert 0.86 <= np.mean(held) <= 0.94


def test_without_any_outcome_every_cell_has_the_assumed_ratio_and_a_wide_interval() -> None:
    found = measure([])
    ratios = [found.ratio(cell, prior) for cell in CELLS for prior in (0.001, 0.2)]
    assert {round(ratio.value, 6) for ratio in ratios} == {round(ratios[0].value, 6)}
    assert ratios[0].value == pytest.approx(3, rel=0.05)
    assert ratios[0].low <= 0.3
    assert ratios[0].high >= 30
    assert not ratios[0].measured
    assert (found.pooled.low, found.pooled.value, found.pooled.high) == pytest.approx((0.3, 3.0, 30.0), rel=0.02)
    assert found.outcomes == 0


def test_an_empty_cell_returns_the_pooled_ratio_with_a_wider_interval() -> None:
    full = [trial for cell in CELLS[:10] for trial in trials(cell, 40, 100)]
    found = measure(full)
    empty, seen = found.ratio("3x5x2 3E", 0.05), found.ratio("3x5x2 1A", 0.05)
    assert empty.value == pytest.approx(found.pooled.value, rel=0.1)
    assert np.log(empty.high / empty.low) > np.log(found.pooled.high / found.pooled.low)
    assert np.log(empty.high / empty.low) > 1.3 * np.log(seen.high / seen.low)


def test_few_outcomes_are_drawn_towards_the_scheme_and_many_speak_for_themselves() -> None:
    crowd = [trial for cell in CELLS[:8] for trial in trials(cell, 14, 100)]
    few, many = (measure([*crowd, *trials("3x5x2 3D", 3 * n, 4 * n)]).ratio("3x5x2 3D", 0.05) for n in (1, 100))
    own = 3.0 / (0.05 / 0.95)
    pooled = measure(crowd).pooled.value
    assert pooled < few.value < 0.5 * own
    assert many.value == pytest.approx(own, rel=0.2)


def test_with_one_forecast_and_one_band_it_is_the_textbook_beta_binomial() -> None:
    # The upper level pinned to one pooled ratio and one spread: the posterior of a cell is then a Beta in closed form.
    pinned = replace(ASSUMED, centre=1.5, centre_spread=1e-3, cell_spreads=(0.6,), band_spread=0.0)
    happened, n, prior = 9, 40, 0.05
    found = measure(trials("3x5x2 1A", happened, n, prior), settings=pinned).ratio("3x5x2 1A", prior)
    odds = prior / (1 - prior)
    a, b = beta_with(np.array([np.log(odds) + 1.5]), np.array([0.6]))
    ends = betaincinv(a + happened, b + n - happened, np.array([0.05, 0.5, 0.95]))
    assert (found.low, found.value, found.high) == pytest.approx(tuple(ends / (1 - ends) / odds), rel=2e-3)


def test_what_is_hidden_or_has_no_forecast_teaches_nothing() -> None:
    known = trials("3x5x2 1A", 3, 10)
    hidden = [
        Trial("3x5x2 1A", 0.05, "treated"),
        Trial("3x5x2 1A", 0.05, "unknown"),
        Trial("3x5x2 1A", None, "refuted"),
    ]
    one, other = measure(known).ratio("3x5x2 1A", 0.05), measure([*known, *hidden]).ratio("3x5x2 1A", 0.05)
    assert (one.value, one.low, one.high) == (other.value, other.low, other.high)
    line = summary(measure([*known, *hidden]))[0]
    assert (line["reports"], line["counted"], line["happened"]) == (13, 10, 3)
    assert line["outcomes"] == {"materialised": 3, "nothing_found": 7, "refuted": 1, "treated": 1, "unknown": 1}


def test_another_scheme_is_measured_apart_and_never_mixed_in() -> None:
    old = trials("5x5x5 A1", 9, 10)
    assert measure(old).outcomes == 0
    assert measure(old, scheme="5x5x5").outcomes == 10


def test_a_ratio_is_estimated_within_its_band_of_forecast_risk() -> None:
    # The grade is worth much where little was expected and nothing where much was.
    low, high = trials("3x5x2 1A", 60, 400, 0.005), trials("3x5x2 1A", 160, 400, 0.4)
    found = measure([*low, *high])
    assert found.ratio("3x5x2 1A", 0.005).value > 10 * found.ratio("3x5x2 1A", 0.4).value
    assert found.ratio("3x5x2 1A", 0.005).band == "0.003 to 0.01"


@pytest.mark.parametrize("prior", [0, 1, -1, float("nan")])
def test_a_certain_forecast_leaves_nothing_to_learn(prior: float) -> None:
    with pytest.raises(InputError, match="leaves nothing"):
        measure([]).ratio("3x5x2 1A", prior)


@given(
    st.lists(
        st.builds(Trial, st.sampled_from(CELLS), st.none() | st.floats(0, 1), st.sampled_from(OUTCOMES)), max_size=20
    ),
    st.floats(1e-5, 0.999),
)
def test_any_outcomes_give_an_ordered_interval(made: list[Trial], prior: float) -> None:
    ratio = measure(made).ratio("3x5x2 2B", prior)
    assert 0 < ratio.low < ratio.value < ratio.high
    assert np.isfinite(ratio.high)
    assert ratio.weight.sum() == pytest.approx(1)


@given(st.integers(0, 20), st.integers(1, 20))
def test_one_more_event_never_lowers_a_ratio(happened: int, missed: int) -> None:
    fewer = measure(trials("3x5x2 1B", happened, happened + missed)).ratio("3x5x2 1B", 0.05)
    more = measure(trials("3x5x2 1B", happened + 1, happened + missed)).ratio("3x5x2 1B", 0.05)
    assert more.value > fewer.value


def test_the_beta_asked_for_has_the_mean_and_spread_in_log_odds() -> None:
    rng = np.random.default_rng(3)
    for mean, spread in ((-4.0, 0.15), (-3.0, 1.4), (0.0, 0.5), (2.0, 1.0)):
        a, b = beta_with(np.array([mean]), np.array([spread]))
        drawn = rng.beta(a[0], b[0], 200_000)
        odds = np.log(drawn) - np.log1p(-drawn)
        assert odds.mean() == pytest.approx(mean, abs=0.02)
        assert odds.std() == pytest.approx(spread, rel=0.02)
