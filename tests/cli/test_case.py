"""Cases on the command line, each act a process: whole stories, and what goes wrong by its name and exit code."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from answerable.case.casefile import template
from answerable.clock import FixedClock
from answerable.policy.reading import read_yaml
from answerable.service.workspace import init_workspace, open_workspace

Run = Callable[..., Any]
SIX = datetime(2018, 11, 30, 18, tzinfo=UTC)
REVIEWED = ("--intel-valid", "--threat-reassessed", "--feedback", "Calm.")


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulation in London time, made once at six in the evening, to be copied."""
    folder = tmp_path_factory.mktemp("simulated") / "w"
    init_workspace(folder, kind="simulated", time_zone="Europe/London", clock=FixedClock(SIX))
    return folder


@pytest.fixture
def at(run: Run, simulated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run ``answerable case`` in that simulation at a time of that evening (``HH:MM``), or a whole instant."""
    shutil.copytree(simulated, tmp_path / "w")

    def do(time: str, *words: str) -> Any:
        instant = time if "T" in time else f"2018-11-30T{time}:00Z"
        monkeypatch.setenv("ANSWERABLE_NOW", instant)
        return run("case", *words)

    return do


@pytest.fixture
def document() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(template(), "template")
    del found["as_of"]
    found["judgement"]["gap_reasons"] = "No outcome of such reports is on record yet."
    return found


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, Any], str]:
    """Write a file and return its name."""

    def write(name: str, content: Any) -> str:
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf8")
        return f"{name}.yaml"

    return write


@pytest.fixture
def later(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "tests/assets/case/later_sections.yaml").read_text(encoding="utf8"))
    return found


def done(answer: Any, state: str) -> None:
    assert answer.code == 0, answer.err
    assert answer.json["state"] == state
    assert answer.json["blocked_by"] == []


def test_a_case_from_its_opening_to_its_closing(
    at: Run, document: dict[str, Any], file: Callable[[str, Any], str], later: dict[str, Any]
) -> None:
    del document["consultation"]
    case = at("18:00", "open", file("case", document), "--json").json["id"]
    done(at("18:01", "submit", case, "--json"), "SUBMITTED")
    unsigned = at("18:02", "assess", case, "--json")
    assert (unsigned.code, unsigned.json["blocked_by"]) == (1, ["AP39", "AP40"])
    done(at("18:02", "community-impact", case, "--json"), "SUBMITTED")
    done(at("18:02", "equality-impact", case, "--json"), "SUBMITTED")
    done(at("18:02", "assess", case, "--json"), "ASSESSED")
    view = ("--stance", "support", "--text", "Short, and beside the cordon.", "--keep-private")
    done(at("18:03", "advise", case, *view, "--json"), "ASSESSED")
    silent = at("18:04", "advise", case, "--stance", "no-reply", "--as", "pcc-liaison")
    assert "AP13" in silent.out
    objection = ("--stance", "object", "--text", "It will frighten the estate.", "--publish", "--as", "iag-contact")
    done(at("18:05", "advise", case, *objection, "--json"), "CONSULTED")
    yes = ("authorise", case, "--reasons", "Two origins agree.", "--json")
    early = at("18:06", *yes)
    assert (early.code, early.json["blocked_by"]) == (1, ["AP26", "AP27"])
    mine = at("18:40", *yes, "--as", "applicant")
    assert (mine.code, mine.out) == (1, "")
    assert "takes the role authoriser" in mine.err
    done(
        at("18:41", "answer", case, "3", "--text", "Stewards walk along.", "--changed", "Hours.", "--json"), "CONSULTED"
    )
    done(at("18:42", *yes), "AUTHORISED")
    assert "ends 2018-12-01 00:00 Europe/London, in 5 h 17 min" in at("18:43", "show", case).out
    assert at("20:01", "start", case, "--json").json["blocked_by"] == ["AP33"]
    done(at("20:02", "start", case, file("start", later["start"]), "--json"), "ACTIVE")
    assert at("22:03", "list", "--state", "under-review", "--json").json[0]["id"] == case
    done(at("22:03", "review", case, "--continue", *REVIEWED, "--json"), "ACTIVE")
    presence = ("--kind", "static", "--at", "2018-11-30T20:10", "--officers", "2", "--minutes", "100", "--cell", "c1")
    done(at("22:10", "log", case, *presence, "--json"), "ACTIVE")
    done(at("22:20", "end", case, "--json"), "ENDED")
    done(
        at("22:30", "reasons", case, "--reasons", "All went home.", "--as", "operational-commander", "--json"), "ENDED"
    )
    done(at("23:00", "community-impact", case, file("full", later["community_full"]), "--json"), "ENDED")
    done(at("23:00", "debrief", case, file("debrief", later["debrief"]), "--json"), "DEBRIEFED")
    shown = at("23:01", "show", case).out
    assert "NOT CONSULTED: pcc liaison" in shown
    assert "answered: Stewards walk along. Changed: Hours." in shown
    assert "due: the evaluation" in shown
    evaluated = at("2019-01-05T12:00:00Z", "evaluate", case, file("evaluation", later["evaluation"]), "--json")
    done(evaluated, "EVALUATED")
    outcome = ("referral", case, "organised_crime_drivers", "--outcome", "A supplier was charged.", "--json")
    late = at("2019-01-05T12:01:00Z", "show", case).out
    assert "OVERDUE: an outcome of the referral: organised crime drivers" in late
    done(at("2019-01-05T12:01:00Z", *outcome), "EVALUATED")
    done(at("2019-01-05T12:02:00Z", "close", case, file("closing", later["closing"]), "--json"), "CLOSED")


def test_an_urgent_authority_lapses_unratified(
    at: Run, document: dict[str, Any], file: Callable[[str, Any], str], later: dict[str, Any]
) -> None:
    for section in ("reports", "judgement", "consultation"):
        del document[section]
    document["trigger"] = {"type": "serious_assault_response", "refs": ["CAD-1234"]}
    document["incident"] = {"verified": True, "class": "shooting", "occurred_at": "2018-11-30T18:00"}
    document["authorisation"]["function"] = "tfc"
    document["window"] = {"from": "2018-11-30T20:00", "to": "2018-11-30T23:00"}
    case = at("20:00", "open", file("case", document), "--json").json["id"]
    done(at("20:00", "community-impact", case, "--json"), "DRAFT")
    done(at("20:01", "authorise", case, "--urgent", "--reasons", "A shooting at six.", "--json"), "AUTHORISED")
    assert "ends unless ratified 2018-11-30 22:01 Europe/London" in at("20:02", "show", case).out
    done(at("20:05", "start", case, file("start", later["start"]), "--json"), "ACTIVE")
    late = at("22:02", "ratify", case, "--reasons", "The same.")
    assert (late.code, late.out) == (1, "")
    assert "URGENT_UNRATIFIED" in late.err
    assert at("22:02", "show", case, "--json").json["state"] == "URGENT_UNRATIFIED"


def test_a_forecast_filed_as_urgent_is_blocked_all_the_same(
    at: Run, document: dict[str, Any], file: Callable[[str, Any], str]
) -> None:
    document |= {"reports": [], "window": {"from": "2018-11-30T20:00", "to": "2018-11-30T22:00"}}
    case = at("19:00", "open", file("case", document), "--json").json["id"]
    answer = at("19:30", "authorise", case, "--urgent", "--reasons", "The map is dark.", "--json")
    assert (answer.code, answer.json["state"]) == (1, "DRAFT")
    assert {"AP05", "AP08"} <= set(answer.json["blocked_by"])
    assert "This does not limit armed response" in at("19:31", "show", case).out


def test_of_two_processes_at_once_one_acts_and_the_other_is_told(
    at: Run, run: Run, document: dict[str, Any], file: Callable[[str, Any], str], tmp_path: Path
) -> None:
    case = at("18:00", "open", file("case", document), "--json").json["id"]
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(run("case", "submit", case))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.code for answer in answers) == [0, 1]
    assert any(words in answers[0].err + answers[1].err for words in ("acted on this case first", "cannot be asked to"))
    with open_workspace(tmp_path / "w") as workspace:
        assert [event.kind for event in workspace.store.events(case)] == ["open", "submit"]
        assert [line.action for line in workspace.store.audit(case)] == ["submit"]
        assert workspace.store.fsck().clean


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("advise", "CASE", "--stance", "against", "--text", "No."), 2, "support, neutral, object, no_reply"),
        (("answer", "CASE", "4", "--text", "Yes."), 2, "no advice number 4"),
        (("log", "CASE"), 2, "--kind"),
        (("log", "CASE", "--kind", "patrol"), 3, "not a kind of entry"),
        (("start", "CASE"), 1, "cannot be asked to start"),
        (("review", "CASE", "--continue", "--end"), 2, "one outcome"),
        (("extend", "CASE", "--reasons", "More.", "--ends-at", "tomorrow"), 3, "--ends-at tomorrow"),
        (("list", "--state", "asleep"), 2, "no such state"),
        (("submit", "CASE", "--as", "nobody"), 2, "no such account"),
        (("assess", "CASE", "--as", "authoriser"), 1, "takes the role analyst"),
        (("assess", "CASE", "gone.yaml"), 3, "gone.yaml"),
    ],
)
def test_what_goes_wrong_is_named_and_nothing_is_half_written(
    at: Run, document: dict[str, Any], file: Callable[[str, Any], str], words: tuple[str, ...], code: int, says: str
) -> None:
    case = at("18:00", "open", file("case", document), "--json").json["id"]
    done(at("18:00", "submit", case, "--json"), "SUBMITTED")
    asked = tuple(case if word == "CASE" else word for word in words)
    answer = at("18:01", *asked)
    assert (answer.code, answer.out) == (code, "")
    assert says in answer.err
    assert "Traceback" not in answer.err
    assert [event["kind"] for event in at("18:02", "show", case, "--json").json["events"]] == ["open", "submit"]
