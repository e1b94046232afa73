"""The Merkle tree of RFC 6962 (section 2.1, SHA-256), with its complete interior nodes kept.

A node at (level, position) covers the leaves ``position * 2**level`` up to ``(position + 1) * 2**level`` and is stored
once all of them exist; it never changes afterwards. Everything else (roots, proofs) is computed from such nodes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .errors import Altered, Forked

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

ReadNode = Callable[[int, int], bytes]
"""Returns the 32-byte hash of the complete node at (level, position)."""


class Node(NamedTuple):
    """One complete node of the tree, to be stored."""

    level: int
    position: int
    hash: bytes


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf that holds ``entry``: ``SHA-256(0x00 || entry)``."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an interior node: ``SHA-256(0x01 || left || right)``."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(size: int, leaves: Iterable[bytes], read: ReadNode) -> Iterator[Node]:
    """Yield the complete nodes that appear when ``leaves`` (leaf hashes) are added to a tree of ``size`` leaves.

    ``read`` is asked only for nodes of the old tree. Nodes come in the order in which they become complete.
    """
    edge = {level: read(level, position) for level, position in _complete(0, size)}
    for index, leaf in enumerate(leaves, start=size):
        level, position, value = 0, index, leaf
        yield Node(level, position, value)
        while position & 1:
            value = node_hash(edge.pop(level), value)
            level, position = level + 1, position >> 1
            yield Node(level, position, value)
        edge[level] = value


def root(size: int, read: ReadNode) -> bytes:
    """Return the root of the first ``size`` leaves; of none, the SHA-256 of nothing."""
    return subtree(0, size, read) if size else EMPTY_ROOT


def root_of(leaves: Iterable[bytes]) -> bytes:
    """Return the root of a tree made of ``leaves`` (leaf hashes), keeping only its edge in memory.

    >>> root_of([leaf_hash(b"")]).hex()[:8]
    '6e340b9c'
    """
    edge: list[bytes] = []
    for index, leaf in enumerate(leaves):
        value, position = leaf, index
        while position & 1:
            value, position = node_hash(edge.pop(), value), position >> 1
        edge.append(value)
    return _fold(edge) if edge else EMPTY_ROOT


def subtree(begin: int, end: int, read: ReadNode) -> bytes:
    """Return the root over the leaves ``begin`` up to ``end``, where ``begin`` is a node boundary for that width."""
    return _fold([read(level, position) for level, position in _complete(begin, end)])


def inclusion_proof(index: int, size: int, read: ReadNode) -> list[bytes]:
    """Return the hashes, leaf to root, that prove leaf ``index`` is in the tree of ``size`` leaves.

    Raises ``ValueError`` when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        split = begin + _split(end - begin)
        if index < split:
            path.append(subtree(split, end, read))
            end = split
        else:
            path.append(subtree(begin, split, read))
            begin = split
    return path[::-1]


def consistency_proof(old: int, new: int, read: ReadNode) -> list[bytes]:
    """Return the hashes that prove the tree of ``new`` leaves only adds to the tree of ``old`` leaves.

    Raises ``ValueError`` unless ``0 < old <= new``. Equal sizes need no hashes.
    """
    if not 0 < old <= new:
        raise ValueError(f"no consistency proof from {old} to {new} leaves")
    path: list[bytes] = []
    begin, end, whole = 0, new, True
    while old != end:
        split = begin + _split(end - begin)
        if old <= split:
            path.append(subtree(split, end, read))
            end = split
        else:
            path.append(subtree(begin, split, read))
            begin, whole = split, False
    if not whole:
        path.append(subtree(begin, end, read))
    return path[::-1]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root_hash: bytes) -> None:
    """Raise ``Altered`` unless ``proof`` leads from the leaf hash at ``index`` to ``root_hash`` (RFC 9162, 2.1.3.2)."""
    _whole_hashes(leaf, root_hash, *proof)
    if not 0 <= index < size:
        raise Altered(f"A log of {size} entries has no entry {index}.")
    position, last, value = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Altered("The proof has too many hashes.")
        if position & 1 or position == last:
            value = node_hash(sibling, value)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            value = node_hash(value, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise Altered("The proof has too few hashes.")
    if value != root_hash:
        raise Altered("The proof does not lead from this entry to the signed root.")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Raise ``Altered`` unless the tree under ``new_root`` only adds to the one under ``old_root`` (RFC 9162, 2.1.4.2).

    An ``old`` size of 0 is refused: nothing can be proved from an empty tree.
    """
    _whole_hashes(old_root, new_root, *proof)
    if not 0 < old <= new:
        raise Altered(f"A log cannot go from {old} to {new} entries under proof.")
    if old == new:
        if proof or old_root != new_root:
            raise Forked("Two heads of the same size differ.")
        return
    hashes = list(proof) if old & (old - 1) else [old_root, *proof]
    if not hashes:
        raise Altered("The proof has too few hashes.")
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise Altered("The proof has too many hashes.")
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise Altered("The proof has too few hashes.")
    if first != old_root or second != new_root:
        raise Forked("The newer log does not contain the older one.")


def _complete(begin: int, end: int) -> list[tuple[int, int]]:
    """Return the complete nodes, left to right, that together cover the leaves ``begin`` up to ``end``."""
    nodes = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        nodes.append((level, begin >> level))
        begin += 1 << level
    return nodes


def _fold(hashes: Sequence[bytes]) -> bytes:
    value = hashes[-1]
    for left in reversed(hashes[:-1]):
        value = node_hash(left, value)
    return value


def _split(count: int) -> int:
    """Return the largest power of two below ``count`` (at least 2)."""
    return 1 << (count - 1).bit_length() - 1


def _whole_hashes(*hashes: bytes) -> None:
    if any(len(value) != HASH_BYTES for value in hashes):
        raise Altered(f"A hash does not have {HASH_BYTES} bytes.")
