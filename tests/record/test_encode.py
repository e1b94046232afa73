"""The commitment hides, binds and has one length; canonical bytes have one spelling."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.encode import canonical, check_opening, commit, parse_body, private_digest
from answerable.record.errors import Altered, RecordError

BLIND = bytes(range(32))


def test_the_commitment_is_what_the_format_says():
    inner = b"record/v1\x00" + BLIND + hashlib.sha256(b'{"kind":"refuse"}').digest()
    assert commit(b'{"kind":"refuse"}', BLIND) == b"\x01" + hashlib.sha256(inner).digest()


def test_every_kind_of_statement_has_a_commitment_of_the_same_length():
    bodies = [canonical({"kind": kind, "data": {"reasons": "x" * n}}) for n, kind in enumerate(("refuse", "authorise"))]
    assert {len(commit(body, BLIND)) for body in bodies} == {33}


def test_an_opening_must_be_the_one_committed_to():
    entry = commit(b"{}", BLIND)
    check_opening(entry, b"{}", BLIND)
    for body, blind in ((b"{ }", BLIND), (b"{}", bytes(32))):
        with pytest.raises(Altered):
            check_opening(entry, body, blind)


@pytest.mark.parametrize("blind", [b"", bytes(31), bytes(33)])
def test_a_blind_of_another_length_is_refused(blind):
    with pytest.raises(RecordError, match="32 bytes"):
        commit(b"{}", blind)


def test_the_order_in_which_a_statement_was_made_does_not_matter():
    assert canonical({"b": 1, "a": {"d": 2, "c": 3}}) == canonical({"a": {"c": 3, "d": 2}, "b": 1})
    assert canonical({"b": 1.0, "a": "é\u2028"}) == '{"a":"é\u2028","b":1}'.encode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53 + 1, {1, 2}, b"bytes", "\ud800"])
def test_what_json_cannot_hold_exactly_is_refused(value):
    with pytest.raises(RecordError):
        canonical({"value": value})


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**53) + 1, 2**53 - 1)
            | st.text(max_size=5)
            | st.floats(-1e9, 1e9),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_reading_canonical_bytes_gives_the_statement_back(statement):
    body = canonical(statement)
    assert parse_body(body) == json.loads(json.dumps(statement))
    assert canonical(parse_body(body)) == body


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":"\\ud800"}',
        b"[]",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_a_statement_that_two_readers_could_read_differently_is_refused(body):
    with pytest.raises(Altered):
        parse_body(body)


def test_the_private_part_is_bound_by_its_salt():
    assert private_digest(b"gist", bytes(32)) != private_digest(b"gist", BLIND)
    assert private_digest(b"gist", BLIND) != private_digest(b"jest", BLIND)
    with pytest.raises(RecordError, match="32 bytes"):
        private_digest(b"gist", b"")
