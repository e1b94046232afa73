"""A backup as one file: a plain tar of the workspace's files, the last of which says what the others must be.

Every file is checked by its SHA-256 while it is read back, and only names below the folder itself are taken.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from answerable.errors import InputError, UsageError

FORMAT = "answerable-backup/1"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 64 << 20


@contextmanager
def written_whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a new file that takes the name ``path`` when the block ends without an error; readable by its owner only.

    ``UsageError`` where something of that name is there already.
    """
    if path.exists():
        raise UsageError("There is already something of that name.", where=str(path), fix="Choose another name.")
    if not path.parent.is_dir():
        raise UsageError("There is no such folder.", where=str(path.parent), fix="Make it first.")
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def pack(file: IO[bytes], members: Iterable[tuple[str, Path]], said: dict[str, Any]) -> dict[str, Any]:
    """Write ``members`` (name and file) to an archive, then the manifest: ``said`` with the hash of every file.

    Return the manifest. A file that vanishes meanwhile is left out.
    """
    hashes: dict[str, str] = {}
    with tarfile.open(fileobj=file, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for name, path in members:
            try:
                content = path.open("rb")
            except FileNotFoundError:
                continue
            with content:
                size = os.fstat(content.fileno()).st_size
                reader = _Hashing(content)
                archive.addfile(_member(name, size), reader)
            hashes[name] = reader.digest.hexdigest()
        manifest = {"format": FORMAT, **said, "files": hashes}
        text = json.dumps(manifest, indent=1, sort_keys=True).encode()
        archive.addfile(_member(MANIFEST, len(text)), io.BytesIO(text))
    return manifest


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Write what the archive at ``path`` holds into ``folder`` and return its manifest.

    ``InputError`` where it is no backup, was cut short or altered, or names a file outside the folder.
    """
    hashes: dict[str, str] = {}
    manifest: dict[str, Any] | None = None
    try:
        with tarfile.open(path, mode="r|") as archive:
            for member in archive:
                if manifest is not None:
                    raise _odd("Something follows the end of this backup.", path)
                content = archive.extractfile(member) if member.isreg() else None
                if content is None:
                    raise _odd(f"A backup holds files only, and {member.name} is none.", path)
                if member.name == MANIFEST:
                    manifest = _manifest(content.read(LARGEST_MANIFEST), path)
                else:
                    hashes[member.name] = _put(content, folder / _safe(member.name, path))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _odd(f"This is not a backup, or it was cut short: {error}.", path) from error
    if manifest is None:
        raise _odd("This is not a backup, or it was cut short: its last part is missing.", path)
    for name in sorted(hashes.keys() | manifest["files"].keys()):
        if hashes.get(name) != manifest["files"].get(name):
            raise _odd(f"This backup was altered: {name} is not what was backed up.", path)
    return manifest


class _Hashing:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _put(content: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    reader = _Hashing(content)
    with path.open("xb") as file:
        while data := reader.read(1 << 20):
            file.write(data)
    return reader.digest.hexdigest()


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


def _safe(name: str, path: Path) -> PurePosixPath:
    found = PurePosixPath(name)
    if found.is_absolute() or not found.parts or ".." in found.parts or "\\" in name or ":" in name:
        raise _odd(f"This backup names a file outside its folder: {name}.", path)
    return found


def _manifest(text: bytes, path: Path) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError as error:
        raise _odd(f"The last part of this backup is unreadable: {error}.", path) from error
    if not isinstance(read, dict) or read.get("format") != FORMAT or not isinstance(read.get("files"), dict):
        raise _odd("This is no backup that this version of Answerable can read.", path)
    return read


def _odd(what: str, path: Path) -> InputError:
    return InputError(what, where=str(path), fix="Nothing was restored. Use another backup.")
