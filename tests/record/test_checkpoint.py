"""Heads of a log: three lines with one spelling, the last word of the first being the kind of workspace."""

from __future__ import annotations

import json

import pytest

from answerable.record.checkpoint import Checkpoint, kind_of, origin_of, parse_checkpoint
from answerable.record.errors import Altered, RecordError
from answerable.record.merkle import EMPTY_ROOT
from answerable.record.note import parse_note
from answerable.record.strict import to_base64

GOOD = str(Checkpoint("log.example/record/real", 7, bytes(range(32))))


def test_a_head_survives_writing_and_reading():
    head = parse_checkpoint(GOOD)
    assert (head.origin, head.size, head.root, head.kind) == ("log.example/record/real", 7, bytes(range(32)), "real")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        GOOD[:-1],
        GOOD + "extension\n",
        GOOD + "\n",
        GOOD.replace("\n7\n", "\n07\n"),
        GOOD.replace("\n7\n", "\n+7\n"),
        GOOD.replace("\n7\n", "\n-7\n"),
        GOOD.replace("\n7\n", "\n7 \n"),
        GOOD.replace("\n7\n", "\n٧\n"),
        GOOD.replace("\n7\n", "\n\n"),
        GOOD.replace("\n7\n", "\n99999999999999999999\n"),
        GOOD.replace("\n7\n", "\n0\n"),
        GOOD.replace("=", ""),
        GOOD.replace("=\n", "==\n"),
        "log.example/record/real\n7\n" + to_base64(bytes(31)) + "\n",
        "\n7\n" + to_base64(bytes(32)) + "\n",
    ],
)
def test_a_head_has_one_spelling(bad):
    with pytest.raises(Altered):
        parse_checkpoint(bad)


def test_the_head_of_an_empty_log_has_the_empty_root():
    head = Checkpoint("log.example/record/real", 0, EMPTY_ROOT)
    assert parse_checkpoint(str(head)) == head


@pytest.mark.parametrize("kind", ["simulated", "rehearsal", "real"])
def test_the_origin_says_the_kind_of_workspace(kind):
    assert kind_of(origin_of("log.example/record", kind)) == kind


def test_an_origin_of_no_kind_is_refused():
    with pytest.raises(RecordError, match="no kind"):
        origin_of("log.example", "pretend")
    with pytest.raises(RecordError):
        origin_of("log example", "real")
    for origin in ("log.example", "log.example/unreal", "real/", ""):
        with pytest.raises(Altered):
            kind_of(origin)


@pytest.mark.realdata
def test_the_printed_example_is_read_as_printed(shared_data):
    text = json.loads((shared_data / "note_examples" / "examples.json").read_text())["checkpoint"]
    head = parse_checkpoint(parse_note(text).text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
