"""A witness's own folder: its name, the logs it watches, its two keys, and the last head of each log it cosigned.

``witness.toml`` has the name and a verifier key for each log; ``keys/`` the secrets, which never leave; ``heads/`` one
cosigned head for each log, replaced whole and on disk for good before any answer goes out.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import sqlite3
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from answerable.errors import InputError, UsageError
from answerable.record.errors import RecordError
from answerable.record.keys import MLDSA44, Key, check_name, parse_vkey
from answerable.record.publish import write_file
from answerable.record.witness import Answer, Cosigner, answer, checkpoint_path, head_of, watched

FILE = "witness.toml"
_KEYS = ("ed25519", "mldsa44")


class WitnessFolder:
    """An open witness. Its answers are given one at a time, so that two heads can never race each other."""

    def __init__(self, folder: Path, now: Callable[[], int]) -> None:
        self.folder = folder
        name, self.logs = read_settings(folder)
        self._watched = watched(self.logs)
        self.cosigner = _cosigner(folder, name, now)
        self._one_at_a_time = threading.Lock()
        for origin in self._watched:
            _check_kept(self._path(origin), origin)

    def ask(self, raw: bytes) -> Answer:
        """Answer a request to cosign; a head that is cosigned is on disk for good when this returns.

        OSError where it cannot be kept: no answer may go out then.
        """
        with self._one_at_a_time:
            found = answer(raw, self._watched, self.seen, self.cosigner)
            if found.keep:
                head = head_of(found.keep)
                assert head is not None
                write_file(self._path(head.origin), found.keep.encode())
            return found

    def seen(self, origin: str) -> str | None:
        """Return the last head of the log ``origin`` as it was kept, None where there is none."""
        path = self._path(origin)
        return path.read_bytes().decode("utf-8") if path.is_file() else None

    def served(self, path: str) -> str | None:
        """Return what lies at ``path`` (see ``record.witness.checkpoint_path``) for monitors, None where nothing."""
        origin = next((one for one in self._watched if checkpoint_path(one) == path), None)
        return None if origin is None else self.seen(origin)

    def _path(self, origin: str) -> Path:
        return self.folder / "heads" / checkpoint_path(origin)


@contextmanager
def open_witness(folder: Path, now: Callable[[], int]) -> Iterator[WitnessFolder]:
    """Open the witness in ``folder`` for this process alone; ``now`` gives POSIX seconds.

    UsageError where there is none or another process serves it; InputError where what is kept cannot be read: a
    witness that has forgotten what it saw must not sign.
    """
    read_settings(folder)
    lock = sqlite3.connect(folder / "witness.lock", timeout=0, isolation_level=None)
    with closing(lock):
        try:
            # A lock of SQLite is the same on every system, and gone with its process whatever becomes of that.
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise UsageError(
                "Another process serves this witness.",
                where=str(folder),
                fix="End it first: two at once could sign two histories.",
            ) from error
        yield WitnessFolder(folder, now)


def make_witness(folder: Path, name: str, logs: Sequence[str] = ()) -> tuple[Key, ...]:
    """Make a witness called ``name`` that watches ``logs`` (verifier keys) in a new ``folder``; return its keys.

    UsageError where the folder is in use; ``RecordError`` where the name or a key cannot be one.
    """
    check_name(name)
    keys = [parse_vkey(vkey) for vkey in logs]
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("This folder is already in use.", where=str(folder), fix="Name a new or an empty folder.")
    draft = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.draft"
    try:
        (draft / "keys").mkdir(parents=True, mode=0o700)
        for kind in _KEYS:
            path = draft / "keys" / kind
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32), encoding="ascii")
        _write(draft, name, keys)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _cosigner(folder, name, lambda: 0).keys


def watch(folder: Path, vkey: str) -> Key:
    """Have the witness in ``folder`` watch one more log; it takes effect when the witness is started again."""
    name, logs = read_settings(folder)
    key = parse_vkey(vkey)
    if key.type == MLDSA44:
        raise UsageError("Name a log by its Ed25519 key.", where=vkey[:40], fix="Take the first line of its policy.")
    if key not in logs:
        _write(folder, name, [*logs, key])
    return key


def read_settings(folder: Path) -> tuple[str, tuple[Key, ...]]:
    """Return the witness's name and the keys of the logs it watches; UsageError where there is no witness."""
    path = folder / FILE
    try:
        read = tomllib.loads(path.read_text(encoding="utf8"))
        name, logs = read["name"], read.get("logs", [])
        return check_name(name), tuple(parse_vkey(vkey) for vkey in logs)
    except FileNotFoundError as error:
        raise UsageError(
            "There is no witness here.", where=str(folder), fix="Make one with 'answerable witness init DIR --name X'."
        ) from error
    except (tomllib.TOMLDecodeError, RecordError, KeyError, TypeError, AttributeError, OSError) as error:
        raise InputError(
            "The witness's settings cannot be read.", where=f"{path}: {error}", fix="Restore the file from a backup."
        ) from error


def public_keys(folder: Path) -> tuple[Key, ...]:
    """Return the witness's verifier keys, the Ed25519 one first."""
    return _cosigner(folder, read_settings(folder)[0], lambda: 0).keys


def _write(folder: Path, name: str, logs: Sequence[Key]) -> None:
    lines = "".join(f"  {json.dumps(key.vkey)},\n" for key in logs)
    text = f"# A witness: its name is in every cosignature and cannot change.\nname = {json.dumps(name)}\n"
    write_file(folder / FILE, f"{text}logs = [\n{lines}]\n".encode())


def _cosigner(folder: Path, name: str, now: Callable[[], int]) -> Cosigner:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from answerable.record.cosign import mldsa44_from_seed

    try:
        seeds = [bytes.fromhex((folder / "keys" / kind).read_text(encoding="ascii")) for kind in _KEYS]
        return Cosigner(name, Ed25519PrivateKey.from_private_bytes(seeds[0]), mldsa44_from_seed(seeds[1]), now)
    except (OSError, ValueError) as error:
        raise UsageError(
            "The witness's keys cannot be read.", where=f"{folder / 'keys'}: {error}", fix="Restore them from a backup."
        ) from error


def _check_kept(path: Path, origin: str) -> None:
    """Make the place for a log's head for good, or read back the head that is there."""
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True)
        if os.name == "posix":
            # The names of the new folders must outlive a power cut too, or the first head could be lost with them.
            for folder in (path.parent.parent, path.parent.parent.parent):
                handle = os.open(folder, os.O_RDONLY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        return
    try:
        head = head_of(path.read_bytes().decode("utf-8")) if path.is_file() else None
    except (RecordError, UnicodeDecodeError) as error:
        raise InputError(
            "What this witness last saw of a log cannot be read.",
            where=f"{path}: {error}",
            fix="Restore it from a backup, or sign no more: a witness that forgot could sign a second history.",
        ) from error
    if head is not None and head.origin != origin:
        raise InputError("A head of another log lies here.", where=str(path), fix="Restore the folder from a backup.")
