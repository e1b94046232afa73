"""Fields kept back: each opens alone, none can be swapped, and a reader never sees two values under one name."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.disclose import (
    MAX_DISCLOSURE_CHARACTERS,
    MAX_DISCLOSURES,
    Disclosure,
    check_disclosures,
    digest_of,
    digests_in,
    disclosures_file,
    make_disclosure,
    merged,
    parse_disclosure,
    parse_disclosures_file,
    sd_of,
)
from answerable.record.errors import Altered, RecordError

SALTS = [bytes([n]) * 32 for n in range(9)]
REASONS = make_disclosure("reasons", "Not the last resort.", SALTS[1])
GIST = make_disclosure("gist", {"words": ["a", "b"], "grade": 2}, SALTS[2])
BODY = {"v": 2, "kind": "refuse", "data": {"ward": "Evelyn"}, "sd": sd_of([REASONS, GIST])}

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def spelled(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.text(max_size=20), values, st.binary(min_size=32, max_size=32))
def test_a_disclosure_survives_writing_and_reading(name, value, salt):
    made = make_disclosure(name, value, salt)
    assert parse_disclosure(made.text) == made
    assert merged({"data": {}, "sd": [made.digest]}, [made.text])["data"] == {name: value}


def test_the_examples_of_rfc_9901():
    """Section 4.2.1 writes one disclosure with spaces; its digest is over that spelling, whatever ours would be."""
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert json.loads(base64.urlsafe_b64decode(text + "=")) == ["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]
    assert digest_of(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_one_field_opens_without_the_other():
    assert merged(BODY, [GIST.text])["data"] == {"ward": "Evelyn", "gist": GIST.value}
    assert merged(BODY, [])["data"] == {"ward": "Evelyn"}
    assert check_disclosures(BODY, [GIST.text, REASONS.text]) == (GIST, REASONS)


def test_equal_values_of_two_fields_cannot_be_told_from_their_digests():
    twice = [make_disclosure("reasons", "same", SALTS[n]) for n in (3, 4)]
    assert twice[0].digest != twice[1].digest


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (make_disclosure("reasons", "Another.", SALTS[1]).text, "does not commit"),
        (make_disclosure("reasons", "Not the last resort.", SALTS[3]).text, "does not commit"),
        (make_disclosure("other", "Not the last resort.", SALTS[1]).text, "does not commit"),
        (REASONS.text[:-1], r"base64url|JSON"),
        (REASONS.text + "=", "base64url"),
        (REASONS.text + "\n", "base64url"),
        ("", "JSON"),
        ("_" * (MAX_DISCLOSURE_CHARACTERS + 1), "longer"),
        (spelled(["A" * 43, "x"]), "not a salt"),
        (spelled(["A" * 43, 1, "x"]), "not a salt"),
        (spelled(["A" * 42, "x", "y"]), "bytes where 32"),
        (spelled(["A" * 42 + "B", "x", "y"]), "non-standard"),
        (spelled({"salt": "A" * 43}), "not a salt"),
        (spelled(["A" * 43, "x", float("inf")]), "JSON"),
    ],
)
def test_a_disclosure_that_was_not_recorded_is_refused(text, says):
    with pytest.raises(Altered, match=says):
        check_disclosures(BODY, [text])


def test_a_name_is_never_given_two_values():
    again = make_disclosure("reasons", "Another.", SALTS[5])
    public = make_disclosure("ward", "Elsewhere", SALTS[6])
    body = BODY | {"sd": sorted([REASONS.digest, again.digest, public.digest])}
    for texts in ([REASONS.text, again.text], [REASONS.text, REASONS.text], [public.text]):
        with pytest.raises(Altered, match="given twice"):
            merged(body, texts)


def test_one_field_is_recorded_once():
    with pytest.raises(RecordError, match="twice"):
        sd_of([REASONS, make_disclosure("reasons", "Another.", SALTS[5])])


@pytest.mark.parametrize(
    "listed",
    [
        "x",
        [1],
        ["A" * 42],
        ["A" * 44],
        ["A" * 42 + "B"],
        [REASONS.digest, REASONS.digest],
        sorted([REASONS.digest, GIST.digest], reverse=True),
    ],
)
def test_a_list_of_digests_has_one_spelling(listed):
    with pytest.raises(Altered):
        digests_in({"sd": listed})


def test_a_statement_of_version_one_lists_none():
    assert digests_in({"v": 1, "private": ""}) == ()


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_has_32_bytes(salt):
    with pytest.raises(RecordError, match="32 bytes"):
        make_disclosure("reasons", "x", salt)


@given(st.lists(values, min_size=1, max_size=6))
def test_released_fields_survive_their_file(many):
    texts = [make_disclosure(str(n), value, SALTS[n]).text for n, value in enumerate(many)]
    raw = disclosures_file(texts)
    assert json.loads(raw) == sorted(texts) == list(parse_disclosures_file(raw))
    assert disclosures_file(reversed(texts)) == raw


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]\n",
        b'[""]\n',
        b'["b","a"]\n',
        b'["a","a"]\n',
        b'["a", "b"]\n',
        b'["a"]',
        b'["a"]\n\n',
        b'["a="]\n',
        b'"a"\n',
        b'["%s"]\n' % b'","'.join(b"%04d" % n for n in range(MAX_DISCLOSURES + 1)),
    ],
)
def test_a_file_of_released_fields_has_one_spelling(raw):
    with pytest.raises(Altered, match="malformed"):
        parse_disclosures_file(raw)


def test_nothing_released_makes_no_file():
    with pytest.raises(RecordError, match="nothing"):
        disclosures_file([])


def test_a_disclosure_shows_name_value_and_text():
    assert Disclosure("gist", GIST.value, GIST.text).digest == GIST.digest
