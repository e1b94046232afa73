"""The homicide claims of 2018: the figures said then, the card made of them, and files that cannot be read."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.indicator.card import History, homicide_card
from answerable.evaluate.indicator.claims import Claim, known_by, read_claims
from answerable.evaluate.indicator.spate import most_in, scan_p
from answerable.evaluate.indicator.year_end import back_test, dispersion_in_years, seasonal_share, year_end
from answerable.service.indicators import homicide, read_months


@pytest.fixture(scope="module")
def claims_file(shared_data):
    return shared_data / "london_homicide_claims_2018" / "claims.csv"


@pytest.fixture(scope="module")
def months_file(shared_data):
    return shared_data / "london_homicide" / "homicide_month_borough_2003_2018.csv.gz"


def claim(count, *, year=2018, until=None, known=None, definition="police") -> Claim:
    end = until or date(year + 1, 1, 1)
    return Claim(known or end, date(year, 1, 1), end, count, definition, "a report")


@pytest.mark.parametrize(
    ("so_far", "days", "mean", "low", "high"),
    [(127, 333, 139, 134, 146), (100, 257, 142, 130, 155), (46, 90, 188, 151, 229)],
)
def test_carried_on_without_earlier_years(so_far, days, mean, low, high) -> None:
    found = year_end(so_far, days / 365)
    assert (found.mean, found.low, found.high) == (
        pytest.approx(mean, abs=1),
        pytest.approx(low, abs=1),
        pytest.approx(high, abs=1),
    )


@pytest.mark.realdata
def test_london_s_months_are_forecast_as_well_as_promised(months_file) -> None:
    history = read_months(months_file, as_of=date(2019, 1, 1))
    assert history.first_year == 2003
    assert history.months[-2].tolist() == [6, 6, 11, 16, 15, 21, 9, 14, 8, 14, 11, 10]
    assert history.months[-1].sum() == 138
    for level, slack in ((0.9, 0.06), (0.8, 0.08)):
        tested = back_test(history.months, level=level)
        assert tested.forecasts == 132
        assert tested.held == pytest.approx(level, abs=slack)
    assert abs(back_test(history.months).mean_error) < 4


@pytest.mark.realdata
def test_a_burst_is_not_carried_on(months_file) -> None:
    # The first quarter of 2018 alone pointed to 188; the year ended at 134 to 140.
    months = read_months(months_file, as_of=date(2018, 1, 1)).months
    found = year_end(46, float(seasonal_share(months)[2]), months.sum(axis=1), dispersion=dispersion_in_years(months))
    assert found.low <= 134
    assert found.high >= 140
    assert found.mean < 160


@pytest.mark.realdata
def test_the_claim_is_true_by_one_count_and_false_by_another(claims_file, months_file) -> None:
    card = homicide(claims_file, as_of=date(2018, 11, 30), counts=months_file)
    holds = {one["last_year"]: one["holds"] for one in card.numbers["claims"]}
    assert holds == {116: True, 118: True, 131: False}
    assert "true against" in card.prose[0]
    assert "false against 131" in card.prose[0]
    rate = next(one for one in card.numbers["rates"] if "Metropolitan" in one["definition"])
    assert (rate["ratio"], rate["low"], rate["high"]) == (
        pytest.approx(1.20, abs=5e-3),
        pytest.approx(0.93, abs=5e-3),
        pytest.approx(1.56, abs=6e-3),
    )
    assert rate["p"] == pytest.approx(0.158, abs=3e-3)
    end = card.numbers["year_end"]
    assert end["low"] <= 134
    assert end["high"] >= 140
    assert card.numbers["revisions"]["2017"] == [116, 146]
    assert card.numbers["back_test"]["held"] == pytest.approx(0.9, abs=0.06)
    same_date = next(row for row in card.table if row.label.startswith("To the same date"))
    assert "100 against 99" in same_date.value
    json.dumps(card.as_json())


@pytest.mark.realdata
def test_only_what_was_known_on_the_day_counts(claims_file) -> None:
    every = read_claims(claims_file)
    assert len(every) == 16
    assert len(known_by(every, date(2018, 9, 14))) == 3
    with pytest.raises(InputError, match="whole of 2017"):
        homicide(claims_file, as_of=date(2018, 10, 1))


def test_a_year_that_is_over_is_not_forecast() -> None:
    found = year_end(134, 1.0)
    assert (found.mean, found.low, found.high) == (134, 134, 134)


def test_false_by_every_count() -> None:
    known = date(2018, 6, 1)
    card = homicide_card(
        [claim(116, year=2017, known=known), claim(50, until=known, known=known)], as_of=date(2018, 6, 2)
    )
    assert card.prose[0].startswith("The claim is false by every count of 2017")
    assert "within what chance" in next(row.value for row in card.table if row.label.startswith("Rate"))


@given(so_far=st.integers(0, 300), share=st.floats(0.01, 1.0), years=st.lists(st.integers(0, 300), max_size=12))
def test_a_year_never_ends_below_what_it_has(so_far, share, years) -> None:
    found = year_end(so_far, share, years)
    assert so_far <= found.low <= found.high
    assert math.isfinite(found.mean)
    assert found.mean >= so_far


@pytest.mark.parametrize(("windows", "mean", "most", "p"), [(208, 0.6, 6, 0.0390)])
def test_a_published_scan(windows, mean, most, p) -> None:
    assert scan_p(windows, mean, most) == pytest.approx(p, abs=5e-5)


@pytest.mark.parametrize(
    ("windows", "mean", "most"), [(20, 1.0, 5), (50, 0.5, 4), (260, 1.0, 6), (12, 5.0, 14), (30, 0.2, 2), (5, 0.3, 1)]
)
def test_scans_against_simulation(windows, mean, most) -> None:
    rng = np.random.default_rng(12)
    hits = 0
    for _ in range(3000):
        at = np.sort(rng.uniform(0, windows, rng.poisson(windows * mean)))
        hits += len(at) >= most and (at[most - 1 :] - at[: len(at) - most + 1]).min() < 1
    assert scan_p(windows, mean, most) == pytest.approx(hits / 3000, abs=0.035)


@given(mean=st.floats(0.05, 5), most=st.integers(1, 20), windows=st.floats(3, 300))
def test_a_larger_burst_is_rarer(mean, most, windows) -> None:
    one, more = scan_p(windows, mean, most), scan_p(windows, mean, most + 1)
    assert 0 <= more <= 1
    assert most < 3 or more <= one + 1e-6


def test_the_worst_months_on_end() -> None:
    assert most_in(np.array([1, 5, 4, 0, 3]), 2) == 9


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs the columns"),
        ("known_at,count\n2018-01-01,3\n", "needs the columns"),
        ("{head}2018-01-01,2018-01-01,2018-02-01,many,police,report\n", "row 2"),
        ("{head}2018-01-01,2018-01-01,2018-02-01,-3,police,report\n", "0 or more"),
        ("{head}2018-01-01,2018-02-01,2018-01-01,3,police,report\n", "ends after it begins"),
        ("{head}2018-13-01,2018-01-01,2018-02-01,3,police,report\n", "row 2"),
        ("{head}2018-01-01,2018-01-01,2018-02-01,3,,report\n", "definition"),
    ],
)
def test_files_of_counts_that_cannot_be_read(tmp_path, text, says) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(text.replace("{head}", "known_at,period_from,period_to,count,definition,source\n"))
    with pytest.raises(InputError) as refused:
        read_claims(path)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("month,victims\n2017-13,4\n", "no month"),
        ("month,victims\n2017-01,x\n", "row 2"),
        ("when,victims\n2017-01,4\n", "row 2"),
        ("month,victims\n2018-01,4\n", "No months before 2018"),
    ],
)
def test_files_of_months_that_cannot_be_read(tmp_path, text, says) -> None:
    path = tmp_path / "months.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_months(path, as_of=date(2018, 6, 1))
    assert says in str(refused.value)


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_months(tmp_path / "none.csv", as_of=date(2018, 6, 1))
    with pytest.raises(InputError, match="cannot be read"):
        read_claims(tmp_path / "none.csv")


@pytest.mark.parametrize(
    "call",
    [
        lambda: year_end(-1, 0.5),
        lambda: year_end(1, 0.0),
        lambda: year_end(1, 1.5),
        lambda: year_end(1, 0.5, [-3]),
        lambda: year_end(1, 0.5, dispersion=0.2),
        lambda: back_test(np.ones((3, 12))),
        lambda: back_test(np.ones((9, 11))),
        lambda: scan_p(2, 1, 3),
        lambda: scan_p(10, 0, 3),
        lambda: scan_p(10, 1, 0),
        lambda: homicide_card([], as_of=date(2018, 6, 1)),
        lambda: homicide_card(
            [claim(116, year=2017, known=date(2018, 1, 1)), claim(5, until=date(2018, 2, 1), known=date(2018, 2, 1))],
            as_of=date(2018, 3, 1),
            history=History(2018, np.ones((1, 12)), np.array([])),
        ),
    ],
)
def test_what_is_refused(call) -> None:
    with pytest.raises(InputError):
        call()
