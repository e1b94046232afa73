"""How long proofs take to make and to check, beside others: ours, aics-tlog, pymerkle, sigstore's verifier.

``python benchmarks/record_proofs.py [--leaves N] [--write]``: two minutes at a million leaves. pymerkle (GPL) and
sigstore live in ``.venv-bench-record``, aics-tlog in ``.venv-oracles-aics`` (``make oracles``); each is asked in a
process of its own, over the same leaves, and must come to the same root. Writes ``results/record_proofs.md`` when
called with ``--write``.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import LogSigner
from answerable.record.encode import canonical, commit
from answerable.record.merkle import (
    consistency_proof,
    grow,
    inclusion_proof,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from answerable.record.note import sign_note
from answerable.record.policy import parse_policy, policy_for
from answerable.record.proof import Proof
from answerable.record.verify import verify_proof

HERE = Path(__file__).parent
HOME = HERE.parent
PEERS = HOME / ".venv-bench-record"
AICS = HOME / ".venv-oracles-aics"
PACKAGES = ("pymerkle==7.0.0", "sigstore==4.5.1")
RESULTS = HERE / "results" / "record_proofs.md"
ORIGIN = "bench.example/record/rehearsal"
ASKED = 400
Times = dict[str, float]


def entry(index: int) -> bytes:
    """A log entry of 33 bytes, the same for everybody."""
    return b"\x01" + index.to_bytes(32, "big")


def timed(calls: list[Callable[[], object]]) -> float:
    """The median of one run of each, in microseconds."""
    spent = []
    for call in calls:
        began = time.perf_counter_ns()
        call()
        spent.append((time.perf_counter_ns() - began) / 1_000)
    return statistics.median(spent)


def places(leaves: int) -> list[int]:
    return [(number * 7_919_317) % leaves for number in range(ASKED)]


def ours(leaves: int) -> tuple[str, Times]:
    body = canonical({"v": 2, "workspace": "rehearsal", "kind": "refuse", "data": {"reasons": "x" * 2_000}})
    blind, nodes, at = bytes(32), {}, leaves // 2
    began = time.perf_counter()
    hashes = (leaf_hash(commit(body, blind) if index == at else entry(index)) for index in range(leaves))
    for level, position, value in grow(0, hashes, lambda *where: nodes[where]):
        nodes[level, position] = value
    build = (time.perf_counter() - began) / leaves * 1e6

    def read(level: int, position: int) -> bytes:
        return nodes[level, position]

    top = root(leaves, read)
    found = {n: inclusion_proof(n, leaves, read) for n in places(leaves)}
    grown = {n: consistency_proof(n + 1, leaves, read) for n in places(leaves)}
    signer = LogSigner.from_seeds(ORIGIN, bytes([1]) * 32, bytes([2]) * 32, lambda: 1_543_600_000)
    policy, note = policy_for(*signer.vkeys), sign_note(str(Checkpoint(ORIGIN, leaves, top)), signer)
    text = str(Proof(at, body, blind, tuple(inclusion_proof(at, leaves, read)), note))
    return top.hex(), {
        "append, µs": build,
        "inclusion proof, µs": timed([lambda n=n: inclusion_proof(n, leaves, read) for n in found]),
        "consistency proof, µs": timed([lambda n=n: consistency_proof(n + 1, leaves, read) for n in grown]),
        "check inclusion, µs": timed(
            [lambda n=n: verify_inclusion(n, leaves, read(0, n), found[n], top) for n in found]
        ),
        "check consistency, µs": timed(
            [lambda n=n: verify_consistency(n + 1, leaves, root(n + 1, read), top, grown[n]) for n in grown]
        ),
        "check a whole proof file, µs": timed([lambda: verify_proof(text, policy, now=1_543_600_000)] * ASKED),
        "check a served head with ML-DSA-44, µs": timed(
            [lambda: parse_policy(policy).accept(note, served=True)] * ASKED
        ),
    }


def aics(leaves: int) -> tuple[str, Times]:
    import aics_tlog as tlog

    began = time.perf_counter()
    tree = tlog.MerkleTree(entry(index) for index in range(leaves))
    top = tree.root()
    build = (time.perf_counter() - began) / leaves * 1e6
    found = {n: tree.inclusion_proof(n, leaves) for n in places(leaves)}
    grown = {n: tree.consistency_proof(n + 1, leaves) for n in places(leaves)}
    leaf = {n: tlog.leaf_hash(entry(n)) for n in found}
    return top.hex(), {
        "append, µs": build,
        "inclusion proof, µs": timed([lambda n=n: tree.inclusion_proof(n, leaves) for n in found]),
        "consistency proof, µs": timed([lambda n=n: tree.consistency_proof(n + 1, leaves) for n in grown]),
        "check inclusion, µs": timed(
            [lambda n=n: tlog.verify_inclusion(leaf[n], n, leaves, found[n], top) for n in found]
        ),
    }


def pymerkle(leaves: int) -> tuple[str, Times]:
    import pymerkle as peer

    began = time.perf_counter()
    tree = peer.InmemoryTree(algorithm="sha256")
    for index in range(leaves):
        tree.append_entry(entry(index))
    build = (time.perf_counter() - began) / leaves * 1e6
    top = tree.get_state()
    found = {n: tree.prove_inclusion(n + 1, leaves) for n in places(leaves)[:40]}
    return top.hex(), {
        "append, µs": build,
        "inclusion proof, µs": timed([lambda n=n: tree.prove_inclusion(n + 1, leaves) for n in found]),
        "consistency proof, µs": timed([lambda n=n: tree.prove_consistency(n + 1, leaves) for n in found]),
        "check inclusion, µs": timed(
            [lambda n=n: peer.verify_inclusion(tree.get_leaf(n + 1), top, found[n]) for n in found]
        ),
    }


def sigstore(leaves: int) -> tuple[str, Times]:
    """Its verifier alone: it makes no proofs, so it is handed ours."""
    from types import SimpleNamespace

    from sigstore._internal.merkle import verify_merkle_inclusion

    given = json.loads(sys.stdin.read())

    def asked(one: dict[str, object]) -> SimpleNamespace:
        proof = SimpleNamespace(
            log_index=one["index"],
            tree_size=leaves,
            root_hash=bytes.fromhex(given["root"]),
            hashes=[bytes.fromhex(value) for value in one["proof"]],  # type: ignore[attr-defined]
        )
        return SimpleNamespace(_inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=entry(one["index"])))  # type: ignore[arg-type]

    entries = [asked(one) for one in given["proofs"]]
    return given["root"], {
        "check inclusion, µs": timed([lambda one=one: verify_merkle_inclusion(one) for one in entries])
    }


def handed(leaves: int) -> str:
    """Proofs of ours over everybody's leaves, for a verifier that makes none."""
    nodes: dict[tuple[int, int], bytes] = {}
    for level, position, value in grow(0, (leaf_hash(entry(n)) for n in range(leaves)), lambda *where: nodes[where]):
        nodes[level, position] = value

    def read(level: int, position: int) -> bytes:
        return nodes[level, position]

    proofs = [{"index": n, "proof": [h.hex() for h in inclusion_proof(n, leaves, read)]} for n in places(leaves)]
    return json.dumps({"root": root(leaves, read).hex(), "proofs": proofs})


def peer(name: str, home: Path, leaves: int, given: str = "") -> tuple[str, Times] | None:
    """Ask ``name`` in the environment where it lives; None where it is not installed."""
    python = home / "bin" / "python"
    if not python.is_file():
        return None
    called = [str(python), __file__, "--leaves", str(leaves), "--only", name]
    kept = {**os.environ, "PYTHONPATH": str(HOME / "src")}
    done = subprocess.run(called, input=given, capture_output=True, text=True, check=False, env=kept)
    if done.returncode:
        print(f"{name}: {done.stderr.splitlines()[-1]}", file=sys.stderr)
        return None
    top, times = json.loads(done.stdout)
    return top, times


def table(leaves: int, asked: dict[str, tuple[str, Times] | None]) -> str:
    rows = list(asked["ours"][1]) if asked["ours"] else []
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    lines = [
        f"# Proofs over {leaves:,} leaves",
        "",
        f"{when}. {machine}, load before: {os.getloadavg()[0]:.2f}.",
        f"Written by `benchmarks/record_proofs.py`; the median of {ASKED} calls in one process, 40 for pymerkle.",
        "Limits: a proof under 1 ms, the check of a whole proof file under 50 ms.",
        "",
        "| what | " + " | ".join(asked) + " |",
        "|---" * (len(asked) + 1) + "|",
    ]
    for row in rows:
        cells = [
            f"{one[1][row]:,.1f}" if one and row in one[1] else "" if one else "not installed" for one in asked.values()
        ]
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def install() -> None:
    """Make the environment of the peers that may not live among ours."""
    if not (PEERS / "bin" / "python").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
        pip = [str(PEERS / "bin" / "python"), "-m", "pip", "install", "--quiet", *PACKAGES, "rfc8785"]
        subprocess.run(pip, check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--only", choices=["aics", "pymerkle", "sigstore"])
    chosen = parser.parse_args()
    if chosen.only:
        print(json.dumps({"aics": aics, "pymerkle": pymerkle, "sigstore": sigstore}[chosen.only](chosen.leaves)))
        return
    install()
    given = handed(chosen.leaves)
    asked = {
        "ours": ours(chosen.leaves),
        "aics-tlog 0.2.1": peer("aics", AICS, chosen.leaves),
        "pymerkle 7.0.0": peer("pymerkle", PEERS, chosen.leaves),
        "sigstore 4.5.1": peer("sigstore", PEERS, chosen.leaves, given),
    }
    due = json.loads(given)["root"]
    assert all(one is None or one[0] == due for name, one in asked.items() if name != "ours"), "a peer has another root"
    print(table(chosen.leaves, asked))
    if chosen.write:
        RESULTS.write_text(table(chosen.leaves, asked), encoding="utf8")


if __name__ == "__main__":
    main()
