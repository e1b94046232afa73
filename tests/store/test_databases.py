"""Both databases keep every promise of the suite, and keep the rules against direct SQL too."""

from __future__ import annotations

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest

from answerable.errors import AnswerableError, NotAllowed
from answerable.store.conformance import CHECKS, NOON, POLICY, SIGNER, add_people, an_event
from answerable.store.protocol import Person
from answerable.store.rules import DECISIONS, ENDINGS, SEPARATED_KINDS

REFUSED = (sqlite3.IntegrityError, psycopg.Error)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keeps_every_promise_of_a_store(any_store, check):
    check(any_store)


@pytest.fixture(scope="module")
def owner(standing, as_owner):
    """Someone with the rights of the owner of a store that holds something of everything."""
    add_people(standing)
    for name, person in (("robot", "person-9"), ("gone", "person-8")):
        standing.add_person(Person(name, person, ("authoriser", "service")))
    standing.disable_person("gone", NOON)
    standing.append([an_event(private=b"gist"), an_event("submit", version=2)])
    standing.publish(SIGNER, NOON)
    standing.append([an_event("withdraw", version=3, standing="{}", actor="applicant-too", office="analyst")])
    standing.separate([("analyst", "authoriser")])
    for name in ("R-1", "R-2"):
        standing.keep("report", name, b"gist", NOON, "applicant")
    standing.forget("report", "R-1", NOON, "retention is over")
    return as_owner(standing)


KEPT_FOR_EVER = {
    "meta": "one",
    "events": "kind",
    "private_parts": "value",
    "leaves": "commitment",
    "published": "leaf_index",
    "nodes": "hash",
    "checkpoints": "note",
    "audit": "reason",
    "separation": "kind",
    "decision": "kind",
    "office_separation": "role",
    "ending": "kind",
    "standings": "value",
    "kept": "actor",
    "kept_values": "value",
    "forgotten": "reason",
}


@pytest.mark.parametrize("table", [*KEPT_FOR_EVER, "people"])
def test_direct_sql_cannot_remove_anything_recorded(owner, table):
    with pytest.raises(REFUSED, match="append-only"):
        owner.sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", KEPT_FOR_EVER)
def test_direct_sql_cannot_change_anything_recorded(owner, table):
    with pytest.raises(REFUSED, match="append-only"):
        owner.sql(f"UPDATE {table} SET {KEPT_FOR_EVER[table]} = {KEPT_FOR_EVER[table]}")


@pytest.mark.parametrize("table", [*KEPT_FOR_EVER, "people"])
def test_direct_sql_cannot_insert_over_anything_recorded(owner, table):
    before = owner.sql(f"SELECT * FROM {table}")
    # Where the row that is there is left as it is, nothing was done: that is as good as a refusal.
    with suppress(*REFUSED):
        owner.sql(f"INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT DO NOTHING")
    assert sorted(map(str, owner.sql(f"SELECT * FROM {table}"))) == sorted(map(str, before))


@pytest.mark.parametrize(
    ("table", "row"), [("ending", "'authorise'"), ("decision", "'note'"), ("separation", "'note', 'open'")]
)
def test_direct_sql_cannot_add_to_what_is_fixed(owner, table, row):
    with pytest.raises(REFUSED, match="append-only"):
        owner.sql(f"INSERT INTO {table} VALUES ({row})")


def test_the_fixed_rows_are_the_rules_in_python(owner):
    assert set(owner.sql("SELECT * FROM separation")) == SEPARATED_KINDS
    assert {kind for (kind,) in owner.sql("SELECT kind FROM decision")} == DECISIONS
    assert {kind for (kind,) in owner.sql("SELECT kind FROM ending")} == ENDINGS


A_COPY = (
    "INSERT INTO events (seq, case_id, case_version, kind, at, actor, person, office, body, blind)"
    " SELECT 4, case_id, 4, ?, at, ?, ?, ?, body, blind FROM events WHERE seq = 1"
)


@pytest.mark.parametrize("account", ["applicant", "applicant-too"])
@pytest.mark.parametrize("kind", ["authorise", "ratify", "extend", "urgent"])
def test_direct_sql_cannot_authorise_ones_own_case(owner, account, kind):
    with pytest.raises(REFUSED, match=r"answerable: separation"):
        owner.sql(A_COPY, kind, account, "person-1", "office")


def test_direct_sql_cannot_put_one_person_in_two_conflicting_offices(owner):
    with pytest.raises(REFUSED, match="office separation"):
        owner.sql(A_COPY, "note", "applicant", "person-1", "authoriser")


@pytest.mark.parametrize("kind", sorted(DECISIONS))
def test_direct_sql_cannot_let_a_service_account_or_nobody_decide(owner, kind):
    with pytest.raises(REFUSED, match="program decided"):
        owner.sql(A_COPY, kind, "robot", "person-9", "office")
    with pytest.raises(REFUSED, match="nobody decided"):
        owner.sql(A_COPY, kind, "", "", "office")


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (" 4, case_id, 3,", "stale"),
        (" 4, case_id, 5,", "gap"),
        (" 5, case_id, 4,", "append-only"),
        (" 3, case_id, 4,", "append-only"),
    ],
)
def test_direct_sql_cannot_leave_out_or_repeat_a_number(owner, change, mark):
    with pytest.raises(REFUSED, match=mark):
        owner.sql(A_COPY.replace(" 4, case_id, 4,", change), "note", "applicant", "person-1", "office")


def test_direct_sql_cannot_borrow_another_persons_account_or_use_a_closed_one(owner):
    with pytest.raises(REFUSED, match="unknown account"):
        owner.sql(A_COPY, "note", "authoriser", "person-1", "office")
    with pytest.raises(REFUSED, match="closed account"):
        owner.sql(A_COPY, "note", "gone", "person-8", "office")


@pytest.mark.parametrize(
    "change", ["person = 'person-9'", "account = 'x'", "roles = '[\"authoriser\"]'", "disabled_at = NULL"]
)
def test_direct_sql_cannot_make_an_account_another_one(owner, change):
    with pytest.raises(REFUSED, match="append-only"):
        owner.sql(f"UPDATE people SET {change} WHERE account = 'gone'")


def test_direct_sql_removes_a_kept_value_only_where_it_was_forgotten_and_says_so(owner):
    with pytest.raises(REFUSED, match="append-only"):
        owner.sql("DELETE FROM kept_values WHERE id = 'R-2'")
    assert owner.sql("SELECT id, reason FROM forgotten") == [("R-1", "retention is over")]


@pytest.mark.parametrize(
    "row", ["9, 0, {zeros31}", "9, 0, NULL", "9, NULL, {zeros32}"], ids=["short", "nothing", "nowhere"]
)
def test_direct_sql_cannot_store_what_is_no_hash(owner, row):
    with pytest.raises(REFUSED):
        owner.sql(("INSERT INTO nodes VALUES (" + row + ")").format(zeros31=owner.zeros(31), zeros32=owner.zeros(32)))


def test_an_event_whose_blind_is_short_is_refused_whole(any_store):
    add_people(any_store)
    with pytest.raises(AnswerableError, match="blind"):
        any_store.append([an_event(), replace(an_event(case_id="2018-0002"), blind=b"short")])
    assert any_store.events() == ()


def test_text_that_no_database_can_keep_is_refused_whole(any_store):
    add_people(any_store)
    for text in ("\ud800", "a\udcff"):
        with pytest.raises((AnswerableError, UnicodeEncodeError)):
            any_store.keep("report", text, b"", NOON, "applicant")
    assert any_store.kept("report") == ()
    assert any_store.keep("report", "R-1", b"", NOON, "applicant") == 1


def test_threads_may_share_a_store(any_store):
    add_people(any_store)
    refused = []

    def act(number: int) -> None:
        for version in range(1, 9):
            try:
                any_store.append([an_event("open" if version == 1 else "note", case_id="shared", version=version)])
            except NotAllowed:
                refused.append(version)
            any_store.append([an_event(case_id=f"own-{number}-{version}")])
            any_store.events("shared")

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.seq for event in any_store.events()] == list(range(1, 8 + 4 * 8 + 1))
    assert len(refused) == 3 * 8
    any_store.publish(SIGNER, NOON)
    assert any_store.fsck(POLICY).clean


def test_two_stores_on_one_database_take_turns(any_store, again):
    add_people(any_store)
    with again() as other:

        def act(turn: tuple[object, int]) -> int:
            store, number = turn
            return store.append([an_event(case_id=f"case-{number}")])[0].seq

        turns = [((any_store, other)[number % 2], number) for number in range(60)]
        with ThreadPoolExecutor(8) as threads:
            numbers = sorted(threads.map(act, turns))
        assert numbers == list(range(1, 61))
        head = other.publish(SIGNER, NOON)
        assert any_store.publish(SIGNER, NOON) == head


def test_what_was_acknowledged_is_there_after_reopening(any_store, again):
    add_people(any_store)
    stored = any_store.append([an_event()])
    head = any_store.publish(SIGNER, NOON)
    any_store.close()
    with again() as opened:
        assert [e.seq for e in opened.events()] == [e.seq for e in stored]
        assert opened.head() == head


def test_a_store_says_how_it_writes(any_store):
    assert any_store.settings["synchronous"] in {"full", "extra"}
    assert any_store.settings["engine"].startswith(("SQLite 3.", "PostgreSQL 1"))
