"""Write the vectors of cosignatures, disclosures, policies and witnesses: ``python tests/vectors/generate_more.py``.

Everything follows from fixed seeds but the ML-DSA-44 signatures, which have chance in them by design: those that
``mldsa44.json`` already holds are kept as long as they hold, so a second run changes no byte.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import (
    check_signature,
    cosign,
    cosignature_text,
    cosigner_key,
    mldsa44_from_seed,
    subtree_message,
)
from answerable.record.disclose import make_disclosure, sd_of
from answerable.record.encode import canonical, commit
from answerable.record.errors import RecordError
from answerable.record.keys import COSIGNATURE, Key
from answerable.record.merkle import consistency_proof, grow, inclusion_proof, leaf_hash, root
from answerable.record.note import Ed25519Signer, parse_note, sign_note
from answerable.record.proof import Proof
from answerable.record.strict import from_base64, to_base64
from answerable.record.witness import AddCheckpoint, Cosigner, answer

HERE = Path(__file__).parent
ORIGIN = "vectors.example/record/rehearsal"
TIME = 1_543_600_000
Case = dict[str, Any]


def seed(name: str) -> bytes:
    return hashlib.sha256(f"answerable vectors: {name}".encode()).digest()


LOG = Ed25519Signer.from_seed(ORIGIN, seed("log key"))
LOG_SECOND = mldsa44_from_seed(seed("second log key"))
PLAIN = {name: Ed25519PrivateKey.from_private_bytes(seed(name)) for name in ("w1.example", "w2.example", "w3.example")}
STRONG = {name: mldsa44_from_seed(seed(f"{name} ML-DSA-44")) for name in ("w1.example", "w2.example")}
SIZES = range(1, 12)
LEAVES = [leaf_hash(b"\x01" + seed(f"entry {n}")) for n in range(max(SIZES))]
NODES = {(level, position): value for level, position, value in grow(0, LEAVES, lambda *_: b"")}
FIELDS = {"reasons": "Not the last resort.", "advice": ["too wide", "too long"], "count": 3, "none": None}
MADE = {name: make_disclosure(name, value, seed(f"salt of {name}")) for name, value in FIELDS.items()}


def node(level: int, position: int) -> bytes:
    return NODES[level, position]


def head(size: int) -> str:
    return str(Checkpoint(ORIGIN, size, root(size, node)))


class Kept:
    """The signatures with chance in them: one is made anew only where none is kept that holds."""

    def __init__(self) -> None:
        path = HERE / "mldsa44.json"
        self._old: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        self.lines: dict[str, str] = {}

    def line(self, text: str, name: str, private: Any) -> str:
        key = cosigner_key(name, private)
        handle = hashlib.sha256(text.encode() + key.vkey.encode()).hexdigest()[:16]
        line = self.lines.get(handle) or self._old.get(handle, "")
        if not line or not _holds(key, line, text):
            line = cosign(text, name, private, TIME)
        self.lines[handle] = line
        return line


def _holds(key: Key, line: str, text: str) -> bool:
    try:
        check_signature(key, parse_note(f"{text}\n{line}").signatures[0].raw, text)
    except RecordError:
        return False
    return True


def cosignatures(kept: Kept) -> list[Case]:
    """Each: a head, a line and a verifier key, what exactly was signed, and whether the line holds."""
    text, other = head(7), head(8)
    cases = []
    signers: list[tuple[str, Any]] = [("w2.example", PLAIN["w2.example"]), *STRONG.items()]
    for name, private in signers:
        key = cosigner_key(name, private)
        line = cosign(text, name, private, TIME) if key.type == COSIGNATURE else kept.line(text, name, private)
        signed = cosignature_text(text, TIME) if key.type == COSIGNATURE else subtree_message(text, name, TIME)
        raw = from_base64(line.split(" ")[2].rstrip("\n"))
        later = raw[:11] + bytes([raw[11] ^ 1]) + raw[12:]
        shown = {
            "as signed": (text, line, True),
            "another head": (other, line, False),
            "another time": (text, f"{line.rsplit(' ', 1)[0]} {to_base64(later)}\n", False),
            "a bit changed": (text, f"{line.rsplit(' ', 1)[0]} {to_base64(raw[:-1] + bytes([raw[-1] ^ 1]))}\n", False),
            "a byte more": (text, f"{line.rsplit(' ', 1)[0]} {to_base64(raw + bytes(1))}\n", False),
            "cut short": (text, f"{line.rsplit(' ', 1)[0]} {to_base64(raw[:-1])}\n", False),
        }
        for case, (about, written, holds) in shown.items():
            told = {"name": f"type {key.type:#04x} by {name}: {case}", "head": about, "line": written}
            cases.append(told | {"vkey": key.vkey, "time": TIME, "message": signed.hex(), "holds": holds})
    return cases


def served(kept: Kept) -> Case:
    """A head as it is served: the log's two signatures, and two witnesses with two each."""
    text = head(11)
    lines = [kept.line(text, ORIGIN, LOG_SECOND)]
    lines += [cosign(text, name, PLAIN[name], TIME) for name in STRONG]
    lines += [kept.line(text, name, private) for name, private in STRONG.items()]
    keys = [LOG.vkey, cosigner_key(ORIGIN, LOG_SECOND).vkey]
    keys += [cosigner_key(name, group[name]).vkey for group in (PLAIN, STRONG) for name in STRONG]
    return {"checkpoint": sign_note(text, LOG) + "".join(lines), "vkeys": keys}


def disclosures() -> list[Case]:
    """Each: a statement, disclosures, and what its ``data`` is with them; null where they must be refused."""
    body = {"v": 2, "data": {"ward": "Evelyn"}, "sd": sd_of(MADE.values())}
    listed = [one.text for one in MADE.values()]
    again = make_disclosure("reasons", "Another.", seed("another salt"))
    ward = make_disclosure("ward", "Elsewhere", seed("salt of ward"))
    spaced = base64.urlsafe_b64encode(json.dumps(["A" * 43, "x", "y"]).encode()).decode().rstrip("=")
    digest = base64.urlsafe_b64encode(hashlib.sha256(spaced.encode()).digest()).decode().rstrip("=")
    two = [MADE["reasons"].text, again.text]
    cases: dict[str, tuple[Case, list[str], Case | None]] = {
        "nothing released": (body, [], {"ward": "Evelyn"}),
        "one field": (body, [MADE["reasons"].text], {"ward": "Evelyn", "reasons": FIELDS["reasons"]}),
        "every field": (body, listed, {"ward": "Evelyn"} | FIELDS),
        "another tool's spelling": (body | {"sd": [digest]}, [spaced], {"ward": "Evelyn", "x": "y"}),
        "another value": (body, [again.text], None),
        "another salt": (body, [make_disclosure("reasons", FIELDS["reasons"], bytes(32)).text], None),
        "another name": (body, [make_disclosure("reason", FIELDS["reasons"], seed("salt of reasons")).text], None),
        "one field twice": (body, [listed[0], listed[0]], None),
        "a name with two values": (body | {"sd": sorted([MADE["reasons"].digest, again.digest])}, two, None),
        "a public name": (body | {"sd": [ward.digest]}, [ward.text], None),
        "padding": (body, [listed[0] + "="], None),
        "digests unsorted": (body | {"sd": body["sd"][::-1]}, [listed[0]], None),  # type: ignore[index]
        "a digest twice": (body | {"sd": sorted([*sd_of(MADE.values()), MADE["none"].digest])}, [listed[0]], None),
    }
    return [{"name": n, "body": said, "disclosures": texts, "data": data} for n, (said, texts, data) in cases.items()]


def released_proofs() -> list[Case]:
    """Proof files that carry released fields, and spellings of the list that must be refused."""
    said = {"v": 2, "kind": "authorise", "workspace": "rehearsal", "case": "2018-0001", "number": 1, "version": 1}
    said |= {"previous": "", "at": "2018-11-30T20:00:00Z", "office": "authoriser", "data": {}}
    body = canonical(said | {"sd": sd_of(MADE.values())})
    leaf = leaf_hash(commit(body, seed("blind of released")))
    note = sign_note(str(Checkpoint(ORIGIN, 1, leaf)), LOG)
    texts = tuple(sorted(one.text for one in MADE.values()))
    good = Proof(0, body, seed("blind of released"), (), note, texts)
    stranger = make_disclosure("reasons", "Another.", seed("another salt")).text

    def spelled(tail: bytes) -> str:
        lines = str(replace(good, disclosures=())).split("\n")
        frame = from_base64(lines[1].removeprefix("extra ")).removesuffix(b"}") + tail + b"}"
        return "\n".join([lines[0], f"extra {to_base64(frame)}", *lines[2:]])

    listed = b'","'.join(text.encode() for text in texts[::-1])
    cases = {
        "all released": (str(good), True),
        "none released": (str(replace(good, disclosures=())), True),
        "one released": (str(replace(good, disclosures=texts[:1])), True),
        "one that was not recorded": (str(replace(good, disclosures=(stranger,))), False),
        "an empty list": (spelled(b',"disclosures":[]'), False),
        "an unsorted list": (spelled(b',"disclosures":["%s"]' % listed), False),
        "a list of another name": (spelled(b',"disclosure":["%s"]' % texts[0].encode()), False),
        "two lists": (spelled(b',"disclosures":["%s"]' % texts[0].encode() * 2), False),
    }
    policy = f"log {LOG.vkey}\nquorum none\n"
    return [{"name": n, "file": text, "policy": policy, "verifies": ok} for n, (text, ok) in cases.items()]


def policies(kept: Kept) -> list[Case]:
    """Each: a policy, a signed head, and whether the policy believes it; null where the policy itself is refused."""
    text = head(11)
    note = sign_note(text, LOG) + cosign(text, "w1.example", PLAIN["w1.example"], TIME)
    note += kept.line(text, "w2.example", STRONG["w2.example"])
    second = cosigner_key(ORIGIN, LOG_SECOND).vkey
    w1, w2, w3 = (cosigner_key(name, private).vkey for name, private in PLAIN.items())
    strong = {name: cosigner_key(name, private).vkey for name, private in STRONG.items()}
    log, plain, mixed = f"log {LOG.vkey}\n", f"witness a {w1}\n", f"witness b {strong['w2.example']}\n"
    own = cosigner_key("own.example", Ed25519PrivateKey.from_private_bytes(seed("log key"))).vkey
    wrong_id = LOG.vkey.replace(LOG.key.id.hex(), "00000000")
    both_keys = f"{plain}witness a2 {strong['w1.example']}\n"
    cases: dict[str, tuple[str, bool | None]] = {
        "no witness": (f"{log}quorum none\n", True),
        "one plain witness": (f"{log}{plain}quorum a\n", True),
        "a witness with ML-DSA-44": (f"{log}{mixed}quorum b\n", True),
        "two of two, one of each type": (f"{log}{plain}{mixed}group both all a b\nquorum both\n", True),
        "a witness that did not sign": (f"{log}{plain}witness c {w3}\ngroup g all a c\nquorum g\n", False),
        "two of three": (f"{log}{plain}{mixed}witness c {w3}\ngroup g 2 a b c\nquorum g\n", True),
        "groups within groups": (
            f"{log}{plain}{mixed}witness c {w3}\ngroup g any a c\ngroup h all g b\nquorum h\n",
            True,
        ),
        "either key of one witness": (f"{log}{both_keys}group g any a a2\nquorum g\n", True),
        "tabs, comments and addresses": (f"# who\n\nlog\t{LOG.vkey}  https://l.example/\n{plain}quorum a\n", True),
        "the plain key of a witness that signed with the other": (f"{log}witness b {w2}\nquorum b\n", False),
        "another log": (f"log {Ed25519Signer.from_seed('x.example/real', bytes(32)).vkey}\nquorum none\n", False),
        "another key of the log": (f"log {Ed25519Signer.from_seed(ORIGIN, bytes(32)).vkey}\nquorum none\n", False),
        "two keys of one witness counted twice": (f"{log}{both_keys}group g all a a2\nquorum g\n", None),
        "a log that is its own witness": (f"{log}witness o {own}\nquorum o\n", None),
        "a log without an Ed25519 key": (f"log {second}\nquorum none\n", None),
        "no quorum": (log, None),
        "two quorums": (f"{log}quorum none\nquorum none\n", None),
        "a quorum that is not there": (f"{log}quorum q\n", None),
        "a group that needs too many": (f"{log}{plain}group g 2 a\nquorum g\n", None),
        "a group defined before its members": (f"{log}group g any a\n{plain}quorum g\n", None),
        "a name used twice": (f"{log}{plain}witness a {w2}\nquorum a\n", None),
        "a line of another kind": (f"{log}trust everybody\nquorum none\n", None),
        "a key id that is not the key's": (f"log {wrong_id}\nquorum none\n", None),
    }
    return [{"name": n, "policy": p, "checkpoint": note, "believes": ok} for n, (p, ok) in cases.items()]


def witness_cases() -> list[Case]:
    """Each: what a witness saw last, a request, and the status and body it answers."""
    signed = {size: sign_note(head(size), LOG) for size in SIZES}
    forged = sign_note(str(Checkpoint(ORIGIN, 9, seed("another root"))), LOG)
    stranger = Ed25519Signer.from_seed("stranger.example/real", seed("stranger"))
    impostor = Ed25519Signer.from_seed(ORIGIN, seed("impostor"))
    proof = tuple(consistency_proof(5, 9, node))
    grown = str(AddCheckpoint(5, proof, signed[9]))
    cases: dict[str, tuple[int, str]] = {
        "the first head": (0, str(AddCheckpoint(0, (), signed[5]))),
        "a head that grew": (5, grown),
        "the same head again": (5, str(AddCheckpoint(5, (), signed[5]))),
        "another size than was seen": (7, grown),
        "a head from before anything was seen": (0, grown),
        "an old size above the head's": (9, str(AddCheckpoint(9, (), signed[5]))),
        "a hash left out": (5, str(AddCheckpoint(5, proof[:-1], signed[9]))),
        "another history": (5, str(AddCheckpoint(5, proof, forged))),
        "the same size with another root": (9, str(AddCheckpoint(9, (), forged))),
        "a proof where none is due": (0, str(AddCheckpoint(0, proof, signed[5]))),
        "another key of the log": (5, str(AddCheckpoint(5, proof, sign_note(head(9), impostor)))),
        "a changed head": (5, str(AddCheckpoint(5, proof, signed[9].replace("\n9\n", "\n8\n")))),
        "a log that is not watched": (
            0,
            str(AddCheckpoint(0, (), sign_note(str(Checkpoint("stranger.example/real", 5, bytes(32))), stranger))),
        ),
        "no blank line": (5, grown.replace("\n\n", "\n", 1)),
        "a number with a zero before it": (5, grown.replace("old 5", "old 05")),
        "a hash of 31 bytes": (5, grown.replace(to_base64(proof[0]), to_base64(proof[0][:31]))),
        "too many hashes": (5, str(AddCheckpoint(5, (bytes(32),) * 64, signed[9]))),
        "no request at all": (5, "hello\n"),
    }
    cosigner = Cosigner("w1.example", PLAIN["w1.example"], None, lambda: TIME)
    made = []
    for name, (seen, request) in cases.items():
        last = signed.get(seen)
        said = answer(request.encode(), {ORIGIN: [LOG.key]}, lambda _, last=last: last, cosigner)  # type: ignore[misc]
        body = said.body if said.status in {200, 409} else ""
        made.append({"name": name, "seen": last, "request": request, "status": said.status, "body": body})
    return made


def inclusion_after_growth() -> list[Case]:
    """For every size from 1 to 11 and every entry in it: the proof, in hex."""
    return [
        {"index": n, "size": size, "proof": [h.hex() for h in inclusion_proof(n, size, node)]}
        for size in SIZES
        for n in range(size)
    ]


def write(folder: Path) -> None:
    """Write every file of these vectors below ``folder``."""
    kept = Kept()
    files: dict[str, Any] = {
        "cosignatures.json": {"cases": cosignatures(kept), "served": served(kept)},
        "disclosures.json": {"cases": disclosures(), "proofs": released_proofs()},
        "policies.json": {"cases": policies(kept)},
        "witness.json": {"log": LOG.vkey, "witness": cosigner_key("w1.example", PLAIN["w1.example"]).vkey},
        "tree.json": {"leaves": [leaf.hex() for leaf in LEAVES], "inclusion": inclusion_after_growth()},
    }
    files["witness.json"]["cases"] = witness_cases()
    files["mldsa44.json"] = kept.lines
    for name, content in files.items():
        (folder / name).write_bytes(json.dumps(content, indent=1, ensure_ascii=True).encode() + b"\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
