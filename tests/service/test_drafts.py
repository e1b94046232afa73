"""A workspace whose making was killed leaves nothing that the next making does not sweep up; a live one is let be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from answerable.errors import UsageError
from answerable.service.drafts import MARK, made_whole, sweep
from answerable.service.workspace import init_workspace, open_workspace

INIT = "import sys; from answerable.cli.main import run; sys.argv = ['answerable', 'init', sys.argv[1]]; run()"
Making = Callable[[Path], tuple[subprocess.Popen[bytes], Path]]


@pytest.fixture
def making() -> Iterator[Making]:
    """Start ``answerable init`` and stop it where the key of its draft has been written."""
    started: list[subprocess.Popen[bytes]] = []

    def start(folder: Path) -> tuple[subprocess.Popen[bytes], Path]:
        for _ in range(20):
            process = subprocess.Popen([sys.executable, "-c", INIT, str(folder)], stdout=-3, stderr=subprocess.PIPE)
            started.append(process)
            while process.poll() is None:
                drafts = [p for p in folder.parent.glob(f".{folder.name}.*.draft") if (p / "keys" / "log.key").exists()]
                if drafts:
                    os.kill(process.pid, signal.SIGSTOP)
                    if drafts[0].exists():
                        return process, drafts[0]
                    os.kill(process.pid, signal.SIGCONT)
                time.sleep(0.002)
        raise AssertionError("it was never caught in the act")

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_what_a_killed_init_left_is_swept_by_the_next(tmp_path: Path, making: Making) -> None:
    process, draft = making(tmp_path / "w")
    process.kill()
    process.wait()
    assert (draft / "keys" / "log.key").is_file()
    init_workspace(tmp_path / "w")
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
    assert not (tmp_path / "w" / MARK).exists()
    with open_workspace(tmp_path / "w") as workspace:
        assert workspace.store.head()


def test_one_that_is_still_being_made_is_let_be_and_says_that_it_came_late(tmp_path: Path, making: Making) -> None:
    process, draft = making(tmp_path / "w")
    made = init_workspace(tmp_path / "w")
    assert draft.is_dir()
    os.kill(process.pid, signal.SIGCONT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"Somebody else made something here" in said
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
    with open_workspace(tmp_path / "w") as workspace:
        assert workspace.settings == made


@pytest.mark.parametrize(
    ("name", "marked"),
    [
        (".w.0123abcd.draft", False), (".w.0123abcd.draft.old", True), (".w.0123ABCD.draft", True),
        (".w2.0123abcd.draft", True), ("w.0123abcd.draft", True), (".w.draft", True), (".x.w.0123abcd.draft", True),
    ],
)  # fmt: skip
def test_what_is_not_provably_ours_is_let_be(tmp_path: Path, name: str, marked: bool) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "mine.txt").write_text("mine", encoding="utf8")
    if marked:
        (tmp_path / name / MARK).touch()
    sweep(tmp_path / "w")
    assert (tmp_path / name / "mine.txt").is_file()


def test_a_link_to_a_draft_elsewhere_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / MARK).touch()
    (tmp_path / ".w.0123abcd.draft").symlink_to(tmp_path / "elsewhere")
    sweep(tmp_path / "w")
    assert (tmp_path / "elsewhere" / MARK).is_file()


def test_an_error_in_the_block_leaves_nothing(tmp_path: Path) -> None:
    def fails(draft: Path) -> None:
        (draft / "key").write_text("secret", encoding="utf8")
        raise RuntimeError

    with pytest.raises(RuntimeError), made_whole(tmp_path / "w") as draft:
        fails(draft)
    assert list(tmp_path.iterdir()) == []


def test_a_name_taken_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    theirs = tmp_path / "w" / "theirs"
    with pytest.raises(UsageError, match="meanwhile"), made_whole(tmp_path / "w"):
        theirs.mkdir(parents=True)
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["theirs"]
    assert [path.name for path in tmp_path.iterdir()] == ["w"]
