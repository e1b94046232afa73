"""A simulated workspace can never be published as a real one: its kind is in every place that anyone reads."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import IntegrityError
from answerable.record.errors import Altered, RecordError
from answerable.record.readback import read_public
from answerable.service.fsck import check_record
from answerable.service.public_view import read_public_view
from answerable.service.publish import publish
from answerable.service.settings import FILE
from answerable.service.workspace import init_workspace, open_workspace


@pytest.fixture
def simulated(tmp_path: Path) -> Path:
    folder = tmp_path / "city"
    init_workspace(folder, kind="simulated", time_zone="Europe/London")
    with open_workspace(folder) as workspace:
        publish(workspace)
    return folder


def test_the_kind_is_in_the_origin_line_in_every_statement_and_in_the_view(simulated) -> None:
    origin = (simulated / "public" / "checkpoint").read_text(encoding="utf-8").splitlines()[0]
    assert origin.endswith("/simulated")
    log = read_public(simulated / "public")
    assert log.kind == "simulated"
    assert {body["workspace"] for _, body in log} == {"simulated"}
    with open_workspace(simulated) as workspace:
        assert read_public_view(workspace.public, workspace.clock.now()).kind == "simulated"


@pytest.mark.parametrize("changed", ["kind", "origin", "both"])
def test_settings_that_call_it_real_are_refused_before_anything_is_read_or_published(simulated, changed) -> None:
    file = simulated / FILE
    text = file.read_text(encoding="utf-8")
    if changed in ("kind", "both"):
        text = text.replace('kind = "simulated"', 'kind = "real"')
    if changed in ("origin", "both"):
        text = text.replace("/simulated", "/real")
    file.write_text(text, encoding="utf-8")
    before = (simulated / "public" / "checkpoint").read_bytes()
    with pytest.raises(IntegrityError, match="not of the same workspace"), open_workspace(simulated) as workspace:
        publish(workspace)
    assert (simulated / "public" / "checkpoint").read_bytes() == before


def test_its_record_does_not_pass_for_a_real_workspace_s(simulated, tmp_path) -> None:
    """Whoever puts the simulated database or its public files into a real workspace gets neither."""
    real = tmp_path / "force"
    init_workspace(real, kind="real", time_zone="Europe/London")
    kept = {path: path.read_bytes() for path in real.iterdir() if path.is_file() and path.name != FILE}
    for path in kept:
        other = simulated / path.name
        if other.is_file():
            shutil.copy(other, path)
    with pytest.raises(IntegrityError, match="not of the same workspace"), open_workspace(real) as workspace:
        publish(workspace)
    for path, content in kept.items():
        path.write_bytes(content)
    shutil.rmtree(real / "public")
    shutil.copytree(simulated / "public", real / "public")
    with open_workspace(real) as workspace:
        assert not check_record(workspace).clean


def test_an_origin_line_that_calls_it_real_is_not_signed(simulated) -> None:
    public = simulated / "public"
    note = (public / "checkpoint").read_text(encoding="utf-8")
    (public / "checkpoint").write_text(note.replace("/simulated", "/real"), encoding="utf-8")
    with pytest.raises(RecordError):
        read_public(public)
    policy = (public / "log-policy").read_text(encoding="utf-8")
    (public / "log-policy").write_text(policy.replace("/simulated", "/real"), encoding="utf-8")
    with pytest.raises(RecordError):
        read_public(public)


def test_a_statement_of_a_simulation_is_not_one_of_another_kind_of_log(simulated, tmp_path) -> None:
    """Even with a key of its own: openings say which kind of workspace they are of, and readers compare."""
    real = tmp_path / "copy"
    shutil.copytree(simulated / "public", real)
    opening = next((real / "openings").iterdir())
    opening.write_bytes(opening.read_bytes().replace(b'"workspace":"simulated"', b'"workspace":"real"'))
    with pytest.raises(Altered):
        read_public(real)


def test_what_the_lab_writes_is_marked_on_paper_in_data_and_on_the_screen(tmp_path) -> None:
    report = tmp_path / "report.html"
    done = CliRunner().invoke(app, ["lab", "run", "feedback", "--size", "2", "--report", str(report), "--json"])
    assert '"watermark":"Simulated city: nothing here happened anywhere."' in done.stdout.replace('": "', '":"')
    page = report.read_text(encoding="utf-8")
    assert page.count("Simulated city: nothing here happened anywhere.") >= 2
    assert "SIMULATED" in page
    told = CliRunner().invoke(app, ["lab", "run", "feedback", "--size", "2"]).stdout
    assert told.startswith("Simulated city")
