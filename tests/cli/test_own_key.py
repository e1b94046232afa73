"""A real workspace from the command line: made empty, with an office key; people bring their own keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.cli.own_key import PASSPHRASE_VARIABLE
from answerable.errors import NotAllowed, UsageError


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "correct horse battery staple")

    def answer(*words: str) -> str:
        return CliRunner().invoke(app, list(words), catch_exceptions=False).stdout

    return answer


def test_a_real_workspace_is_made_and_its_people_bring_their_own_keys(run, tmp_path: Path) -> None:
    real, key = str(tmp_path / "w"), str(tmp_path / "own.pem")
    made = json.loads(run("init", real, "--kind", "real", "--tz", "Europe/London", "--json"))
    assert (made["kind"], made["adopted"]) == ("real", False)
    assert json.loads(run("people", "list", "--workspace", real, "--json")) == []
    run("people", "add", "commander", "--role", "authoriser", "--holds", "sfc:2099-12-31", "--workspace", real)
    public = json.loads(run("people", "make-key", key, "--json"))["public"]
    said = json.loads(run("people", "set-key", "commander", public, "--workspace", real, "--json"))
    assert said == {"account": "commander", "public": public}
    assert b"PRIVATE" in Path(key).read_bytes()
    inside = b"".join(path.read_bytes() for path in Path(real).rglob("*") if path.is_file())
    assert b"ENCRYPTED PRIVATE KEY" not in inside
    head = json.loads(run("record", "publish", "--workspace", real, "--json"))
    checked = run("record", "verify", f"{real}/public", "--policy", f"{real}/public/log-policy", "--json")
    assert json.loads(checked)["verified"], head


def test_no_pretend_people_or_pack_come_with_a_real_workspace(run, tmp_path: Path) -> None:
    real = str(tmp_path / "w")
    text = run("init", real, "--kind", "real", "--tz", "Europe/London")
    assert "office-key" in text
    assert "not adopted yet" in text
    with pytest.raises(UsageError, match="no such account"):
        run("case", "open", str(_case(tmp_path)), "--workspace", real)
    run("people", "add", "applicant", "--role", "applicant", "--workspace", real)
    with pytest.raises(NotAllowed):
        run("case", "open", str(_case(tmp_path)), "--workspace", real)


def test_a_wrong_passphrase_is_said(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = str(tmp_path / "own.pem")
    run("people", "make-key", key)
    monkeypatch.setenv(PASSPHRASE_VARIABLE, "another sentence altogether")
    real = str(tmp_path / "w")
    run("init", real, "--kind", "rehearsal", "--tz", "Europe/London")
    with pytest.raises(UsageError, match="cannot be opened"):
        run("case", "refuse", "2019-0001", "--reasons", "No.", "--change", "More.", "--key", key, "--workspace", real)


def _case(folder: Path) -> Path:
    from answerable.case.casefile import template

    path = folder / "case.yaml"
    path.write_text(template().replace("2018-11-30T20:00", "2098-11-30T20:00").replace("2018-12-01", "2098-12-01"))
    return path
