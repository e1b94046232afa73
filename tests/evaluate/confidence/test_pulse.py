"""Pulse surveys: fear and reassurance apart, groups before means, counts and never persons."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.evaluate.confidence.pulse import Cell, pulse, read_pulse

HEAD = "area,wave,group,item,agree,answers,dont_know\n"


def asked(item, group="all", *, deployment, matched, answers=3000, before=None) -> list[Cell]:
    """Shares after in both areas, and before the same in both."""
    cells = [
        Cell("deployment", "after", group, item, round(deployment * answers), answers, 10),
        Cell("matched", "after", group, item, round(matched * answers), answers, 10),
    ]
    if before is not None:
        cells += [
            Cell(area, "before", group, item, round(before * answers), answers, 10)
            for area in ("deployment", "matched")
        ]
    return cells


def test_fear_may_rise_while_reassurance_holds_and_both_are_said() -> None:
    found = pulse([
        *asked("afraid", deployment=0.40, matched=0.25, before=0.25),
        *asked("reassured", deployment=0.60, matched=0.60, before=0.60, answers=30_000),
    ])  # fmt: skip
    assert found.prose == (
        "On 'afraid', confidence was lower among all than the matched area explains.",
        "On 'reassured', confidence was not lower by more than the margin in any group asked.",
    )
    assert found.verdict == "lower"
    assert found.numbers["afraid"]["all"]["change"] == pytest.approx(-0.15, abs=1e-3)


def test_a_small_group_s_fall_is_not_lost_in_the_whole() -> None:
    found = pulse([
        *asked("treat_fairly", deployment=0.60, matched=0.60, answers=20_000),
        *asked("treat_fairly", "black residents", deployment=0.40, matched=0.60, answers=400),
    ])  # fmt: skip
    assert found.numbers["treat_fairly"]["all"]["verdict"] == "not lower by more than the margin"
    assert found.verdict == "lower"
    assert "black residents" in found.prose[0]


def test_a_hundred_answers_cannot_tell_and_say_how_many_would() -> None:
    found = pulse(asked("treat_fairly", deployment=0.55, matched=0.60, answers=100))
    assert found.verdict == "cannot tell"
    assert "a change of 5 points takes some 2,296 in each area" in found.power


def test_too_few_answers_are_not_shown_as_a_share() -> None:
    found = pulse(asked("treat_fairly", deployment=0.5, matched=0.5, answers=40))
    assert {row.value for row in found.table if "area after" in row.label} == {"too few answers"}


def test_a_survey_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "pulse.csv"
    rows = [f"{area},after,all,afraid,{agree},600,5" for area, agree in (("deployment", 240), ("matched", 150))]
    path.write_text(HEAD + "\n".join(rows) + "\n")
    cells = read_pulse(path)
    assert cells[0].share == pytest.approx(0.6)
    json.dumps(pulse(cells).as_json())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "needs the columns"),
        ("area,wave\nx,y\n", "needs the columns"),
        (HEAD + "deployment,after,all,afraid,x,10,0\n", "whole numbers"),
        (HEAD + "elsewhere,after,all,afraid,1,10,0\n", "deployment or matched"),
        (HEAD + "deployment,later,all,afraid,1,10,0\n", "before or after"),
        (HEAD + "deployment,after,,afraid,1,10,0\n", "named"),
        (HEAD + "deployment,after,all,afraid,11,10,0\n", "No more can agree"),
        (HEAD + "deployment,after,all,afraid,0,0,0\n", "No more can agree"),
        (HEAD + 2 * "deployment,after,all,afraid,1,10,0\n", "there twice"),
    ],
)
def test_files_that_are_no_survey(tmp_path: Path, text, says) -> None:
    path = tmp_path / "pulse.csv"
    path.write_text(text)
    with pytest.raises(InputError) as refused:
        read_pulse(path)
    assert says in str(refused.value)
    assert "pulse.csv" in str(refused.value)


def test_an_item_asked_in_one_area_only_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="both areas"):
        pulse(asked("afraid", deployment=0.4, matched=0.3)[:1])
    with pytest.raises(InputError, match="cannot be read"):
        read_pulse(Path("/nowhere/pulse.csv"))
