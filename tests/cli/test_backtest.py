"""``answerable backtest``: a file in, a report out, and a clear word where the file will not do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError
from answerable.service.importing import import_incidents
from answerable.service.public_view import read_public_view
from answerable.service.track_record import FILE
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web.laid import LaidFile
from answerable.web.pages.track_record import track_record


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of incidents around one corner of a made-up town, in our own layout."""
    rng = np.random.default_rng(7)
    n = 500
    days = np.sort(rng.uniform(0, 365, n))
    when = [f"{np.datetime64('2017-01-01T00:00') + np.timedelta64(int(d * 1440), 'm')}" for d in days]
    frame = pl.DataFrame({
        "incident_id": [str(i) for i in range(n)], "occurred_at": when,
        "lon": (-1.5 + rng.normal(0, 0.02, n)).round(5), "lat": (53.4 + rng.normal(0, 0.015, n)).round(5),
    })  # fmt: skip
    path = tmp_path_factory.mktemp("shots") / "shots.csv"
    frame.write_csv(path)
    return path


def run(*words: str) -> object:
    return CliRunner().invoke(app, ["backtest", *words], catch_exceptions=False)


def test_the_report_holds_what_others_rely_on(shots: Path, tmp_path: Path) -> None:
    report, parquet = tmp_path / "r.html", tmp_path / "p.parquet"
    done = run(
        "--incidents", str(shots), "--tz", "Europe/London", "--test-from", "2017-11-01", "--cell", "1000", "--models",
        "long_run,seasonal", "--report", str(report), "--predictions", str(parquet), "--json",
    )  # fmt: skip
    told = json.loads(done.stdout)  # type: ignore[attr-defined]
    assert told["baseline"] == "uniform"
    assert set(told) >= {"data", "grid", "models", "baseline"}
    model = told["models"]["long_run"]
    assert set(model) >= {
        "log_score", "gain_bits_per_event", "brier", "calibration_slope", "hit_rate", "pai", "pei", "fit_seconds",
        "predict_seconds",
    }  # fmt: skip
    assert set(model["hit_rate"]) >= {"0.5", "1", "5"}
    assert model["gain_bits_per_event"] > 0.3
    html = report.read_text()
    assert html.count("<svg") == html.count("</svg>") >= 3
    assert "src=" not in html
    assert json.loads(report.with_suffix(".json").read_text())["models"].keys() == told["models"].keys()
    assert pl.read_parquet(parquet)["model"].unique().sort().to_list() == ["long_run", "seasonal", "uniform"]


def test_text_names_the_models_and_the_best(shots: Path) -> None:
    done = run("--incidents", str(shots), "--tz", "Europe/London", "--cell", "2000", "--models", "long_run")
    assert "gain, bits per incident" in done.stdout  # type: ignore[attr-defined]


def test_a_test_on_its_own_incidents_becomes_the_track_record_of_a_workspace(shots: Path, tmp_path: Path) -> None:
    folder = tmp_path / "w"
    init_workspace(folder, time_zone="Europe/London")
    with open_workspace(folder) as workspace:
        import_incidents(workspace, [shots])
    done = run("--workspace", str(folder), "--cell", "2000", "--models", "long_run", "--publish")
    assert "the track record shows it from now on" in done.stderr  # type: ignore[attr-defined]
    with open_workspace(folder) as workspace:
        page = track_record(
            read_public_view(workspace.public, workspace.clock.now()), LaidFile(workspace.public / FILE)()
        )
    scored = next(one for one in page.data["sections"] if one["note"])
    assert scored["table"]["rows"][1][0] == "long run"
    assert "windows of 24 hours" in scored["paragraphs"][0]


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--publish"], 2, "Only a test on the workspace's own incidents"),
        (["--test-from", "2019-01-01"], 3, "begin after the first incident"),
        (["--train-from", "2020-01-01"], 3, "as late as that"),
        (["--models", "crystal_ball"], 2, "no such forecast model"),
        (["--hours", "0"], 2, "lasts from minutes"),
        (["--cell", "1"], 3, "Use larger cells"),
        (["--predictions", "nowhere/at/all.parquet"], 3, "no such folder"),
        (["--months", "2"], 2, "Only single months"),
    ],
)
def test_what_cannot_be_tested_is_said(shots: Path, words: list[str], code: int, says: str) -> None:
    command = "from answerable.cli.main import run; run()"
    asked = [sys.executable, "-c", command, "backtest", "--incidents", str(shots), "--tz", "Europe/London", *words]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_days_are_not_tested_by_the_hour(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    days = np.sort(rng.integers(0, 300, 200))
    frame = pl.DataFrame({
        "date": [str(np.datetime64("2016-01-01") + np.timedelta64(int(d), "D")) for d in days],
        "category": "x", "call_group": "PERSON CRIME", "case_desc": "ASSAULT - WITH WEAPON *H",
        "lon": (-122.6 + rng.normal(0, 0.02, 200)).round(5), "lat": (45.5 + rng.normal(0, 0.02, 200)).round(5),
        "census_tract": 1.0,
    })  # fmt: skip
    path = tmp_path / "calls.csv"
    frame.write_csv(path)
    done = CliRunner().invoke(app, ["backtest", "--incidents", str(path), "--hours", "8", "--models", "long_run"])
    assert isinstance(done.exception, InputError)
    assert "known to within 24 hours only" in done.exception.what
