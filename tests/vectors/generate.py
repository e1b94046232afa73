"""Write the log-format vectors beside this file: ``python tests/vectors/generate.py``.

Everything follows from fixed seeds, so a second run changes no byte; a test holds the files to that.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import cosign
from answerable.record.encode import canonical, commit, private_digest
from answerable.record.keys import COSIGNATURE, Key
from answerable.record.merkle import consistency_proof, grow, inclusion_proof, leaf_hash, root
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import policy_for
from answerable.record.proof import Opening, Proof, parse_proof
from answerable.record.strict import to_base64
from answerable.record.tiles import tiles_of

ORIGIN = "vectors.example/record/rehearsal"
SIZE = 11
TIME = 1_543_600_000
Case = dict[str, Any]


def seed(name: str) -> bytes:
    return hashlib.sha256(f"answerable vectors: {name}".encode()).digest()


SIGNER = Ed25519Signer.from_seed(ORIGIN, seed("log key"))
OTHER = Ed25519Signer.from_seed(ORIGIN, seed("another key of the same name"))
STRANGER = Ed25519Signer.from_seed("stranger.example/log", seed("stranger"))
WITNESSES = {name: Ed25519PrivateKey.from_private_bytes(seed(name)) for name in ("w1.example", "w2.example")}
WITNESS_KEYS = {n: Key(n, COSIGNATURE, k.public_key().public_bytes_raw()) for n, k in WITNESSES.items()}


def statement(index: int, **said: object) -> bytes:
    body = {"v": 1, "kind": "refuse", "workspace": "rehearsal", "case": f"2018-{index:04}", "office": "authoriser"}
    return canonical(body | {"at": "2018-11-30T20:00:00Z", "data": {"reasons": "Not the last resort."}} | said)


BODIES = [statement(index) for index in range(SIZE - 1)] + [statement(SIZE - 1, workspace="real")]
BLINDS = [seed(f"blind {index}") for index in range(SIZE)]
ENTRIES = [commit(body, blind) for body, blind in zip(BODIES, BLINDS, strict=True)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]
NODES = {(level, position): value for level, position, value in grow(0, LEAVES, lambda *_: b"")}


def node(level: int, position: int) -> bytes:
    return NODES[level, position]


def head(size: int = SIZE, origin: str = ORIGIN) -> str:
    return str(Checkpoint(origin, size, root(size, node)))


def proof(index: int, size: int = SIZE, checkpoint: str = "") -> Proof:
    hashes = tuple(inclusion_proof(index, size, node))
    return Proof(index, BODIES[index], BLINDS[index], hashes, checkpoint or sign_note(head(size), SIGNER))


def commitments() -> list[Case]:
    cases = [
        {"name": f"statement-{n}", "body": BODIES[n].decode(), "blind": BLINDS[n].hex(), "entry": ENTRIES[n].hex()}
        for n in (0, SIZE - 1)
    ]
    odd = '{"é":"\\u001f\u2028","a":[1.5,-0,1e21],"z":{}}'
    return [*cases, {"name": "odd", "body": odd, "blind": "00" * 32, "entry": commit(odd.encode(), bytes(32)).hex()}]


def canonical_forms() -> list[Case]:
    values: list[dict[str, Any]] = [{}, {"b": 1, "a": 2}, {"é": "\u2028", "e": [1.0, 1e21, True, None]}, {"a": '\n"\\'}]
    return [{"value": value, "bytes": canonical(value).hex()} for value in values]


def private_parts() -> list[Case]:
    return [{"value": b"gist".hex(), "salt": seed("salt").hex(), "digest": private_digest(b"gist", seed("salt"))}]


def inclusion() -> list[Case]:
    def case(name: str, index: int, size: int, hashes: list[bytes], leaf: bytes = b"", *, holds: bool) -> Case:
        return {
            "name": name,
            "index": index,
            "size": size,
            "leaf": (leaf or LEAVES[index % SIZE]).hex(),
            "proof": [value.hex() for value in hashes],
            "root": root(min(size, SIZE), node).hex(),
            "holds": holds,
        }

    good = inclusion_proof(4, SIZE, node)
    return [
        *(
            case(f"entry {n} of {size}", n, size, inclusion_proof(n, size, node), holds=True)
            for size in (1, 2, 7, 11)
            for n in {0, size // 2, size - 1}
        ),
        case("a hash left out", 4, SIZE, good[:-1], holds=False),
        case("a hash too many", 4, SIZE, [*good, bytes(32)], holds=False),
        case("hashes swapped", 4, SIZE, good[::-1], holds=False),
        case("a hash of 31 bytes", 4, SIZE, [good[0][:31], *good[1:]], holds=False),
        case("another leaf", 4, SIZE, good, LEAVES[5], holds=False),
        case("an index beyond the tree", SIZE, SIZE, good, holds=False),
    ]


def consistency() -> list[Case]:
    def case(name: str, old: int, new: int, hashes: list[bytes], old_root: bytes = b"", *, holds: bool) -> Case:
        roots = {"old_root": (old_root or root(old, node)).hex(), "new_root": root(new, node).hex()}
        return {"name": name, "old": old, "new": new, **roots, "proof": [h.hex() for h in hashes], "holds": holds}

    good = consistency_proof(6, SIZE, node)
    return [
        *(
            case(f"{a} to {b}", a, b, consistency_proof(a, b, node), holds=True)
            for a, b in ((1, 1), (1, 2), (4, 8), (6, 11), (8, 11))
        ),
        case("a hash left out", 6, SIZE, good[:-1], holds=False),
        case("a hash too many", 6, SIZE, [*good, bytes(32)], holds=False),
        case("another history", 6, SIZE, good, root(5, node), holds=False),
        case("from nothing", 0, SIZE, [], holds=False),
    ]


def policies() -> dict[str, str]:
    names = "".join(f"witness {n[:2]} {key.vkey}\n" for n, key in WITNESS_KEYS.items())
    log, twice = f"log {SIGNER.vkey}\n", WITNESS_KEYS["w1.example"].vkey
    return {
        "log-only": policy_for(SIGNER.vkey),
        "both-witnesses": f"{log}{names}group both all w1 w2\nquorum both\n",
        "one-witness": f"{log}{names}group one any w1 w2\nquorum one\n",
        "another-key": policy_for(OTHER.vkey),
        "another-log": policy_for(STRANGER.vkey),
        "damaged": f"log {SIGNER.vkey[:-4]}\nquorum none\n",
        "witness-twice": f"{log}witness a {twice}\nwitness b {twice}\ngroup both all a b\nquorum both\n",
    }


def proofs() -> list[tuple[str, str, str, int]]:
    """Return (file name, content, policy name, exit code of the verifier)."""
    good = proof(4)
    text = str(good)
    signed = sign_note(head(), SIGNER)
    seen = {n: cosign(head(), n, key, TIME) for n, key in WITNESSES.items()}
    stale = cosign(head(7), "w1.example", WITNESSES["w1.example"], TIME)
    lines = text.split("\n")
    free_bits = lines[3][:-2] + chr(ord(lines[3][-2]) + 1) + "="
    twice = b'{"workspace":"rehearsal","workspace":"rehearsal"}'
    twice_leaf = leaf_hash(commit(twice, bytes(32)))
    twice_head = sign_note(str(Checkpoint(ORIGIN, 1, twice_leaf)), SIGNER)
    return [
        ("valid-of-eleven", text, "log-only", 0),
        ("valid-of-one", str(proof(0, 1)), "log-only", 0),
        ("valid-unknown-cosignature", str(replace(good, checkpoint=signed + STRANGER.sign(head()))), "log-only", 0),
        ("valid-two-witnesses", str(replace(good, checkpoint=signed + "".join(seen.values()))), "both-witnesses", 0),
        ("valid-one-witness", str(replace(good, checkpoint=signed + seen["w2.example"])), "one-witness", 0),
        ("altered-index", text.replace("\nindex 4\n", "\nindex 5\n"), "log-only", 4),
        ("altered-index-spelling", text.replace("\nindex 4\n", "\nindex 04\n"), "log-only", 4),
        ("altered-statement", str(replace(good, body=statement(4, kind="authorise"))), "log-only", 4),
        ("altered-blind", str(replace(good, blind=bytes(32))), "log-only", 4),
        ("altered-hash", str(replace(good, hashes=(bytes(32), *good.hashes[1:]))), "log-only", 4),
        ("altered-free-bits", "\n".join([*lines[:3], free_bits, *lines[4:]]), "log-only", 4),
        ("altered-size", text.replace("\n11\n", "\n12\n"), "log-only", 4),
        ("altered-origin", text.replace("/rehearsal\n", "/real\n", 1), "log-only", 4),
        ("altered-line-ends", text.replace("\n", "\r\n"), "log-only", 4),
        ("cut-short", text[: len(text) // 2], "log-only", 4),
        (
            "no-signature-of-the-log",
            str(replace(good, checkpoint=head() + "\n" + STRANGER.sign(head()))),
            "log-only",
            4,
        ),
        ("another-key", text, "another-key", 4),
        ("another-log", text, "another-log", 4),
        ("kind-differs", str(proof(10)), "log-only", 4),
        ("name-used-twice", str(Proof(0, twice, bytes(32), (), twice_head)), "log-only", 4),
        ("too-few-witnesses", str(replace(good, checkpoint=signed + seen["w1.example"])), "both-witnesses", 4),
        ("no-witness", text, "one-witness", 4),
        ("cosignature-of-another-head", str(replace(good, checkpoint=signed + stale)), "one-witness", 4),
        ("not-a-proof", signed, "log-only", 3),
        ("damaged-policy", text, "damaged", 3),
        ("witness-twice", text, "witness-twice", 3),
    ]


def notes() -> list[Case]:
    text = "a note\nof two lines\n"
    good = sign_note(text, SIGNER)
    many = sign_note(text, SIGNER, *(Ed25519Signer.from_seed(f"s{n}.example", seed(f"s{n}")) for n in range(15)))
    cases = {
        "one signature": (good, True),
        "sixteen signatures": (many, True),
        "an unknown key beside": (sign_note(text, STRANGER, SIGNER), True),
        "only an unknown key": (sign_note(text, STRANGER), False),
        "another text": (good.replace("two", "ten"), False),
        "a hyphen for the dash": (good.replace("\N{EM DASH}", "-"), False),
        "a tab in the text": (good.replace("two", "t\to"), False),
        "no blank line": (good.replace("\n\n", "\n"), False),
        "no line end": (good[:-1], False),
        "padding left out": (good.replace("=\n", "\n"), False),
    }
    return [{"name": n, "note": note, "vkey": SIGNER.vkey, "signs": signs} for n, (note, signs) in cases.items()]


def openings() -> list[Case]:
    good = Opening(4, BODIES[4], BLINDS[4]).json().decode()
    changed = {
        "as published": (good, True),
        "a space more": (good.replace(":4}", ": 4}"), False),
        "no line end": (good[:-1], False),
        "another blind": (Opening(4, BODIES[4], bytes(32)).json().decode(), False),
        "another statement": (good.replace("2018-0004", "2018-0005"), False),
    }
    entry = ENTRIES[4].hex()
    return [{"name": n, "file": file, "entry": entry, "opens": opens} for n, (file, opens) in changed.items()]


def write(folder: Path) -> None:
    """Write every vector below ``folder``."""
    (folder / "proofs").mkdir(parents=True, exist_ok=True)
    (folder / "policies").mkdir(exist_ok=True)
    for name, text in policies().items():
        (folder / "policies" / name).write_bytes(text.encode())
    cases = []
    for name, text, policy, code in proofs():
        file = f"proofs/{name}.tlog-proof"
        (folder / file).write_bytes(text.encode())
        cases.append(
            {
                "file": file,
                "policy": f"policies/{policy}",
                "exit": code,
                "index": parse_proof(text).index if code == 0 else None,
            }
        )
    vectors = {
        "origin": ORIGIN,
        "vkey": SIGNER.vkey,
        "canonical": canonical_forms(),
        "commitments": commitments(),
        "private_parts": private_parts(),
        "roots": [{"size": size, "root": root(size, node).hex()} for size in range(SIZE + 1)],
        "leaves": [leaf.hex() for leaf in LEAVES],
        "inclusion": inclusion(),
        "consistency": consistency(),
        "tiles": [{"size": size, "files": [t.path for t in tiles_of(size)]} for size in (0, 1, 255, 256, 257, 600)],
        "notes": notes(),
        "head": {"text": head(), "root": to_base64(root(SIZE, node))},
        "cosignature": {"time": TIME, "line": cosign(head(), "w1.example", WITNESSES["w1.example"], TIME)},
        "openings": openings(),
        "proofs": cases,
    }
    text = json.dumps(vectors, indent=1, ensure_ascii=True)
    (folder / "vectors.json").write_bytes(text.encode() + b"\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
