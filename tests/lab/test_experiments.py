"""Every experiment: small, whole, repeatable, honest about its error and its assumptions; some with a known truth."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from answerable.errors import InputError, UsageError
from answerable.lab import load_parameters
from answerable.lab.chart import Bar, bar_chart
from answerable.lab.experiments import NAMES, questions, run, sensitivity
from answerable.lab.experiments.feedback import gini
from answerable.lab.experiments.routine import first_levels
from answerable.lab.known import page, reproduce
from answerable.lab.result import MARK, Result

# London at full size is for the nightly run; here it is a tenth of its places.
SMALL = {"london_places": 480, "london_injuries": 450}
SIZES = {"designs": 3, "routine": 2, "alternatives": 2, "information": 2, "poisoned": 3, "reporting": 3,
         "sensitivity": 3, "cheating": 2, "decision-curves": 2, "feedback": 4}  # fmt: skip


@cache
def small(name: str, seed: int = 1) -> Result:
    return run(name, load_parameters().changed(**SMALL), seed=seed, size=SIZES.get(name, 2))


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_answers_in_a_paragraph_with_its_error_and_its_assumptions(name: str) -> None:
    result = small(name)
    assert result.name == name
    assert 80 < len(result.answer) < 900
    assert "nan" not in result.answer
    assert "prevented" not in result.answer or "assum" in result.answer + " ".join(result.limits)
    assert re.search(r"\d", result.error)
    assert all(len(row) == len(result.head) for row in result.rows)
    document = json.loads(json.dumps(result.as_json(), allow_nan=False))
    assert document["watermark"] == MARK
    assert document["parameters"]["london_places"] == 480
    assert "confidence_hit" in document["assumptions"]
    page = result.html()
    assert MARK in page
    assert "confidence_hit" in page
    assert "<script" not in page
    assert result.answer.split(".")[0] in result.text()


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_one_that_a_browser_and_a_reader_without_sight_can_use(name: str) -> None:
    result = small(name)
    assert bool(result.curves) != bool(result.bars)
    picture = ElementTree.fromstring(result.svg())
    inside = "{http://www.w3.org/2000/svg}"
    assert picture.find(f"{inside}title").text == result.title
    told = picture.find(f"{inside}desc").text
    assert all(one.name in told for one in (*result.curves, *result.bars))
    assert result.axes[1]
    assert result.svg().removeprefix("<svg ")[:200] in result.html()
    # No word runs out of the picture: seven units a letter, of the 960 that are shown.
    words = [one for one in picture.iter(f"{inside}text") if one.get("text-anchor") is None]
    assert [one.text for one in words if float(one.get("x")) + 7 * len(one.text) > 960] == []


def test_bars_are_as_long_as_their_figures_and_show_their_error() -> None:
    bars = (Bar("all", 10.0, 1.0), Bar("half", 5.0), Bar("less", -5.0))
    picture = ElementTree.fromstring(bar_chart("Three", bars, "of 10", "SIMULATED"))
    inside = "{http://www.w3.org/2000/svg}"
    widths = [float(one.get("width")) for one in picture.iter(f"{inside}rect")][1:]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.2) == pytest.approx(2 * widths[2], abs=0.2)
    assert "all: 10 (9 to 11)" in picture.find(f"{inside}desc").text


@pytest.mark.parametrize("name", ["feedback", "information", "poisoned", "alternatives"])
def test_the_same_seed_gives_the_same_result_and_another_another(name: str) -> None:
    again = run(name, load_parameters().changed(**SMALL), seed=1, size=SIZES[name])
    assert again.as_json() == small(name).as_json()
    assert small(name, 2).figures != small(name).figures


def test_an_unknown_experiment_is_refused_and_the_known_ones_are_named() -> None:
    with pytest.raises(UsageError, match="base-rates") as caught:
        run("no-such", load_parameters())
    assert "article-2018" in str(caught.value)
    assert set(NAMES) < set(questions())


@pytest.mark.parametrize("size", [-1, 0, 1, 1_000_000_000])
def test_a_size_that_cannot_be_meant_is_refused_before_anything_starts(size: int) -> None:
    with pytest.raises(InputError, match="2 to 100,000"):
        run("feedback", load_parameters(), size=size)


def test_k7_reported_data_are_a_lottery_and_discovered_data_run_away() -> None:
    assert [a.name for a in reproduce("null-city") if not a.holds] == []


def test_the_origin_kept_apart_is_what_stops_the_feedback() -> None:
    figures = small("feedback").figures
    assert figures["gini_discovered"] > 3 * figures["gini_reported"]


def test_in_the_simulated_city_too_discoveries_concentrate_patrols_beyond_the_true_rates() -> None:
    uneven = small("feedback").figures["uneven"]
    truth, reported, added, much = (
        uneven[name] for name in ("by true rates", "on reported incidents", "on reported and discovered",
                                  "where much is discovered")
    )  # fmt: skip
    assert reported == pytest.approx(truth, abs=0.05)
    assert reported < added < much
    assert much > truth + 0.08


@pytest.mark.parametrize(("counts", "expected"), [([1, 1, 1, 1], 0), ([0, 0, 0, 8], 0.75), ([1, 2, 3, 4], 0.25)])
def test_gini_against_figures_worked_out_by_hand(counts, expected) -> None:
    assert gini(np.array([counts]))[0] == pytest.approx(expected)


def test_k15_slow_work_loses_after_one_year_and_wins_after_five() -> None:
    assert [a.name for a in reproduce("slow-work") if not a.holds] == []


def test_the_lab_compares_deployments_with_work_on_drivers_by_cost_delay_and_effect() -> None:
    """G16: "key drivers of crime". That the same seed gives the same comparison is shown above."""
    figures = small("alternatives").figures
    parameters = load_parameters()
    for kind in ("schools", "focused", "foot", "environment"):
        assert figures[kind]["cost_a_year"] == parameters[f"{kind}_cost"]
        assert figures[kind]["lag_months"] == parameters[f"{kind}_lag_months"]
        assert figures[kind]["prevented"][4] > figures[kind]["prevented"][0] >= 0
        spent = 5 * parameters[f"{kind}_cost"] / 1e6
        assert figures[kind]["per_million"][4] == pytest.approx(figures[kind]["prevented"][4] / spent)
        assert figures[kind]["per_programme_year"][4] == pytest.approx(figures[kind]["prevented"][4] / 5)
    assert figures["deployments"]["lag_months"] == 0


def test_a_weekly_patrol_in_the_lab_is_blocked_within_the_published_weeks() -> None:
    """G17: "routine deployments". docs/rarity.md and docs/lab.md publish the third week for one area."""
    figures = small("routine").figures["weekly: every Monday, one area"]
    assert figures["blocked"] == 1
    assert figures["median_day"] == 14
    assert figures["allowed_a_year"] <= 3


def test_a_weekly_patrol_is_blocked_in_its_third_week_and_never_passes_the_ceiling() -> None:
    weeks = np.arange(0.0, 365, 7)
    found = first_levels(weeks, np.zeros(len(weeks), dtype=np.int64))
    assert found["block"] == 14
    assert found["allowed"] <= 3
    everywhere = first_levels(weeks, np.arange(len(weeks)))
    assert everywhere["block"] == 28
    assert everywhere["allowed"] == 4


def test_intelligence_moves_the_figure_and_the_limits_end_an_attack() -> None:
    figures = small("information").figures
    assert figures["two independent origins"]["per_100"] > 5 * figures["forecast alone, best 100"]["per_100"]
    attack = small("poisoned").figures
    assert attack["16"]["the armed-patrol pack's limits"] <= 3
    assert attack["16"]["two origins, one accomplice needed"] > attack["2"]["two origins, one accomplice needed"]


def test_designs_find_benefit_and_harm_where_there_is_much_of_it() -> None:
    figures = small("designs").figures
    assert figures["benefit"]["triggered windows"]["fall"] == 1
    assert figures["harm"]["triggered windows"]["rise"] == 1


@pytest.mark.slow
def test_k13_without_an_effect_designs_claim_one_no_more_often_than_they_say() -> None:
    found = run("designs", load_parameters(), size=150).figures["no effect"]
    for design in found.values():
        assert design["fall"] + design["rise"] <= 0.05 + 3 * np.sqrt(0.0475 / 150)


def test_the_ranking_names_the_extra_where_salib_is_absent(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "SALib.sample.morris", None)
    with pytest.raises(UsageError, match=r"answerable\[lab\]"):
        run("sensitivity", load_parameters(), size=2)


def test_screening_finds_a_known_ranking(monkeypatch) -> None:
    """A response that is 3 x branching's place in its range and 1 x reporting's: Morris must find 3, 1 and 0."""
    low = {name: load_parameters().entries[name].low for name in sensitivity.FACTORS}
    wide = {name: load_parameters().entries[name].high - low[name] for name in sensitivity.FACTORS}

    def known(parameters, seed):
        place = {name: (parameters[name] - low[name]) / wide[name] for name in ("branching", "reporting")}
        return np.full(3, 3 * place["branching"] + place["reporting"] + seed)

    monkeypatch.setattr(sensitivity, "respond", known)
    figures = run("sensitivity", load_parameters(), size=4).figures
    found = {name: figures[name][sensitivity.OUTPUTS[0]] for name in sensitivity.FACTORS}
    assert found["branching"] == pytest.approx(3)
    assert found["reporting"] == pytest.approx(1)
    assert found["patrol_effect"] == pytest.approx(0, abs=1e-9)


def test_screening_finds_that_confidence_is_about_confidence() -> None:
    ranking = small("sensitivity").figures["ranking"]["person-years of confidence, per 100"]
    assert {"confidence_hit", "confidence_half_weeks"} == set(ranking[:2])


def test_an_unknown_group_of_known_answers_is_refused() -> None:
    with pytest.raises(UsageError, match="polya"):
        reproduce("no-such")


def test_the_page_has_a_row_for_each_answer() -> None:
    answers = reproduce("polya")
    told = page(answers)
    assert told.count("\n| ") - told.count("| what |") == len(answers)
    assert "K1: Polya's urn" in told
