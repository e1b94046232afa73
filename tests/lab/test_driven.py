"""The real engine itself, driven by the lab, and the tables that stand for it: they decide alike, case by case."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.lab import kernel
from answerable.lab.driven import START, RealEngine, real_engine
from answerable.lab.engine import Candidates, Gate, Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import rarity_level
from answerable.lab.rules import compile_rules
from answerable.lab.stream import draw_stream
from answerable.policy.pack import load_pack

ALL = "uk.armed_patrol"


@pytest.fixture(scope="module")
def engine() -> RealEngine:
    return real_engine(load_pack(ALL))


def test_a_sound_case_is_authorised_and_a_rare_thing_no_longer_rare_is_blocked(engine: RealEngine) -> None:
    assert engine.blocked_by({}, START) == frozenset()
    assert engine.blocked_by({"rarity.level": "block"}, START) != frozenset()


def test_on_thousands_of_cases_the_tables_decide_as_the_real_machine(engine: RealEngine) -> None:
    rng = np.random.default_rng(17)
    table, blocked = engine.table, 0
    slots = [table.slot(name) for name in ("trigger.type", "incident.age_h", "rarity.level", "judgement.probability")]
    sound = table.encode(engine.sound(START))
    triggers = ("serious_assault_response", "imminent_intel", None)
    for k in range(2000):
        changed = {
            "trigger.type": triggers[rng.integers(3)],
            "incident.age_h": [None, float(rng.uniform(0, 30))][rng.integers(2)],
            "rarity.level": ("none", "notice", "escalate", "block")[rng.integers(4)],
            "judgement.probability": float(rng.choice([rng.uniform(), 0.55, 0.2, 0.01])),
        }
        facts = sound.copy()
        for slot, (name, value) in zip(slots, changed.items(), strict=True):
            if slot >= 0:
                facts[slot] = table.code(name, value)
        real = engine.blocked_by(changed, START + timedelta(hours=12 * k))
        assert real == frozenset(table.blocked_by(facts)), changed
        blocked += bool(real)
    assert 200 < blocked < 1990


def test_on_thousands_of_records_the_kernel_s_guard_is_the_real_one(engine: RealEngine) -> None:
    from answerable.lab.engine import _policy

    rng = np.random.default_rng(18)
    settings = _policy(Policy("limited", rarity=engine.limits))
    seen = set()
    for _ in range(2000):
        times = np.sort(rng.choice(np.arange(0, 1400), size=rng.integers(0, 8), replace=False)) * 12.0
        places = rng.integers(0, 3, len(times))
        now = float(times[-1] + 12 * rng.integers(1, 60)) if len(times) else 0.0
        ours = rarity_level(times, places, len(times), 1, now, settings)
        assert ours == engine.level(times, places, 1, now)
        seen.add(int(ours))
    assert seen == {1, 2, 3}


def test_a_year_driven_by_the_real_engine_is_the_compiled_year(engine: RealEngine, parameters) -> None:
    made = parameters.changed(patrol_effect=0.3)
    ground = make_ground(made, 100, np.random.default_rng(3), events_per_year=150)
    stream = draw_stream(ground, made, 1, np.random.default_rng(4))
    windows = stream.hours // kernel.WINDOW_H
    rng = np.random.default_rng(5)
    chosen = np.sort(rng.choice(windows, 60, replace=False)).astype(np.int64)
    tips = Candidates.of(chosen, rng.integers(0, 100, 60), rng.choice([1e2, 1e4, 1e6], 60), windows)
    policy = Policy(
        "rules", responds=True, tips=tips, gate=Gate(engine.table, engine.sound(START)), rarity=engine.limits
    )
    fast = simulate(stream, ground, made, policy)
    before = engine.decisions
    started = time.perf_counter()
    slow = simulate(stream, ground, made, policy, real=engine)
    assert time.perf_counter() > started
    assert engine.decisions - before == fast.proposed > 100
    for name in ("fate", "time", "place", "kind", "p", "hits"):
        assert np.array_equal(getattr(fast, name), getattr(slow, name)), name
    assert (fast.refused_by_rules, fast.refused_by_rarity) == (slow.refused_by_rules, slow.refused_by_rarity)
    assert fast.deployments > 0
    assert fast.refused_by_rules > 0


def test_a_policy_without_rules_drives_nothing(engine: RealEngine, parameters) -> None:
    ground = make_ground(parameters, 9, np.random.default_rng(3))
    stream = draw_stream(ground, parameters, 0.1, np.random.default_rng(4))
    with pytest.raises(InputError, match="no rules"):
        simulate(stream, ground, parameters, Policy("none"), real=engine)


def test_the_rules_of_another_transition_are_not_those_of_the_decision() -> None:
    assert compile_rules(load_pack(ALL), "start").rules != compile_rules(load_pack(ALL), "authorise").rules
    assert isinstance(START, datetime)
