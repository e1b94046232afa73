"""The slower mode: the same loop, run by Python, in which the real engine decides instead of the tables.

For each candidate the real state machine is asked to authorise a case that has been opened, assessed and advised on; it
tests the pack, and the real rarity guard says how rare one more would be. Everything else (what happens, what is
prevented) is the kernel's own code, so that whatever differs is a difference between rules and tables.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from types import FunctionType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.case.casefile import CaseFile, template
from answerable.case.deployment import Case
from answerable.case.event import Actor, Command, Proposal
from answerable.case.facts import FIRST_CASE, facts_of
from answerable.case.holds import account_facts
from answerable.case.machine import decide
from answerable.case.rarity import Authorised, rarity
from answerable.case.rarity.level import ORDER
from answerable.case.sections import public_sections
from answerable.case.step import Request
from answerable.case.transitions.authorise import STEPS
from answerable.errors import InputError
from answerable.lab import kernel
from answerable.lab.engine import Policy
from answerable.lab.rules import RuleTable, compile_rules
from answerable.place import Window
from answerable.policy.pack import Pack
from answerable.policy.reading import read_yaml

START = datetime(2019, 1, 7, tzinfo=UTC)
"""Hour 0 of a simulated year, a Monday."""
_FILED = datetime(2018, 11, 30, 18, tzinfo=UTC)
"""When the case file of the template is whole, two hours before its window."""
_WAIT, _HOURS = timedelta(minutes=45), timedelta(hours=4)
_RANKS = frozenset({"sfc until 2099-12-31"})
_WALK = {"open": "applicant", "submit": "applicant", "assess": "analyst", "advise": "local_commander"}
_COMMAND = Command("authorise", reasons="A case of the lab.")


@dataclass
class RealEngine:
    """The real engine for one pack: ``case`` is ready to be decided by ``actor``, ``facts`` are those of its file.

    ``decisions`` counts how often it was asked. Made by :func:`real_engine`.
    """

    table: RuleTable
    case: Case
    actor: Actor
    facts: Mapping[str, Any]
    limits: Mapping[str, Any]
    decisions: int = field(default=0)

    def sound(self, at: datetime) -> dict[str, Any]:
        """Return every fact that the machine would test at ``at``: the case file's, the account's and its own."""
        step = next(step for step in STEPS if step.kind == "authorise")
        request = Request(self._case(at), _COMMAND, self.facts, self.table.pack, self.actor, at, "authoriser")
        held = account_facts(self.actor.roles, at, self.table.pack.catalogue)
        declared = {name: self.facts.get(name) for name, value in held.items() if value is False}
        return {**self.facts, **held, **declared, "decision.urgent": False, **step.facts(request)}

    def _case(self, at: datetime) -> Case:
        window = Window(at + _WAIT, at + _WAIT + _HOURS)
        return replace(self.case, window=window, assessed_at=at - _WAIT, last_at=at - _WAIT, lapses_at=None)

    def blocked_by(self, changed: Mapping[str, Any], at: datetime) -> frozenset[str]:
        """Return the rules for which the machine blocks the decision, with ``changed`` facts of the case at ``at``."""
        self.decisions += 1
        facts = {**self.facts, **changed}
        event = decide(self._case(at), _COMMAND, facts, self.table.pack, self.actor, at)
        return frozenset(event.data["rules"]) if event.kind == "blocked" else frozenset()

    def level(self, times: NDArray[np.float64], places: NDArray[np.int64], place: int, now: float) -> int:
        """Return the level that the real guard gives one more deployment to ``place``."""
        area = {str(k): int(p) for k, p in enumerate(places)} | {"new": place}
        earlier = [Authorised(str(k), START + timedelta(hours=float(t))) for k, t in enumerate(times)]
        new = Authorised("new", START + timedelta(hours=now))
        said = rarity(earlier, lambda a, b: area[a] == area[b], new, self.limits)
        return ORDER.index(said.level)

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """The first step of each rule that may block, in the pack's order."""
        pairs = zip(self.table.starts[:-1].tolist(), self.table.blocking.tolist(), strict=True)
        return tuple(first for first, blocks in pairs if blocks)


def real_engine(pack: Pack) -> RealEngine:
    """Return the real engine for ``pack``, with a case of the template walked to its decision by the machine itself."""
    document = CaseFile.read(read_yaml(template(), "template"))
    facts = facts_of(document, _FILED, FIRST_CASE)
    window = Window(_FILED + 2 * _WAIT, _FILED + 2 * _WAIT + _HOURS)
    proposal = Proposal("A case of the lab", "imminent_intel", "A simulated area", 0.5, window, "Europe/London")
    case = Case("simulated-0001")
    for kind, office in _WALK.items():
        command = Command(
            kind, proposal=proposal, sections=public_sections(document), stance="support", publish=True,
            text="A short patrol is right.", reasons="A case of the lab.",
        )  # fmt: skip
        case = case.after(decide(case, command, facts, pack, Actor(office, office, frozenset({office})), _FILED))
    roles = frozenset({"authoriser"}) | _RANKS
    limits = next(dict(rule.values["rarity"]) for rule in pack.rules if "rarity" in rule.values)
    return RealEngine(compile_rules(pack, "authorise"), case, Actor("authoriser", "authoriser", roles), facts, limits)


def driven(policy: Policy, engine: RealEngine) -> Callable[..., int]:
    """Return the kernel's loop in plain Python with ``engine`` in place of the tables; as ``kernel.play`` is called.

    InputError where the policy has no gate, since then there is nothing to decide.
    """
    if policy.gate is None:
        raise InputError("This policy has no rules to drive.", where=policy.name, fix="Give it a gate.")
    loop = getattr(kernel.play, "py_func", kernel.play)
    now = {"at": 0.0}
    found: dict[str, frozenset[str]] = {"rules": frozenset()}
    names = dict(zip(engine.table.starts[:-1].tolist(), engine.table.rules, strict=True))

    def level(
        times: NDArray[np.float64], places: NDArray[np.int64], count: int, place: int, at: float, *_: object
    ) -> int:
        now["at"] = at
        return engine.level(times[:count], places[:count], int(place), at)

    def judge(_steps: object, _values: object, facts: NDArray[np.float64], first: int, _last: int) -> int:
        if first == engine.stops[0]:
            found["rules"] = engine.blocked_by(_changed(engine.table, facts), START + timedelta(hours=now["at"]))
        return 0 if names[int(first)] in found["rules"] else 1

    return FunctionType(loop.__code__, {**loop.__globals__, "rarity_level": level, "judge": judge}, "driven")


def _changed(table: RuleTable, facts: NDArray[np.float64]) -> dict[str, Any]:
    """Return the facts that the kernel sets for each candidate, as the real engine reads them."""
    found: dict[str, Any] = {}
    for name in ("incident.age_h", "judgement.probability"):
        slot = table.slot(name)
        if slot >= 0:
            found[name] = None if math.isnan(facts[slot]) else float(facts[slot])
    for name in ("trigger.type", "rarity.level"):
        slot = table.slot(name)
        if slot >= 0:
            choices = table.pack.catalogue.facts[name].choices
            found[name] = next((one for one in choices if table.code(name, one) == facts[slot]), None)
    return found
