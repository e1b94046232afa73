"""The SQLite store keeps every promise of the suite, and keeps it against direct SQL too."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from answerable.errors import AnswerableError, NotAllowed
from answerable.store.conformance import CHECKS, NOON, POLICY, SIGNER, add_people, an_event
from answerable.store.protocol import Person
from answerable.store.rules import DECISIONS
from answerable.store.sqlite_files import open_store


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_keeps_every_promise_of_a_store(store, check):
    check(store)


@pytest.fixture
def filled(store):
    add_people(store)
    store.append([an_event(private=b"gist"), an_event("submit", version=2)])
    store.publish(SIGNER, NOON)
    store.append([an_event("withdraw", version=3, standing="{}")])
    store.separate([("analyst", "authoriser")])
    store.keep("report", "R-1", b"gist", NOON, "applicant")
    store.keep("report", "R-2", b"gist", NOON, "applicant")
    store.forget("report", "R-1", NOON, "retention is over")
    return store


RECORD_TABLES = (
    "meta",
    "events",
    "private_parts",
    "leaves",
    "published",
    "nodes",
    "checkpoints",
    "separation",
    "decision",
    "office_separation",
    "ending",
    "standings",
    "kept",
    "kept_values",
    "forgotten",
)


@pytest.mark.parametrize("table", [*RECORD_TABLES, "people"])
def test_direct_sql_cannot_remove_anything_recorded(filled, sql, table):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(f"DELETE FROM {table}")


@pytest.mark.parametrize("table", RECORD_TABLES)
def test_direct_sql_cannot_change_anything_recorded(filled, sql, table):
    column = sql(f"SELECT name FROM pragma_table_info('{table}') LIMIT 1")[0][0]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(f"UPDATE {table} SET {column} = {column}")


@pytest.mark.parametrize("table", [*RECORD_TABLES, "people"])
def test_direct_sql_cannot_replace_a_row_by_inserting_over_it(filled, sql, table):
    with pytest.raises(sqlite3.IntegrityError, match="answerable:"):
        sql(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")


NUMBERED = {
    "people": "'new', 'person-9', '[]', NULL",
    "office_separation": "'new', 'office'",
    "kept": "'report', 'new', 1, '', ''",
    "kept_values": "'report', 'R-2', 9, x'00'",
    "forgotten": "'report', 'new', 1, '', '', ''",
}


@pytest.mark.parametrize("table", NUMBERED)
def test_direct_sql_cannot_replace_a_row_by_the_number_that_sqlite_gave_it(filled, sql, table):
    columns = ", ".join(name for (name,) in sql(f"SELECT name FROM pragma_table_info('{table}')"))
    (number,) = sql(f"SELECT max(rowid) FROM {table}")[0]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(f"INSERT OR REPLACE INTO {table} (rowid, {columns}) VALUES ({number}, {NUMBERED[table]})")


def test_direct_sql_cannot_give_an_account_to_somebody_else(filled, sql):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql("""REPLACE INTO people VALUES ('applicant', 'somebody else', '["authoriser"]', NULL)""")
    assert filled.person("applicant").person == "person-1"


@pytest.mark.parametrize(
    ("table", "row"), [("ending", "'authorise'"), ("decision", "'note'"), ("separation", "'note', 'open'")]
)
def test_direct_sql_cannot_add_to_what_is_fixed(filled, sql, table, row):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql(f"INSERT INTO {table} VALUES ({row})")


def test_direct_sql_cannot_authorise_ones_own_case(filled, sql):
    insert = (
        "INSERT INTO events SELECT 4, case_id, 4, 'authorise', at, ?, person, office, body, blind"
        " FROM events WHERE seq = 1"
    )
    for account in ("applicant", "applicant-too"):
        with pytest.raises(sqlite3.IntegrityError, match="separation"):
            sql(insert, account)


def test_direct_sql_cannot_put_one_person_in_two_conflicting_offices(filled, sql):
    insert = (
        "INSERT INTO events SELECT (SELECT max(seq) + 1 FROM events), case_id, (SELECT max(case_version) + 1 FROM"
        " events), 'note', at, ?, 'person-1', ?, body, blind FROM events WHERE seq = 1"
    )
    sql(insert, "applicant", "analyst")
    with pytest.raises(sqlite3.IntegrityError, match="office separation"):
        sql(insert, "applicant-too", "authoriser")


@pytest.mark.parametrize("kind", sorted(DECISIONS))
def test_direct_sql_cannot_let_a_service_account_decide(filled, sql, kind):
    filled.add_person(Person("robot", "person-9", ("authoriser", "service")))
    with pytest.raises(sqlite3.IntegrityError, match="program decided"):
        sql(
            "INSERT INTO events SELECT 4, case_id, 4, ?, at, 'robot', 'person-9', office, body, blind"
            " FROM events WHERE seq = 1",
            kind,
        )


def test_direct_sql_cannot_take_the_mark_of_a_program_off_an_account(filled, sql):
    filled.add_person(Person("robot", "person-9", ("authoriser", "service")))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql("""UPDATE people SET roles = '["authoriser"]' WHERE account = 'robot'""")


def test_direct_sql_removes_a_kept_value_only_where_it_was_forgotten_and_says_so(filled, sql):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql("DELETE FROM kept_values WHERE id = 'R-2'")
    assert sql("SELECT id, reason FROM forgotten") == [("R-1", "retention is over")]


def test_a_forgotten_value_is_not_left_in_the_file(store):
    secret = b"a gist that nobody else has written" * 40
    store.keep("report", "R-1", secret, NOON, "")
    store.forget("report", "R-1", NOON, "retention is over")
    store.close()
    for path in store.path.parent.glob("record.db*"):
        assert secret[:30] not in path.read_bytes()


def test_direct_sql_cannot_borrow_another_persons_account(filled, sql):
    with pytest.raises(sqlite3.IntegrityError, match="unknown account"):
        sql("INSERT INTO events SELECT 4, case_id, 4, kind, at, 'authoriser', person, office, body, blind FROM events")


def test_direct_sql_cannot_move_an_account_to_another_person_or_reopen_it(filled, sql):
    filled.disable_person("authoriser", NOON)
    for change in ("person = 'person-9'", "account = 'x'", "rowid = 99"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            sql(f"UPDATE people SET {change} WHERE account = 'applicant'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        sql("UPDATE people SET disabled_at = NULL WHERE account = 'authoriser'")


def test_wrong_types_do_not_get_in(filled, sql):
    with pytest.raises(sqlite3.IntegrityError, match="cannot store TEXT"):
        sql("INSERT INTO nodes VALUES (9, 0, 'not a hash, but text of 32 letters')")


def test_an_event_whose_blind_is_short_is_refused_whole(store):
    add_people(store)
    given = an_event()
    with pytest.raises(AnswerableError, match="blind"):
        store.append([given.__class__(**{**vars(given), "blind": b"short"})])
    assert store.events() == ()


def test_a_full_disk_stores_nothing_and_says_so(store):
    add_people(store)
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 3}")
    acknowledged = []

    def fill() -> None:
        for number in range(1000):
            acknowledged.extend(store.append([an_event(case_id=f"2018-{number:04}", private=b"x" * 500)]))

    with pytest.raises(AnswerableError, match="disk is full"):
        fill()
    assert 0 < len(acknowledged) < 1000
    assert store.events() == tuple(acknowledged)
    store._db.execute("PRAGMA max_page_count = 100000")
    store.append([an_event(case_id="after")])
    assert store.fsck().clean


def test_threads_may_share_a_store(store):
    add_people(store)
    refused = []

    def act(number: int) -> None:
        for version in range(1, 9):
            try:
                store.append([an_event("open" if version == 1 else "note", case_id="shared", version=version)])
            except NotAllowed:
                refused.append(version)
            store.append([an_event(case_id=f"own-{number}-{version}")])
            store.events("shared")

    threads = [threading.Thread(target=act, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.events()) == 8 + 4 * 8
    assert len(refused) == 3 * 8
    store.publish(SIGNER, NOON)
    assert store.fsck(POLICY).clean


def test_a_store_says_how_it_writes(store):
    assert store.settings["synchronous"] == "full"
    assert store.settings["journal"] in {"delete", "wal"}
    assert store.settings["engine"].startswith("SQLite 3.")


def test_what_was_acknowledged_is_there_after_reopening(store, tmp_path: Path):
    add_people(store)
    stored = store.append([an_event()])
    head = store.publish(SIGNER, NOON)
    store.close()
    with open_store(tmp_path / "record.db", head_file=tmp_path / "head") as again:
        assert [e.seq for e in again.events()] == [e.seq for e in stored]
        assert again.head() == head
