"""A folder that appears whole or not at all, and sweeps up after those that were killed while they made it."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from answerable.errors import UsageError

# Held locked for as long as a draft is being made. The system lets go of the lock of whoever is killed.
MARK = ".making"


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """Yield a draft beside ``folder`` (absent or empty), which takes its name when the block ends without an error.

    Drafts of the same folder whose makers are dead are removed first: they may hold a key. UsageError where somebody
    else was quicker.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder)
    draft, held = _begin(folder)
    try:
        yield draft
        # Windows renames no folder in which a file is open.
        if sys.platform == "win32":  # pragma: no cover
            held.close()
        _take_name(draft, folder)
        (folder / MARK).unlink(missing_ok=True)
    finally:
        held.close()
        shutil.rmtree(draft, ignore_errors=True)


def sweep(folder: Path) -> None:
    """Remove the drafts of ``folder`` that are ours by their mark, and whose mark nobody holds any more."""
    ours = re.compile(rf"\.{re.escape(folder.name)}\.[0-9a-f]{{8}}\.draft")
    for found in sorted(folder.parent.iterdir()):
        mark = found / MARK
        if not ours.fullmatch(found.name) or found.is_symlink() or not mark.is_file():
            continue
        with mark.open("a+b") as file:
            dead = _lock(file.fileno())
        if dead:
            shutil.rmtree(found, ignore_errors=True)


def _begin(folder: Path) -> tuple[Path, BinaryIO]:
    while True:
        draft = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.draft"
        draft.mkdir()
        held = (draft / MARK).open("a+b")
        # Between these two lines somebody may have taken it for dead: then it is gone, and we begin anew.
        if _lock(held.fileno()) and (draft / MARK).exists():
            return draft, held
        held.close()


def _take_name(draft: Path, folder: Path) -> None:
    try:
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    except OSError as error:
        raise UsageError(
            "Somebody else made something here meanwhile.", where=str(folder), fix="Look at it, or name a new folder."
        ) from error


if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(number: int) -> bool:
        os.lseek(number, 0, os.SEEK_SET)
        try:
            msvcrt.locking(number, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _lock(number: int) -> bool:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
