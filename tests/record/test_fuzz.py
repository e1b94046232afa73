"""Every parser of the record on anything at all: an answer or an error of ours, and what was read writes the same."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from answerable.record.checkpoint import parse_checkpoint
from answerable.record.disclose import merged, parse_disclosure, parse_disclosures_file
from answerable.record.encode import parse_body
from answerable.record.errors import RecordError
from answerable.record.keys import parse_vkey
from answerable.record.note import parse_note
from answerable.record.policy import parse_policy
from answerable.record.proof import parse_opening, parse_proof
from answerable.record.tiles import decode_bundle, decode_tile, encode_bundle
from answerable.record.verify import verify_proof
from answerable.record.witness import parse_request

VECTORS = Path(__file__).parents[1] / "vectors"
PROOFS = [path.read_bytes() for path in sorted((VECTORS / "proofs").iterdir())]
POLICIES = [path.read_bytes() for path in sorted((VECTORS / "policies").iterdir())]
NOTES = [case["note"].encode() for case in json.loads((VECTORS / "vectors.json").read_text())["notes"]]
OPENINGS = [case["file"].encode() for case in json.loads((VECTORS / "vectors.json").read_text())["openings"]]
REQUESTS = [case["request"].encode() for case in json.loads((VECTORS / "witness.json").read_text())["cases"]]
SD = [
    text.encode()
    for case in json.loads((VECTORS / "disclosures.json").read_text())["cases"]
    for text in case["disclosures"]
]
POLICY = (VECTORS / "policies" / "log-only").read_text()


def as_text(parse):
    return lambda raw: parse(raw.decode("utf-8", "surrogateescape"))


def rewritten_note(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    assert str(parse_note(text)) == text


def rewritten_proof(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    assert str(parse_proof(text)) == text


def rewritten_opening(raw: bytes) -> None:
    assert parse_opening(raw).json() == raw


def rewritten_request(raw: bytes) -> None:
    assert str(parse_request(raw)).encode() == raw


def rewritten_head(raw: bytes) -> None:
    text = raw.decode("utf-8", "surrogateescape")
    assert str(parse_checkpoint(text)) == text


def rewritten_bundle(raw: bytes) -> None:
    assert encode_bundle(decode_bundle(raw, 3)) == raw


def released(raw: bytes) -> None:
    merged({"data": {}, "sd": []}, [raw.decode("utf-8", "surrogateescape")])


PARSERS = {
    "note": (rewritten_note, NOTES),
    "checkpoint": (
        rewritten_head,
        [note.partition(b"\n\n")[0] + b"\n" for note in NOTES] + [b"a/real\n1\n" + b"A" * 43 + b"=\n"],
    ),
    "key": (as_text(parse_vkey), [line.split()[1] for line in POLICIES[0].splitlines() if len(line.split()) > 1]),
    "proof": (rewritten_proof, PROOFS),
    "whole proof": (as_text(lambda text: verify_proof(text, POLICY, now=0)), PROOFS),
    "policy": (as_text(parse_policy), POLICIES),
    "opening": (rewritten_opening, OPENINGS),
    "statement": (parse_body, [opening.partition(b'"body":')[2] for opening in OPENINGS]),
    "disclosure": (as_text(parse_disclosure), SD),
    "released": (released, SD),
    "file of disclosures": (parse_disclosures_file, [b'["%s"]\n' % b'","'.join(sorted(SD[:3]))]),
    "request to a witness": (rewritten_request, REQUESTS),
    "tile": (lambda raw: decode_tile(raw, 2), [bytes(64), bytes(63)]),
    "bundle": (rewritten_bundle, [encode_bundle([b"a", b"", b"ccc"]), b"\xff\xff"]),
}


def spoiled(raw: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """``raw`` with pieces taken out and others put in."""
    for start, length, piece in cuts:
        at = start % (len(raw) + 1)
        raw = raw[:at] + piece + raw[at + length :]
    return raw


pieces = st.binary(max_size=6) | st.sampled_from(
    [b"\n", b"\n\n", b" ", b"=", b"+", b"0", b'"', b"{}", b"\xe2\x80\x94 ", b"extra "]
)
changes = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 8), pieces), max_size=4)


@pytest.mark.parametrize("name", PARSERS)
@settings(max_examples=300)
@given(data=st.data(), cuts=changes)
def test_no_input_ends_in_anything_but_our_own_error(name, data, cuts):
    parse, seeds = PARSERS[name]
    raw = data.draw(st.sampled_from(seeds) | st.binary(max_size=80))
    with suppress(RecordError):
        parse(spoiled(raw, cuts))


@given(st.text())
@example("\ud800")
@example("c2sp.org/tlog-proof@v1\nextra \ud800\nindex 0\n\n\n")
@example("9" * 5_000)
@example("[" * 100_000)
def test_no_text_ends_in_anything_but_our_own_error(text):
    for parse in (parse_note, parse_proof, parse_policy, parse_vkey, parse_checkpoint, parse_disclosure):
        with pytest.raises(RecordError):
            parse(text)


@pytest.mark.parametrize(
    "body", [b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", b'{"a":' + b"9" * 5_000 + b"}", b"{}" * 2]
)
def test_a_statement_that_would_exhaust_a_reader_is_refused(body):
    with pytest.raises(RecordError):
        parse_body(body)
