"""Others' code reads what we write: Go's checksum database, Go's ML-DSA, and the standalone page under Node.

Each also refuses what was tampered with, and on every changed character all of them say what we say.
"""

from __future__ import annotations

import random
import re
import string

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record.cosign import LogSigner, cosign, cosigner_key, mldsa44_from_seed
from answerable.record.errors import RecordError
from answerable.record.merkle import consistency_proof, grow, inclusion_proof, leaf_hash, root
from answerable.record.note import browser_lines, parse_note, sign_note
from answerable.record.policy import parse_policy
from answerable.record.proof import Proof
from answerable.record.verify import verify_proof

TIME = 1_543_600_000
NOW = TIME + 60
SIZES = (1, 2, 3, 255, 256, 257, 70_000)
EVERY = string.digits + string.ascii_letters + '+/=-{}":,. \n\t\r\x00\x7f\xa0\u200bé—'
WITNESSES = {
    "w4.example": Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32),
    "w6.example": mldsa44_from_seed(bytes([6]) * 32),
}
KEYS = {name: cosigner_key(name, private) for name, private in WITNESSES.items()}


@pytest.fixture(scope="module")
def tree():
    """The nodes of a log of 70,000 entries."""
    leaves = [leaf_hash(b"%d" % index) for index in range(SIZES[-1])]
    nodes = {(level, position): value for level, position, value in grow(0, leaves, lambda *_: b"")}
    return lambda level, position: nodes[level, position]


def texts(hashes) -> list[str]:
    return [value.hex() for value in hashes]


def inclusion(tree, index: int, size: int) -> dict:
    known = {"leaf": tree(0, index).hex(), "root": root(size, tree).hex()}
    return {
        "op": "inclusion",
        "index": index,
        "size": size,
        "proof": texts(inclusion_proof(index, size, tree)),
        **known,
    }


def consistency(tree, old: int, new: int) -> dict:
    known = {"old_root": root(old, tree).hex(), "root": root(new, tree).hex()}
    return {"op": "consistency", "old": old, "size": new, "proof": texts(consistency_proof(old, new, tree)), **known}


def test_go_accepts_our_proofs_and_refuses_changed_ones(tree, ask_go):
    chance = random.Random(20181130)
    sizes = [*SIZES, *(chance.randrange(4, SIZES[-1]) for _ in range(50))]
    good = [inclusion(tree, index, size) for size in sizes for index in {0, size // 2, size - 1}]
    good += [consistency(tree, old, size) for size in sizes for old in {1, (size + 1) // 2, size}]
    assert all(ask_go(good))
    bad = []
    for one in good:
        bad.append(one | {"root": bytes(32).hex()})
        if one["proof"]:
            at = chance.randrange(len(one["proof"]))
            changed = bytearray.fromhex(one["proof"][at])
            changed[chance.randrange(32)] ^= 1 << chance.randrange(8)
            others = (changed.hex(), *one["proof"])
            bad += [one | {"proof": one["proof"][:-1]}, one | {"proof": [*one["proof"], others[0]]}]
            bad.append(one | {"proof": [*one["proof"][:at], others[0], *one["proof"][at + 1 :]]})
    assert len(bad) > 1_000
    assert not any(ask_go(bad))


@pytest.fixture
def signed(log):
    """A log with released fields, its served head with four signatures, and who made them."""
    log.add_sealed(reasons="Not the last resort.", gist="x")
    signer = LogSigner.from_seeds(log.signer.key.name, bytes([1]) * 32, bytes([2]) * 32, lambda: TIME)
    head = str(log.head())
    note = sign_note(head, signer) + "".join(cosign(head, name, key, TIME) for name, key in WITNESSES.items())
    return log, note, [*signer.vkeys, *(key.vkey for key in KEYS.values())]


def proof_of(log, index: int, note: str) -> str:
    opening = log.openings[index]
    hashes = tuple(inclusion_proof(index, len(log.entries), log.node))
    return str(Proof(index, opening.body, opening.blind, hashes, note, opening.disclosures))


def browser_policy(vkeys: list[str]) -> str:
    return f"log {vkeys[0]}\nwitness w4 {vkeys[2]}\nquorum w4\n"


def test_go_verifies_signatures_of_all_three_types(signed, ask_go):
    _, note, vkeys = signed
    accepted = {"op": "head", "text": note, "known": vkeys, "need": vkeys}
    other = note.replace("\n12\n", "\n13\n")
    each = [accepted | {"known": [vkey], "need": [vkey]} for vkey in vkeys]
    assert ask_go([accepted, *each]) == [True] * 5
    assert ask_go([one | {"text": other} for one in (accepted, *each)]) == [False] * 5


def test_go_and_the_page_verify_a_whole_proof_file(signed, ask_go, ask_page):
    log, note, vkeys = signed
    policy = browser_policy(vkeys)
    for index in (0, 11):
        text = proof_of(log, index, note)
        assert verify_proof(text, policy, now=NOW).index == index
        assert ask_go([{"op": "proof", "text": text, "known": vkeys, "need": [vkeys[0], vkeys[2]]}]) == [True]
        asked = {"op": "proof", "text": text, "policy": policy}
        assert ask_page([asked | {"now": now} for now in (NOW, TIME - 120, TIME - 121)]) == [True, True, False]


def mutations(text: str, each: int) -> list[str]:
    """Every character replaced by ``each`` others, walked through the alphabet, and by its neighbour in it."""
    made = []
    for at, old in enumerate(text):
        others = {EVERY[(at * 7 + step) % len(EVERY)] for step in range(each)} | {chr(ord(old) ^ 1), old.swapcase()}
        made += [text[:at] + new + text[at + 1 :] for new in sorted(others - {old})]
    return made


def ours(text: str, policy: str) -> bool:
    try:
        verify_proof(text, policy, now=NOW)
    except RecordError:
        return False
    return True


def accepts(note: str, policy) -> bool:
    try:
        policy.accept(note, served=True)
    except RecordError:
        return False
    return True


def test_no_changed_character_of_a_proof_file_is_accepted_by_anyone(signed, ask_go, ask_page):
    log, note, vkeys = signed
    policy, bad = browser_policy(vkeys), mutations(proof_of(log, 11, note), 1)
    assert len(bad) > 2_500
    assert [text for text in bad if ours(text, policy)] == []
    assert not any(ask_page([{"op": "proof", "text": text, "policy": policy, "now": NOW} for text in bad]))
    # Go's JSON reader is asked only about what the log signed: our list of released fields is not in its formats.
    entry, length = proof_of(log, 4, note), len(proof_of(log, 4, note))
    bad = mutations(entry, 1)
    assert length < len(bad)
    known = {"known": vkeys, "need": [vkeys[0], vkeys[2]]}
    assert not any(ask_go([{"op": "proof", "text": text, **known} for text in bad]))


def test_no_changed_character_of_a_checkpoint_is_accepted_by_anyone(signed, ask_go, ask_page):
    _, note, vkeys = signed
    plain = str(browser_lines(parse_note(note)))
    policy = parse_policy(browser_policy(vkeys))
    bad = mutations(plain, 4)
    assert [text for text in bad if accepts(text, policy)] == []
    assert not any(ask_page([{"op": "head", "text": t, "policy": browser_policy(vkeys), "now": NOW} for t in bad]))
    need = [vkeys[0], vkeys[2]]
    assert not any(ask_go([{"op": "head", "text": text, "known": need, "need": need} for text in bad]))


@pytest.mark.parametrize("step", [13, pytest.param(1, marks=pytest.mark.slow)])
def test_no_changed_character_of_a_served_checkpoint_is_accepted(signed, ask_go, step):
    """With ML-DSA-44 lines, which browsers cannot check; of the long signatures every 13th character, or all."""
    _, note, vkeys = signed
    known = "".join(f"log {vkey}\n" for vkey in vkeys[:2]) + f"witness a {vkeys[2]}\nwitness b {vkeys[3]}\n"
    policy = parse_policy(known + "group both all a b\nquorum both\n")
    assert accepts(note, policy)
    inside = {
        at for line in re.finditer("[A-Za-z0-9+/=]{3000,}", note) for at in range(line.start() + 16, line.end() - 4)
    }
    places = [at for at in range(len(note)) if at not in inside or at % step == 0]
    bad = [note[:at] + ("A" if note[at] != "A" else "B") + note[at + 1 :] for at in places]
    assert [text for text in bad if accepts(text, policy)] == []
    assert not any(ask_go([{"op": "head", "text": text, "known": vkeys, "need": vkeys} for text in bad]))


def test_what_stands_in_lines_by_unknown_keys_is_ignored_alike(signed, ask_go, ask_page):
    log, note, vkeys = signed
    policy = f"log {vkeys[0]}\nquorum none\n"
    proof = proof_of(log, 4, note)
    at = proof.rindex("w4.example")
    for changed in (proof, proof[:at] + "w5" + proof[at + 2 :]):
        assert ours(changed, policy)
        assert ask_page([{"op": "proof", "text": changed, "policy": policy, "now": NOW}]) == [True]
        assert ask_go([{"op": "proof", "text": changed, "known": vkeys[:1], "need": vkeys[:1]}]) == [True]
