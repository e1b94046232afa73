from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from answerable.cli import brief as group
from answerable.service.workspace import open_workspace

Made = Any


@pytest.fixture
def do(made: Made, tmp_path: Path) -> Any:
    """Run a command of the group on the workspace, in this process."""
    app = Typer()
    group.register(app)

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["brief", *words], env={"ANSWERABLE_WORKSPACE": str(tmp_path / "w")})

    return run


def test_the_bulletin_is_text_or_one_json_document(do: Any) -> None:
    text = do()
    assert text.exit_code == 0
    assert "Bulletin for" in text.stdout
    told = json.loads(do("--json").stdout)
    assert told["totals"]["proposed"] == 0
    assert told["reconciled"]["size"] >= 1


def test_the_bulletin_can_be_written_as_a_page(do: Any, tmp_path: Path) -> None:
    assert do("--html", str(tmp_path / "b.html")).exit_code == 0
    assert "<h1>Bulletin for" in (tmp_path / "b.html").read_text(encoding="utf8")


def test_an_outsider_adds_it_up_from_a_copy_of_the_public_folder(
    made: Made, tonight: Path, tmp_path: Path, do: Any
) -> None:
    assert made("case", "open", str(tonight), "--as", "applicant", "--json").code == 0
    inside = json.loads(do("--json").stdout)
    away = shutil.copytree(tmp_path / "w" / "public", tmp_path / "away")
    (tmp_path / "w").rename(tmp_path / "gone")
    outside = json.loads(do("--public", str(away), "--json").stdout)
    assert outside["totals"] == inside["totals"]
    assert outside["totals"]["proposed"] == 1
    assert outside["reconciled"] == inside["reconciled"]
    (away / "checkpoint").unlink()
    assert do("--public", str(away)).exit_code != 0


def test_a_quarter_spelt_otherwise_is_a_usage_error(do: Any) -> None:
    assert do("--quarter", "last").exception.exit_code == 2


def test_a_public_folder_that_lacks_an_opening_ends_with_the_integrity_alarm(
    made: Made, tonight: Path, tmp_path: Path, do: Any
) -> None:
    opened = made("case", "open", str(tonight), "--as", "applicant", "--json")
    assert opened.code == 0, opened.err
    with open_workspace(tmp_path / "w") as workspace:
        entry = workspace.store.events(opened.json["id"])[0].leaf_index
    (tmp_path / "w" / "public" / "openings" / f"{entry}.json").unlink()
    assert do().exception.exit_code == 4


def test_notices_are_written_once(do: Any, tmp_path: Path) -> None:
    first = json.loads(do("notices", "--json").stdout)
    assert first["waiting"] == []
    assert json.loads(do("notices", "--json").stdout)["written"] == []
    assert list((tmp_path / "w" / "notices").glob("*adopt.txt"))


def test_mail_that_cannot_be_sent_is_said_and_ends_with_one(do: Any, tmp_path: Path) -> None:
    settings = tmp_path / "w" / "answerable.toml"
    mail = '[mail]\nhost = "localhost"\nport = 1\nsecurity = "none"\nsender = "a@force.example"\n'
    mail += '[mail.to]\npcc = ["b@pcc.example"]\n'
    settings.write_text(settings.read_text(encoding="utf8") + mail, encoding="utf8")
    for path in (tmp_path / "w" / "notices").glob("*"):
        path.unlink()
    done = do("notices")
    assert done.exit_code == 1
    assert "0 sent, 1 waiting" in done.stdout


def test_the_return_is_a_table_and_a_file(do: Any, tmp_path: Path) -> None:
    assert "ho_operation 0" in do("returns").stdout
    assert do("returns", "--csv", str(tmp_path / "r.csv")).exit_code == 0
    assert (tmp_path / "r.csv").read_text(encoding="utf8").startswith("year_ending_march,case_id,")
    assert json.loads(do("returns", "--json").stdout)["operations"] == []
