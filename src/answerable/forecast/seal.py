"""Pre-registration: a forecast is sealed before its window opens; one that comes late scores as if it knew nothing.

The seal is the sha256 of the forecast's file and the instant at which somebody else could first have known of it (a
checkpoint of the record, say). Who scores later hands in the file and the seal: other bytes are an alarm, and a seal
not older than the window turns the forecast into the uniform one of the same total.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError, IntegrityError
from answerable.place import Window, read_stamp, stamp


@dataclass(frozen=True)
class Seal:
    """What is published instead of the forecast: its sha256 (hex), its window, and when it was sealed."""

    sha256: str
    window: Window
    sealed_at: datetime

    @property
    def late(self) -> bool:
        """Whether the window had opened by then: sealed at its very start is in time."""
        return self.sealed_at > self.window.start

    def as_json(self) -> dict[str, Any]:
        """Return the seal as JSON types."""
        opens, ends = stamp(self.window.start), stamp(self.window.end)
        return {"sha256": self.sha256, "window": {"from": opens, "to": ends}, "sealed_at": stamp(self.sealed_at)}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Seal:
        """Return the seal that :meth:`as_json` wrote; InputError where it is none."""
        try:
            window = Window(read_stamp(document["window"]["from"]), read_stamp(document["window"]["to"]))
            return cls(str(document["sha256"]), window, read_stamp(document["sealed_at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "This is no seal.", where=str(error), fix="Hand in the file that sealing wrote."
            ) from error


def seal(forecast: bytes, window: Window, at: datetime) -> Seal:
    """Return the seal of a forecast's bytes, sealed at the instant ``at``."""
    return Seal(hashlib.sha256(forecast).hexdigest(), window, at.astimezone(UTC))


def scored(forecast: bytes, expected: NDArray[np.float64], sealed: Seal) -> NDArray[np.float64]:
    """Return the expectations to score, shape (cells,): the forecast's own, or an even spread where it came late.

    ``expected`` is what was read from ``forecast``. IntegrityError where the bytes are not those that were sealed.
    """
    if hashlib.sha256(forecast).hexdigest() != sealed.sha256:
        raise IntegrityError(
            "This is not the forecast that was sealed.", where=sealed.sha256, fix="Score the file that was sealed."
        )
    return np.full(len(expected), expected.mean()) if sealed.late else expected
