"""One spelling for every value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.errors import Altered
from answerable.record.strict import from_base64, from_decimal, to_base64


@given(st.binary(max_size=70))
def test_bytes_survive_base64(raw):
    assert from_base64(to_base64(raw)) == raw


@pytest.mark.parametrize(
    "text", ["A", "AA", "AAE", "AAF=", "AAE= ", " AAE=", "AAE=\n", "AAE==", "A-E=", "A_E=", "ÄAE=", "AA\x00="]
)
def test_another_spelling_of_base64_is_refused(text):
    with pytest.raises(Altered):
        from_base64(text)


def test_another_length_is_refused():
    with pytest.raises(Altered, match="2 bytes where 3 are due"):
        from_base64("AAE=", length=3)


@given(st.integers(0, 2**63 - 1))
def test_whole_numbers_survive_writing(number):
    assert from_decimal(str(number)) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "1 ", " 1", "1_0", "1.0", "0x1", "٣", "²", str(2**63), "9" * 5000]
)
def test_another_spelling_of_a_number_is_refused(text):
    with pytest.raises(Altered):
        from_decimal(text)
