"""The index of public confidence: five parts, each shown, put together with fixed and equal weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from answerable.errors import InputError
from answerable.evaluate.confidence.survey import DESIGN_EFFECT


@dataclass(frozen=True)
class Part:
    """One part of the index: its ``words``, the survey ``items`` it is the mean of."""

    name: str
    words: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Item:
    """One survey question: the ``share`` (0 to 1) who agreed, among how many ``answers``, beside ``dont_know``."""

    share: float
    answers: int
    dont_know: int = 0


@dataclass(frozen=True)
class Score:
    """A score from 0 to 100 with its interval; ``answers`` is the fewest answers to any item behind it."""

    score: float
    low: float
    high: float
    answers: int
    missing: tuple[str, ...] = ()


@cache
def parts() -> tuple[Part, ...]:
    """Return the five parts in their order."""
    import yaml

    document = yaml.safe_load((files("answerable.evaluate.confidence") / "parts.yaml").read_text(encoding="utf-8"))
    return tuple(Part(name, part["words"], tuple(part["items"])) for name, part in document["parts"].items())


def part_scores(
    items: Mapping[str, Item], *, design_effect: float = DESIGN_EFFECT, level: float = 0.95
) -> dict[str, Score]:
    """Return the score of every part that has at least one of its items; those without are left out.

    Formula: 100 times the mean of the items' shares; its standard error takes the items as asked of the same people, so
    that they do not add up to more certainty: the mean of their standard errors. Items that the survey did not ask are
    named in ``missing``. Errors: InputError for a share outside 0 to 1 or an item without answers.
    """
    found = {}
    for part in parts():
        asked = [items[name] for name in part.items if name in items]
        if asked:
            missing = tuple(name for name in part.items if name not in items)
            found[part.name] = _score(asked, missing, design_effect, level)
    return found


def index(scores: Mapping[str, Score]) -> Score:
    """Return all five parts put together with equal weights.

    The parts come from the same people, so their errors are averaged, not cancelled. Errors: InputError where a part is
    missing: an index of fewer parts is another index.
    """
    missing = [part.name for part in parts() if part.name not in scores]
    if missing:
        raise InputError(
            f"The index needs all its parts; without {', '.join(missing)} it is another index.",
            where="confidence index",
            fix="Ask the missing questions, or show the parts alone.",
        )
    every = [scores[part.name] for part in parts()]
    mean = sum(one.score for one in every) / len(every)
    reach = sum(one.high - one.low for one in every) / len(every) / 2
    return Score(mean, max(0.0, mean - reach), min(100.0, mean + reach), min(one.answers for one in every))


def _score(asked: list[Item], missing: tuple[str, ...], design_effect: float, level: float) -> Score:
    from scipy.special import ndtri

    for item in asked:
        if not (0 <= item.share <= 1 and item.answers >= 1 and item.dont_know >= 0):
            raise InputError(
                "An item is a share between 0 and 1 of at least one answer.",
                where=f"{item}",
                fix="Give shares as fractions, and how many answered.",
            )
    mean = sum(item.share for item in asked) / len(asked)
    errors = [math.sqrt(design_effect * item.share * (1 - item.share) / item.answers) for item in asked]
    reach = 100 * float(ndtri((1 + level) / 2)) * sum(errors) / len(errors)
    score = 100 * mean
    return Score(score, max(0.0, score - reach), min(100.0, score + reach), min(i.answers for i in asked), missing)
