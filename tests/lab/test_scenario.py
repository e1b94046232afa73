"""Scenario files: what a person who does not program can write, and what they are told where it cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from answerable.errors import AnswerableError, InputError, UsageError
from answerable.lab import load_parameters
from answerable.lab.experiments import run
from answerable.lab.playing import MEASURES, play
from answerable.lab.scenario import SENDS, Scenario, load_scenario, scenario_names

TOWN = """\
title: A town
question: What does answering every report do in a town?
places: 120
events_per_year: 150
each_knows: 10
replicates: 3
policies:
  - name: never
    send: [never]
  - name: after events
    send: [after-events]
  - name: under the pack
    send: [after-events, on-reports]
    under: uk.armed_patrol
  - name: hot spots
    send: [hot-spots]
    a_year: 50
  - name: schools
    send: [never]
    instead: schools
    in_places: 60
"""


@pytest.fixture
def town(tmp_path: Path) -> Path:
    (tmp_path / "town.yaml").write_text(TOWN, encoding="utf-8")
    return tmp_path / "town.yaml"


def measured(town: Path, **changes: float) -> dict[str, dict[str, float]]:
    scenario = load_scenario(str(town))
    found = play(scenario, load_parameters().changed(**changes), 3, 0)
    names = [policy.name for policy in scenario.policies]
    return {name: dict(zip(MEASURES, row, strict=True)) for name, row in zip(names, found.tolist(), strict=True)}


def test_a_file_of_one_s_own_is_run_and_says_what_each_policy_did(town) -> None:
    result = run(str(town), load_parameters())
    assert (result.name, result.size) == ("town", 3)
    assert [row[0] for row in result.rows] == ["never", "after events", "under the pack", "hot spots", "schools"]
    assert "150" not in result.answer or "events a year" in result.answer
    assert "assumed" in result.answer
    assert run(str(town), load_parameters()).as_json() == result.as_json()
    assert run(str(town), load_parameters(), seed=2).figures != result.figures


def test_policies_differ_as_they_say_on_the_same_events(town) -> None:
    found = measured(town, patrol_effect=0.9, schools_effect=0.5, schools_lag_months=1)
    assert found["never"]["deployments"] == found["never"]["prevented"] == found["schools"]["deployments"] == 0
    assert found["hot spots"]["deployments"] == 50
    assert found["schools"]["prevented"] > 0
    assert found["after events"]["deployments"] > 20
    # The pack's yearly ceiling holds whatever is asked for.
    assert found["under the pack"]["deployments"] <= 4
    assert found["under the pack"]["refused_by_rules"] + found["under the pack"]["refused_by_limits"] > 0
    assert all(one["events"] + one["prevented"] == found["never"]["events"] for one in found.values())


def test_the_article_s_plan_is_the_first_scenario_and_is_rare_under_the_rules() -> None:
    assert scenario_names()[0] == "article-2018"
    small = load_parameters().changed(london_places=480, london_injuries=450)
    figures = run("article-2018", small, size=3).figures
    every, ruled = figures["after every reported injury"], figures["both, under the pack's rules and limits"]
    assert ruled["deployments"] <= 4 < every["deployments"]
    assert ruled["confidence_lost"] < every["confidence_lost"]


@pytest.mark.parametrize("name", scenario_names())
def test_what_comes_with_the_package_is_read_without_a_complaint(name) -> None:
    scenario = load_scenario(name)
    assert scenario.question
    assert scenario.limits


WRONG = {
    "an unknown entry": ("places: 120", "placs: 120", "There is no entry 'placs'"),
    "an unknown entry of a policy": ("a_year: 50", "per_year: 50", "There is no entry 'per_year'"),
    "an unknown policy pack": ("uk.armed_patrol", "uk.no_such", "There is no policy 'uk.no_such'"),
    "an unknown way to send": ("[hot-spots]", "[hotspots]", "after-events"),
    "no places": ("places: 120", "places: 0", "places"),
    "a word for a number": ("places: 120", "places: many", "places"),
    "a negative rate": ("events_per_year: 150", "events_per_year: -1", "events_per_year"),
    "endless replicates": ("replicates: 3", "replicates: 1000000000", "replicates"),
    "hot spots without how many": ("    a_year: 50\n", "", "go together"),
    "never and something": ("[never]", "[never, after-events]", "stands alone"),
    "one name twice": ("name: hot spots", "name: schools", "one name"),
    "more places than there are": ("in_places: 60", "in_places: 600", "more places than there are"),
    "a source that knows too much": ("each_knows: 10", "each_knows: 130", "cannot know more places"),
    "an unknown parameter": ("replicates: 3", "change: {branchings: 0.1}", "no such parameter"),
    "a branching ratio of 1": ("replicates: 3", "change: {branching: 1}", "must stay below 1"),
    "a probability over 1": ("replicates: 3", "change: {patrol_effect: 1.5}", "cannot exceed 1"),
    "two sizes": ("places: 120", "places: 120\nshare_of_london: 0.1", "share_of_london"),
    "not YAML": ("title: A town", "title: [", "This is not YAML"),
    "nothing": (TOWN, "", "says nothing"),
}


@pytest.mark.parametrize("defect", WRONG)
def test_what_cannot_be_used_is_named_with_its_place(town, defect) -> None:
    old, new, said = WRONG[defect]
    assert old in TOWN
    town.write_text(TOWN.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        run(str(town), load_parameters())
    assert said in str(caught.value)
    assert "town.yaml" in str(caught.value)


@pytest.mark.parametrize("name", ["no-such", "no-such.yaml", "/etc"])
def test_a_scenario_that_is_not_there_is_named(name) -> None:
    with pytest.raises(UsageError) as caught:
        load_scenario(name)
    assert name in str(caught.value)


def test_no_file_makes_anything_but_a_named_error(tmp_path) -> None:
    """Random damage: every entry of a sound file in turn becomes something of another kind."""
    places = []
    rng, sound, path = np.random.default_rng(0), yaml.safe_load(TOWN), tmp_path / "damaged.yaml"
    other = [None, -1, 1e300, "x" * 5000, [], {}, [[]], True, float("nan")]
    for key in Scenario.model_fields:
        for value in rng.permutation(len(other))[:4]:
            path.write_text(yaml.safe_dump(sound | {key: other[value]}), encoding="utf-8")
            try:
                load_scenario(str(path))
            except AnswerableError as error:
                places.append(error.where)
    assert len(places) > 30
    assert all(places)


def test_every_way_to_send_is_one_that_a_policy_may_name() -> None:
    base = {"title": "t", "question": "q", "places": 100, "events_per_year": 50}
    for send in SENDS:
        policy = {"name": send, "send": [send]} | ({"a_year": 5} if send == "hot-spots" else {})
        assert Scenario.model_validate({**base, "policies": [policy]}).policies[0].send == [send]
