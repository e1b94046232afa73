"""``answerable lab``: list, run and reproduce, as a reader and as a program meet them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError, UsageError
from answerable.lab.known.null import allocators


def call(*words: str):
    return CliRunner().invoke(app, ["lab", *words], catch_exceptions=True)


def test_the_list_names_every_experiment_with_its_question() -> None:
    document = json.loads(call("list", "--json").stdout)
    assert len(document["experiments"]) == 11 + len(document["scenarios"])
    assert document["scenarios"][0] == "article-2018"
    assert "article-2018" in document["experiments"]
    assert "polya" in document["known_answers"]
    assert "article-2018" in call("list").stdout


def test_a_run_prints_its_answer_and_writes_its_report(tmp_path) -> None:
    report = tmp_path / "report.html"
    done = call("run", "feedback", "--size", "3", "--seed", "4", "--report", str(report), "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["seed"] == 4
    assert document["answer"] in report.read_text(encoding="utf-8").replace("&#39;", "'")
    assert "Simulated city" in call("run", "feedback", "--size", "3").stdout


def test_reproduce_gives_ours_published_and_whether_it_holds(tmp_path) -> None:
    page = tmp_path / "page.md"
    done = call("reproduce", "null-city", "--json", "--page", str(page))
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert all({"ours", "published", "holds"} <= set(one) for one in document.values())
    assert all(one["holds"] for one in document.values())
    assert page.read_text(encoding="utf-8").startswith("# The lab")


def test_what_reproduce_leaves_out_is_said_with_what_to_set(tmp_path, monkeypatch) -> None:
    few = {"bogota": lambda: iter(()), "null-city": allocators}
    monkeypatch.setattr("answerable.lab.known.groups", lambda: few)
    monkeypatch.delenv("ANSWERABLE_SHARED_DATA", raising=False)
    done = call("reproduce", "all", "--json")
    assert "K6 (bogota) is left out" in done.stderr
    assert "ANSWERABLE_SHARED_DATA" in done.stderr
    assert all(name.startswith("K7") for name in json.loads(done.stdout))
    (tmp_path / "bogota_reporting").mkdir()
    monkeypatch.setenv("ANSWERABLE_SHARED_DATA", str(tmp_path))
    assert "left out" not in call("reproduce", "all", "--json").stderr


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("run", "no-such"), UsageError),
        (("run", "feedback", "--size", "1000000000"), InputError),
        (("reproduce", "no-such"), UsageError),
        (("run", "feedback", "--size", "3", "--report", "/no/such/folder/x.html"), UsageError),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(words, kind) -> None:
    assert isinstance(call(*words).exception, kind)


def test_parameters_of_one_s_own_are_used_and_bad_ones_named(tmp_path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("dated: x\nparameters: {branching: {value: 2}}\n")
    assert isinstance(call("run", "feedback", "--parameters", str(mine)).exception, InputError)
