"""Neighbourhoods of a survey: London's own figures of 2016, areas that are all alike, and files that are none."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError
from answerable.evaluate.confidence.fay_herriot import between_range
from answerable.evaluate.confidence.small_areas import AreaShares, read_areas, small_areas


def drawn(rng, *, areas: int = 106, mean: float = 75.0, between: float = 5.0, answers: int = 120) -> AreaShares:
    truth = mean + between * rng.normal(size=areas)
    noise = math.sqrt(1.5e4 * mean / 100 * (1 - mean / 100) / answers)
    shares = np.clip(np.round(truth + noise * rng.normal(size=areas)), 0, 100)
    return AreaShares("fair", tuple(f"area {i}" for i in range(areas)), shares)


@pytest.mark.realdata
class TestLondon:
    def found(self, shared_data: Path, item: str, file: str = "perceptions_2016", **given):
        return small_areas(read_areas(shared_data / "london_confidence" / f"{file}.csv.gz", item), **given)

    def test_most_of_what_sets_neighbourhoods_apart_on_fairness_is_who_was_asked(self, shared_data: Path) -> None:
        found = self.found(shared_data, "treat_fairly", assumed=True)
        assert len(found.numbers["areas"]) == 106
        assert found.numbers["mean"] == pytest.approx(75.6, abs=0.05)
        assert found.numbers["sampling"] == pytest.approx(math.sqrt(1.5e4 * 0.756 * 0.244 / 120 + 1 / 12), abs=0.01)
        assert found.numbers["between"] == pytest.approx(2.15, abs=0.05)
        assert (found.numbers["below"], found.numbers["above"]) == ([], [])
        assert "83 in 100 of how they scatter is who happened to be asked" in found.prose[1]
        assert "which the file does not say" in found.assumptions[0]
        assert found.prose[-1] == "All this supposes 120 answers in each area: the file does not say."

    def test_safety_after_dark_differs_by_more_than_the_survey_s_noise(self, shared_data: Path) -> None:
        found = self.found(shared_data, "safe_after_dark")
        assert found.numbers["between_low"] > 5
        assert "Enfield - Edmonton and South" in found.numbers["below"]
        assert "Richmond upon Thames - Richmond" in found.numbers["above"]
        for area in found.numbers["areas"].values():
            assert area["low"] <= area["estimate"] <= area["high"]
            assert area["high"] - area["low"] < 20

    def test_where_the_survey_sees_no_difference_the_interval_allows_for_what_it_could_miss(self, shared_data) -> None:
        found = self.found(shared_data, "respect")
        assert found.numbers["between"] == 0 < found.numbers["between_high"]
        assert "no further than if all areas were alike" in found.prose[1]
        assert all(area["high"] - area["low"] > 2 for area in found.numbers["areas"].values())

    def test_areas_without_a_figure_for_a_group_are_named(self, shared_data: Path) -> None:
        found = self.found(shared_data, "black_stop_search_fair", "perceptions_2015_2021_by_group", answers=90)
        assert len(found.numbers["blank"]) == 14
        assert len(found.numbers["areas"]) == 98
        assert "Westminster - ORB" in found.prose[-1]
        # Ninety answers in an area are more than ten points either way: its own share is not shown.
        assert {area["direct"] for area in found.numbers["areas"].values()} == {None}

    def test_on_the_command_line_with_its_page(self, shared_data: Path, tmp_path: Path) -> None:
        page = tmp_path / "areas.html"
        file = shared_data / "london_confidence" / "perceptions_2016.csv.gz"
        words = ["evaluate", "areas", str(file), "--item", "treat_fairly", "--html", str(page), "--json"]
        said = CliRunner().invoke(app, words)
        assert said.exit_code == 0
        assert json.loads(said.stdout)["numbers"]["between"] == pytest.approx(2.15, abs=0.05)
        assert "<svg" in page.read_text()


@pytest.mark.parametrize(("between", "least", "most"), [(0.0, 0.95, 1.0), (4.0, 0.93, 0.97)])
def test_intervals_hold_the_truth_and_areas_alike_are_hardly_ever_told_apart(between, least, most) -> None:
    held = told = 0
    seeds = 25
    for seed in range(seeds):
        truth = 75 + between * np.random.default_rng(seed).normal(size=106)
        found = small_areas(drawn(np.random.default_rng(seed), between=between)).numbers
        held += sum(one["low"] <= truth[int(name[5:])] <= one["high"] for name, one in found["areas"].items())
        told += len(found["below"]) + len(found["above"])
    assert least <= held / (seeds * 106) <= most
    assert between > 0 or told <= 0.02 * seeds * 106


def test_the_range_of_the_spread_holds_it_as_often_as_it_should() -> None:
    rng, held, rounds = np.random.default_rng(9), 0, 150
    for _ in range(rounds):
        d = rng.uniform(4, 40, 60)
        low, high = between_range(60 + 3 * rng.normal(size=60) + np.sqrt(d) * rng.normal(size=60), d)
        held += low <= 3 <= high
    assert held / rounds == pytest.approx(0.95, abs=0.035)


def test_areas_are_drawn_towards_those_like_them() -> None:
    rng = np.random.default_rng(2)
    kinds = tuple("ab"[i % 2] for i in range(80))
    shares = np.round(np.where(np.array(kinds) == "a", 60.0, 80.0) + 4 * rng.normal(size=80))
    names = tuple(f"area {i}" for i in range(80))
    found = small_areas(AreaShares("fair", names, shares, kinds))
    estimates = [area["estimate"] for name, area in found.numbers["areas"].items() if int(name[5:]) % 2 == 0]
    assert np.mean(estimates) == pytest.approx(60, abs=1)
    assert max(estimates) < 70


def test_too_few_answers_show_no_area() -> None:
    found = small_areas(drawn(np.random.default_rng(1), answers=30), answers=30)
    areas = [row.value for row in found.table if row.label.startswith("area")]
    assert set(areas) == {"too few answers"}
    assert {area["estimate"] for area in found.numbers["areas"].values()} == {None}
    assert "area" not in found.prose[0].replace("areas", "")


HEAD = "neighbourhood,fair\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column 'fair'"),
        ("neighbourhood,listen\na,3\n", "no column 'fair'"),
        (HEAD + "a,x\n", "is a number"),
        (HEAD + "a,101\n", "between 0 and 100"),
        (HEAD + "a,nan\n", "between 0 and 100"),
        (HEAD + "a,50\na,60\n", "one row and a name"),
        (HEAD + ",50\n", "one row and a name"),
    ],
)
def test_files_that_are_no_survey_of_areas(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as refused:
        read_areas(path, "fair")
    assert "areas.csv" in str(refused.value)


@pytest.mark.parametrize(
    ("shares", "given"),
    [
        ([50.0, 60.0], {}),
        ([0.0, 0.0, 0.0, 0.0, 0.0], {}),
        ([50.0] * 5 + [55.0], {"answers": 0}),
        ([50.0] * 5 + [55.0], {"design_effect": 0.5}),
        ([], {}),
    ],
)
def test_what_cannot_be_estimated_is_refused(shares, given) -> None:
    areas = AreaShares("fair", tuple(f"a{i}" for i in range(len(shares))), np.array(shares))
    with pytest.raises(InputError):
        small_areas(areas, **given)


def test_areas_that_all_say_the_same_are_told_so() -> None:
    found = small_areas(AreaShares("fair", tuple("abcdef"), np.full(6, 50.0)))
    assert found.numbers["between"] == 0
    json.dumps(found.as_json(), allow_nan=False)


def test_a_broken_archive_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv.gz"
    path.write_bytes(gzip.compress(b"neighbourhood,fair\na,50\n")[:-9])
    with pytest.raises(InputError, match="cannot be read"):
        read_areas(path, "fair")
