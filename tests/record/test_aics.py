"""A second library reads our public folder: aics-tlog audits every tile and bundle, and finds the same proofs."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import oracles
from answerable.record.cosign import LogSigner, cosign, cosigner_key
from answerable.record.merkle import inclusion_proof
from answerable.record.note import sign_note
from answerable.record.publish import write_public
from answerable.record.tiles import ENTRIES, tiles_of

WITNESS = Ed25519PrivateKey.from_private_bytes(bytes([5]) * 32)
WITNESS_KEY = cosigner_key("w.example", WITNESS)


@pytest.fixture(scope="session")
def aics():
    """Return what reads a folder with aics-tlog, which needs Python 3.12: where there is none, there is no test."""
    python = oracles.AICS_HOME / "bin" / "python"
    if not python.is_file():
        pytest.skip("no aics-tlog (make oracles, where Python 3.12 is)")

    def read(folder: Path, *given: str, script: str = "aics_reads.py") -> Any:
        called = [python, Path(__file__).parent / "oracles" / script, folder, *given]
        return json.loads(subprocess.run(called, capture_output=True, text=True, check=True).stdout)

    return read


def publish(log, folder: Path, signer: LogSigner) -> None:
    head = str(log.head())
    note = sign_note(head, signer) + cosign(head, "w.example", WITNESS, 1_543_600_000)
    policy = "".join(f"log {vkey}\n" for vkey in signer.vkeys) + f"witness w {WITNESS_KEY.vkey}\nquorum w\n"
    write_public(folder, checkpoint_note=note, policy_text=policy, tree=log, openings=[])


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_another_library_audits_our_folder_whole(aics, new_log, tmp_path, size):
    log = new_log().add(size)
    signer = LogSigner.from_seeds(log.signer.key.name, bytes([1]) * 32, bytes([2]) * 32, lambda: 1_543_600_000)
    publish(log, tmp_path, signer)
    found = aics(tmp_path, signer.vkey, WITNESS_KEY.vkey)
    assert (found["checkpoint"], found["error"]) == (True, "")
    files = tiles_of(size)
    bundles = sum(tile.level == ENTRIES for tile in files)
    assert (found["tiles"], found["bundles"]) == (len(files) - bundles, bundles)
    assert found["proofs"] == [[h.hex() for h in inclusion_proof(n, size, log.node)] for n in range(size)]


def test_another_library_finds_what_was_changed(aics, new_log, tmp_path):
    log = new_log().add(300)
    signer = LogSigner.from_seeds(log.signer.key.name, bytes([1]) * 32, bytes([2]) * 32, lambda: 1_543_600_000)
    publish(log, tmp_path, signer)
    assert not aics(tmp_path, signer.vkey, cosigner_key("w.example", Ed25519PrivateKey.generate()).vkey)["checkpoint"]
    path = tmp_path / "tile/entries/000"
    raw = bytearray(path.read_bytes())
    raw[1_000] ^= 1
    path.write_bytes(raw)
    assert aics(tmp_path, signer.vkey, WITNESS_KEY.vkey)["error"]


def test_another_witness_answers_our_requests_as_ours_does(aics, tmp_path):
    """Status by status, and a cosignature byte for byte: Ed25519 has no chance in it."""
    vectors = Path(__file__).parents[1] / "vectors" / "witness.json"
    seed = hashlib.sha256(b"answerable vectors: w1.example").hexdigest()
    cases = json.loads(vectors.read_text(encoding="utf-8"))["cases"]
    found = aics(vectors, seed, str(tmp_path), script="aics_answers.py")
    told = {case["name"]: (case["status"], case["body"]) for case in cases}
    theirs = {
        case["name"]: (status, body if status in {200, 409} else "")
        for case, (status, body) in zip(cases, found, strict=True)
    }
    assert theirs == told
