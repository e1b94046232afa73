"""A restored backup that is behind what was signed must not sign, and a writer that died half way is taken up again."""

from __future__ import annotations

import shutil

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from answerable.errors import IntegrityError
from answerable.record.note import parse_note
from answerable.store import sql
from answerable.store.conformance import NOON, POLICY, SIGNER, add_people, an_event
from answerable.store.postgres_open import open_store as open_on_server
from answerable.store.sqlite import SqliteStore
from answerable.store.sqlite_files import open_store


@pytest.fixture
def copied(any_store, tmp_path, request):
    """Copy the database of a store as it is now; return how to open the copy beside the same head file."""

    def copy():
        if isinstance(any_store, SqliteStore):
            shutil.copy(any_store.path, tmp_path / "backup.db")
            return lambda: open_store(tmp_path / "backup.db", head_file=any_store.head_file)
        with psycopg.connect(any_store.url, dbname="postgres", autocommit=True) as server:
            name = conninfo_to_dict(any_store.url)["dbname"]
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            url = request.getfixturevalue("new_database")(any_store.url)
        return lambda: open_on_server(url, head_file=any_store.head_file)

    return copy


@pytest.fixture
def two_heads(any_store, copied, tmp_path):
    """A store with a first head that was backed up, and a second head signed since; how to open what was backed up."""
    add_people(any_store)
    any_store.append([an_event()])
    any_store.publish(SIGNER, NOON)
    backup = copied()
    shutil.copy(any_store.head_file, tmp_path / "head.backup")
    any_store.append([an_event("withdraw", version=2)])
    any_store.publish(SIGNER, NOON)
    any_store.open_backup = backup
    return any_store


def test_a_restored_old_database_refuses_to_sign(two_heads):
    with two_heads.open_backup() as restored:
        restored.append([an_event(case_id="2018-0002")])
        before = two_heads.head_file.read_bytes()
        with pytest.raises(IntegrityError, match="already signed"):
            restored.publish(SIGNER, NOON)
        assert two_heads.head_file.read_bytes() == before
        assert restored.head().size == 1
        assert not restored.fsck(POLICY).clean


def test_a_restored_database_that_caught_up_in_number_still_refuses(two_heads):
    with two_heads.open_backup() as restored:
        restored.append([an_event(case_id=f"2018-{n:04}") for n in range(2, 6)])
        with pytest.raises(IntegrityError, match="old copy"):
            restored.publish(SIGNER, NOON)
        assert restored.pending() == 4


def test_a_missing_head_file_stops_signing(two_heads):
    two_heads.head_file.unlink()
    two_heads.append([an_event(case_id="2018-0002")])
    with pytest.raises(IntegrityError, match="head file is missing"):
        two_heads.publish(SIGNER, NOON)
    assert "The head file is missing." in two_heads.fsck(POLICY).problems


def test_a_head_file_put_back_from_an_old_backup_stops_signing(two_heads, tmp_path):
    shutil.copy(tmp_path / "head.backup", two_heads.head_file)
    with pytest.raises(IntegrityError, match="stops at 1 entries"):
        two_heads.publish(SIGNER, NOON)


def test_a_damaged_head_file_stops_signing(two_heads):
    text = two_heads.head_file.read_text()
    two_heads.head_file.write_text(text.replace("\n2\n", "\n3\n"))
    with pytest.raises(IntegrityError, match="head file is damaged"):
        two_heads.publish(SIGNER, NOON)


def test_an_edited_tree_is_not_signed(two_heads, owner):
    owner.unruled("nodes", f"UPDATE nodes SET hash = {owner.zeros(32)} WHERE level = 1")
    two_heads.append([an_event(case_id="2018-0002")])
    with pytest.raises(IntegrityError, match="not the one that was signed"):
        two_heads.publish(SIGNER, NOON)


def test_an_event_changed_before_it_was_published_never_reaches_the_log(two_heads, owner):
    two_heads.append([an_event(case_id="2018-0002")])
    owner.unruled("events", "UPDATE events SET body = (SELECT body FROM events WHERE seq = 1) WHERE seq = 3")
    with pytest.raises(IntegrityError, match="Event 3 is not what its leaf commits to"):
        two_heads.publish(SIGNER, NOON)
    assert two_heads.head().size == 2


def test_dying_after_the_tree_grew_and_before_signing_costs_nothing(any_store):
    class Dying:
        vkey = SIGNER.vkey

        def sign(self, text: str) -> str:
            raise KeyboardInterrupt

    add_people(any_store)
    any_store.append([an_event()])
    with pytest.raises(KeyboardInterrupt):
        any_store.publish(Dying(), NOON)
    assert (any_store.pending(), any_store.head()) == (0, None)
    assert any_store.publish(SIGNER, NOON).size == 1
    assert any_store.fsck(POLICY).clean


def test_dying_after_the_head_file_and_before_the_database_takes_the_same_head_up_again(any_store, monkeypatch):
    add_people(any_store)
    any_store.append([an_event()])
    signed = []
    real = sql.sign_head

    def dying(*given):
        signed.append(real(*given))
        raise KeyboardInterrupt

    monkeypatch.setattr(sql, "sign_head", dying)
    with pytest.raises(KeyboardInterrupt):
        any_store.publish(SIGNER, NOON)
    monkeypatch.undo()
    assert any_store.head() is None
    assert any_store.publish(SIGNER, NOON).note == signed[0] == any_store.head_file.read_text()


def test_a_signer_whose_signature_does_not_hold_is_caught_before_anything_is_kept(any_store):
    class Wrong:
        vkey = SIGNER.vkey

        def sign(self, text: str) -> str:
            return SIGNER.sign(text + "more\n")

    with pytest.raises(IntegrityError, match="does not hold"):
        any_store.publish(Wrong(), NOON)
    assert not any_store.head_file.exists()
    assert any_store.head() is None


def test_the_head_file_is_the_signed_checkpoint_itself(two_heads):
    assert two_heads.head_file.read_text() == two_heads.head().note
    assert len(parse_note(two_heads.head().note).signatures) == 1
