"""Any story of a store: kept back, erased, copied, restored, cut off from its witnesses, and told the wrong time.

The model is a few Python dicts. Whatever happens, what was acknowledged is there once, what was erased stays erased in
every copy that is put back, an older copy signs nothing, and no two histories are witnessed. What people decide is told
by the other stories (``test_state_machine``). 500 of 50 steps in CI, 20,000 with ``--slow``; fewer at a desk.
"""

from __future__ import annotations

import copy
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from answerable.errors import IntegrityError
from answerable.place import stamp
from answerable.record.merkle import consistency_proof, root
from answerable.record.note import parse_note
from answerable.record.witness import AddCheckpoint, Cosigner, answer, head_of, watched
from answerable.service.erasure import replay
from answerable.service.erasure_list import Erased, remember
from answerable.store.conformance import NOON, ORIGIN, POLICY, SIGNER, WORKSPACE, add_people
from answerable.store.conformance_fields import a_statement
from answerable.store.protocol import LogHead
from answerable.store.sqlite_copy import copy_out
from answerable.store.sqlite_files import create_store, open_store

QUORUM, WITNESSES = 2, 3
some_fields = st.sets(st.sampled_from(("gist", "note", "address")), max_size=3)


class Witness:
    """A witness in memory that keeps what it signed."""

    def __init__(self, number: int) -> None:
        self.cosigner = Cosigner(
            f"w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32), None, lambda: 1
        )
        self.kept: str | None = None

    def ask(self, head: LogHead, node) -> int:
        """Bring ``head`` before it and return its status."""
        last = head_of(self.kept)
        old = last.size if last else 0
        proof = consistency_proof(old, head.size, node) if 0 < old <= head.size else []
        asked = AddCheckpoint(min(old, head.size), tuple(proof), head.note)
        found = answer(str(asked).encode(), watched([SIGNER.key]), lambda _: self.kept, self.cosigner)
        self.kept = found.keep or self.kept
        return found.status


@dataclass
class Model:
    """What one database has: the fields of each event by its number, and how many entries it has signed."""

    events: dict[int, dict[str, str]] = field(default_factory=dict)
    cases: int = 0
    signed: int = 0


class Story(RuleBasedStateMachine):
    """One store on disk, some copies of it, three witnesses, and a clock."""

    folders: ClassVar[Iterator[Path]]
    begun: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.folder = next(type(self).folders)
        shutil.copytree(type(self).begun, self.folder)
        self.path, self.head_file = self.folder / "record.db", self.folder / "head"
        self.store = open_store(self.path, head_file=self.head_file)
        self.model, self.newest = Model(), 0
        self.aside: tuple[Path, Model] | None = None
        self.copies: list[tuple[Path, Model]] = []
        self.erased: set[str] = set()
        self.now, self.public = NOON, 0
        self.witnesses = [Witness(number) for number in range(1, WITNESSES + 1)]
        self.reached = set(range(WITNESSES))

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.read_again()
            found = self.store.fsck(POLICY)
            expected = self.model.signed < self.newest
            assert bool(found.problems) == expected, found.problems
            self.store.close()
            shutil.rmtree(self.folder)

    @property
    def behind(self) -> bool:
        """Whether what lies here is an older copy than what was signed."""
        return self.model.signed < self.newest

    @rule(names=some_fields, many=st.integers(1, 3))
    def something_is_recorded(self, names: set[str], many: int) -> None:
        for _ in range(many):
            said = {name: f"{name} of {len(self.model.events)} in {self.folder.name}" for name in sorted(names)}
            made = a_statement(self.store, case_id=f"c-{self.model.cases}", private=said)
            (stored,) = self.store.append([made])
            assert stored.seq == len(self.model.events) + 1
            self.model.events[stored.seq] = {one.name: one.text for one in made.fields}
            self.model.cases += 1

    @rule()
    def what_waits_is_published(self) -> None:
        if self.behind:
            with pytest.raises(IntegrityError):
                self.store.publish(SIGNER, self.now)
            return
        head = self.store.publish(SIGNER, self.now)
        assert head.size == len(self.model.events) >= self.newest
        self.model.signed = self.newest = head.size
        answers = [self.witnesses[one].ask(head, self.store.node) for one in sorted(self.reached)]
        assert set(answers) <= {200}
        if len(answers) >= QUORUM:
            self.public = head.size

    @rule(reached=st.sets(st.integers(0, WITNESSES - 1)))
    def the_network_parts(self, reached: set[int]) -> None:
        self.reached = reached

    @rule(minutes=st.integers(-600_000, 600_000))
    def the_clock_jumps(self, minutes: int) -> None:
        self.now = NOON + timedelta(minutes=minutes)

    @rule(which=st.integers(0, 200))
    def something_is_erased(self, which: int) -> None:
        places = [(seq, name) for seq, found in self.model.events.items() for name in found]
        if not places:
            return
        seq, name = places[which % len(places)]
        digest = next(one.digest for one in self.store.events()[seq - 1].fields if one.name == name)
        # As the service does: the list beside the record has it on disk before anything is destroyed.
        remember(self.folder, [Erased(stamp(NOON), "mopi", "records", digest, name)])
        self.store.erase([(seq, name)], NOON, "mopi", "records")
        self.erased.add(self.model.events[seq].pop(name))

    @rule()
    def a_copy_is_made(self) -> None:
        path = self.folder / f"copy-{len(self.copies)}"
        copy_out(self.path, path)
        self.copies.append((path, copy.deepcopy(self.model)))

    @rule(which=st.integers(0, 20))
    def an_old_copy_is_put_back(self, which: int) -> None:
        if not self.copies:
            return
        if not self.behind:
            aside = self.folder / "aside"
            aside.unlink(missing_ok=True)
            copy_out(self.path, aside)
            self.aside = aside, copy.deepcopy(self.model)
        self.put(*self.copies[which % len(self.copies)])

    @rule()
    def the_newest_comes_back(self) -> None:
        if self.behind and self.aside:
            self.put(*self.aside)

    @rule()
    def everything_is_read_again(self) -> None:
        self.read_again()

    def no_witness_saw_another_history(self) -> None:
        if self.behind:
            return
        for one in self.witnesses:
            seen = head_of(one.kept)
            if seen:
                assert seen.size <= self.newest
                assert root(seen.size, self.store.node) == seen.root
        assert self.public <= self.newest

    def put(self, path: Path, model: Model) -> None:
        """Put the database at ``path`` in the place of the one that is here, as ``restore`` does."""
        self.store.close()
        shutil.copy(path, self.path)
        self.store = open_store(self.path, head_file=self.head_file)
        self.model = copy.deepcopy(model)
        gone = sum(text in self.erased for found in self.model.events.values() for text in found.values())
        assert replay(self.store, self.folder) == gone
        for seq, found in self.model.events.items():
            self.model.events[seq] = {name: text for name, text in found.items() if text not in self.erased}

    def read_again(self) -> None:
        """Forget everything in memory; every event is there once, with what was not erased of it and no more."""
        self.store.close()
        self.store = open_store(self.path, head_file=self.head_file)
        read = {event.seq: {one.name: one.text for one in event.fields if one.text} for event in self.store.events()}
        assert read == self.model.events
        assert self.store.pending() == len(self.model.events) - self.model.signed
        head = self.store.head()
        assert (head.size if head else 0) == self.model.signed
        assert not head or parse_note(head.note).text.startswith(f"{ORIGIN}\n{head.size}\n")
        self.no_witness_saw_another_history()


@pytest.fixture
def story(tmp_path: Path) -> type[Story]:
    """The machine over new folders, each a copy of one store that was begun before."""
    begun = tmp_path / "begun"
    with create_store(begun / "record.db", head_file=begun / "head", workspace=WORKSPACE) as store:
        add_people(store)
    folders = (tmp_path / f"story-{number}" for number in itertools.count())
    return type("Told", (Story,), {"folders": folders, "begun": begun})


def test_any_story_of_what_is_kept_holds(story: type[Story], pytestconfig: pytest.Config) -> None:
    full = 500 if settings.get_current_profile_name() == "ci" else 20
    many = 20_000 if pytestconfig.getoption("--slow") else full
    told = settings(max_examples=many, stateful_step_count=50, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(story, settings=told)
