"""What else could be done: each option's words, how good its evidence is, how long it takes.

Words and times are those of ``alternatives.yaml``. How an option is rated, and what that rests on, is read from the
rows of the evidence library that name the option, and said nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.errors import InputError
from answerable.policy.evidence import Row, library
from answerable.policy.reading import read_yaml
from answerable.policy.suggest import did_you_mean

RATINGS = ("high", "moderate", "low", "no_clear_evidence", "harmful", "not_studied")
BASES = ("literature", "assumption")
NOT_STUDIED = "not_studied"
_OWN = ("evidence", "src", "dated")
_TEXTS = ("words", "effect")
_FLAGS = ("long_term", "the_tactic_itself")
_KEYS = (*_TEXTS, *_FLAGS, *_OWN, "basis")


@dataclass(frozen=True)
class Alternative:
    """One option.

    ``rating`` is one of :data:`RATINGS`, ``evidence`` what it rests on, ``src`` where that was read and ``dated`` when;
    ``rows`` are those of the evidence library about it. ``effect`` is the usual time until it can have an effect;
    ``basis`` says whether that time comes from the literature. ``long_term``: set aside for tonight, it becomes
    somebody's task. ``option`` is the name that case files use; ``the_tactic_itself`` marks what the alternatives are
    alternatives to.
    """

    option: str
    words: str
    rating: str
    evidence: str
    src: str
    dated: str
    long_term: bool
    effect: str
    basis: str
    the_tactic_itself: bool = False
    rows: tuple[Row, ...] = ()

    @property
    def rating_words(self) -> str:
        """The rating in words: ``no clear evidence``."""
        return self.rating.replace("_", " ")


@cache
def alternatives() -> Mapping[str, Alternative]:
    """Return every option by name, in the catalogue's order, the tactic itself first."""
    text = (files("answerable.policy") / "alternatives.yaml").read_text(encoding="utf-8")
    return parse_alternatives(read_yaml(text, "alternatives.yaml")["alternatives"], "alternatives.yaml")


def parse_alternatives(document: Any, where: str, *, evidence: Sequence[Row] | None = None) -> dict[str, Alternative]:
    """Read ``{option: {words, effect, ...}}`` beside the rows of ``evidence``, the whole library if left out.

    An option that no row names says itself what was looked for, in ``evidence``, ``src`` and ``dated``, and is not
    studied. Errors: InputError names the option and field that is off, or the rows that rate one option differently.
    """
    if not isinstance(document, Mapping):
        raise InputError("'alternatives' must map options to their descriptions.", where=where, fix="Name each option.")
    rows = library() if evidence is None else tuple(evidence)
    lost = sorted({row.option for row in rows if row.option} - set(map(str, document)))
    if lost:
        raise InputError(
            f"The evidence library names options that the catalogue lacks: {', '.join(lost)}.",
            where=where,
            fix="Add them to the catalogue, or mend the rows.",
        )
    return {
        str(name): _parse(str(name), entry, tuple(row for row in rows if row.option == name), f"{where}, option {name}")
        for name, entry in document.items()
    }


def _parse(name: str, entry: Any, rows: tuple[Row, ...], where: str) -> Alternative:
    if not isinstance(entry, Mapping):
        raise InputError("An option needs a description.", where=where, fix=f"Give {', '.join(_KEYS)}.")
    for key in entry:
        if key == "rating":
            raise InputError("A rating is read from the evidence library.", where=where, fix="Add a row there instead.")
        if key not in _KEYS:
            raise InputError(f"Unknown field '{key}'.", where=f"{where}, field {key}", fix=did_you_mean(key, _KEYS))
        if rows and key in _OWN:
            raise InputError(
                f"'{key}' is read from the evidence library.", where=f"{where}, field {key}", fix="Cut it."
            )
    for key in (*_TEXTS, "long_term", "basis", *(() if rows else _OWN)):
        if key not in entry:
            raise InputError(f"The field '{key}' is missing.", where=f"{where}, field {key}", fix="Add it.")
    for key, value in entry.items():
        wanted, kind = ("yes or no", bool) if key in _FLAGS else ("text", str)
        if not isinstance(value, kind) or value == "":
            raise InputError(f"The field '{key}' must be {wanted}.", where=f"{where}, field {key}", fix="Mend it.")
    if entry["basis"] not in BASES:
        raise InputError(
            f"'{entry['basis']}' is not a value of 'basis'.",
            where=f"{where}, field basis",
            fix=did_you_mean(entry["basis"], BASES),
        )
    return Alternative(option=name, **{**entry, **_rated(rows, where)}, rows=rows)


def _rated(rows: Sequence[Row], where: str) -> dict[str, str]:
    """Return the rating that ``rows`` give, and what it rests on: the rows that rate, or all where none does."""
    ratings = {row.rating for row in rows if row.rating in RATINGS}
    if len(ratings) > 1:
        raise InputError(
            f"The evidence library rates this in more than one way: {', '.join(sorted(ratings))}.",
            where=where,
            fix="Leave the rating to the row that rests on most studies, and mark the others not rated.",
        )
    if not rows:
        return {"rating": NOT_STUDIED}
    behind = [row for row in rows if row.rating in ratings] or list(rows)
    return {
        "rating": ratings.pop() if ratings else NOT_STUDIED,
        "evidence": " ".join(f"{row.approach}: {row.effect} ({row.outcome}; {row.setting})." for row in behind),
        "src": "; ".join(dict.fromkeys(row.source for row in behind)),
        "dated": min(row.checked for row in behind),
    }
