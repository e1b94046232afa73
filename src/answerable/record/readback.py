"""Read the public folder back, believing nothing: every file in it is re-hashed up to the signed head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .checkpoint import Checkpoint, check_follows
from .cover import read_covers
from .disclose import merged, parse_disclosures_file
from .encode import check_opening, parse_body
from .errors import Altered, Forked, Incomplete, RecordError
from .merkle import grow, leaf_hash, root, root_of
from .policy import parse_policy
from .proof import Opening, parse_opening
from .publish import CHECKPOINT, POLICY, disclosures_path, opening_path
from .tiles import ENTRIES, LEVELS_PER_TILE, Tile, decode_bundle, decode_tile, tiles_of


@dataclass(frozen=True)
class OpenedEntry:
    """One entry whose statement is public: its place in the log and the statement.

    ``body`` is the statement as JSON, its ``data`` with the fields released since; ``raw`` its exact bytes, without
    them; ``disclosures`` the texts of those fields; ``entry`` what the log holds, which ``raw`` was checked against.
    """

    index: int
    body: dict[str, Any]
    raw: bytes
    disclosures: tuple[str, ...]
    entry: bytes


@dataclass(frozen=True)
class PublicLog:
    """A public folder that was found unaltered up to its signed head.

    ``kind`` is the workspace's; ``signed_by`` the log's key; ``entries`` are the opened ones in order; ``unopened``
    counts those of which nothing is known yet, ``covers`` those that were opened as saying nothing.
    """

    origin: str
    kind: str
    size: int
    root: bytes
    signed_by: str
    entries: tuple[OpenedEntry, ...]
    unopened: int
    covers: int = 0

    def __iter__(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield (index, body) of every opened entry."""
        return ((entry.index, entry.body) for entry in self.entries)


def read_public(
    folder: Path,
    *,
    policy_text: str | None = None,
    known: Checkpoint | None = None,
    now: int | None = None,
    before: PublicLog | None = None,
    untouched: Callable[[str], bool] = lambda _path: False,
) -> PublicLog:
    """Return what the public folder says, after re-hashing all of it.

    ``policy_text`` is the reader's own policy; without it the folder's ``log-policy`` is believed, which shows that the
    folder agrees with itself but not whose it is. ``known`` is a head that the reader saw
    before: ``WentBackwards`` or ``Forked`` is raised if the folder does not continue it, ``Altered`` for the first file
    that was changed. ``now`` is the reader's clock in POSIX seconds, for heads from the future.

    ``before`` is an earlier reading of this folder: an opening is taken over from it where its entry is the same and
    ``untouched`` says so of its files (paths below the folder). The log itself is re-hashed in any case.
    """
    policy = parse_policy(policy_text if policy_text is not None else _text(folder / POLICY))
    accepted = policy.accept(_text(folder / CHECKPOINT), served=True, now=now)
    head = accepted.checkpoint
    if known is not None:
        check_follows(known, head)
    entries = _entries(folder, head.size, head.root)
    if known is not None and root_of(map(leaf_hash, entries[: known.size])) != known.root:
        raise Forked("The folder does not contain the log that was seen before.", where=head.origin)
    covers = read_covers(folder, entries, head.kind)
    kept = {one.index: one for one in before.entries} if before and before.kind == head.kind else {}
    opened = tuple(_opened(folder, entries, head.kind, kept, untouched))
    if any(one.index in covers for one in opened):
        raise Altered("An entry is opened as a cover and as a statement.", where=str(folder))
    return PublicLog(
        origin=head.origin,
        kind=head.kind,
        size=head.size,
        root=head.root,
        signed_by=f"{accepted.log.name}+{accepted.log.id.hex()}",
        entries=opened,
        unopened=head.size - len(opened) - len(covers),
        covers=len(covers),
    )


def _entries(folder: Path, size: int, root_hash: bytes) -> list[bytes]:
    """Return all entries of the log, whose bundles and tiles must all lead to ``root_hash``."""
    tiles = tiles_of(size)
    entries = [entry for tile in tiles if tile.level == ENTRIES for entry in _bundle(folder, tile)]
    nodes = {(n.level, n.position): n.hash for n in grow(0, map(leaf_hash, entries), _no_node)}
    if root(size, lambda level, position: nodes[level, position]) != root_hash:
        raise Altered("The entries do not lead to the signed root.", where=str(folder), reason="this log was altered")
    for tile in tiles:
        if tile.level != ENTRIES:
            level = tile.level * LEVELS_PER_TILE
            due = [nodes[level, tile.first + offset] for offset in range(tile.width)]
            if _tile(folder, tile) != due:
                raise Altered("A tile was altered.", where=tile.path, reason="this log was altered")
    return entries


def _opened(
    folder: Path,
    entries: list[bytes],
    kind: str,
    kept: Mapping[int, OpenedEntry],
    untouched: Callable[[str], bool],
) -> Iterator[OpenedEntry]:
    for index, entry in enumerate(entries):
        one = kept.get(index)
        if one and one.entry == entry and untouched(opening_path(index)) and untouched(disclosures_path(index)):
            yield one
            continue
        path = folder / opening_path(index)
        if path.is_file():
            yield _checked(parse_opening(path.read_bytes()), _released(folder, index), index, entry, kind)


def _released(folder: Path, index: int) -> tuple[str, ...]:
    path = folder / disclosures_path(index)
    return parse_disclosures_file(path.read_bytes(), where=disclosures_path(index)) if path.is_file() else ()


def _checked(opening: Opening, released: tuple[str, ...], index: int, entry: bytes, kind: str) -> OpenedEntry:
    if opening.index != index:
        raise Altered("An opening is for another entry.", where=opening_path(index))
    try:
        check_opening(entry, opening.body, opening.blind)
    except Altered as error:
        raise Altered(error.what, where=opening_path(index)) from error
    body = parse_body(opening.body)
    if body.get("workspace") != kind:
        raise Altered("A statement is of another kind of workspace than its log.", where=opening_path(index))
    try:
        return OpenedEntry(index, merged(body, released), opening.body, released, entry)
    except Altered as error:
        raise Altered(error.what, where=disclosures_path(index), reason=error.reason) from error


def _bundle(folder: Path, tile: Tile) -> list[bytes]:
    raw, width = _raw(folder, tile)
    return decode_bundle(raw, width, where=tile.path)[: tile.width]


def _tile(folder: Path, tile: Tile) -> list[bytes]:
    raw, width = _raw(folder, tile)
    return decode_tile(raw, width, where=tile.path)[: tile.width]


def _raw(folder: Path, tile: Tile) -> tuple[bytes, int]:
    """Return a file and its width: a partial tile that has since become full is read from the full one."""
    for candidate in (tile, Tile(tile.level, tile.index)):
        path = folder / candidate.path
        if path.is_file():
            return path.read_bytes(), candidate.width
    raise Incomplete("A file of the log is missing.", where=tile.path)


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise RecordError(
            "There is no public record here.", where=str(path), fix="Publish first.", reason="there is no record here"
        ) from error
    except UnicodeDecodeError as error:
        raise Altered("A file is not text.", where=path.name) from error


def _no_node(_level: int, _position: int) -> bytes:
    raise AssertionError("a tree grown from nothing has no older node")
