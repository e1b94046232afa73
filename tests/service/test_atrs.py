from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from answerable.clock import FixedClock
from answerable.errors import InputError
from answerable.present import atrs as pinned
from answerable.present.atrs import questions
from answerable.present.document_writers import document_text
from answerable.service.atrs import ANSWERS, blank_answers, transparency_record
from answerable.service.workspace import Workspace

SECTIONS = ("0.", "1.", "2.1.", "2.2.", "2.3.", "2.4.", "2.5.")


def answer(workspace: Workspace, day: str = "2018-11-30", **changed: str) -> None:
    given = {field: {"value": changed.get(field, "Answered."), "as_of": day} for field in questions()}
    (workspace.folder / ANSWERS).write_text(yaml.safe_dump(given), encoding="utf8")


def test_every_section_of_the_standard_has_its_fields(workspace: Workspace) -> None:
    record = transparency_record(workspace)
    assert record.version == "3.0"
    ids = [field.id for field in record.fields]
    assert len(ids) == len(set(ids))
    assert all(any(one.startswith(section) for one in ids) for section in SECTIONS)


def test_what_the_live_system_says_is_filled_and_only_the_force_is_asked(workspace: Workspace) -> None:
    record = transparency_record(workspace)
    assert {p.split(" ")[0] for p in record.problems} == set(questions())
    live = {field.id: field.value for field in record.fields}
    assert workspace.settings.origin in live["0.1"]
    assert workspace.pack.title in live["1.2"]
    assert "authorise: authoriser" in live["2.3.1"]
    assert live["2.4.2.1"] == "mixture"
    assert "near_repeat: Half the long-run map" in live["2.4.2.6"]
    assert "gang_lists" in live["2.4.2.4"]


def test_with_the_answers_of_the_force_it_is_complete(workspace: Workspace) -> None:
    answer(workspace)
    record = transparency_record(workspace)
    assert record.problems == ()
    assert "Every field is filled" in document_text(record.document())


def test_an_empty_answer_is_a_problem(workspace: Workspace) -> None:
    answer(workspace, **{"1.3": " "})
    assert [p.split(" ")[0] for p in transparency_record(workspace).problems] == ["1.3"]


def test_an_answer_older_than_the_rules_in_force_is_stale(workspace: Workspace) -> None:
    answer(workspace, day="2018-11-29")
    problems = transparency_record(workspace).problems
    assert len(problems) == len(questions())
    assert "before the rules in force were adopted" in problems[0]


def test_an_answer_lasts_a_year(workspace: Workspace, clock: FixedClock) -> None:
    answer(workspace)
    clock.set(datetime(2019, 11, 30, 12, tzinfo=UTC))
    assert transparency_record(workspace).problems == ()
    clock.set(datetime(2019, 12, 1, 12, tzinfo=UTC))
    assert "more than 365 days ago" in transparency_record(workspace).problems[0]


def test_a_model_that_is_added_is_in_the_record_at_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    from answerable.forecast import base

    known = base.models()
    monkeypatch.setattr(base, "models", lambda: {"another": known["uniform"], **known})
    live = {field.id: field.value for field in transparency_record(workspace).fields}
    assert f"{len(known) + 1} models of places and windows: another, " in live["2.4.2"]
    assert "another: Every place alike" in live["2.4.2.6"]


def test_the_model_named_is_the_one_that_the_command_answers_by(workspace: Workspace) -> None:
    from inspect import signature

    from answerable.cli.forecast import forecast

    live = {field.id: field.value for field in transparency_record(workspace).fields}
    assert live["2.4.2.1"] == signature(forecast).parameters["model"].default


def test_a_text_written_for_other_inputs_is_stale() -> None:
    record = pinned.fill(
        {"forbidden": "gang_lists"}, {}, today=date(2026, 1, 1), adopted=None, name="n", workspace="rehearsal"
    )
    (problem,) = [one for one in record.problems if one.startswith("2.5.2")]
    assert "written for forbidden" in problem
    assert "now they are 'gang_lists'" in problem


def test_a_live_value_that_is_gone_is_a_problem_not_a_crash() -> None:
    record = pinned.fill({}, {}, today=date(2026, 1, 1), adopted=None, name="n", workspace="rehearsal")
    assert any("the live system gives no value" in problem for problem in record.problems)


def test_the_blank_file_asks_every_question_and_can_be_filled(workspace: Workspace, tmp_path: Path) -> None:
    blank = tmp_path / "blank.yaml"
    blank.write_text(blank_answers(), encoding="utf8")
    assert set(yaml.safe_load(blank_answers())) == set(questions())
    assert len(transparency_record(workspace, blank).problems) == len(questions())
    blank.write_text(blank_answers().replace('value: ""', "value: Yes.").replace("as_of:", "as_of: 2018-11-30"))
    assert transparency_record(workspace, blank).problems == ()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[]", "mapping"),
        ('"1.1": {value: x, as_of: 2018-11-30}', "field 1.1"),
        ('"1.3": {value: x}', "field 1.3"),
        ('"1.3": {value: x, by: y}', "field 1.3"),
        ('"1.3": {value: x, as_of: soon}', "field 1.3"),
    ],
)
def test_answers_that_cannot_be_used_are_named(workspace: Workspace, tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text(text, encoding="utf8")
    with pytest.raises(InputError, match=named):
        transparency_record(workspace, path)


def test_the_record_carries_the_mark_of_its_workspace(workspace: Workspace) -> None:
    document = transparency_record(workspace).as_json()
    assert document["watermark"].startswith("REHEARSAL")
    assert document["fields"]["0.7"]["value"] == "Rehearsal, not in use"
