"""What only SQLite could be made to do: replace rows, move them by their number, fill its file, leave things in it."""

from __future__ import annotations

import sqlite3

import pytest

from answerable.errors import AnswerableError
from answerable.store.conformance import NOON, SIGNER, add_people, an_event


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


def test_a_forgotten_value_is_not_left_in_the_file(store):
    secret = b"a gist that nobody else has written" * 40
    store.keep("report", "R-1", secret, NOON, "")
    store.forget("report", "R-1", NOON, "retention is over")
    store.close()
    for path in store.path.parent.glob("record.db*"):
        assert secret[:30] not in path.read_bytes()


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
