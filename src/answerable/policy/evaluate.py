"""Facts in, findings out: what each rule of a pack says about one case, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from answerable.policy.condition import Facts, comparisons, holds
from answerable.policy.explain import change, reason
from answerable.policy.pack import Pack, Rule

BLOCKING = ("need", "max", "min")


@dataclass(frozen=True)
class Finding:
    """What one rule says about a set of facts.

    ``holds`` is True, False, or None where a fact it needs is not known. ``reason`` says why in one sentence,
    ``change`` what would make it hold (empty where it does), ``says`` the rule itself. ``facts`` are the facts looked
    at, None where unknown; ``on`` the transition it was tested at.
    """

    rule: str
    on: str
    kind: str
    holds: bool | None
    reason: str
    says: str
    facts: Mapping[str, Any]
    basis: str
    src: str
    change: str

    @property
    def blocks(self) -> bool:
        """Whether this finding stops the transition: a need, max or min that does not hold, or cannot be known to."""
        return self.kind in BLOCKING and self.holds is not True

    def as_json(self) -> dict[str, Any]:
        """Return the finding as plain data, for files and answers."""
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in self.facts.items()}
        return {
            "rule": self.rule, "on": self.on, "kind": self.kind, "holds": self.holds, "reason": self.reason,
            "says": self.says, "facts": facts, "basis": self.basis, "src": self.src, "change": self.change,
        }  # fmt: skip

    def published(self) -> dict[str, Any]:
        """Return what the public record says of this finding."""
        return {"rule": self.rule, "holds": self.holds, "reason": self.reason, "says": self.says}


class Findings(tuple[Finding, ...]):
    """The findings of one evaluation, in the order of the pack's rules."""

    __slots__ = ()

    @property
    def blocked_by(self) -> list[str]:
        """Ids of the rules that block."""
        return [finding.rule for finding in self if finding.blocks]

    @property
    def warnings(self) -> list[str]:
        """Ids of the ``warn`` rules that do not hold; they never block."""
        return [finding.rule for finding in self if finding.kind == "warn" and finding.holds is not True]

    @property
    def holds(self) -> bool:
        """Whether nothing blocks."""
        return not self.blocked_by

    def of(self, rule: str) -> Finding:
        """Return the finding of ``rule``; KeyError where it was not tested."""
        for finding in self:
            if finding.rule == rule:
                return finding
        raise KeyError(rule)

    def what_would_change(self) -> list[str]:
        """Return, for each rule that blocks, what would make it hold."""
        return [f"{finding.rule}: {finding.change}" for finding in self if finding.blocks]


def evaluate(pack: Pack, facts: Facts, on: str | None = None) -> Findings:
    """Test the rules of ``pack`` at the transition ``on``, or every rule once where ``on`` is None.

    InputError where ``facts`` has a name or value that the pack's catalogue does not know.
    """
    checked = pack.catalogue.check(facts)
    rules = (rule for rule in pack.rules if (rule.kind != "set" if on is None else rule.applies_to(on)))
    return Findings(_finding(rule, checked, on or rule.on[0]) for rule in rules)


def next_step(pack: Pack, facts: Facts, start: str = "") -> str | None:
    """Return the first transition that ``facts`` would be blocked at: how far the case may proceed, to be asked next.

    Only transitions from ``start`` on are looked at, if one is given. None where nothing would block it anywhere.
    """
    names = pack.transitions[pack.transitions.index(start) if start else 0 :]
    return next((name for name in names if not evaluate(pack, facts, name).holds), None)


def _finding(rule: Rule, facts: Facts, on: str) -> Finding:
    if rule.condition is None:
        raise ValueError(f"rule {rule.id} has nothing to test")
    return Finding(
        rule=rule.id,
        on=on,
        kind=rule.kind,
        holds=holds(rule.condition, facts),
        reason=reason(rule.condition, facts),
        says=rule.says,
        facts={test.fact.name: facts.get(test.fact.name) for test in comparisons(rule.condition)},
        basis=rule.basis,
        src=rule.src,
        change=change(rule.condition, facts),
    )
