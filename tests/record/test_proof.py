"""Proof files: what they carry, and that no character of one can change unnoticed."""

from __future__ import annotations

import json
import string
from dataclasses import replace

import pytest

from answerable.record.errors import Altered, RecordError
from answerable.record.note import Ed25519Signer
from answerable.record.proof import Opening, parse_opening, parse_proof
from answerable.record.strict import from_base64, to_base64
from answerable.record.verify import verify_proof

EVERY = string.digits + string.ascii_letters + '+/=-{}":,. \n\t\r\x00\x7fé—'


def accepted(proof: str, policy: str) -> bool:
    try:
        verify_proof(proof, policy)
    except RecordError:
        return False
    return True


def test_a_proof_survives_writing_and_reading(log):
    text = log.proof(4)
    proof = parse_proof(text)
    assert str(proof) == text
    assert (proof.index, proof.body) == (4, log.openings[4].body)
    assert proof.checkpoint == log.checkpoint()


def test_no_character_of_a_proof_file_can_be_replaced(log):
    text, policy = log.proof(4), log.policy
    assert accepted(text, policy)
    for at, old in enumerate(text):
        start = at * 7
        others = [EVERY[(start + step) % len(EVERY)] for step in range(4)] + [chr(ord(old) ^ 1), old.swapcase()]
        for new in {*others} - {old}:
            assert not accepted(text[:at] + new + text[at + 1 :], policy), (at, old, new)


def test_no_character_of_a_proof_file_can_be_left_out_doubled_or_slipped_in(log):
    text, policy = log.proof(4), log.policy
    for at in range(len(text)):
        assert not accepted(text[:at] + text[at + 1 :], policy), at
        assert not accepted(text[:at] + text[at] + text[at:], policy), at
        assert not accepted(text[:at] + " " + text[at:], policy), at
    assert not accepted(text + "\n", policy)
    assert not accepted(text + text, policy)


def test_the_free_bits_of_base64_are_not_free_here(log):
    """Four characters end a 32-byte value in the same byte; only the standard one is accepted."""
    text, policy = log.proof(4), log.policy
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    tried = 0
    for at, character in enumerate(text[:-1]):
        if text[at + 1] == "=" and character in alphabet:
            for new in alphabet:
                tried += 1
                assert accepted(text[:at] + new + text[at + 1 :], policy) == (new == character)
    assert tried >= 64 * 5


def test_changes_inside_the_line_of_an_unknown_key_are_let_be(log):
    stranger = Ed25519Signer.from_seed("stranger.example/witness", bytes([7]) * 32)
    text = log.proof(4) + stranger.sign(str(log.head()))
    assert accepted(text, log.policy)
    assert accepted(text.replace("stranger.example", "strangey.example"), log.policy)
    assert not accepted(text[:-3] + "\n", log.policy)


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0], *lines[2:]],
        lambda lines: [lines[0], lines[2], lines[1], *lines[3:]],
        lambda lines: [lines[0], lines[1], lines[1], *lines[2:]],
        lambda lines: lines[:2] + lines[3:],
        lambda lines: lines[:3],
        lambda lines: [*lines[:3], *lines[3:4] * 70, *lines[3:]],
        lambda lines: [lines[0], "extra ", *lines[2:]],
        lambda lines: [lines[0], "extra " + to_base64(b"{}"), *lines[2:]],
        lambda lines: [lines[0], "extra " + to_base64(b'{"blind":"' + b"=" * 44 + b'","body":{}}'), *lines[2:]],
        lambda lines: [lines[0], lines[1], "index -1", *lines[3:]],
        lambda lines: [lines[0], lines[1], "index 04", *lines[3:]],
    ],
)
def test_lines_must_all_be_there_once_and_in_order(log, change):
    with pytest.raises(Altered):
        parse_proof("\n".join(change(log.proof(4).split("\n"))))


@pytest.mark.parametrize("text", ["", "\n", "hello", "{}", "%PDF-1.7\n", "c2sp.org/tlog-proof@v2\n"])
def test_another_file_is_said_to_be_no_proof_rather_than_altered(text):
    with pytest.raises(RecordError) as caught:
        parse_proof(text)
    assert type(caught.value) is RecordError
    assert caught.value.exit_code == 3


def test_a_file_beyond_any_proof_is_refused_unread():
    with pytest.raises(Altered, match="longer"):
        parse_proof("c2sp.org/tlog-proof@v1\n" + "x" * 5_000_000)


def test_an_opening_survives_writing_and_reading(log):
    for opening in log.openings:
        assert parse_opening(opening.json()) == opening


def test_a_statement_that_looks_like_a_frame_is_cut_out_whole():
    opening = Opening(3, b'{"a":{"blind":"x","body":{},"index":9},"index":9}', bytes(32))
    assert parse_opening(opening.json()) == opening


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b'{"blind":"","body":{},"index":1}\n',
        Opening(3, b"{}", bytes(32)).json()[:-1],
        Opening(3, b"{}", bytes(32)).json() + b"\n",
        Opening(3, b"[]", bytes(32)).json(),
        Opening(3, b"{}", bytes(32)).json().replace(b":3}", b":03}"),
        Opening(3, b"{}", bytes(32)).json().replace(b":3}", b": 3}"),
        Opening(3, b"{}", bytes(32)).json().replace(b"A=", b"B="),
    ],
)
def test_an_opening_has_one_spelling(raw):
    with pytest.raises(Altered):
        parse_opening(raw)


def test_the_extra_line_is_plain_json_for_other_tools(log):
    import json

    extra = from_base64(log.proof(4).split("\n")[1].removeprefix("extra "))
    assert json.loads(extra)["body"]["case"] == "2018-0004"


def test_released_fields_travel_in_the_proof_and_are_checked(log):
    log.add_sealed(reasons="Not the last resort.", gist="x")
    text = log.proof(11)
    found = verify_proof(text, log.policy)
    assert found.body["data"] == {"reasons": "Not the last resort.", "gist": "x"}
    assert sorted(found.released) == ["gist", "reasons"]
    bare = replace(parse_proof(text), disclosures=())
    assert verify_proof(str(bare), log.policy).body["data"] == {}


@pytest.mark.parametrize("make", [lambda found: found[::-1], lambda found: found + found, lambda found: ["a"]])
def test_released_fields_of_another_spelling_or_entry_are_refused(log, make):
    log.add_sealed(reasons="Not the last resort.", gist="x")
    text = log.proof(11)
    frame = from_base64(text.split("\n")[1].removeprefix("extra "))
    head, _, rest = frame.partition(b'"disclosures":')
    texts = make(json.loads(rest.removesuffix(b"}")))
    changed = head + b'"disclosures":' + json.dumps(texts, separators=(",", ":")).encode() + b"}"
    lines = text.split("\n")
    assert not accepted("\n".join([lines[0], f"extra {to_base64(changed)}", *lines[2:]]), log.policy)


@pytest.mark.parametrize(
    "tail", [b',"disclosures":[]', b',"disclosures":["a",]', b',"disclosures":["a,b"]', b',"x":["a"]']
)
def test_a_malformed_list_of_released_fields_is_refused(log, tail):
    lines = log.proof(4).split("\n")
    frame = from_base64(lines[1].removeprefix("extra ")).removesuffix(b"}") + tail + b"}"
    with pytest.raises(Altered, match="malformed"):
        parse_proof("\n".join([lines[0], f"extra {to_base64(frame)}", *lines[2:]]))
