"""Play a stream of events under a policy: what was deployed, what happened, what was prevented, what it cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab import kernel
from answerable.lab.ground import Ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.rules import RuleTable
from answerable.lab.stream import Stream, profile

if TYPE_CHECKING:
    from answerable.lab.driven import RealEngine

# What triggers a case proposed by each kind of candidate: a forecast alone is no trigger.
_TRIGGERS = (None, "serious_assault_response", "imminent_intel")


@dataclass(frozen=True)
class Candidates:
    """Places proposed at each decision: those of decision k are ``starts[k]`` to ``starts[k + 1]`` of ``places``.

    ``ratios`` are likelihood ratios that multiply the odds of the forecast there (1 where there is no evidence).
    """

    starts: NDArray[np.int64]
    places: NDArray[np.int64]
    ratios: NDArray[np.float64]

    @classmethod
    def none(cls, windows: int) -> Candidates:
        """Return no candidate in any of ``windows`` decisions."""
        return cls(np.zeros(windows + 1, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))

    @classmethod
    def of(
        cls, window: NDArray[np.int64], place: NDArray[np.int64], ratio: NDArray[np.float64], windows: int
    ) -> Candidates:
        """Return candidates given one by one, in any order; those of a decision keep theirs."""
        order = np.argsort(window, kind="stable")
        starts = np.searchsorted(window[order], np.arange(windows + 1)).astype(np.int64)
        return cls(starts, place[order].astype(np.int64), ratio[order].astype(np.float64))


@dataclass(frozen=True)
class Gate:
    """The pack's rules at one transition: ``table``, and the facts of a case that is otherwise in order."""

    table: RuleTable
    sound: Mapping[str, Any]


@dataclass(frozen=True)
class Policy:
    """What proposes deployments and what may stop them.

    ``planned`` are places proposed beforehand; ``responds``: to reported events of the last window; ``tips`` are places
    named by intelligence. Only candidates with a probability of at least ``threshold`` are proposed, at most
    ``most_a_window``. ``gate`` are a pack's rules, ``rarity`` its limits (as in a pack); None: nothing stops it.
    """

    name: str
    planned: Candidates | None = None
    responds: bool = False
    tips: Candidates | None = None
    threshold: float = 0.0
    most_a_window: float = np.inf
    gate: Gate | None = None
    rarity: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.threshold <= 1:
            raise InputError("A threshold is a probability.", where=f"{self.name}: {self.threshold:g}", fix="0 to 1.")


@dataclass(frozen=True)
class Action:
    """What is done without deploying: ``share`` (float64[n]) of events prevented in each place at the plateau.

    Half of it is there after ``lag_months``, all after twice as long, along a straight line.
    """

    share: NDArray[np.float64]
    lag_months: float

    def ramp(self, windows: int) -> NDArray[np.float64]:
        """Return how much of the plateau is there at each decision (float64[windows])."""
        months = np.arange(windows) * WINDOW_H / (30.4375 * 24)
        return np.clip(months / max(2 * self.lag_months, 1e-9), 0, 1)


@dataclass(frozen=True)
class Played:
    """One city-year (or several) under one policy; events as in the stream, deployments in order of time.

    ``fate`` is 0 happened, 1 prevented, 2 not set off since what would have set it off was prevented, 3 moved next
    door. ``hits`` counts the events in each deployment's place and hours, ``p`` the probability it was proposed with.
    """

    stream: Stream
    fate: NDArray[np.int64]
    places: NDArray[np.int64]
    reported: NDArray[np.bool_]
    time: NDArray[np.float64]
    place: NDArray[np.int64]
    kind: NDArray[np.int64]
    p: NDArray[np.float64]
    hits: NDArray[np.int64]
    proposed: int
    refused_by_rules: int
    refused_by_rarity: int
    confidence_lost: float

    @property
    def happened(self) -> NDArray[np.bool_]:
        """Which events took place inside the period, where they were to or next door (bool[m])."""
        there = (self.fate == kernel.HAPPENED) | (self.fate == kernel.MOVED)
        return np.asarray(there & (self.stream.times >= 0))

    @property
    def events(self) -> int:
        """How many events took place inside the period."""
        return int(self.happened.sum())

    @property
    def deployments(self) -> int:
        """How many deployments there were."""
        return len(self.time)

    @property
    def coincided(self) -> int:
        """How many deployments had at least one event in their place and hours."""
        return int((self.hits > 0).sum())

    def after(self, hours: float) -> NDArray[np.int64]:
        """Return how many events took place at each deployment's place in the ``hours`` after its start (int64)."""
        order = np.lexsort((self.stream.times, self.places))
        order = order[self.happened[order]]
        place, time = self.places[order], self.stream.times[order]
        key = place * 1e7 + time
        first = np.searchsorted(key, self.place * 1e7 + self.time)
        return np.asarray(np.searchsorted(key, self.place * 1e7 + self.time + hours) - first)


def simulate(
    stream: Stream,
    ground: Ground,
    parameters: Parameters,
    policy: Policy,
    *,
    action: Action | None = None,
    estimate: NDArray[np.float64] | None = None,
    real: RealEngine | None = None,
) -> Played:
    """Play ``stream`` under ``policy`` and, where given, an ``action`` beside it.

    ``estimate`` (float64[n], events an hour at the mean hour) is what the forecast takes for the places' long-run
    rates; the true ones where None. The same arguments give the same result, compiled or not. With ``real`` the real
    engine decides each case (slow); InputError where the policy has no rules.
    """
    from answerable.lab.driven import driven

    play = kernel.play if real is None else driven(policy, real)
    windows = stream.hours // WINDOW_H
    estimate = ground.background if estimate is None else estimate
    busy = profile(parameters, 0, windows * WINDOW_H).reshape(windows, WINDOW_H).sum(axis=1)
    planned = policy.planned or Candidates.none(windows)
    tips = policy.tips or Candidates.none(windows)
    share = np.zeros(len(ground)) if action is None else action.share
    ramp = np.zeros(windows) if action is None else action.ramp(windows)
    room = min(len(planned.places) + len(tips.places) + (len(stream) if policy.responds else 0), 10**8) + 1
    m = len(stream)
    fate, final, reported = np.zeros(m, dtype=np.int64), stream.places.copy(), np.zeros(m, dtype=np.bool_)
    time, p, totals = np.empty(room), np.empty(room), np.zeros(4)
    place, kind, hits = (np.empty(room, dtype=np.int64) for _ in range(3))
    clipped = np.clip(ground.reporting, 1e-9, 1 - 1e-9)
    count = play(
        stream.times, stream.places, stream.parents, stream.sides, stream.marks, ground.neighbours,
        np.log(clipped / (1 - clipped)), ground.people, estimate, busy, planned.starts, planned.places, tips.starts,
        tips.places, tips.ratios, share, ramp, _city(parameters), _policy(policy), *_gate(policy),
        fate, final, reported, time, place, kind, p, hits, totals,
    )  # fmt: skip
    return Played(
        stream, fate, final, reported, time[:count], place[:count], kind[:count], p[:count], hits[:count],
        int(totals[0]), int(totals[1]), int(totals[2]), float(totals[3]),
    )  # fmt: skip


def ranked(scores: NDArray[np.float64], deployments: int, busy: NDArray[np.float64]) -> Candidates:
    """Return the ``deployments`` places and windows with the largest score times how busy the window is.

    ``scores`` float64[n], ``busy`` float64[windows]; ties go to the earlier window and the lower place.
    """
    windows = len(busy)
    every = (busy[:, None] * scores).ravel()
    many = min(deployments, len(every))
    # The last that is chosen, found without sorting all; of those equal to it, the first.
    least = np.partition(every, len(every) - many)[len(every) - many] if many else np.inf
    above = np.flatnonzero(every > least)
    chosen = np.sort(np.concatenate([above, np.flatnonzero(every == least)[: many - len(above)]]))
    best = chosen[np.argsort(-every[chosen], kind="stable")]
    window, place = best // len(scores), best % len(scores)
    return Candidates.of(window, place, np.ones(len(best)), windows)


def _city(parameters: Parameters) -> NDArray[np.float64]:
    p = parameters
    return np.array(
        [
            p["patrol_hours"], p["patrol_effect"], p["patrol_half_days"] * 24, p["displacement"], p["confidence_hit"],
            p["confidence_more"], p["confidence_half_weeks"] * 168, p["confidence_reporting"], p["same_place"],
            p["branching"], p["trigger_days"] * 24,
        ]
    )  # fmt: skip


def _policy(policy: Policy) -> NDArray[np.float64]:
    limits = policy.rarity or {}

    def of(name: str, keys: Sequence[str]) -> list[float]:
        return [float(limits.get(name, {}).get(key, np.nan)) for key in keys]

    full = ("notice", "escalate", "most")
    return np.array(
        [
            float(policy.responds), policy.threshold, policy.most_a_window, float(bool(limits)),
            *of("force_year", full), *of("area_year", full), *of("overlap", full[1:]),
        ]
    )  # fmt: skip


def _gate(policy: Policy) -> tuple[Any, Any, Any, Any, Any, Any, Any]:
    if policy.gate is None:
        nothing = np.zeros(0)
        return (
            np.zeros((0, 2), dtype=np.int64), nothing, np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.bool_),
            nothing, np.full(4, -1, dtype=np.int64), np.full(3, np.nan),
        )  # fmt: skip
    table = policy.gate.table
    names = ("trigger.type", "incident.age_h", "rarity.level", "judgement.probability")
    slots = [table.slot(name) for name in names]
    return (
        table.steps, table.values, table.starts, table.blocking, table.encode(policy.gate.sound),
        np.array(slots, dtype=np.int64), np.array([table.code("trigger.type", kind) for kind in _TRIGGERS]),
    )  # fmt: skip
