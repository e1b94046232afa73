"""Signed notes: who signed, strictly; others' printed examples; and every way of spelling one wrongly."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record.cosign import cosign, cosignature_text
from answerable.record.errors import Altered, RecordError
from answerable.record.keys import COSIGNATURE, Key
from answerable.record.note import (
    Ed25519Signer,
    check_note,
    parse_note,
    parse_vkey,
    sign_note,
)

TEXT = "a text\nof two lines\n"
ALICE = Ed25519Signer.from_seed("alice.example/log", bytes(32))
BOB = Ed25519Signer.from_seed("bob.example/log", bytes([1]) * 32)
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
WITNESS_KEY = Key("witness.example/w", COSIGNATURE, WITNESS.public_key().public_bytes_raw())


def test_a_note_says_who_signed_it():
    note = parse_note(sign_note(TEXT, ALICE, BOB))
    assert note.text == TEXT
    assert [one.key.name for one in check_note(note, [ALICE.key, BOB.key])] == ["alice.example/log", "bob.example/log"]


def test_signatures_by_unknown_keys_are_ignored():
    note = parse_note(sign_note(TEXT, ALICE, BOB))
    assert [one.key for one in check_note(note, [BOB.key])] == [BOB.key]
    assert check_note(note, []) == ()


def test_a_known_key_that_did_not_sign_this_rejects_the_whole_note():
    forged = sign_note(TEXT, ALICE, BOB).replace("two", "ten")
    with pytest.raises(Altered, match=r"alice\.example/log does not hold"):
        check_note(parse_note(forged), [ALICE.key])


def test_a_key_of_the_same_name_and_another_id_is_another_key():
    impostor = Ed25519Signer.from_seed("alice.example/log", bytes([9]) * 32)
    assert check_note(parse_note(sign_note(TEXT, impostor)), [ALICE.key]) == ()


def test_a_witness_signs_with_its_time():
    note = parse_note(sign_note(TEXT, ALICE) + cosign(TEXT, "witness.example/w", WITNESS, 1_543_600_000))
    (signed,) = check_note(note, [WITNESS_KEY])
    assert signed.time == 1_543_600_000
    moved = Key("witness.example/w", COSIGNATURE, ALICE.key.raw)
    assert check_note(note, [moved]) == ()


def test_a_changed_time_breaks_a_cosignature():
    line = cosign(TEXT, "witness.example/w", WITNESS, 1)
    other = cosign(TEXT, "witness.example/w", WITNESS, 2)
    note = parse_note(sign_note(TEXT, ALICE) + line)
    later = note.signatures[1].__class__(
        "witness.example/w",
        WITNESS_KEY.id,
        parse_note(sign_note(TEXT, ALICE) + other).signatures[1].raw[:8] + note.signatures[1].raw[8:],
    )
    with pytest.raises(Altered):
        check_note(note.__class__(TEXT, (later,)), [WITNESS_KEY])


def test_many_signatures_are_accepted():
    signers = [Ed25519Signer.from_seed(f"s{n}.example", bytes([n]) * 32) for n in range(40)]
    assert len(check_note(parse_note(sign_note(TEXT, *signers)), [signer.key for signer in signers])) == 40


GOOD = sign_note(TEXT, ALICE)


@pytest.mark.parametrize(
    "bad",
    {
        "no signature": TEXT + "\n",
        "no blank line": GOOD.replace("\n\n", "\n"),
        "no text": "\n" + GOOD.split("\n\n")[1],
        "no line end": GOOD[:-1],
        "a blank line more": GOOD + "\n",
        "a hyphen for a dash": GOOD.replace("—", "-"),
        "two spaces": GOOD.replace("— alice", "—  alice"),
        "a space at the end": GOOD[:-1] + " \n",
        "a carriage return": GOOD.replace("\n", "\r\n"),
        "a control character": GOOD.replace("two", "t\x07o"),
        "a tab": GOOD.replace("two", "t\to"),
        "no base64": GOOD[:-8] + "!!!!!!!\n",
        "no padding": GOOD.replace("=\n", "\n"),
        "a short signature": "a\n\n— alice.example/log AAAA\n",
        "a plus in a name": GOOD.replace("alice.example", "alice+example"),
        "half a character": GOOD.replace("two", "\ud800"),
        "a text after the signature": GOOD + "more\n",
        "too many signatures": GOOD + GOOD.split("\n\n")[1] * 100,
        "too long": "x" * 2_000_000 + "\n\n" + GOOD.split("\n\n")[1],
        "nothing": "",
    }.items(),
    ids=lambda pair: pair[0],
)
def test_a_note_has_one_spelling(bad):
    with pytest.raises(Altered):
        parse_note(bad[1])


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "alice",
        "alice+00000000",
        ALICE.vkey.replace("+", "+0", 1),
        ALICE.vkey.replace("alice", "alicf"),
        ALICE.vkey[:-2],
        ALICE.vkey + "=",
        "+" + ALICE.vkey.split("+", 1)[1],
        "a b" + ALICE.vkey[5:],
        Key("short.example", 1, bytes(31)).vkey,
        Key("short.example", 4, bytes(33)).vkey,
        ALICE.vkey.replace(ALICE.key.id.hex(), ALICE.key.id.hex().upper()) + "\n",
    ],
)
def test_a_verifier_key_has_one_spelling(bad):
    with pytest.raises(RecordError):
        parse_vkey(bad)


def test_a_verifier_key_survives_writing_and_reading():
    assert parse_vkey(ALICE.vkey) == ALICE.key


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\tb", "a\u2003b", "a\x00b"])
def test_a_name_that_cannot_name_a_key_is_refused(name):
    with pytest.raises(RecordError):
        Ed25519Signer.from_seed(name, bytes(32))


def test_a_text_that_cannot_be_signed_is_refused():
    for text in ("no line end", "a\ttab\n"):
        with pytest.raises(Altered):
            sign_note(text, ALICE)


@pytest.mark.realdata
def test_the_printed_examples_are_read_as_printed(shared_data):
    examples = json.loads((shared_data / "note_examples" / "examples.json").read_text())
    key = parse_vkey(examples["signed_note"]["vkey"])
    note = parse_note(examples["signed_note"]["note"])
    assert [one.key for one in check_note(note, [key])] == [key]
    assert key.vkey == examples["signed_note"]["vkey"]
    cosigned = parse_note(examples["cosigned_checkpoint"])
    assert str(cosigned) == examples["cosigned_checkpoint"]
    time = int.from_bytes(cosigned.signatures[1].raw[:8], "big")
    assert cosignature_text(cosigned.text, time).decode() == examples["cosignature_v1_message"]
