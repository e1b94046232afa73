"""The tree against its recursive definition, against others' vectors, and against every kind of tampering."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.errors import Altered
from answerable.record.merkle import (
    EMPTY_ROOT,
    ReadNode,
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# The eight entries and the roots of trees of 0 to 8 of them, as used across implementations of RFC 6962.
ENTRIES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)

SIZES, NIGHTLY = 130, 512
LEAVES = [leaf_hash(b"%d" % index) for index in range(SIZES)]
to_every_size = pytest.mark.parametrize("sizes", [SIZES, pytest.param(NIGHTLY, marks=pytest.mark.slow)])
NODES = {(level, position): value for level, position, value in grow(0, LEAVES, lambda *_: b"")}


def read(level: int, position: int) -> bytes:
    return NODES[level, position]


def grown(sizes: int) -> tuple[list[bytes], ReadNode]:
    """The leaves and nodes of a tree of so many leaves."""
    leaves = [leaf_hash(b"%d" % index) for index in range(sizes)]
    nodes = {(level, position): value for level, position, value in grow(0, leaves, lambda *_: b"")}
    return leaves, lambda level, position: nodes[level, position]


def defined_root(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 2.1 defines it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(leaves[:split]) + defined_root(leaves[split:])).digest()


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots(size):
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in ENTRIES[:size]]
    assert root_of(leaves).hex() == ROOTS[size]


def test_roots_from_stored_nodes_and_by_streaming_are_the_defined_ones():
    for size in range(SIZES + 1):
        assert root(size, read) == root_of(LEAVES[:size]) == defined_root(LEAVES[:size])


def test_growing_in_any_steps_stores_the_same_nodes():
    nodes: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in (1, 2, 3, 5, 8, 13, 21, 34, 43):
        for level, position, value in list(grow(size, LEAVES[size : size + step], lambda *at: nodes[at])):
            nodes[level, position] = value
        size += step
    assert (size, nodes) == (SIZES, NODES)


@to_every_size
def test_every_inclusion_proof_holds_and_no_tampered_one_does(sizes):
    leaves, read = grown(sizes)
    for size in range(1, sizes + 1):
        head = root(size, read)
        for index in range(size):
            proof = inclusion_proof(index, size, read)
            verify_inclusion(index, size, leaves[index], proof, head)
            assert not holds(verify_inclusion, (index + 1) % (size + 1), size, leaves[index], proof, head)
            assert not holds(verify_inclusion, index, size, leaves[index], [*proof, bytes(32)], head)
            if proof:
                assert not holds(verify_inclusion, index, size, leaves[index], proof[:-1], head)
                assert not holds(verify_inclusion, index, size, leaves[index], [bytes(32), *proof[1:]], head)


@to_every_size
def test_every_consistency_proof_holds_and_no_tampered_one_does(sizes):
    _, read = grown(sizes)
    heads = [root(size, read) for size in range(sizes + 1)]
    for new in range(1, sizes + 1):
        for old in range(1, new + 1):
            proof = consistency_proof(old, new, read)
            verify_consistency(old, new, heads[old], heads[new], proof)
            assert not holds(verify_consistency, old, new, heads[old - 1], heads[new], proof)
            assert not holds(verify_consistency, old, new, heads[old], heads[new], [*proof, bytes(32)])
            if proof:
                assert not holds(verify_consistency, old, new, heads[old], heads[new], proof[:-1])
                assert not holds(verify_consistency, old, new, heads[old], heads[new], [bytes(32), *proof[1:]])


@given(st.data())
def test_one_flipped_bit_anywhere_breaks_a_proof(data):
    size = data.draw(st.integers(2, SIZES))
    index = data.draw(st.integers(0, size - 1))
    parts = [LEAVES[index], root(size, read), *inclusion_proof(index, size, read)]
    which, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    flipped = bytearray(parts[which])
    flipped[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(flipped)
    assert not holds(verify_inclusion, index, size, parts[0], parts[2:], parts[1])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(index, size, read)
    assert not holds(verify_inclusion, index, size, LEAVES[0], [], EMPTY_ROOT)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 5), (0, 0)])
def test_nothing_is_consistent_with_an_empty_or_a_larger_tree(old, new):
    with pytest.raises(ValueError, match="no consistency proof"):
        consistency_proof(old, new, read)
    assert not holds(verify_consistency, old, new, EMPTY_ROOT, EMPTY_ROOT, [])


def test_a_hash_of_another_length_is_refused_even_where_it_would_fit():
    short = b"x" * 12
    assert not holds(verify_consistency, 1, 1, short, short, [])
    assert not holds(verify_inclusion, 0, 1, short, [], short)


def test_two_heads_of_one_size_that_differ_are_named_as_two_histories():
    with pytest.raises(Altered) as caught:
        verify_consistency(3, 3, root(3, read), root(4, read), [])
    assert caught.value.reason == "this log shows different histories"


@pytest.mark.realdata
def test_the_published_vectors_are_judged_as_their_authors_judge_them(shared_data):
    lines = (shared_data / "merkle_vectors" / "vectors.jsonl").read_text().splitlines()
    vectors = [json.loads(line) for line in lines]
    judged = {"inclusion": 0, "consistency": 0}
    differing = []
    for vector in vectors:
        room = vector["name"].split("/")[0]
        if room not in judged:
            continue
        judged[room] += 1
        proof = [base64.b64decode(value) for value in vector["proof"] or ()]
        if room == "inclusion":
            leaf, head = base64.b64decode(vector["leafHash"]), base64.b64decode(vector["root"])
            accepted = holds(verify_inclusion, vector["leafIdx"], vector["treeSize"], leaf, proof, head)
        else:
            heads = base64.b64decode(vector["root1"]), base64.b64decode(vector["root2"])
            accepted = holds(verify_consistency, vector["size1"], vector["size2"], *heads, proof)
        if accepted == vector["wantErr"]:
            differing.append(vector["name"])
    assert judged == {"inclusion": 98, "consistency": 98}
    # That one has roots of 12 bytes, which a verifier that insists on whole hashes must refuse.
    assert len(differing) == 1
    assert "sizes-are-equal-one-and-proof-is-empty" in differing[0]


def holds(check, *given) -> bool:
    try:
        check(*given)
    except Altered:
        return False
    return True
