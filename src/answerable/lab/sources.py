"""Intelligence in the simulated city: who says that something is coming, whether it is, and how it was graded.

Honest and mistaken sources report part of what is coming in places they know, and sometimes what is not; malicious ones
name a rival's places; echoes repeat another source, and have its origin. Grades follow the source's true quality, but
not always. A report that arrives after the decision it could have informed is none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.lab.engine import Candidates
from answerable.lab.ground import Ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.stream import Stream

KINDS = ("honest", "mistaken", "malicious", "echo")
HONEST, MISTAKEN, MALICIOUS, ECHO = range(4)
RIVAL_PLACES = 4


@dataclass(frozen=True)
class Tips:
    """Reports, one array element each: the decision they come before, the place they name, who gave them.

    ``origin`` is whose knowledge it was (an echo has another's), ``kind`` the origin's kind, ``grade`` 0 (good), 1 or
    2 as given, ``true`` whether an event happened in that place and window.
    """

    window: NDArray[np.int64]
    place: NDArray[np.int64]
    source: NDArray[np.int64]
    origin: NDArray[np.int64]
    kind: NDArray[np.int64]
    grade: NDArray[np.int64]
    true: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.window)

    def candidates(self, windows: int, ratios: tuple[float, float, float], *, origins: int = 1) -> Candidates:
        """Return what is proposed where at least ``origins`` different origins name the same place and window.

        ``ratios`` are the likelihood ratios of the grades; those of different origins multiply, echoes count once.
        """
        key = self.window * 10**7 + self.place
        by_origin = np.unique(np.column_stack([key, self.origin, self.grade]), axis=0)
        first = np.ones(len(by_origin), dtype=bool)
        first[1:] = (np.diff(by_origin[:, :2], axis=0) != 0).any(axis=1)
        kept = by_origin[first]
        places, start, count = np.unique(kept[:, 0], return_index=True, return_counts=True)
        log = np.log(np.array(ratios))[kept[:, 2]]
        total = np.add.reduceat(log, start) if len(start) else np.zeros(0)
        good = count >= origins
        return Candidates.of(places[good] // 10**7, places[good] % 10**7, np.exp(total[good]), windows)


def draw_tips(
    ground: Ground, stream: Stream, parameters: Parameters, rng: np.random.Generator, *, sources: int, knows: int
) -> Tips:
    """Draw the reports of ``sources`` sources who each know ``knows`` places, chosen where violence is likelier."""
    if sources < 1 or not 1 <= knows <= len(ground):
        raise InputError("There must be a source that knows a place.", where=f"{sources}, {knows}", fix="At least 1.")
    windows = stream.hours // WINDOW_H
    shares = np.array([parameters[kind] for kind in KINDS])
    kinds = rng.choice(len(KINDS), size=sources, p=shares / shares.sum())
    weight = ground.background / ground.background.sum()
    inside = (stream.times >= 0) & (stream.times < windows * WINDOW_H)
    event_window, event_place = (stream.times[inside] // WINDOW_H).astype(np.int64), stream.places[inside]
    rows = []
    for source, kind in enumerate(kinds.tolist()):
        if kind == ECHO:
            continue
        known = rng.choice(len(ground), size=min(knows, len(ground)), replace=False, p=weight)
        hit, false = _rates(kind, parameters)
        there = np.isin(event_place, known) & (rng.random(len(event_place)) < hit)
        there &= rng.exponential(parameters["lead_hours"], len(there)) >= stream.times[inside] % WINDOW_H
        targets = known if kind != MALICIOUS else known[:RIVAL_PLACES]
        count = rng.poisson(false * len(targets) * windows)
        window = np.concatenate([event_window[there], rng.integers(0, windows, count)])
        place = np.concatenate([event_place[there], rng.choice(targets, count)])
        rows.append(np.column_stack([window, place, np.full(len(window), source), np.full(len(window), kind)]))
    told = np.concatenate(rows).astype(np.int64) if rows else np.zeros((0, 4), dtype=np.int64)
    beside = ground.neighbours[told[:, 1], rng.integers(0, 8, len(told))]
    told[:, 1] = np.where((rng.random(len(told)) < parameters["blur"]) & (told[:, 3] != MALICIOUS), beside, told[:, 1])
    return _graded(_echoed(told, kinds, rng), np.unique(event_window * 10**7 + event_place), parameters, rng)


def _rates(kind: int, parameters: Parameters) -> tuple[float, float]:
    if kind == MALICIOUS:
        return 0.0, parameters["malicious_false"]
    return parameters[f"{KINDS[kind]}_hit"], parameters[f"{KINDS[kind]}_false"]


def _echoed(told: NDArray[np.int64], kinds: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Add what echoes repeat (half of what one other source says), and the origin as a fifth column."""
    told = np.column_stack([told, told[:, 2]])
    copies = [told]
    others = np.flatnonzero(kinds != ECHO)
    for echo in np.flatnonzero(kinds == ECHO):
        if len(others):
            repeated = told[(told[:, 2] == rng.choice(others)) & (rng.random(len(told)) < 0.5)].copy()
            repeated[:, 2] = echo
            copies.append(repeated)
    return np.concatenate(copies)


def _graded(
    told: NDArray[np.int64], happened: NDArray[np.int64], parameters: Parameters, rng: np.random.Generator
) -> Tips:
    # A malicious source passes for an honest one until its reports have been checked.
    fits = np.array([0, 1, 0, 2])[told[:, 3]]
    off = rng.random(len(told)) >= parameters["grade_diagonal"]
    grade = np.where(off, (fits + rng.integers(1, 3, len(told))) % 3, fits)
    true = np.isin(told[:, 0] * 10**7 + told[:, 1], happened)
    return Tips(told[:, 0], told[:, 1], told[:, 2], told[:, 4], told[:, 3], grade, true)
