"""One known answer: a figure that others published, or that can be worked out by hand, beside the one the lab gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """``ours`` beside ``published``; it holds where ours lies from ``low`` to ``high``, both included.

    ``check`` is the number of the check that it belongs to, ``what`` what is measured, ``source`` who published it.
    """

    check: str
    what: str
    source: str
    published: float
    ours: float
    low: float
    high: float

    @property
    def holds(self) -> bool:
        """Whether ours is where it must be."""
        return self.low <= self.ours <= self.high

    @property
    def name(self) -> str:
        """The check and what it measures, as one name."""
        return f"{self.check} {self.what}"

    def as_json(self) -> dict[str, Any]:
        """Return the answer as plain data."""
        return {
            "ours": self.ours, "published": self.published, "holds": self.holds, "low": self.low, "high": self.high,
            "source": self.source,
        }  # fmt: skip


def near(  # noqa: PLR0917
    check: str,
    what: str,
    source: str,
    published: float,
    ours: float,
    within: float,
) -> Answer:
    """Return an answer that holds where ours is at most ``within`` away."""
    return Answer(check, what, source, published, float(ours), published - within, published + within)


def between(  # noqa: PLR0917
    check: str,
    what: str,
    source: str,
    published: float,
    ours: float,
    low: float,
    high: float,
) -> Answer:
    """Return an answer that holds from ``low`` to ``high``."""
    return Answer(check, what, source, published, float(ours), low, high)


Answers = Iterator[Answer]
