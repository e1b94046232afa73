"""Import and forecast as commands: what is asked for is what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Sixty incidents of two months, as a Windows program writes them."""
    lines = ["incident_id,occurred_at,lon,lat,kind,severity,n_harmed,origin,known_at,Straße"]
    for i in range(60):
        at = f"2018-{1 + i // 30:02}-{1 + i % 28:02}T{i % 24:02}:00:00Z"
        lines.append(
            f"{i},{at},{-0.07 + i % 7 / 100:.3f},{51.6 + i % 5 / 100:.3f},knife,injury,1,reported,{at[:10]}T23:59:00Z,ü"
        )
    path = tmp_path / "shots.csv"
    path.write_bytes(("\n".join(lines) + "\n").encode("cp1252"))
    return path


def test_a_file_in_another_encoding_is_imported_with_the_option_that_the_error_names(made: Run, shots: Path) -> None:
    refused = made("import", shots.name)
    assert (refused.code, refused.out) == (3, "")
    assert "--encoding cp1252" in refused.err
    done = made("import", shots.name, "--encoding", "cp1252", "--json")
    assert (done.code, done.json["kept"]) == (0, 60), done.err
    assert made("import", shots.name, "--encoding", "klingon").code == 2


def test_a_preview_takes_the_encoding_too(made: Run, shots: Path) -> None:
    assert made("import", shots.name, "--preview").code == 3
    assert made("import", shots.name, "--preview", "--encoding", "cp1252").code == 0


def test_a_forecast_without_a_place_is_of_the_study_area_and_one_with_a_place_stands_beside_its_base_rate(
    made: Run, shots: Path
) -> None:
    assert made("import", shots.name, "--encoding", "cp1252").code == 0
    whole = made("forecast", "--at", "2018-03-10T20:00", "--hours", "8").out
    assert "This is the whole study area" in whole
    assert "random place" not in whole
    part = made("forecast", "--at", "2018-03-10T20:00", "--hours", "8", "--place", "-0.05,51.62").out
    assert "A random place of the same size has" in part


def test_nothing_is_forecast_for_a_time_before_anything_was_known(made: Run, shots: Path) -> None:
    assert made("import", shots.name, "--encoding", "cp1252").code == 0
    done = made("forecast", "--at", "2017-03-10T20:00")
    assert (done.code, done.out) == (3, "")
    assert "--area" in done.err
