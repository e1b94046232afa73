"""What every command promises: one JSON document on stdout, messages on stderr, documented exit codes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer import Context
from typer.main import get_command

from answerable.cli.app import app, app_for

Run = Callable[..., Any]
WHOLE: Any = get_command(app)


@pytest.mark.parametrize(
    "words",
    [
        ("article",),
        ("models",),
        ("sources",),
        ("policy", "list"),
        ("policy", "show", "uk.armed_patrol"),
        ("policy", "test"),
        ("status",),
        ("people", "list"),
        ("case", "list"),
        ("record", "head"),
        ("record", "publish"),
        ("fsck",),
        ("base-rate", "--events-per-year", "4500", "--places", "4835", "--hours", "12"),
    ],
)
def test_json_is_one_document_on_stdout_and_nothing_else(made: Run, words: tuple[str, ...]) -> None:
    done = made(*words, "--json")
    assert done.code == 0, done.err
    assert done.json is not None
    assert done.err == ""


def test_the_base_rate_answers_with_the_keys_others_rely_on(run: Run) -> None:
    told = run("base-rate", "--events-per-year", "4500", "--places", "4835", "--hours", "12", "--json").json
    assert told["per_100"] == pytest.approx(0.1274, abs=1e-4)
    assert told["skill_free_per_100"] == told["per_100"]
    assert told["deployments_per_incident"] == pytest.approx(785, abs=1)
    assert told["likelihood_ratio_for"]["20"] == pytest.approx(196, abs=1)


def test_a_blocked_step_ends_with_1_and_names_its_rules(made: Run, tmp_path: Path) -> None:
    text = (
        "title: A quiet carnival\narea: {name: Park, place: [-0.07, 51.6], radius_m: 200}\n"
        "window: {from: 2030-01-01T20:00, to: 2030-01-01T22:00}\ntrigger: {type: reassurance, refs: [carnival]}\n"
    )
    (tmp_path / "carnival.yaml").write_text(text, encoding="utf8")
    case = made("case", "open", "carnival.yaml", "--json").json["id"]
    done = made("case", "submit", case, "--json")
    assert done.code == 1
    assert "AP01" in done.json["blocked_by"]
    assert done.json["state"] == "DRAFT"


def test_a_refusal_is_proved_and_an_altered_proof_ends_with_4(made: Run, tonight: Path, tmp_path: Path) -> None:
    case = made("case", "open", tonight.name, "--json").json["id"]
    made("case", "submit", case)
    assert made("case", "refuse", case, "--reasons", "Unarmed will do.", "--change", "A weapon seen.").code == 0
    proof = Path(made("record", "prove", case, "--json").json["file"])
    policy = "w/public/log-policy"
    good = made("record", "verify", str(proof), "--policy", policy, "--json")
    assert (good.code, good.json["verified"], good.json["workspace"]) == (0, True, "rehearsal")
    text = (tmp_path / proof).read_text(encoding="utf8")
    altered = text.replace("index ", "index 1", 1)
    (tmp_path / "altered.tlog-proof").write_text(altered, encoding="utf8")
    bad = made("record", "verify", "altered.tlog-proof", "--policy", policy, "--json")
    assert (bad.code, bad.json["verified"]) == (4, False)
    assert bad.json["reason"]


def test_check_needs_no_workspace_and_its_exit_code_is_the_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text(run("case", "template").out, encoding="utf8")
    done = run("check", "facts.yaml", "--json")
    assert (done.code, done.json["holds"], done.json["blocked_by"]) == (0, True, [])
    late = run("check", "facts.yaml", "--at", "2018-12-24T20:00", "--json")
    assert (late.code, late.json["holds"]) == (1, False)
    assert late.json["pack"] == "uk.armed_patrol"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("status", "--workspace", "nowhere"), 2, "answerable init"),
        (("forecast",), 3, "No incidents"),
        (("forecast", "--at", "tomorrow"), 3, "not a time"),
        (("import", "nothing.csv"), 3, "nothing.csv"),
        (("quality",), 3, "No incidents"),
        (("case", "show", "2018-0001"), 2, "no such case"),
        (("case", "open", "gone.yaml"), 3, "gone.yaml"),
        (("init", "w"), 2, "already in use"),
        (("people", "add", "x", "--role", "king"), 2, "no such role"),
        (("policy", "show", "uk.nothing"), 2, "uk.nothing"),
        (("base-rate", "--events-per-year", "0", "--places", "5", "--hours", "2"), 3, "above 0"),
        (("serve", "--host", "0.0.0.0"), 2, "behind TLS"),
        (("nonsense",), 2, "nonsense"),
    ],
)
def test_what_goes_wrong_is_said_on_stderr_with_its_exit_code(
    made: Run, words: tuple[str, ...], code: int, says: str
) -> None:
    done = made(*words)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert "Traceback" not in done.err


def test_the_workspace_may_be_named_before_or_after_the_command(made: Run, tmp_path: Path) -> None:
    (tmp_path / "w").rename(tmp_path / "elsewhere")
    assert made("--workspace", "elsewhere", "status").code == 0
    assert made("status", "--workspace", "elsewhere").code == 0
    assert made("status").code == 2


def test_people_are_added_and_closed(made: Run) -> None:
    assert made("people", "add", "night-shift", "--role", "authoriser", "--role", "reviewer").code == 0
    assert made("people", "disable", "night-shift").code == 0
    states = {line["account"]: line["state"] for line in made("people", "list", "--json").json}
    assert states["night-shift"] == "closed"
    assert states["authoriser"] == "open"


def test_the_demo_tells_four_cases_and_verifies_every_proof(run: Run, tmp_path: Path) -> None:
    done = run("demo", "--dir", "city", "--no-serve", "--static", "site", "--json")
    assert done.code == 0, done.err
    story = json.loads(done.out)
    assert [case["state"] for case in story["cases"]] == ["EXPIRED", "SUBMITTED", "REFUSED", "WITHDRAWN"]
    assert story["proofs_verified"] == len(list((tmp_path / "city" / "public" / "proofs").iterdir()))
    assert story["kind"] == "simulated"
    pages = list((tmp_path / "site").glob("*.html"))
    assert len(pages) >= 10
    assert all("SIMULATED" in page.read_text(encoding="utf8") for page in pages)
    assert run("fsck", "--workspace", "city").code == 0
    laid = json.loads((tmp_path / "city" / "public" / "programme-evaluation.json").read_text("utf8"))
    page = (tmp_path / "site" / "evaluation.html").read_text("utf8")
    assert laid["verdict"] == "cannot tell"
    for said in laid["prose"]:
        assert said in page
        assert any(said in paragraph for paragraph in story["story"])


def test_a_workspace_is_made_and_says_what_to_do_next(run: Run) -> None:
    done = run("init", "w", "--json")
    assert (done.code, done.json["kind"]) == (0, "rehearsal")
    assert "answerable import" in run("init", "x").out


def test_the_version_is_told(run: Run) -> None:
    assert run("--version").out.startswith("answerable ")


@pytest.mark.parametrize("name", WHOLE.commands)
def test_one_command_is_put_together_as_in_the_whole(name: str) -> None:
    part = get_command(app_for([name, "--help"]))
    assert list(part.commands) == [name]
    assert told(part.commands[name], name) == told(WHOLE.commands[name], name)
    assert [one.name for one in part.params] == [one.name for one in WHOLE.params]


@pytest.mark.parametrize("words", [[], ["--help"], ["--workspace", "w", "case"], ["cse"]])
def test_what_names_no_command_is_left_to_the_whole(words: list[str]) -> None:
    assert app_for(words) is app


def told(command: Any, name: str) -> list[str]:
    """What the help of a command and of all below it says."""
    below = [line for one, child in getattr(command, "commands", {}).items() for line in told(child, f"{name} {one}")]
    return [command.get_help(Context(command, info_name=name)), *below]


def test_the_package_is_the_command(run: Run) -> None:
    done = subprocess.run([sys.executable, "-m", "answerable", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == run("--version").out


def test_an_accreditation_is_renewed_on_the_same_account(made: Run) -> None:
    assert made("people", "add", "commander", "--role", "authoriser", "--holds", "sfc:2018-12-01").code == 0
    renewed = made("people", "hold", "commander", "sfc:2019-06-30")
    assert (renewed.code, renewed.out.strip()) == (0, "commander holds sfc until 2019-06-30")
    assert "authoriser, sfc until 2018-12-01, sfc until 2019-06-30" in made("people", "list").out
    assert made("people", "hold", "commander", "king").code == 2
