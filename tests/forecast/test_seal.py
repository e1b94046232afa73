"""A seal: the same bytes and in time, or no score better than none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from answerable.errors import InputError, IntegrityError
from answerable.forecast.seal import Seal, scored, seal
from answerable.place import Window

NIGHT = Window.of_hours(datetime(2018, 11, 30, 20, tzinfo=UTC), 8)
EXPECTED = np.array([0.4, 0.1, 0.1])


def test_in_time_it_scores_as_itself_and_late_as_even() -> None:
    early, late = (seal(b"bytes", NIGHT, NIGHT.start + timedelta(seconds=s)) for s in (0, 1))
    assert not early.late
    assert late.late
    assert scored(b"bytes", EXPECTED, early).tolist() == EXPECTED.tolist()
    assert scored(b"bytes", EXPECTED, late) == pytest.approx(0.2)


def test_other_bytes_are_an_alarm() -> None:
    with pytest.raises(IntegrityError, match="not the forecast that was sealed"):
        scored(b"Bytes", EXPECTED, seal(b"bytes", NIGHT, NIGHT.start))


def test_it_comes_back_from_json_and_nonsense_does_not() -> None:
    sealed = seal(b"bytes", NIGHT, NIGHT.start)
    assert Seal.from_json(sealed.as_json()) == sealed
    with pytest.raises(InputError):
        Seal.from_json({"sha256": "00"})
