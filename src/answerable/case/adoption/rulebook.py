"""The rules of an adoption as data: who may do what, which tests there are, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from answerable.policy.reading import read_yaml


@dataclass(frozen=True)
class Rulebook:
    """``roles`` by command, sets of roles to keep ``separate``, ``limits`` (days, counts) and rules: id to sentence."""

    roles: Mapping[str, tuple[str, ...]]
    separate: tuple[frozenset[str], ...]
    limits: Mapping[str, float]
    says: Mapping[str, str]
    src: Mapping[str, str]


@dataclass(frozen=True)
class Test:
    """One test of an adoption: whether it ``holds``, why, and what would change that (empty where it holds)."""

    __test__ = False

    rule: str
    holds: bool
    reason: str
    change: str = ""

    def published(self) -> dict[str, Any]:
        """Return the test as the record gives it, with its sentence and source."""
        book = rulebook()
        said = {"rule": self.rule, "holds": self.holds, "reason": self.reason, "change": self.change}
        return {**said, "says": book.says[self.rule], "src": book.src[self.rule]}


@cache
def rulebook() -> Rulebook:
    """Return the rules as the package holds them."""
    name = "rules.yaml"
    read = read_yaml((files("answerable.case.adoption") / name).read_text(encoding="utf-8"), name)
    return Rulebook(
        roles={command: tuple(roles) for command, roles in read["roles"].items()},
        separate=tuple(frozenset(roles) for roles in read["separate"]),
        limits={key: limit["value"] for key, limit in read["limits"].items()},
        says={rule: one["says"] for rule, one in read["rules"].items()},
        src={rule: one["src"] for rule, one in read["rules"].items()},
    )


def roles() -> frozenset[str]:
    """Return every role that an adoption knows."""
    return frozenset(role for held in rulebook().roles.values() for role in held)


def separated() -> tuple[tuple[str, str], ...]:
    """Return the pairs of roles that no person may hold on one adoption, each pair once, for a store to enforce."""
    pairs = {(a, b) for group in rulebook().separate for a in group for b in group if a < b}
    return tuple(sorted(pairs))
