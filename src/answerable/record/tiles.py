"""A log as static files (C2SP tlog-tiles): tiles of 256 hashes, bundles of 256 entries, and which files growth adds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import Altered
from .merkle import HASH_BYTES

WIDTH = 256
LEVELS_PER_TILE = 8
MAX_ENTRY_BYTES = 65_535
ENTRIES = -1


class TreeReader(Protocol):
    """Whatever keeps a log's entries and complete nodes."""

    def entry(self, index: int) -> bytes:
        """Return the log entry at ``index``."""
        ...

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of the complete node at (level, position)."""
        ...


@dataclass(frozen=True)
class Tile:
    """One static file: tile ``level`` (``ENTRIES`` for a bundle of entries), its ``index`` and ``width`` (1 to 256)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the log's folder.

        >>> Tile(0, 1234067, 5).path
        'tile/0/x001/x234/067.p/5'
        """
        return self.full_path if self.width == WIDTH else f"{self.partial_folder}/{self.width}"

    @property
    def full_path(self) -> str:
        """The path this tile has once it is full."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        return f"tile/{level}/{_digits(self.index)}"

    @property
    def partial_folder(self) -> str:
        """The folder that holds this tile while it is not full."""
        return f"{self.full_path}.p"

    @property
    def first(self) -> int:
        """The position of the first hash or entry in the tile."""
        return self.index * WIDTH


def tiles_of(size: int) -> list[Tile]:
    """Return every file of a log of ``size`` entries, bundles of entries first."""
    return tiles_to_write(0, size)


def tiles_to_write(old: int, new: int) -> list[Tile]:
    """Return the files that a log of ``new`` entries has and one of ``old`` entries has not, bundles first."""
    return list(_grown(old, new, ENTRIES)) + [
        tile for level in range(_levels(new)) for tile in _grown(*_counts(level, old, new), level)
    ]


def render(tile: Tile, tree: TreeReader) -> bytes:
    """Return the bytes of a tile: its hashes one after another, or its entries each after two bytes of length."""
    positions = range(tile.first, tile.first + tile.width)
    if tile.level == ENTRIES:
        return encode_bundle([tree.entry(index) for index in positions])
    return b"".join(tree.node(tile.level * LEVELS_PER_TILE, position) for position in positions)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries as a bundle. Raises ``ValueError`` for an entry beyond 65,535 bytes."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise ValueError(f"an entry is longer than {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_bundle(raw: bytes, width: int, *, where: str = "") -> list[bytes]:
    """Return the ``width`` entries of a bundle. Raises ``Altered`` if there are more, fewer, or half ones."""
    entries = []
    at = 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        if end > len(raw) or at + 2 > len(raw):
            raise Altered("A bundle of entries was cut short.", where=where)
        entries.append(raw[at + 2 : end])
        at = end
    if len(entries) != width:
        raise Altered(f"A bundle holds {len(entries)} entries where {width} are due.", where=where)
    return entries


def decode_tile(raw: bytes, width: int, *, where: str = "") -> list[bytes]:
    """Return the ``width`` hashes of a tile. Raises ``Altered`` for another length."""
    if len(raw) != width * HASH_BYTES:
        raise Altered(f"A tile has {len(raw)} bytes where {width * HASH_BYTES} are due.", where=where)
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]


def _grown(old: int, new: int, level: int) -> Iterator[Tile]:
    if new > old:
        for index in range(old // WIDTH, -(-new // WIDTH)):
            yield Tile(level, index, min(WIDTH, new - index * WIDTH))


def _counts(level: int, old: int, new: int) -> tuple[int, int]:
    shift = level * LEVELS_PER_TILE
    return old >> shift, new >> shift


def _levels(size: int) -> int:
    """Return how many levels of tiles a log of ``size`` entries has."""
    return -(-size.bit_length() // LEVELS_PER_TILE)


def _digits(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))
