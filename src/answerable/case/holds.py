"""What the account that decides holds: functions with their accreditation, ranks and parts that bar a decision.

An account holds words, some of them until a date: ``sfc until 2019-06-30``. Which words mean anything is for the
catalogue to say: the choices of its ``authoriser.`` facts, and its flags. What a case file says of its authoriser is
never read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from answerable.errors import InputError, UsageError
from answerable.policy.catalogue import Catalogue, Fact
from answerable.policy.suggest import did_you_mean

_UNTIL = " until "
_OF = "authoriser."
# A flag that the date of what is held settles, not a word of its own.
_CURRENT = "accredited"
_NEITHER = "other"


@dataclass(frozen=True)
class Holding:
    """One word that an account holds, to the end (UTC) of the day ``until``; for good where that is None."""

    name: str
    until: date | None = None

    def current(self, at: datetime) -> bool:
        """Return whether it is still held at the instant ``at``."""
        return self.until is None or at < datetime.combine(self.until, time(), UTC) + timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.name}{_UNTIL}{self.until}" if self.until else self.name


def read_holding(text: str) -> Holding:
    """Return what ``sfc`` or ``sfc until 2019-06-30`` (as stored; typed also ``sfc:2019-06-30``) says.

    InputError for a date that is none.

    >>> read_holding("sfc:2019-06-30") == read_holding("sfc until 2019-06-30")
    True
    """
    name, _, until = text.partition(_UNTIL) if _UNTIL in text else text.partition(":")
    try:
        return Holding(name.strip(), date.fromisoformat(until.strip()) if until.strip() else None)
    except ValueError as error:
        raise InputError("This is not a date.", where=text, fix=f"Write {name.strip()}:2019-06-30.") from error


def known_holdings(catalogue: Catalogue) -> tuple[str, ...]:
    """Return every word that an account may hold under this catalogue, in its order."""
    return tuple(dict.fromkeys(word for fact in _facts(catalogue).values() for word in _words(fact)))


def check_holding(text: str, catalogue: Catalogue) -> str:
    """Return ``text`` as it is stored.

    UsageError for a word that the catalogue does not know, and for a function without the date on which its
    accreditation runs out; InputError for a date that is none.
    """
    holding, known = read_holding(text), known_holdings(catalogue)
    if holding.name not in known:
        raise UsageError("There is no such thing to hold.", where=text, fix=did_you_mean(holding.name, known))
    runs_out = holding.name in _accredited(catalogue)
    if runs_out and holding.until is None:
        raise UsageError(
            "An accreditation runs out, so it says when.", where=text, fix=f"Write {holding.name}:2019-06-30."
        )
    return str(holding)


def account_facts(roles: Iterable[str], at: datetime, catalogue: Catalogue) -> dict[str, Any]:
    """Return every ``authoriser.`` fact of the catalogue as an account with these ``roles`` settles it at ``at``.

    A level is the highest one held, a choice the first one held; None where none is. A function whose accreditation
    has run out is still the function, and not accredited.
    """
    held = [read_holding(role) for role in roles]
    known = _facts(catalogue)
    found: dict[str, Any] = {}
    for short, fact in known.items():
        if fact.type == "flag":
            found[fact.name] = any(one.name == short and one.current(at) for one in held)
        else:
            found[fact.name] = _best(fact, [one for one in held if one.name in fact.choices], at)
    if _CURRENT in known:
        words = _accredited(catalogue)
        named = {value for value in found.values() if isinstance(value, str)} & words
        found[known[_CURRENT].name] = any(one.name in named and one.current(at) for one in held)
    return found


def _best(fact: Fact, held: list[Holding], at: datetime) -> str | None:
    """Return what counts of what is held: what is current before what is not; a rank that has run out is none."""
    current = {one.name for one in held if one.current(at)}
    if fact.type == "level":
        return max(current, key=fact.rank, default=None)
    order = [name for name in fact.choices if name != _NEITHER]
    run_out = {one.name for one in held}
    return next((name for names in (current, run_out) for name in order if name in names), _neither(fact))


def _neither(fact: Fact) -> str | None:
    return _NEITHER if _NEITHER in fact.choices else None


def _facts(catalogue: Catalogue) -> Mapping[str, Fact]:
    return {name.removeprefix(_OF): fact for name, fact in catalogue.facts.items() if name.startswith(_OF)}


def _words(fact: Fact) -> tuple[str, ...]:
    short = fact.name.removeprefix(_OF)
    if fact.type == "flag":
        return () if short == _CURRENT else (short,)
    return tuple(name for name in fact.choices if name != _NEITHER)


def _accredited(catalogue: Catalogue) -> frozenset[str]:
    """Return the words that take an accreditation: the choices that have no order, which are functions."""
    return frozenset(word for fact in _facts(catalogue).values() if fact.type == "choice" for word in _words(fact))
