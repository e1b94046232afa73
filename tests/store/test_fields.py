"""Fields kept back: every store keeps the promises; on disk nothing is left of what was destroyed; no rule bends."""

from __future__ import annotations

import pytest

from answerable.errors import IntegrityError
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people
from answerable.store.conformance_fields import CHECKS, a_statement
from answerable.store.memory import MemoryStore
from answerable.store.postgres import PostgresStore
from answerable.store.sqlite_files import open_store
from answerable.store.vault import Vault

SECRET = "words that nobody may ever read again"


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_memory_keeps_the_promise(check):
    check(MemoryStore(WORKSPACE))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_a_database_keeps_the_promise(check, any_store):
    check(any_store)


def everything_in(folder):
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_value_stands_nowhere_in_the_open_and_its_cipher_nowhere_once_erased(store, sql, tmp_path):
    add_people(store)
    store.append([a_statement(store, private={"gist": SECRET, "note": "kept"})])
    (sealed,), (wrapped,) = (
        sql(f"SELECT value FROM {table} WHERE name = 'gist'")[0] for table in ("disclosure_values", "data_keys")
    )
    assert sealed[-32:] in everything_in(tmp_path)
    text = store.events()[0].fields[0].text
    assert not any(one in everything_in(tmp_path) for one in (SECRET.encode(), text.encode(), text[-60:].encode()))
    store.erase([(1, "gist")], NOON, "mopi", "records")
    found = everything_in(tmp_path)
    for part in (sealed[:16], sealed[-16:], wrapped[:16], wrapped[-16:]):
        assert part not in found
    assert store.events()[0].private == b'{"note": "kept"}'


def test_a_document_that_was_forgotten_leaves_neither_cipher_nor_key(store, sql, tmp_path):
    store.keep("report", "R-1", SECRET.encode() * 40, NOON, "")
    assert store.kept("report")[0].value == SECRET.encode() * 40
    parts = [sql(f"SELECT value FROM {table}")[0][0] for table in ("kept_values", "kept_keys")]
    assert SECRET.encode() not in everything_in(tmp_path)
    store.forget("report", "R-1", NOON, "retention")
    assert not any(part[-24:] in everything_in(tmp_path) for part in parts)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("disclosures", "DELETE FROM disclosures"),
        ("disclosures", "UPDATE disclosures SET release = 'later'"),
        ("disclosure_values", "DELETE FROM disclosure_values"),
        ("data_keys", "DELETE FROM data_keys"),
        ("data_keys", "UPDATE data_keys SET name = name"),
        ("kept_keys", "DELETE FROM kept_keys"),
        ("case_numbers", "DELETE FROM case_numbers"),
        ("case_numbers", "INSERT INTO case_numbers (series, number, event_seq) VALUES ('open', 7, 1)"),
        ("erasures", "UPDATE erasures SET basis = 'x'"),
        ("erasures", "DELETE FROM erasures"),
        ("cover_seeds", "DELETE FROM cover_seeds"),
    ],
)
def test_direct_sql_cannot_bend_the_rules(any_store, owner, table, statement):
    add_people(any_store)
    any_store.append([a_statement(any_store, private={"gist": "a", "note": "b"})])
    any_store.keep("report", "R-1", b"gist", NOON, "")
    any_store.cover_seed("2018-11-30", bytes(32))
    any_store.erase([(1, "note")], NOON, "mopi", "records")
    before = owner.sql(f"SELECT * FROM {table}")
    with pytest.raises(Exception, match="answerable"):
        owner.sql(statement)
    assert owner.sql(f"SELECT * FROM {table}") == before


@pytest.mark.parametrize(
    ("table", "statement", "said"),
    [
        (
            "disclosures",
            "UPDATE disclosures SET digest = replace(digest, substr(digest, 1, 1), '-')",
            "does not commit",
        ),
        ("data_keys", "DELETE FROM data_keys", "nothing says that it was erased"),
        ("disclosure_values", "DELETE FROM disclosure_values", "nothing says that it was erased"),
    ],
)
def test_a_full_check_finds_what_an_owner_did(any_store, owner, table, statement, said):
    add_people(any_store)
    any_store.append([a_statement(any_store, private={"gist": "a"})])
    any_store.publish(SIGNER, NOON)
    assert any_store.fsck(POLICY).clean
    owner.unruled(table, statement)
    assert any(said in problem for problem in any_store.fsck(POLICY).problems)


def test_a_value_moved_to_another_place_does_not_open(any_store, owner):
    add_people(any_store)
    any_store.append([a_statement(any_store, private={"gist": "a", "note": "b"})])
    swap = "UPDATE {} SET value = (SELECT value FROM {} WHERE name = 'note') WHERE name = 'gist'"
    for table in ("disclosure_values", "data_keys"):
        owner.unruled(table, swap.format(table, table))
    with pytest.raises(IntegrityError, match="cannot be opened"):
        _ = any_store.events()[0].private


def test_without_its_key_the_store_says_so_and_makes_no_other(store, tmp_path):
    add_people(store)
    store.append([a_statement(store, private={"gist": "a"})])
    key = tmp_path / "keys" / "kek"
    assert key.stat().st_mode & 0o077 == 0
    away = key.read_text()
    key.unlink()
    with open_store(store.path, head_file=store.head_file) as again:
        with pytest.raises(IntegrityError, match="cannot be read"):
            _ = again.events()[0].private
        with pytest.raises(IntegrityError, match="cannot be read"):
            again.append([a_statement(again, "submit", private={"gist": "b"})])
        assert again.pending() == 1
        key.write_text(away)
        assert again.events()[0].private == b'{"gist": "a"}'


@pytest.mark.parametrize("text", ["", "zz", "00" * 31])
def test_a_key_file_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "kek").write_text(text)
    with pytest.raises(IntegrityError):
        Vault(tmp_path / "kek").seal(b"x", "here", fresh=True)


@pytest.mark.postgres
def test_on_a_server_no_table_file_is_left_with_the_rows(on_server: PostgresStore, as_owner):
    add_people(on_server)
    on_server.append([a_statement(on_server, private={"gist": SECRET})])
    on_server.erase([(1, "gist")], NOON, "mopi", "records")
    seen = as_owner(on_server).sql("SELECT pg_relation_size('disclosure_values') + pg_relation_size('data_keys')")
    assert seen == [(0,)]
