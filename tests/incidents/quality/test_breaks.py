"""A month that was not recorded and a change of recording are found; chance and the seasons are not taken for one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from answerable.incidents.quality import Check, quality_report
from answerable.incidents.quality.breaks import find_steps
from answerable.incidents.table import Incidents

Months = Callable[[list[int]], pl.DataFrame]
Sound = Callable[..., pl.DataFrame]
Find = Callable[..., Check]
Table = Callable[..., Incidents]


@pytest.fixture
def judge(months: Months, table: Table) -> Callable[[list[int]], dict[str, Check]]:
    def judged(counts: list[int]) -> dict[str, Check]:
        report = quality_report(table(months(counts), tz="UTC"))
        return {name: report[name] for name in ("missing_months", "breaks")}

    return judged


Judge = Callable[[list[int]], dict[str, Check]]


@pytest.mark.parametrize("spread", ["poisson", "overdispersed"])
@pytest.mark.parametrize("n", [24, 60])
def test_a_steady_series_is_flagged_no_more_often_than_it_says(n: int, spread: str) -> None:
    rng = np.random.default_rng(n)
    runs, level = 1000, 0.05
    # The second kind of counts has three times the variance of the first.
    series = rng.poisson(20, (runs, n)) if spread == "poisson" else rng.negative_binomial(10, 10 / 30, (runs, n))
    alarms = sum(bool(find_steps(counts.astype(float), level)) for counts in series)
    # Four standard deviations of the number of alarms expected.
    assert alarms <= runs * level + 4 * np.sqrt(runs * level * (1 - level))
    assert alarms >= runs * level / 4


def test_the_seasons_are_not_a_break(judge: Judge) -> None:
    rng = np.random.default_rng(4)
    season = 100 * (1 + 0.35 * np.sin(2 * np.pi * np.arange(72) / 12))
    assert judge(rng.poisson(season).tolist())["breaks"].level == "ok"


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_a_change_of_recording_is_dated_and_sized(judge: Judge, factor: float) -> None:
    rng = np.random.default_rng(5)
    rate = np.where(np.arange(72) < 40, 100, 100 * factor)
    check = judge(rng.poisson(rate).tolist())["breaks"]
    assert check.level == "look"
    (where,) = check.where
    month, size = where.split(": ")
    # Month 40 is May 2013.
    assert month in {"2013-04", "2013-05", "2013-06"}
    assert float(size.removesuffix(" %")) / 100 == pytest.approx(factor - 1, abs=0.1)


def test_two_changes_are_two_breaks(judge: Judge) -> None:
    rng = np.random.default_rng(6)
    rate = np.repeat([100, 160, 90], 30)
    assert len(judge(rng.poisson(rate).tolist())["breaks"].where) == 2


def test_a_change_too_small_to_matter_is_left_to_the_forecasts(judge: Judge) -> None:
    rate = np.where(np.arange(72) < 36, 10_000, 11_000)
    assert judge(np.random.default_rng(7).poisson(rate).tolist())["breaks"].level == "ok"


def test_in_less_than_two_years_only_a_great_step_counts(judge: Judge) -> None:
    rng = np.random.default_rng(8)
    small = judge(rng.poisson(np.repeat([100, 150], 9)).tolist())["breaks"]
    great = judge(rng.poisson(np.repeat([100, 300], 9)).tolist())["breaks"]
    assert (small.level, great.level) == ("ok", "look")
    assert "season" in small.says


@pytest.mark.parametrize("counts", [[50] * 5, [1] * 40])
def test_too_few_months_or_incidents_cannot_tell(judge: Judge, counts: list[int]) -> None:
    assert judge(counts)["breaks"].cannot_tell


def test_a_month_without_incidents_is_missing_and_not_also_a_break(judge: Judge) -> None:
    rng = np.random.default_rng(9)
    counts = rng.poisson(200, 48).tolist()
    counts[18] = 0
    counts[30] = 11
    found = judge(counts)
    assert found["missing_months"].level == "wrong"
    assert found["missing_months"].where == ("2011-07", "2012-07")
    assert found["breaks"].level == "ok"


def test_quiet_months_of_a_sparse_series_are_not_missing(judge: Judge) -> None:
    counts = np.random.default_rng(10).poisson(2, 48)
    assert (counts == 0).any()
    assert judge(counts.tolist())["missing_months"].count == 0


def test_a_first_and_last_month_that_were_cut_are_no_break(sound: Sound, find: Find) -> None:
    frame = sound()
    days = pl.col("occurred_from").dt.date().cast(pl.Int32)
    cut = frame.filter((days > days.min() + 28) & (days < days.max() - 28))
    assert find(cut, "missing_months").level == "ok"
    assert find(cut, "breaks").level == "ok"
