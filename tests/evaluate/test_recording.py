"""London recorded far more violence after 2013, since recording was mended: nobody's deployment did that."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from answerable.evaluate.calibrate import calibrate_weights
from answerable.evaluate.interrupted import interrupted_series
from answerable.evaluate.programme import Window, programme
from answerable.evaluate.rates import compare_rates

YEARS = range(2011, 2019)


@pytest.fixture(scope="module")
def violence(shared_data) -> np.ndarray:
    """Recorded violence by small area and year, shape (areas, 8)."""
    rows = pl.read_parquet(shared_data / "london_lsoa_year_2011_2018" / "lsoa_year.parquet")
    wide = rows.pivot(on="year", index="lsoa11_code", values="violence").sort("lsoa11_code")
    return np.nan_to_num(wide.select([str(year) for year in YEARS]).to_numpy().astype(float))


def windows(violence: np.ndarray, seed: int) -> list[Window]:
    """Pretended deployments to 400 of 1,200 small areas in 2015; what was logged beforehand is the count of 2013."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(violence), 1200, replace=False)
    before, after = violence[chosen, 2], violence[chosen, 4]
    band = np.searchsorted(np.quantile(before, np.linspace(0, 1, 11)[1:-1]), before)
    return [
        Window(i < 400, int(after[i]), f"band {band[i]}", "" if i < 400 else "refused", float(before[i]) or 0.5)
        for i in range(1200)
    ]


@pytest.mark.realdata
def test_a_plain_comparison_would_call_it_an_effect(violence) -> None:
    before, after = violence[:, 2].sum(), violence[:, 4].sum()
    assert after / before > 1.2
    deployed = [one for one in windows(violence, 1) if one.deployed]
    plain = compare_rates(sum(one.incidents for one in deployed), 1, int(sum(one.logged for one in deployed)), 1)
    assert plain.low > 1.15


@pytest.mark.realdata
def test_the_evaluation_does_not(violence) -> None:
    said = []
    for seed in range(60):
        found = programme(windows(violence, seed), rng=np.random.default_rng(seed), a_year=4, permutations=99)
        said.append(found.verdict)
        # What rose everywhere is in the expectation too, and it is said that it rose.
        assert 0.85 < found.numbers["observed_over_expected"] < 1.15
        assert any(row.label == "Everywhere, recorded over logged" for row in found.table)
    assert sum(one in ("fell", "rose") for one in said) <= 3


@pytest.mark.realdata
def test_nor_does_a_comparison_with_weighted_areas(violence) -> None:
    rng = np.random.default_rng(3)
    ratios = []
    for _ in range(20):
        treated = np.zeros(len(violence), dtype=bool)
        treated[rng.choice(len(violence), 39, replace=False)] = True
        x = np.column_stack([np.ones(len(violence)), violence[:, :3]])
        weights = calibrate_weights(x[~treated], x[treated].sum(axis=0)).weights
        ratios.append(violence[treated, 4].sum() / (weights @ violence[~treated, 4]))
    assert np.mean(ratios) == pytest.approx(1, abs=0.05)
    assert max(ratios) < 1.25


@pytest.mark.realdata
def test_nor_does_a_series_that_has_a_control(violence) -> None:
    # Months are not in this file: each year's count falls on its twelve months by lot, in both halves of London alike.
    rng = np.random.default_rng(4)
    half = rng.random(len(violence)) < 0.5
    series = [
        np.concatenate([rng.multinomial(int(total), np.full(12, 1 / 12)) for total in violence[which].sum(axis=0)])
        for which in (half, ~half)
    ]
    found = interrupted_series(series[0], series[1], 36)
    assert 0.95 < found.ratio < 1.05
    assert np.sum(series[0][36:48]) / np.sum(series[0][24:36]) > 1.1
