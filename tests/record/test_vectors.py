"""Our published vectors: still what the generator writes, and judged by the verifier as they say."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from answerable.record.encode import canonical, check_opening, commit, private_digest
from answerable.record.errors import Altered, RecordError
from answerable.record.merkle import root_of, verify_consistency, verify_inclusion
from answerable.record.note import check_note, parse_note, parse_vkey
from answerable.record.proof import parse_opening
from answerable.record.tiles import tiles_of
from answerable.record.verify import main

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))


def holds(check, *given) -> bool:
    try:
        check(*given)
    except RecordError:
        return False
    return True


def hashes(case) -> list[bytes]:
    return [bytes.fromhex(value) for value in case["proof"]]


def test_the_generator_writes_the_committed_files(tmp_path, files):
    runpy.run_path(str(FOLDER / "generate.py"))["write"](tmp_path)
    committed = files(FOLDER)
    assert {name: committed.get(name) for name in files(tmp_path)} == files(tmp_path)


@pytest.mark.parametrize("case", VECTORS["proofs"], ids=lambda case: Path(case["file"]).stem)
def test_proof_files(case, capsys):
    called = [str(FOLDER / case["file"]), "--policy", str(FOLDER / case["policy"]), "--json"]
    assert main(called) == case["exit"]
    answer = json.loads(capsys.readouterr().out)
    assert (answer["verified"], answer["index"]) == (case["exit"] == 0, case["index"])


def test_canonical_bytes_commitments_and_private_parts():
    for case in VECTORS["canonical"]:
        assert canonical(case["value"]).hex() == case["bytes"]
    for case in VECTORS["commitments"]:
        assert commit(case["body"].encode(), bytes.fromhex(case["blind"])).hex() == case["entry"]
    for case in VECTORS["private_parts"]:
        assert private_digest(bytes.fromhex(case["value"]), bytes.fromhex(case["salt"])) == case["digest"]


def test_roots_and_proofs_of_the_tree():
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
    for case in VECTORS["roots"]:
        assert root_of(leaves[: case["size"]]).hex() == case["root"]
    for case in VECTORS["inclusion"]:
        ends = bytes.fromhex(case["leaf"]), hashes(case), bytes.fromhex(case["root"])
        assert holds(verify_inclusion, case["index"], case["size"], *ends) == case["holds"], case["name"]
    for case in VECTORS["consistency"]:
        roots = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
        assert holds(verify_consistency, case["old"], case["new"], *roots, hashes(case)) == case["holds"], case["name"]


def test_files_of_a_log():
    for case in VECTORS["tiles"]:
        assert [tile.path for tile in tiles_of(case["size"])] == case["files"]


@pytest.mark.parametrize("case", VECTORS["notes"], ids=lambda case: case["name"])
def test_notes(case):
    try:
        signed = bool(check_note(parse_note(case["note"]), [parse_vkey(case["vkey"])]))
    except Altered:
        signed = False
    assert signed == case["signs"]


@pytest.mark.parametrize("case", VECTORS["openings"], ids=lambda case: case["name"])
def test_openings(case):
    def opens() -> None:
        opening = parse_opening(case["file"].encode())
        check_opening(bytes.fromhex(case["entry"]), opening.body, opening.blind)

    assert holds(opens) == case["opens"]
