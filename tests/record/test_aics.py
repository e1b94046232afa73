"""A second library reads our public folder: aics-tlog audits every tile and bundle, and finds the same proofs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

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

    def read(folder: Path, *vkeys: str) -> dict:
        script = Path(__file__).parent / "oracles" / "aics_reads.py"
        done = subprocess.run([python, script, folder, *vkeys], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

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
