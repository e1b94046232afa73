"""Copies of packs in ``public/packs``: one for each version and hash, so that older cases can always be read."""

from __future__ import annotations

import secrets
from pathlib import Path

from answerable.errors import AnswerableError, IntegrityError
from answerable.policy.examples import examples_path
from answerable.policy.pack import Pack, load_pack, read_pack
from answerable.service.workspace import Workspace

_HASH_CHARACTERS = 16


def copy_path(public: Path, name: str, version: int, digest: str) -> Path:
    """Return where the copy of one version of a pack lies below ``public``."""
    return public / "packs" / f"{_file_name(name)}-{version}-{digest[:_HASH_CHARACTERS]}.yaml"


def current_path(public: Path, name: str) -> Path:
    """Return where the pack of that name that was adopted last lies below ``public``."""
    return public / "packs" / f"{_file_name(name)}.yaml"


def keep_copy(workspace: Workspace, pack: Pack, *, current: bool = False) -> None:
    """Keep a copy of ``pack`` with its examples; ``current`` also puts it in the place of the pack adopted last."""
    paths = [copy_path(workspace.public, pack.name, pack.version, pack.hash)]
    paths += [current_path(workspace.public, pack.name)] if current else []
    for path in paths:
        put(path, pack.text().encode())
        examples = examples_path(pack)
        if examples.exists():
            put(path.with_name(f"{path.stem}.tests.yaml"), examples.read_bytes())


def kept_copy(workspace: Workspace, name: str, version: int, digest: str) -> Pack:
    """Return a version of a pack as it was adopted or proposed; IntegrityError where the copy is not that version."""
    path = copy_path(workspace.public, name, version, digest)
    try:
        pack = read_pack(path)
    except AnswerableError as error:
        raise _altered(path, digest) from error
    if (pack.name, pack.version, pack.hash) != (name, version, digest):
        raise _altered(path, digest)
    return pack


def find_pack(name_or_file: str, beside: Path) -> Pack:
    """Return the pack a proposal names: a file beside it where there is one, else one that comes with the package."""
    file = beside / name_or_file
    return load_pack(file if file.is_file() else name_or_file)


def _altered(path: Path, digest: str) -> IntegrityError:
    return IntegrityError(
        "The pack in this workspace is not the one that was adopted.",
        where=str(path),
        fix=f"Restore the copy whose hash is {digest[:_HASH_CHARACTERS]}..., as the log says.",
    )


def _file_name(name: str) -> str:
    return name.replace(":", ".")


def put(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time; its folder is made."""
    path.parent.mkdir(exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
