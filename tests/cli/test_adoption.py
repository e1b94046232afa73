"""``answerable adoption`` as a user meets it: a consultation over weeks, told by processes, each with its exit code."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Reach, Response
from answerable.case.adoption.proposal import template
from answerable.clock import NOW_VARIABLE, FixedClock
from answerable.service.adoption import act, open_adoption
from answerable.service.adoption_shown import list_adoptions
from answerable.service.responses_inbox import FOLDER, keep_response
from answerable.service.workspace import init_workspace, open_workspace

Run = Callable[..., Any]
ID = "A-2018-0001"


@pytest.fixture(scope="module")
def begun_empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation in which no pack is in force, made once, to be copied."""
    folder = tmp_path_factory.mktemp("begun") / "w"
    clock = FixedClock(datetime(2018, 11, 28, 9, tzinfo=UTC))
    init_workspace(folder, kind="simulated", time_zone="Europe/London", clock=clock, adopted=False)
    return folder


@pytest.fixture
def at(run: Run, begun_empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run words at a time of the simulation: ``at("2018-12-03", "adoption", "list")``; the papers lie there."""
    shutil.copytree(begun_empty, tmp_path / "w")
    for name in ("eia", "dpia", "draft-cia", "alternatives", "evidence"):
        (tmp_path / f"{name}.md").write_text(f"# {name}\n", encoding="utf8")

    def do(day: str, *words: str) -> Any:
        monkeypatch.setenv(NOW_VARIABLE, f"{day}T12:00:00+00:00")
        return run(*words)

    return do


@pytest.fixture
def files(at: Run, tmp_path: Path) -> Path:
    """The folder with proposal, responses and considerations."""
    (tmp_path / "proposal.yaml").write_text(template(), encoding="utf8")
    rows = '1,organisation,Tenants,oppose,fear,"Never.",yes,x\n2,individual,,support,fear;hours,Only at night,no,y\n'
    head = "id,kind,org,stance,themes,text,publish,email\n"
    (tmp_path / "responses.csv").write_text(head + rows, encoding="utf8")
    considered = [
        {"theme": "fear", "response": "We measure it.", "changed_what": "Fear is a metric."},
        {"theme": "hours", "response": "Any hour.", "why_not": "Harm has no hours."},
    ]
    (tmp_path / "considered.yaml").write_text(yaml.safe_dump(considered), encoding="utf8")
    return tmp_path


def test_a_consultation_from_its_proposal_to_its_sunset(at: Run, files: Path) -> None:
    assert at("2018-11-28", "adoption", "open", "proposal.yaml", "--json").json == {
        "id": ID, "state": "DRAFT", "blocked_by": [], "event": "propose",
    }  # fmt: skip
    assert at("2018-12-03", "adoption", "publish", ID).code == 0
    assert at("2018-12-03", "adoption", "notify", ID, "--to", "The commissioner", "--how", "letter").code == 0
    assert at("2018-12-03", "adoption", "template").out == template()
    entered = at("2018-12-10", "adoption", "respond", ID, "responses.csv", "--json")
    assert (entered.json["entered"], entered.json["dropped_columns"]) == (2, ["email"])
    assert "left out" in entered.err
    for org, how in (("Residents of the affected estates", "--reached"), ("Young people under 25", "--not-reached")):
        assert at("2018-12-11", "adoption", "reach", ID, org, how, "--how", "as told by the wards").code == 0
    replied = at("2018-12-20", "adoption", "notify", ID, "--to", "The commissioner", "--reply", "Shorten it.")
    assert replied.code == 0

    early = at("2018-12-21", "adoption", "decide", ID, "--adopt", "--reasons", "At once.", "--json")
    assert (early.code, early.json["state"]) == (1, "CONSULTING")
    assert early.json["blocked_by"] == ["G3", "G4", "N1"]

    assert at("2019-01-15", "adoption", "consider", ID, "considered.yaml").code == 0
    answered = at("2019-01-16", "adoption", "outcome", ID, "--statement", "Most oppose it.", "--answer", "2=No.")
    assert answered.code == 0, answered.err
    mine = at("2019-01-20", "adoption", "decide", ID, "--adopt", "--reasons", "Mine.", "--as", "policy-owner")
    assert (mine.code, mine.out) == (1, "")
    assert "takes the role chief_officer" in mine.err
    decided = at("2019-01-20", "adoption", "decide", ID, "--adopt", "--reasons", "Rare and grave.", "--json")
    assert (decided.code, decided.json["state"]) == (0, "ADOPTED")
    shown = at("2019-02-01", "adoption", "show", ID, "--json").json
    assert shown["not_reached"] == ["Young people under 25"]
    assert all(test["holds"] for test in shown["gunning"])
    text = at("2019-02-01", "adoption", "show", ID).out
    for said in (
        "NOT REACHED",
        "G4  holds",
        "answered: No.",
        "nothing changed: Harm has no hours.",
        "in force",
    ):
        assert said in text
    after = at("2020-02-01", "adoption", "list", "--json")
    assert [alarm["kind"] for alarm in after.json["alarms"]] == ["sunset"]
    assert "outside this tactic" in after.err


def _reached(*groups: str) -> ask.Reached:
    return ask.Reached(tuple(Reach(org=group, reached=True, how="meetings") for group in groups))


def test_renewing_takes_an_evaluation_and_repealing_takes_nothing(at: Run, files: Path) -> None:
    clock = FixedClock(datetime(2018, 12, 3, tzinfo=UTC))
    groups = ("Residents of the affected estates", "Young people under 25")
    walk: list[tuple[datetime, ask.Command, str]] = [
        (datetime(2018, 12, 3, tzinfo=UTC), ask.Consult(), "policy-owner"),
        (datetime(2018, 12, 3, tzinfo=UTC), ask.Notice("The commissioner", how="letter"), "pcc-liaison"),
        (datetime(2018, 12, 11, tzinfo=UTC), _reached(*groups), "policy-owner"),
        (datetime(2019, 1, 16, tzinfo=UTC), ask.Outcome("Nobody answered."), "policy-owner"),
        (datetime(2019, 1, 20, tzinfo=UTC), ask.Adopt("Rare and grave."), "chief-officer"),
    ]
    with open_workspace(files / "w", clock) as workspace:
        open_adoption(workspace, files / "proposal.yaml", "policy-owner")
        for now, command, account in walk:
            clock.set(now)
            assert act(workspace, ID, command, account).kind == command.kind
    renewal = ("adoption", "renew", ID, "--reasons", "It kept its limits.", "--evaluation-due", "2020-06-01", "--json")
    assert at("2019-10-01", *renewal).json["blocked_by"] == ["E1"]
    (files / "first-year.md").write_text("Nobody can tell.", encoding="utf8")
    words = ("--title", "First year", "--verdict", "Cannot tell.", "--file", "first-year.md")
    assert at("2019-10-01", "adoption", "evaluate", ID, *words).code == 0
    assert at("2019-10-02", *renewal).json["state"] == "RENEWED"
    assert at("2019-10-03", "adoption", "repeal", ID, "--json").json["state"] == "REPEALED"


def test_two_processes_that_decide_at_once_decide_once(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FixedClock(datetime(2018, 12, 3, tzinfo=UTC))
    with open_workspace(files / "w", clock) as workspace:
        open_adoption(workspace, files / "proposal.yaml", "policy-owner")
    environment = {**os.environ, "ANSWERABLE_WORKSPACE": "w", NOW_VARIABLE: "2019-01-20T12:00:00+00:00"}
    words = ["adoption", "decide", ID, "--reject", "--reasons", "People are against it.", "--json"]
    start = "from answerable.cli.main import run; run()"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", start, *words], cwd=files, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    told = [process.communicate(timeout=120) for process in running]
    assert sorted(process.returncode for process in running) == [0, 1]
    assert sum("REJECTED" in out for out, _ in told) == 1
    with open_workspace(files / "w", clock) as workspace:
        kinds = [event.kind for event in workspace.store.events(ID)]
        assert kinds == ["propose", "reject"]
        assert [line.action for line in workspace.store.audit(ID)] == ["reject"]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("adoption", "show", "A-2018-0009"), 2, "no such adoption"),
        (("adoption", "open", "gone.yaml"), 3, "cannot be read"),
        (("adoption", "open", "proposal.yaml", "--as", "nobody"), 2, "no such account"),
        (("adoption", "open", "proposal.yaml", "--as", "applicant"), 1, "takes the role policy_owner"),
        (("adoption", "outcome", ID, "--statement", "x", "--answer", "two"), 2, "names the reply"),
        (("adoption", "decide", ID, "--reasons", "x"), 2, "--adopt"),
        (("adoption", "respond", ID, "considered.yaml"), 3, "Unknown field"),
    ],
)
def test_what_is_wrong_ends_with_its_code_and_says_so(
    at: Run, files: Path, words: tuple[str, ...], code: int, says: str
) -> None:
    done = at("2018-11-28", *words)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    with open_workspace(files / "w") as workspace:
        assert list_adoptions(workspace) == []


def test_only_a_simulation_can_be_told_the_time(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NOW_VARIABLE, "2018-12-03T12:00:00+00:00")
    refused = run("init", "w")
    assert refused.code == 2
    assert "Only a simulated workspace can be told the time" in refused.err
    made = run("init", "w", "--kind", "simulated", "--no-adoption", "--pack", "uk.section60", "--json")
    assert made.json["adopted"] is False
    assert made.json["pack"].startswith("uk.section60")


def test_what_came_in_by_the_site_is_looked_at_and_entered(at: Run, files: Path) -> None:
    at("2018-11-28", "adoption", "open", "proposal.yaml")
    at("2018-12-03", "adoption", "publish", ID)
    for number, text in (("W-2", "Never."), ("W-3", "Names somebody.")):
        response = Response(id=number, kind="individual", stance="oppose", themes=("fear",), text=text, publish=True)
        keep_response(files / "w" / FOLDER, ID, response)
    listed = at("2018-12-04", "adoption", "received", ID)
    assert "Names somebody." in listed.out
    for words in (("--withhold", "W-3"), ("responses.csv", "--received"), ()):
        assert at("2018-12-04", "adoption", "respond", ID, *words).code == 2
    done = at("2018-12-04", "adoption", "respond", ID, "--received", "--withhold", "W-3", "--json")
    assert (done.code, done.json["entered"]) == (0, 2)
    assert at("2018-12-04", "adoption", "received", ID, "--json").json == {"waiting": []}
