"""Any story at all, kept in a store: the promises of a case hold there too, and one story reads back as it was told.

500 stories of 50 steps on each store in CI, 20,000 with ``--slow``; fewer at a desk, which draws new ones every time.
On two cores the 500 take 13 seconds in memory and 31 on SQLite (its files in memory).
"""

from __future__ import annotations

import hashlib
import importlib.util
import itertools
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from answerable.case.machine import Case, Event
from answerable.record.encode import canonical, private_digest
from answerable.service.history import event_of
from answerable.store.conformance import POLICY, SIGNER, WORKSPACE
from answerable.store.memory import MemoryStore
from answerable.store.protocol import NewEvent, Person, Store
from answerable.store.rows import instant_text
from answerable.store.sqlite_files import create_store, open_store

FULL, NIGHTLY = 500, 20_000
RULES = Path(__file__).parents[1] / "case" / "machine_rules.py"


def _rules() -> Any:
    spec = importlib.util.spec_from_file_location("machine_rules", RULES)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


rules = _rules()


def furnished(store: Store) -> Store:
    """Add everybody who may act, and keep apart what the pack keeps apart."""
    for person, account in rules.ACCOUNTS:
        store.add_person(Person(account, person, tuple(rules.ROLES)))
    store.separate(pair for group in rules.PACK.separate for pair in itertools.combinations(sorted(group), 2))
    return store


def as_kept(event: Event) -> NewEvent:
    """Return an event as the service would have it stored."""
    fixed = f"{event.version} {event.kind}".encode()
    salt = hashlib.sha256(b"salt " + fixed).digest()
    private = canonical({name: value for name, value in event.private.items() if name not in ("person", "account")})
    body = {
        "v": 1,
        "kind": event.kind,
        "workspace": WORKSPACE.kind,
        "case": event.case,
        "at": instant_text(event.at),
        "office": event.office,
        "data": dict(event.data),
        "private": private_digest(private, salt),
    }
    return NewEvent(
        case_id=event.case,
        case_version=event.version,
        kind=event.kind,
        at=event.at,
        actor=str(event.private["account"]),
        office=event.office,
        body=canonical(body),
        blind=hashlib.sha256(b"blind " + fixed).digest(),
        private=private,
        salt=salt,
    )


class Kept:
    """One case in a store, which is reopened whenever everything is read again."""

    def __init__(
        self, store: Store, reopen: Callable[[], Store] | None = None, remove: Callable[[], None] = lambda: None
    ) -> None:
        self.store, self.reopen, self.remove = store, reopen, remove
        self.leaves = 0

    def append(self, event: Event) -> None:
        self.store.append([as_kept(event)])
        self.leaves += 1

    def reload(self) -> Case:
        if self.reopen is not None:
            self.store.close()
            self.store = self.reopen()
        assert self.store.pending() + (self.store.head().size if self.store.head() else 0) == self.leaves
        return Case.fold(rules.CASE, map(event_of, self.store.events(rules.CASE)))

    def close(self) -> None:
        if self.leaves:
            self.store.publish(SIGNER, rules.START)
            assert self.store.head().size == self.leaves
        self.store.close()
        self.remove()


def tell(make: Callable[[], Kept], examples: int) -> None:
    """Run the stories of the case machine, each on what ``make`` makes."""
    told = settings(
        max_examples=examples,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(rules.stories(make), settings=told)


def stories_of(config: pytest.Config, at_a_desk: int) -> int:
    """Return how many stories to tell: as many as were promised in CI, and by night with ``--slow``."""
    if config.getoption("--slow"):
        return NIGHTLY
    return FULL if settings.get_current_profile_name() == "ci" else at_a_desk


def test_any_story_holds_in_memory(pytestconfig: pytest.Config) -> None:
    tell(lambda: Kept(furnished(MemoryStore(WORKSPACE))), stories_of(pytestconfig, 150))


@pytest.fixture
def on_disk(tmp_path: Path) -> Callable[[], Kept]:
    """Make a store in a new folder for each story, from one that was furnished before."""
    begun = tmp_path / "begun"
    furnished(create_store(begun / "record.db", head_file=begun / "head", workspace=WORKSPACE)).close()
    numbers = itertools.count()

    def make() -> Kept:
        folder = tmp_path / f"story-{next(numbers)}"
        shutil.copytree(begun, folder)

        def reopen() -> Store:
            return open_store(folder / "record.db", head_file=folder / "head")

        return Kept(reopen(), reopen, lambda: shutil.rmtree(folder))

    return make


def test_any_story_holds_on_disk_through_restarts(on_disk: Callable[[], Kept], pytestconfig: pytest.Config) -> None:
    tell(on_disk, stories_of(pytestconfig, 40))


def test_what_a_story_leaves_is_clean(on_disk: Callable[[], Kept]) -> None:
    backend = on_disk()
    story = rules.stories(lambda: backend)()
    story.begin(len(rules.PLANNED), 0)
    assert backend.reload() == story.case
    assert len(story.case.events) > 8
    backend.store.publish(SIGNER, rules.START)
    assert backend.store.fsck(POLICY).clean
    backend.close()
