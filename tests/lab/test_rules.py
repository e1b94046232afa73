"""Compiled rules decide as the real engine does, on thousands of cases; so do the rarity limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from answerable.case.rarity import Authorised, rarity
from answerable.case.rarity.level import ORDER
from answerable.errors import InputError
from answerable.lab.engine import Policy, _policy
from answerable.lab.kernel import rarity_level
from answerable.lab.rules import RuleTable, compile_rules
from answerable.policy.condition import comparisons
from answerable.policy.evaluate import evaluate
from answerable.policy.pack import load_pack, packs

TABLES = [(name, on) for name in packs() for on in load_pack(name).transitions]


def any_facts(table: RuleTable, rng: np.random.Generator) -> dict[str, Any]:
    """Facts drawn at and around what the rules name; some unknown, some left out."""
    tests = [t for rule in table.pack.rules if rule.condition for t in comparisons(rule.condition)]
    facts: dict[str, Any] = {}
    for name in table.names:
        fact = table.pack.catalogue.facts[name]
        named = [t.value for t in tests if t.fact.name == name and t.operator != "known"]
        flat = [one for value in named for one in (value if isinstance(value, tuple) else (value,))]
        if rng.random() < 0.12:
            facts[name] = None
        elif fact.type == "flag":
            facts[name] = bool(rng.random() < 0.75)
        elif fact.type in ("number", "count"):
            near = rng.choice(flat) if flat else 1
            value = max(0.0, float(near) + float(rng.choice([-1, -0.5, 0, 0, 0.5, 1])))
            facts[name] = int(value) if fact.type == "count" else value
        elif fact.type == "list":
            pool = sorted({*flat, *fact.choices} or {"x"})
            facts[name] = [one for one in pool if rng.random() < 0.9]
        else:
            pool = list(fact.choices) or [*flat, "something else"]
            facts[name] = str(rng.choice(pool))
    return facts


@pytest.mark.parametrize(("name", "on"), TABLES, ids=str)
def test_the_table_decides_as_the_real_engine(name: str, on: str) -> None:
    pack = load_pack(name)
    table = compile_rules(pack, on)
    rng = np.random.default_rng(7)
    seen = set()
    for _ in range(100):
        facts = any_facts(table, rng)
        real = evaluate(pack, facts, on)
        coded = table.encode(facts)
        assert table.rules == tuple(finding.rule for finding in real)
        assert table.decide(coded).tolist() == [{True: 1, False: 0, None: -1}[f.holds] for f in real], facts
        assert table.blocked_by(coded) == real.blocked_by
        seen.update((f.rule, f.holds) for f in real)
    # The cases drawn tell the rules apart: every rule is seen to hold and not to hold, or not to be known.
    assert all(len({holds for rule, holds in seen if rule == one}) >= 2 for one in table.rules)


def test_a_fact_nobody_knows_is_refused_by_name() -> None:
    table = compile_rules(load_pack("uk.armed_patrol"), "authorise")
    with pytest.raises(InputError, match="no_such"):
        table.encode({"no_such.fact": 1})
    assert table.slot("rarity.level") >= 0
    assert table.slot("no_such.fact") == -1


def test_the_kernel_s_guard_says_what_the_real_guard_says() -> None:
    limits = next(dict(r.values)["rarity"] for r in load_pack("uk.armed_patrol").rules if "rarity" in r.values)
    settings = _policy(Policy("limited", rarity=limits))
    rng = np.random.default_rng(8)
    start = datetime(2019, 1, 1, tzinfo=UTC)
    levels = []
    for _ in range(150):
        times = np.sort(rng.choice(np.arange(0, 700 * 2), size=rng.integers(0, 8), replace=False)) * 12.0
        places = rng.integers(0, 3, len(times))
        now, place = float(times[-1] + 12 * rng.integers(1, 60)) if len(times) else 0.0, int(rng.integers(0, 3))
        ours = rarity_level(times, places, len(times), place, now, settings)
        area = {str(k): int(p) for k, p in enumerate(places)} | {"new": place}
        earlier = [Authorised(str(k), start + timedelta(hours=float(t))) for k, t in enumerate(times)]
        real = rarity(
            earlier, lambda a, b, area=area: area[a] == area[b],
            Authorised("new", start + timedelta(hours=now)), limits,
        )  # fmt: skip
        assert ORDER[ours] == real.level
        levels.append(ours)
    assert set(levels) == {1, 2, 3}
