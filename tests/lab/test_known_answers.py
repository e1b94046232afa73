"""Known answers that have no test of their own elsewhere: each within its tolerance, and each able to fail."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.stats import binom

from answerable.errors import InputError
from answerable.lab.known import groups, reproduce
from answerable.lab.known.answer import Answer
from answerable.lab.known.bogota import disparity, read_survey
from answerable.lab.known.disclosure import Release, recovered, release
from answerable.lab.known.malicious import REPORTS, trials
from answerable.lab.known.no_effect import shares
from answerable.lab.known.peers import forecasts, peers


def missed(name: str) -> list[tuple[str, float, float]]:
    return [(a.name, a.published, a.ours) for a in reproduce(name) if not a.holds]


@pytest.mark.parametrize("name", ["scores", "disclosure", "malicious"])
def test_k11_k12_and_k14_hold(name: str) -> None:
    assert missed(name) == []


def test_k13_in_a_few_cities_no_design_claims_an_effect_more_often_than_chance_allows() -> None:
    few = 80
    found = shares(few)
    assert len(found) >= 11
    # At a level of 7 in 100, more than this comes once in ten thousand times.
    assert {name: share for name, share in found.items() if share * few > binom.ppf(0.9999, few, 0.07)} == {}
    assert sum(found.values()) > 0


@pytest.mark.slow
def test_k13_every_design_claims_an_effect_as_rarely_as_it_says() -> None:
    answers = reproduce("designs")
    assert len(answers) >= 11
    assert [(a.name, a.ours) for a in answers if not a.holds] == []


@pytest.mark.slow
@pytest.mark.realdata
def test_k6_bogota_s_hot_spots_are_where_people_report(shared_data) -> None:
    answers = list(disparity(shared_data / "bogota_reporting"))
    assert [(a.name, a.published, a.ours) for a in answers if not a.holds] == []


def test_k11_s_peers_are_dated_and_got_the_same_forecasts() -> None:
    given = peers()
    assert given["date"].startswith("20")
    assert given["versions"] == {"dcurves": "1.1.7", "model-diagnostics": "1.5.0"}
    p, y = forecasts(given["rows"], given["seed"])
    assert np.square(p - y).mean() == pytest.approx(given["decomposition"]["score"], abs=1e-12)


def test_an_attacker_recovers_a_count_that_is_alone_in_its_row() -> None:
    truth = np.array([[3, 9], [7, 8]])
    alone = Release((1,), truth, np.array([[True, False], [False, False]]))
    assert recovered([truth], [alone]) == 1
    assert recovered([truth], [release(truth, (1,))]) == 0


def test_an_attacker_recovers_the_difference_of_two_growing_releases() -> None:
    first, more = np.full((3, 3), 9), np.array([[2, 0, 0], [0, 0, 0], [0, 0, 0]])
    growing = [release(first, (1, 0)), release(first + more, (1, 1))]
    assert recovered([first, more], growing) == 1


@pytest.mark.parametrize("seed", range(2))
def test_no_single_release_gives_a_small_count_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rng.gamma(0.7, 4, (6, 4)))
    assert recovered([counts], [release(counts, (1,))]) == 0


def test_a_source_that_knows_better_is_never_right(parameters) -> None:
    told = trials(parameters, np.random.default_rng(2), knows=True)
    assert len(told) == REPORTS
    assert not any(one.happened for one in told)
    assert all(0.02 < one.prior < 0.5 for one in told)


def test_a_survey_that_is_not_whole_is_named(tmp_path, monkeypatch) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_survey(tmp_path)
    (tmp_path / "districts.csv").write_text("district,population\nUSME,1\n")
    (tmp_path / "cells.csv").write_text("x_km,y_km,district\n0,0,USME\n")
    with pytest.raises(InputError, match="victimisation_share"):
        read_survey(tmp_path)
    monkeypatch.delenv("ANSWERABLE_SHARED_DATA", raising=False)
    with pytest.raises(InputError, match="not at hand"):
        list(disparity())


def test_where_everybody_reports_alike_nobody_is_seen_more(tmp_path) -> None:
    with (tmp_path / "districts.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(
            ("district", "population", "victimisation_share", "reporting_share", "published_ratio_reported_only_model")
        )
        rows.writerows([("A", 2_000_000, 0.12, 1.0, 1), ("B", 2_000_000, 0.12, 1.0, 1)])
    cells = [(x, y, "A" if x < 8 else "B") for x in range(16) for y in range(12)]
    (tmp_path / "cells.csv").write_text("x_km,y_km,district\n" + "\n".join(f"{x},{y},{d}" for x, y, d in cells))
    from answerable.lab.known.bogota import ratios

    full, reported = ratios(read_survey(tmp_path), np.random.default_rng(1))
    assert reported == pytest.approx(full, abs=0.1)


def test_an_answer_that_is_out_of_bounds_does_not_hold() -> None:
    assert Answer("K0", "x", "y", 1, 1.0, 0, 1).holds
    assert not Answer("K0", "x", "y", 1, 1.1, 0, 1).holds
    assert not Answer("K0", "x", "y", 1, float("nan"), 0, 1).holds


def test_every_check_has_a_group() -> None:
    assert {"polya", "oakland", "mixed", "bogota", "null-city", "engines", "massey", "london", "scores", "disclosure",
            "designs", "malicious", "slow-work"} == set(groups())  # fmt: skip
