"""How long until the guard blocks a programme that becomes routine? It asks the real guard, not a copy of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from answerable.case.rarity import Authorised, rarity, trend
from answerable.lab.chart import Bar
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.policy.pack import load_pack

SIZE = 40
YEARS = 3
_START = datetime(2019, 1, 7, 22, tzinfo=UTC)
_ORDER = ("none", "notice", "escalate", "block")


def programmes(rng: np.random.Generator) -> dict[str, tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """Return requests by programme: days since the adoption, and the area (one of 40) of each."""
    days = YEARS * 365

    def random(rate: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.flatnonzero(rng.random(days) < rate / 365).astype(float)

    steady, creeping = random(np.full(days, 1.0)), random(np.linspace(1, 24, days))
    weekly, rolling = np.arange(0.0, days, 7), np.arange(0.0, days, 9)
    return {
        "rare: one a year, anywhere": (steady, rng.integers(0, 40, len(steady))),
        "creeping: from one to 24 a year": (creeping, rng.integers(0, 40, len(creeping))),
        "weekly: every Monday, one area": (weekly, np.zeros(len(weekly), dtype=np.int64)),
        "rolling: every nine days, the next area": (rolling, np.arange(len(rolling)) % 40),
    }


def first_levels(days: NDArray[np.float64], areas: NDArray[np.int64]) -> dict[str, float]:
    """Return the day on which the real guard first reaches each level (NaN: never), and what it let through."""
    pack = load_pack("uk.armed_patrol")
    limits = next(rule.values["rarity"] for rule in pack.rules if "rarity" in rule.values)
    area = {str(k): int(a) for k, a in enumerate(areas)}
    allowed: list[Authorised] = []
    first = {"notice": np.nan, "escalate": np.nan, "block": np.nan, "allowed": 0.0, "asked": float(len(days))}
    for k, day in enumerate(days.tolist()):
        at = _START + timedelta(days=day)
        test = trend([_START], [one.at for one in allowed] + [at], at, limits["permitted_per_year"])
        said = rarity(
            allowed, lambda a, b: area[a] == area[b], Authorised(str(k), at), limits,
            others=[test.measure()] if test else [],
        )  # fmt: skip
        for name in _ORDER[1 : _ORDER.index(said.level) + 1]:
            first[name] = np.fmin(first[name], day)
        if said.level != "block":
            allowed.append(Authorised(str(k), at))
    return {**first, "allowed": float(len(allowed))}


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Let ``size`` futures of four programmes ask the guard of the armed-patrol pack."""
    found: dict[str, list[dict[str, float]]] = {}
    for child in np.random.default_rng(seed).spawn(size):
        for name, (days, areas) in programmes(child).items():
            found.setdefault(name, []).append(first_levels(days, areas))
    rows, figures = [], {}
    for name, runs in found.items():
        block = np.array([run["block"] for run in runs])
        blocked = float(np.isfinite(block).mean())
        median = float(np.median(block[np.isfinite(block)])) if blocked else float("nan")
        through = np.array([run["allowed"] for run in runs]) / YEARS
        yearly, off = float(through.mean()), float(1.96 * through.std(ddof=1) / np.sqrt(size))
        figures[name] = {
            "blocked": blocked, "median_day": median if blocked else None, "allowed_a_year": yearly,
            "allowed_error": off,
        }  # fmt: skip
        when = f"day {median:.0f}" if blocked else "never"
        rows.append((name, f"{100 * blocked:.0f} of 100", when, f"{yearly:.1f}"))
    weekly, creeping = figures["weekly: every Monday, one area"], figures["creeping: from one to 24 a year"]
    answer = (
        f"A patrol every Monday in one area is blocked on day {weekly['median_day']:.0f}; a programme that creeps from "
        f"one to 24 a year is blocked in {100 * (creeping['blocked'] or 0):.0f} of 100 futures, by the middle of them "
        f"on day {creeping['median_day'] or 0:.0f}. What asks again and again still gets no more than the ceiling."
    )
    half = 196 * np.sqrt(0.25 / size)
    return Result(
        name="routine", title="How long an exception can become the norm", answer=answer,
        error=f"{size} futures of {YEARS} years; shares are known to {half:.0f} in 100 at most.",
        bars=tuple(
            Bar(name, one["allowed_a_year"] or 0.0, one["allowed_error"] or 0.0) for name, one in figures.items()
        ),
        axes=("", "let through a year, with 95 % error"),
        figures=figures, head=("programme", "is blocked", "first block (median)", "let through a year"),
        rows=tuple(rows), parameters=parameters, seed=seed, size=size,
        limits=("Every request is otherwise in order. People may refuse long before the guard does.",),
    )  # fmt: skip
