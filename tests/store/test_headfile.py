"""A restored backup that is behind what was signed must not sign, and a writer that died half way is taken up again."""

from __future__ import annotations

import shutil

import pytest

from answerable.errors import IntegrityError
from answerable.record.note import parse_note
from answerable.store import sql
from answerable.store.conformance import NOON, POLICY, SIGNER, add_people, an_event
from answerable.store.sqlite_files import open_store


@pytest.fixture
def two_heads(store, tmp_path):
    """A store with a first head whose files were backed up, and a second head signed since."""
    add_people(store)
    store.append([an_event()])
    store.publish(SIGNER, NOON)
    shutil.copy(store.path, tmp_path / "backup.db")
    shutil.copy(store.head_file, tmp_path / "head.backup")
    store.append([an_event("withdraw", version=2)])
    store.publish(SIGNER, NOON)
    return store


def test_a_restored_old_database_refuses_to_sign(two_heads, tmp_path):
    with open_store(tmp_path / "backup.db", head_file=two_heads.head_file) as restored:
        restored.append([an_event(case_id="2018-0002")])
        before = two_heads.head_file.read_bytes()
        with pytest.raises(IntegrityError, match="already signed"):
            restored.publish(SIGNER, NOON)
        assert two_heads.head_file.read_bytes() == before
        assert restored.head().size == 1
        assert not restored.fsck(POLICY).clean


def test_a_restored_database_that_caught_up_in_number_still_refuses(two_heads, tmp_path):
    with open_store(tmp_path / "backup.db", head_file=two_heads.head_file) as restored:
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


def test_an_edited_tree_is_not_signed(two_heads, rogue):
    rogue("nodes", "UPDATE nodes SET hash = zeroblob(32) WHERE level = 1")
    two_heads.append([an_event(case_id="2018-0002")])
    with pytest.raises(IntegrityError, match="not the one that was signed"):
        two_heads.publish(SIGNER, NOON)


def test_an_event_changed_before_it_was_published_never_reaches_the_log(two_heads, rogue):
    two_heads.append([an_event(case_id="2018-0002")])
    rogue("events", "UPDATE events SET body = CAST(replace(body, 'open', 'adopt') AS BLOB) WHERE seq = 3")
    with pytest.raises(IntegrityError, match="Event 3 is not what its leaf commits to"):
        two_heads.publish(SIGNER, NOON)
    assert two_heads.head().size == 2


def test_dying_after_the_tree_grew_and_before_signing_costs_nothing(store):
    class Dying:
        vkey = SIGNER.vkey

        def sign(self, text: str) -> str:
            raise KeyboardInterrupt

    add_people(store)
    store.append([an_event()])
    with pytest.raises(KeyboardInterrupt):
        store.publish(Dying(), NOON)
    assert (store.pending(), store.head()) == (0, None)
    assert store.publish(SIGNER, NOON).size == 1
    assert store.fsck(POLICY).clean


def test_dying_after_the_head_file_and_before_the_database_takes_the_same_head_up_again(store, monkeypatch):
    add_people(store)
    store.append([an_event()])
    signed = []
    real = sql.sign_head

    def dying(*given):
        signed.append(real(*given))
        raise KeyboardInterrupt

    monkeypatch.setattr(sql, "sign_head", dying)
    with pytest.raises(KeyboardInterrupt):
        store.publish(SIGNER, NOON)
    monkeypatch.undo()
    assert store.head() is None
    assert store.publish(SIGNER, NOON).note == signed[0] == store.head_file.read_text()


def test_a_signer_whose_signature_does_not_hold_is_caught_before_anything_is_kept(store):
    class Wrong:
        vkey = SIGNER.vkey

        def sign(self, text: str) -> str:
            return SIGNER.sign(text + "more\n")

    with pytest.raises(IntegrityError, match="does not hold"):
        store.publish(Wrong(), NOON)
    assert not store.head_file.exists()
    assert store.head() is None


def test_the_head_file_is_the_signed_checkpoint_itself(two_heads):
    assert two_heads.head_file.read_text() == two_heads.head().note
    assert len(parse_note(two_heads.head().note).signatures) == 1
