"""The store in memory keeps the same promises as the others, and its rules are the ones SQLite enforces."""

from __future__ import annotations

import pytest

from answerable.errors import InputError, IntegrityError
from answerable.store.conformance import CHECKS, NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.memory import MemoryStore
from answerable.store.protocol import Person
from answerable.store.rules import DECISIONS, ENDINGS, SEPARATED_KINDS


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keeps_every_promise_of_a_store(check):
    check(MemoryStore(WORKSPACE))


def test_its_rules_are_the_fixed_rows_of_a_sqlite_store(sql):
    assert {kind for (kind,) in sql("SELECT kind FROM decision")} == DECISIONS
    assert {kind for (kind,) in sql("SELECT kind FROM ending")} == ENDINGS
    assert set(sql("SELECT kind, other FROM separation")) == SEPARATED_KINDS


def test_a_short_blind_is_refused_whole():
    store = MemoryStore(WORKSPACE)
    add_people(store)
    given = an_event()
    with pytest.raises(InputError, match="blind"):
        store.append([given.__class__(**{**vars(given), "blind": b"short"})])
    assert store.events() == ()


def test_what_was_altered_is_found(monkeypatch):
    store = MemoryStore(WORKSPACE)
    add_people(store)
    store.append([an_event(), an_event("submit", version=2)])
    store.publish(SIGNER, NOON)
    assert store.fsck(POLICY).clean
    monkeypatch.setitem(store._tree.nodes, (0, 1), bytes(32))
    monkeypatch.setattr(store._tree, "entries", [store.entry(0), bytes(33)])
    assert len(store.fsck(POLICY).problems) == 3


def test_what_is_not_there_is_named():
    store = MemoryStore(WORKSPACE)
    with pytest.raises(InputError, match="no such entry"):
        store.entry(0)
    with pytest.raises(IntegrityError, match="node of the tree is missing"):
        store.node(0, 0)
    with pytest.raises(InputError, match="needs a name"):
        store.add_person(Person("", "person-1", ()))
