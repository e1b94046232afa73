"""The commands of ``answerable intel``, as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from answerable.cli.intel import register
from answerable.errors import NotAllowed
from answerable.service.workspace import init_workspace

REPORT = {
    "ref": "R-101", "source": "1", "information": "A", "handling": "P", "origin_key": "k-1",
    "received_at": "2018-11-30T14:00:00Z",
    "event_window": {"from": "2018-11-30T20:00:00Z", "to": "2018-12-01T00:00:00Z"},
    "place": {"name": "Example Estate", "place": [-0.07, 51.6], "radius_m": 400}, "gist": "Shots expected there.",
    "originator": "desk 1", "retention_until": "2019-01-01T00:00:00Z",
}  # fmt: skip


class Line:
    """The group on an app of its own, on one workspace."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = typer.Typer()
        self.app.callback()(lambda: None)
        register(self.app)

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(self.app, ["intel", *words, "--workspace", str(self.folder)])

    def json(self, *words: str) -> object:
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture
def line(tmp_path: Path) -> Line:
    init_workspace(tmp_path / "w", time_zone="Europe/London")
    return Line(tmp_path / "w")


def test_a_report_from_coming_in_to_going(line: Line, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(REPORT), encoding="utf8")
    other = {**REPORT, "ref": "R-102", "derived_from": ["R-101"], "origin_key": "k-2"}
    held = {**REPORT, "ref": "R-103", "gist": "John Doe has a gun."}
    (tmp_path / "many.json").write_text(json.dumps([other, held]), encoding="utf8")
    who = ("--as", "intel-evaluator")
    assert "kept R-101, grade 1A" in line.run("add", str(tmp_path / "one.json"), *who).output
    done = line.run("import", str(tmp_path / "many.json"), *who, "--rejects", str(tmp_path / "rejects.csv"))
    assert "2 rows: 1 kept, 0 already known, 0 rejected, 1 held" in done.output
    assert "Doe" not in done.output + (tmp_path / "rejects.csv").read_text(encoding="utf8")
    listed = line.run("list")
    assert "R-102 repeats R-101." in listed.output
    assert "waits for an outcome" in listed.output
    assert line.json("list")["reports"][0]["counts"] == "strong"  # type: ignore[index]
    assert "R-101: 2B, first ('3x5x2', '1', 'A')" in line.run("grade", "R-101", "2B", *who, "--reason", "Again.").output
    assert "R-101: nothing_found" in line.run("resolve", "R-101", "nothing_found", *who).output
    assert "R-101" not in line.run("list", "--waiting").output
    told = line.json("reliability")
    assert told["cells"][0]["outcomes"] == {"nothing_found": 1}  # type: ignore[index]
    assert "an assumption, the same for every grade" in line.run("reliability").output
    assert line.json("purge", *who) == {"removed": ["R-101", "R-102"]}
    assert line.json("list") == {"reports": [], "chains": []}


def test_a_file_of_which_nothing_could_be_kept_ends_with_three(line: Line, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(json.dumps([{**REPORT, "source": "6"}]), encoding="utf8")
    done = line.run("import", str(tmp_path / "bad.json"), "--as", "intel-evaluator")
    assert done.exit_code == 3
    assert "'6' is not a grade of source" in done.output


def test_a_wrong_role_is_refused(line: Line, tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(REPORT), encoding="utf8")
    done = line.run("add", str(tmp_path / "one.json"), "--as", "applicant")
    assert isinstance(done.exception, NotAllowed)
