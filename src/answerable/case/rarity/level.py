"""Levels of the rarity guard, and the limits from which they follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from answerable.errors import InputError

Level = Literal["none", "notice", "escalate", "block"]
ORDER: tuple[Level, ...] = ("none", "notice", "escalate", "block")
MEANS: Mapping[Level, str] = {
    "none": "No limit is near.",
    "notice": "This is within the limits, and notice of it is given.",
    "escalate": "Only a chief officer may authorise it.",
    "block": "That is more than the policy permits: it takes a new consultation on the policy to allow it.",
}


def highest(levels: Iterable[Level]) -> Level:
    """Return the gravest of ``levels``; none where there are none."""
    return max(levels, key=ORDER.index, default="none")


@dataclass(frozen=True)
class Limit:
    """From which value a measure gives notice and escalates, and the ``most`` that is permitted. None: never.

    >>> limit = Limit(notice=1, escalate=2, most=3)
    >>> [limit.level(value) for value in (0, 1, 2, 3, 4)]
    ['none', 'notice', 'escalate', 'escalate', 'block']
    """

    notice: float | None = None
    escalate: float | None = None
    most: float | None = None

    @classmethod
    def read(cls, name: str, setting: Mapping[str, Any]) -> Limit:
        """Return the limit that a pack's setting gives; InputError where one of its numbers is none."""
        numbers = {key: setting.get(key) for key in ("notice", "escalate", "most")}
        for key, number in numbers.items():
            if number is not None and (isinstance(number, bool) or not isinstance(number, (int, float)) or number < 0):
                raise InputError(
                    "A rarity limit must be a number of 0 or more.",
                    where=f"setting rarity, {name}, {key}: {number}",
                    fix="Write a number, or leave the level out.",
                )
        return cls(**numbers)

    def level(self, value: float) -> Level:
        """Return the level that ``value`` reaches."""
        if self.most is not None and value > self.most:
            return "block"
        if self.escalate is not None and value >= self.escalate:
            return "escalate"
        return "notice" if self.notice is not None and value >= self.notice else "none"
