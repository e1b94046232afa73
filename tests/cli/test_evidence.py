from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer import Typer
from typer.main import get_command
from typer.testing import CliRunner, Result

from answerable.cli import brief
from answerable.cli import evidence as group
from answerable.cli.main import app as whole

Made = Any


@pytest.fixture
def do(made: Made, tmp_path: Path) -> Any:
    """Run a command of the group on the workspace, in this process."""
    app = Typer()
    group.register(app)
    brief.register(app)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["evidence", *words], env={"ANSWERABLE_WORKSPACE": str(tmp_path / "w")})

    return run


@pytest.fixture
def case(made: Made, tonight: Path) -> str:
    opened = made("case", "open", str(tonight), "--as", "applicant", "--json")
    assert opened.code == 0, opened.err
    return str(opened.json["id"])


def test_a_case_file_is_written_in_every_form(do: Any, case: str, tmp_path: Path) -> None:
    html, raw = tmp_path / "c.html", tmp_path / "c.json"
    done = do("case", case, "--html", str(html), "--json-file", str(raw))
    assert done.exit_code == 0, done.output
    assert "<h1>" in html.read_text(encoding="utf8")
    assert json.loads(raw.read_bytes())["about"]["case"] == case
    assert f"written: {html}" in done.stderr


def test_without_a_file_it_is_printed(do: Any, case: str) -> None:
    assert "1. INFORMATION AND INTELLIGENCE" in do("case", case).stdout
    assert json.loads(do("case", case, "--json").stdout)["about"]["state"] == "DRAFT"


def test_an_unknown_case_is_a_usage_error(do: Any) -> None:
    assert do("case", "2018-9999").exception.exit_code == 2


def test_the_transparency_record_fails_its_check_until_the_force_has_answered(do: Any, tmp_path: Path) -> None:
    assert do("atrs").exit_code == 0
    assert do("atrs", "--check").exit_code == 1
    blank = do("atrs", "--blank").stdout
    today = json.loads(do("atrs", "--json").stdout)["as_of"]
    filled = {name: {"value": "Answered.", "as_of": today} for name in yaml.safe_load(blank)}
    answers = tmp_path / "answers.yaml"
    answers.write_text(yaml.safe_dump(filled), encoding="utf8")
    assert do("atrs", "--check", "--answers", str(answers)).exit_code == 0


def test_a_bundle_is_written_once(do: Any, tmp_path: Path) -> None:
    first = do("bundle", str(tmp_path / "bundle"), "--json")
    assert first.exit_code == 0, first.output
    assert "findings.html" in json.loads(first.stdout)["files"]
    assert do("bundle", str(tmp_path / "bundle")).exception.exit_code == 2


def test_the_list_names_commands_that_exist(do: Any) -> None:
    assert "not yet" in do("list").stdout
    root: Any = get_command(whole)
    mine = Typer()
    group.register(mine)
    brief.register(mine)
    known = {**root.commands, **get_command(mine).commands}  # type: ignore[attr-defined]
    for one in json.loads(do("list", "--json").stdout):
        words = re.findall(r"[a-z]+", one["command"].split(" --")[0])[1:]
        assert words[0] in known, one["command"]
