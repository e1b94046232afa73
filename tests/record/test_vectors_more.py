"""Our vectors of cosignatures, disclosures, policies and witnesses: still what the generator writes, and judged as they
say by us, by Go where it knows the format, and by the standalone page."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from answerable.record.cosign import cosignature_text, subtree_message
from answerable.record.disclose import merged
from answerable.record.errors import RecordError
from answerable.record.keys import COSIGNATURE, parse_vkey
from answerable.record.merkle import root_of, verify_inclusion
from answerable.record.note import check_note, parse_note
from answerable.record.policy import parse_policy
from answerable.record.verify import verify_proof
from answerable.record.witness import Cosigner, answer

FOLDER = Path(__file__).parents[1] / "vectors"
NOW = 1_543_600_060


def load(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def cases(name: str, part: str = "cases"):
    return pytest.mark.parametrize("case", load(name)[part], ids=lambda case: case["name"])


def holds(check, *given) -> bool:
    try:
        check(*given)
    except RecordError:
        return False
    return True


def test_the_generator_writes_the_committed_files(tmp_path, files):
    runpy.run_path(str(FOLDER / "generate_more.py"))["write"](tmp_path)
    written, committed = files(tmp_path), files(FOLDER)
    assert len(written) == 6
    assert {name: committed.get(name) for name in written} == written


@cases("cosignatures")
def test_cosignatures(case):
    key = parse_vkey(case["vkey"])
    text = case["head"]
    note = parse_note(f"{text}\n{case['line']}")
    assert holds(check_note, note, [key]) == case["holds"]
    if case["holds"]:
        signs = cosignature_text if key.type == COSIGNATURE else subtree_message
        given = (text, case["time"]) if key.type == COSIGNATURE else (text, key.name, case["time"])
        assert signs(*given).hex() == case["message"]


def test_go_judges_cosignatures_and_served_heads_alike(ask_go):
    vectors = load("cosignatures")
    asked = [
        {"op": "head", "text": f"{c['head']}\n{c['line']}", "known": [c["vkey"]], "need": [c["vkey"]]}
        for c in vectors["cases"]
    ]
    assert ask_go(asked) == [case["holds"] for case in vectors["cases"]]
    served = vectors["served"]
    assert ask_go(
        [{"op": "head", "text": served["checkpoint"], "known": served["vkeys"], "need": served["vkeys"]}]
    ) == [True]
    signed = check_note(parse_note(served["checkpoint"]), map(parse_vkey, served["vkeys"]))
    assert [one.key.vkey for one in signed] == served["vkeys"]


@cases("disclosures")
def test_disclosures(case):
    if case["data"] is None:
        assert not holds(merged, case["body"], case["disclosures"])
    else:
        assert merged(case["body"], case["disclosures"])["data"] == case["data"]


@cases("disclosures", "proofs")
def test_proofs_with_released_fields(case):
    assert holds(verify_proof, case["file"], case["policy"]) == case["verifies"]


def believes(policy: str, checkpoint: str) -> bool | None:
    try:
        parsed = parse_policy(policy)
    except RecordError:
        return None
    return holds(parsed.accept, checkpoint)


@cases("policies")
def test_policies(case):
    assert believes(case["policy"], case["checkpoint"]) == case["believes"]


def test_the_page_judges_policies_and_proofs_alike(ask_page):
    """Of policies those that ask for no ML-DSA-44 signature: a browser has none to look at."""
    policies = [c | {"checkpoint": browser(c["checkpoint"])} for c in load("policies")["cases"]]
    due = [bool(believes(case["policy"], case["checkpoint"])) for case in policies]
    asked = [{"op": "head", "text": c["checkpoint"], "policy": c["policy"], "now": NOW} for c in policies]
    assert ask_page(asked) == due
    assert sum(due) == 4
    proofs = load("disclosures")["proofs"]
    asked = [{"op": "proof", "text": c["file"], "policy": c["policy"], "now": NOW} for c in proofs]
    assert ask_page(asked) == [case["verifies"] for case in proofs]
    files = load("vectors")["proofs"]
    read = {path: (FOLDER / path).read_bytes().decode() for case in files for path in (case["file"], case["policy"])}
    asked = [{"op": "proof", "text": read[c["file"]], "policy": read[c["policy"]], "now": NOW} for c in files]
    assert ask_page(asked) == [case["exit"] == 0 for case in files]


def browser(note: str) -> str:
    return "".join(line for line in note.splitlines(keepends=True) if len(line) < 1_000)


@cases("witness")
def test_witness_requests(case):
    vectors = load("witness")
    log, mine = parse_vkey(vectors["log"]), parse_vkey(vectors["witness"])
    private = runpy.run_path(str(FOLDER / "generate_more.py"))["PLAIN"]["w1.example"]
    cosigner = Cosigner(mine.name, private, None, lambda: NOW - 60)
    said = answer(case["request"].encode(), {log.name: [log]}, lambda _: case["seen"], cosigner)
    assert said.status == case["status"]
    if case["status"] in {200, 409}:
        assert said.body == case["body"]


def test_every_proof_of_a_growing_tree():
    vectors = load("tree")
    leaves = [bytes.fromhex(leaf) for leaf in vectors["leaves"]]
    for case in vectors["inclusion"]:
        proof = [bytes.fromhex(value) for value in case["proof"]]
        verify_inclusion(case["index"], case["size"], leaves[case["index"]], proof, root_of(leaves[: case["size"]]))
