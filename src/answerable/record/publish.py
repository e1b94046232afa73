"""Write the public folder: the log as static files that any web server can serve, and everything an outsider checks.

``checkpoint`` goes last, after every file it speaks for; each file appears whole or not at all.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from .checkpoint import Checkpoint, parse_checkpoint
from .disclose import disclosures_file
from .errors import Altered, Forked, UnknownLog, WentBackwards
from .merkle import inclusion_proof, root
from .note import parse_note
from .policy import parse_policy
from .proof import Opening, Proof, told_lines
from .tiles import WIDTH, TreeReader, render, tiles_to_write

CHECKPOINT = "checkpoint"
POLICY = "log-policy"
VERIFIER = "verify"


def opening_path(index: int) -> str:
    """Return where the opening of entry ``index`` lies below the public folder."""
    return f"openings/{index}.json"


def disclosures_path(index: int) -> str:
    """Return where the released fields of entry ``index`` lie below the public folder."""
    return f"disclosures/{index}.json"


def proof_path(index: int) -> str:
    """Return where the proof of entry ``index`` lies below the public folder."""
    return f"proofs/{index}.tlog-proof"


def write_public(
    folder: Path, *, checkpoint_note: str, policy_text: str, tree: TreeReader, openings: Iterable[Opening]
) -> int:
    """Bring ``folder`` up to the signed head ``checkpoint_note``; return how many files were written.

    ``openings`` are those that may be public now, with the fields released so far; each also gets a proof, under the
    new head. A proof that is there stays as it is for as long as the same is told of its entry and the policy is the
    same: it holds for good, and a log does not cost more with every entry. Other files that already hold the same bytes
    are left alone. Raises ``Altered``, before anything is written, if the policy does not believe the head or the
    folder holds a log that the new head does not continue.
    """
    head = parse_policy(policy_text).accept(checkpoint_note, served=True).checkpoint
    if root(head.size, tree.node) != head.root:
        raise Altered("The signed head and the tree differ.", where=head.origin)
    old = _standing(folder, head, tree)
    policy = (POLICY, policy_text.encode())
    # Another policy may believe no head but those signed since: then every proof is made anew.
    waiting = openings if not _holds(folder, *policy) else (one for one in openings if not _told(folder, one))
    files = chain(_files(old, head, checkpoint_note, tree, waiting), [policy], _verifier_page())
    written = [folder / name for name, content in files if place_file(folder / name, content)]
    for touched in {parent for path in written for parent in path.parents if parent.is_relative_to(folder)}:
        sync_folder(touched)
    count = len(written) + write_file(folder / CHECKPOINT, checkpoint_note.encode())
    _drop_partials(folder, old, head.size)
    return count


def write_file(path: Path, content: bytes) -> int:
    """Write ``content`` for good: a power cut leaves the old file or the new one. Return 0 if it is there already."""
    placed = place_file(path, content)
    if placed:
        sync_folder(path.parent)
    return int(placed)


def place_file(path: Path, content: bytes) -> bool:
    """Put ``content`` at ``path`` whole; False if it is there already.

    Its bytes are on disk then; its name is for sure only once the folder is synced too.
    """
    if _holds(path.parent, path.name, content):
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    return True


def _holds(folder: Path, name: str, content: bytes) -> bool:
    path = folder / name
    return path.is_file() and path.read_bytes() == content


def _told(folder: Path, opening: Opening) -> bool:
    """Say whether all of ``opening`` is in ``folder``, and a proof that tells the same of it: what was erased since is
    in neither.
    """
    proof = folder / proof_path(opening.index)
    return (
        proof.is_file()
        and proof.read_bytes().startswith(f"{told_lines(opening)}\n".encode())
        and all(_holds(folder, name, content) for name, content in _texts(opening))
    )


def _texts(opening: Opening) -> Iterator[tuple[str, bytes]]:
    yield opening_path(opening.index), opening.json()
    if opening.disclosures:
        yield disclosures_path(opening.index), disclosures_file(opening.disclosures)


def _standing(folder: Path, head: Checkpoint, tree: TreeReader) -> int:
    """Return the size of the log that the folder holds now, 0 if none, after checking that ``head`` continues it."""
    path = folder / CHECKPOINT
    if not path.is_file():
        return 0
    standing = parse_checkpoint(parse_note(path.read_bytes().decode("utf-8", "replace")).text)
    if standing.origin != head.origin:
        raise UnknownLog("The public folder holds another log.", where=standing.origin)
    if standing.size > head.size:
        raise WentBackwards(
            f"The public folder has {standing.size} entries and the new head only {head.size}.", where=head.origin
        )
    if root(standing.size, tree.node) != standing.root:
        raise Forked("The public folder holds another history of this log.", where=head.origin)
    return standing.size


def _files(
    old: int, head: Checkpoint, note: str, tree: TreeReader, openings: Iterable[Opening]
) -> Iterator[tuple[str, bytes]]:
    """Yield the path and content of every file that the checkpoint speaks for."""
    for tile in tiles_to_write(old, head.size):
        yield tile.path, render(tile, tree)
    for opening in openings:
        if opening.index >= head.size:
            raise Altered(f"Entry {opening.index} is not under the head of {head.size} entries.")
        hashes = tuple(inclusion_proof(opening.index, head.size, tree.node))
        proof = Proof(opening.index, opening.body, opening.blind, hashes, note, opening.disclosures)
        # Before what it proves: where that is told, its proof is there too, wherever this was cut off.
        yield proof_path(opening.index), str(proof).encode()
        yield from _texts(opening)


def _verifier_page() -> Iterator[tuple[str, bytes]]:
    """Yield the standalone verifier, so that every copy of the folder carries it."""
    for path in sorted((Path(__file__).parent / "page").iterdir()):
        yield f"{VERIFIER}/{path.name}", path.read_bytes()


def _drop_partials(folder: Path, old: int, new: int) -> None:
    """Remove the partial forms of tiles that have become full: the format lets readers take the full one instead."""
    for tile in tiles_to_write(old, new):
        partial = folder / tile.partial_folder
        if tile.width == WIDTH and partial.is_dir():
            shutil.rmtree(partial)


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlast a power cut."""
    # Windows has no handle on a folder to sync; there the rename itself is durable enough.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
