"""The evaluation of all deployments together on the public page: as it lies beside the log, or that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from answerable.evaluate.programme import Window, programme
from answerable.place import stamp
from answerable.service.public_view import PublicView
from answerable.web.pages.evaluation import evaluation
from answerable.web.render import Frame, html

MADE = datetime(2018, 12, 11, 9, tzinfo=UTC)
RARE = [Window(True, 0, "night"), Window(False, 1, "night", "refused"), Window(False, 0, "night", "withdrawn")]
MANY = [Window(True, n % 20 == 0, "night") for n in range(2000)] + [
    Window(False, n % 4 == 0, "night", "refused") for n in range(2000)
]


def laid(windows: list[Window], **how: Any) -> dict[str, Any]:
    """What ``evaluate programme --publish`` lays beside the log for these windows."""
    found = programme(windows, rng=np.random.default_rng(1), a_year=4, permutations=200, **how)
    return {"made_at": stamp(MADE), **found.as_json()}


def together(view: PublicView, found: Mapping[str, Any] | None) -> dict[str, Any]:
    return next(one for one in evaluation(view, found).data["sections"] if one["heading"] == "Taken together")


def test_a_programme_that_is_too_rare_says_that_it_cannot_be_told(view: PublicView) -> None:
    shown = together(view, laid(RARE))
    facts = dict(shown["facts"])
    assert facts["Verdict"] == "cannot tell"
    assert facts["Estimate"].startswith("0.00 times")
    assert facts["Estimate"].endswith("(95 % interval 0.00 to no upper end)")
    assert (facts["Deployed windows"], facts["Windows that it was asked for, with nobody deployed"]) == ("1", "2")
    assert facts["Worked out"] == {"at": "2018-12-11T09:00:00Z"}
    assert facts["Method"].startswith("Mantel-Haenszel")
    assert "refusal had nothing to do with the violence to come" in facts["What it assumes"]
    assert {"What could have been seen", "What would change this"} <= set(facts)
    assert any("too rare for its effect ever to be shown" in said for said in shown["paragraphs"])
    assert "not one of its entries" in shown["note"]
    assert ["Deployed windows", "1", "0 of them without company, left out"] in shown["table"]["rows"]
    text = html(evaluation(view, laid(RARE)), Frame.of(view)).decode()
    assert "09:00" in text
    assert "prevented" not in text


def test_a_fall_is_told_with_its_interval_and_harm_before_it(view: PublicView) -> None:
    found = laid(MANY, harms={"injuries of others": 2})
    shown = together(view, found)
    assert dict(shown["facts"])["Verdict"] == "fell"
    assert shown["paragraphs"][0] == "What went wrong is known, whatever the effect: 2 injuries of others."
    ratio, low, high = (found["numbers"][name] for name in ("ratio", "low", "high"))
    assert f"{ratio:.2f} times" in dict(shown["facts"])["Estimate"]
    assert f"{low:.2f} to {high:.2f}" in dict(shown["facts"])["Estimate"]


def test_what_was_not_fixed_beforehand_is_marked(view: PublicView) -> None:
    assert together(view, laid(RARE))["paragraphs"][0].startswith("We cannot tell")
    assert together(view, laid(RARE, exploratory=True))["paragraphs"][0].startswith("Exploratory:")


def test_before_the_first_deployment_it_is_not_assessable_and_has_no_estimate(view: PublicView) -> None:
    facts = dict(together(view, laid(RARE[1:]))["facts"])
    assert facts["Verdict"] == "not assessable"
    assert "Estimate" not in facts


@pytest.mark.parametrize(
    "found",
    [None, {}, {"verdict": "prevented"}, {"verdict": ["fell"]}],
    ids=["none", "empty", "another-verdict", "no-words"],
)
def test_without_a_verdict_of_ours_nothing_is_claimed(view: PublicView, found: Mapping[str, Any] | None) -> None:
    shown = together(view, found)
    assert shown["paragraphs"][0].startswith("No evaluation of all deployments together has been published.")
    assert (shown["facts"], shown["table"]) == ([], None)


def test_parts_of_a_file_that_are_not_of_the_right_kind_are_left_out(view: PublicView) -> None:
    found = {"verdict": "cannot tell", "prose": 7, "table": ["x", {"label": "A"}], "numbers": [1], "made_at": "soon",
             "assumptions": None, "method": ""}  # fmt: skip
    shown = together(view, found)
    assert dict(shown["facts"]) == {"Verdict": "cannot tell", "Worked out": "soon"}
    assert shown["table"]["rows"] == [["A", "", ""]]
    odd = {"ratio": "1", "low": float("nan"), "high": {}, "deployed": "many", "compared": None}
    assert set(dict(together(view, {"verdict": "fell", "numbers": odd})["facts"])) == {"Verdict", "Worked out"}
    assert html(evaluation(view, found), Frame.of(view))
