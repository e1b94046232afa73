"""The cases of a workspace for a site that is asked again and again: what has not changed is not read anew.

A list of ten thousand cases is mostly reading. A board keeps what was read for as long as the record has no new entry,
works the states out for the instant asked about, and writes lines for the few cases that a page shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from answerable.case.adoption import is_adoption
from answerable.case.duties import duties
from answerable.case.machine import State, possible, startable
from answerable.case.standing import clocked, state_told
from answerable.case.state import FOR_GOOD
from answerable.service.case_lists import line_of, told_of
from answerable.service.history import History, read_histories
from answerable.service.workspace import Workspace

Told = Mapping[str, Any]
# The entries of the newest head, those that wait to be published, and when the newest was made.
RecordState = tuple[int, int, datetime | None]


@dataclass(frozen=True)
class Placed:
    """One case as it stands: its id, its state at the instant asked about, and its standing as it was written."""

    id: str
    state: State
    told: Told


@dataclass(frozen=True)
class Waiting:
    """What a case waits for: the steps that can be asked for, the advisers who have spoken, the kinds of entries that
    it has, what is owed on it, and whether it asks for the urgent way.
    """

    possible: tuple[str, ...]
    spoken: tuple[str, ...]
    kinds: frozenset[str]
    owed: frozenset[str]
    urgent: bool

    @property
    def due(self) -> tuple[str, ...]:
        """The steps that can be asked for and are owed."""
        steps = {"community_impact" if kind == "full_impact" else kind for kind in self.owed}
        return tuple(step for step in self.possible if step in steps)


class CaseBoard:
    """The cases of one workspace; safe to ask from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen: RecordState | None = None
        self._texts: dict[str, tuple[str, Told]] = {}
        self._placed: list[Placed] = []
        self._clocked: list[int] = []
        self._folded: dict[str, History] = {}

    def cases(self, workspace: Workspace) -> list[Placed]:
        """Return every deployment case with its state now, in the order they were opened."""
        now = workspace.clock.now()
        with self._lock:
            self._read(workspace)
            # Only some can be changed by the clock; the others stand as they were written. A new list each time, since
            # the one before may still be looked at.
            placed = self._placed.copy()
            for place in self._clocked:
                placed[place] = _at(placed[place], now)
            self._clocked = [place for place in self._clocked if placed[place].state not in FOR_GOOD]
            self._placed = placed
            return placed

    def waiting(self, workspace: Workspace, cases: Sequence[Placed]) -> dict[str, Waiting]:
        """Return what each of these cases, as :meth:`cases` gave them, waits for, by its id."""
        now = workspace.clock.now()
        with self._lock:
            missing = [one.id for one in cases if one.id not in self._folded]
            self._folded |= {one.case.id: one for one in read_histories(workspace, missing)}
            found = [self._folded[one.id] for one in cases]
        return {one.case.id: waiting_of(one, now) for one in found}

    def _read(self, workspace: Workspace) -> None:
        store, seen = workspace.store, record_state(workspace)
        if seen != self._seen:
            kept, fresh = self._texts, {}
            for case_id, text in store.standings():
                if is_adoption(case_id):
                    continue
                before = kept.get(case_id)
                # What was stored without its standing is folded every time: its words do not show whether it changed.
                same = before is not None and text != "" and before[0] == text
                fresh[case_id] = before if before and same else (text, told_of(workspace, case_id, text))
            self._texts, self._seen, self._folded = fresh, seen, {}
            now = workspace.clock.now()
            self._placed = [Placed(case_id, state_told(told, now), told) for case_id, (_, told) in fresh.items()]
            self._clocked = [place for place, one in enumerate(self._placed) if clocked(one.told.get("state", ""))]


def record_state(workspace: Workspace) -> RecordState:
    """Return which state of the record this is; another as soon as the record has a new entry."""
    store = workspace.store
    head = store.head()
    return head.size if head else 0, store.pending(), store.last_at()


def waiting_of(history: History, now: datetime) -> Waiting:
    """Return what one case waits for at ``now``."""
    case = history.case
    return Waiting(
        possible(case, now),
        tuple(one.adviser for one in case.advice),
        frozenset(one.kind for one in case.events),
        frozenset(one.kind for one in duties(case, now)),
        bool(history.document.get("urgent")),
    )


def _at(one: Placed, now: datetime) -> Placed:
    state = state_told(one.told, now)
    return one if state is one.state else Placed(one.id, state, one.told)


def lines(workspace: Workspace, cases: Iterable[Placed]) -> list[dict[str, Any]]:
    """Return what a list says of these cases."""
    return [line_of(workspace, one.told, one.state) for one in cases]


def states_for(roles: Mapping[str, Iterable[str]], held: frozenset[str]) -> frozenset[State]:
    """Return the states in which a case can offer a step to somebody who holds ``held``; ``roles`` is by step."""
    mine = {step for step, named in roles.items() if held & set(named)}
    return frozenset(state for state in State if startable(state) & mine)
