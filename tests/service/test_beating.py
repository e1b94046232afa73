"""The staff site keeps the beat: by itself, and also after a beat that failed."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

import pytest

from answerable.service.beating import STATUS, Beating
from answerable.service.workspace import open_workspace


@pytest.fixture
def folder(begun: Path, tmp_path: Path) -> Path:
    shutil.copytree(begun, tmp_path / "w")
    with (tmp_path / "w" / "answerable.toml").open("a", encoding="utf8") as file:
        file.write('\n[record]\nprofile = "sealed"\nbeat = 0\n')
    return tmp_path / "w"


def size(folder: Path) -> int:
    with open_workspace(folder) as workspace:
        head = workspace.store.head()
        return head.size if head else 0


def test_a_beat_passes_by_itself_and_stops_with_the_site(folder: Path) -> None:
    before = size(folder)
    with Beating(folder):
        until = time.monotonic() + 60
        while size(folder) == before and time.monotonic() < until:
            time.sleep(0.2)
    after = size(folder)
    assert after > before
    assert (after - before) % 2 == 0


def test_a_beat_that_fails_is_told_and_the_next_is_tried(folder: Path) -> None:
    beating = Beating(folder)
    key = (folder / "keys" / "log.key").read_text(encoding="ascii")
    (folder / "keys" / "log.key").unlink()
    assert "key cannot be read" in beating.once()
    assert "key" in json.loads((folder / STATUS).read_text(encoding="utf8"))["problem"]
    (folder / "keys" / "log.key").write_text(key, encoding="ascii")
    assert beating.once() == ""
    assert json.loads((folder / STATUS).read_text(encoding="utf8"))["problem"] == ""


def test_an_open_record_has_no_beat(begun: Path, tmp_path: Path) -> None:
    shutil.copytree(begun, tmp_path / "w")
    with Beating(tmp_path / "w") as beating:
        assert not beating._thread.is_alive()
