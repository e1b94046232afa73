"""A record that cannot safely be written to is refused by name, on every database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.errors import IntegrityError, UsageError
from answerable.record.note import Ed25519Signer, parse_vkey
from answerable.store.conformance import NOON, ORIGIN, SIGNER, add_people, an_event
from answerable.store.starting import SLACK, check_start

KEYS = (parse_vkey(SIGNER.vkey),)


@pytest.fixture
def running(any_store):
    add_people(any_store)
    any_store.append([an_event()])
    any_store.publish(SIGNER, NOON)
    return any_store


def test_a_sound_record_starts(running, any_store):
    check_start(running, KEYS, NOON)
    check_start(running, KEYS, None)


def test_a_record_that_was_never_signed_starts(any_store):
    check_start(any_store, KEYS, NOON)


def test_a_missing_head_file_is_named(running):
    running.head_file.unlink()
    with pytest.raises(IntegrityError, match="head file is missing"):
        check_start(running, KEYS, NOON)


def test_a_head_that_is_ahead_of_the_database_is_named(running, owner):
    running.append([an_event("submit", version=2)])
    running.publish(SIGNER, NOON)
    owner.unruled("checkpoints", "DELETE FROM checkpoints WHERE size = 2")
    owner.unruled("published", "DELETE FROM published WHERE leaf_index = 1")
    with pytest.raises(IntegrityError, match="1 entries, but 2 were already signed"):
        check_start(running, KEYS, NOON)


def test_a_head_that_is_behind_the_database_is_named(running):
    old = running.head_file.read_bytes()
    running.append([an_event("submit", version=2)])
    running.publish(SIGNER, NOON)
    running.head_file.write_bytes(old)
    with pytest.raises(IntegrityError, match="stops at 1 entries"):
        check_start(running, KEYS, NOON)


def test_a_tree_that_is_not_the_signed_one_is_named(running, owner):
    owner.unruled("nodes", f"UPDATE nodes SET hash = {owner.zeros(32)}")
    with pytest.raises(IntegrityError, match="not the one that was signed"):
        check_start(running, KEYS, NOON)


def test_a_damaged_head_file_and_one_of_another_key_are_named(running):
    text = running.head_file.read_text()
    running.head_file.write_text(text[:-9])
    with pytest.raises(IntegrityError, match="head file is damaged"):
        check_start(running, KEYS, NOON)
    running.head_file.write_text(text)
    other = parse_vkey(Ed25519Signer.from_seed(ORIGIN, bytes(32)).vkey)
    with pytest.raises(IntegrityError, match="another key"):
        check_start(running, (other,), NOON)


@pytest.mark.parametrize(("behind", "refused"), [(0, False), (119, False), (120, False), (121, True), (86_400, True)])
def test_a_clock_behind_the_last_event_is_named(running, behind, refused):
    now = NOON - timedelta(seconds=behind)
    if not refused:
        check_start(running, KEYS, now)
        return
    with pytest.raises(UsageError, match="it is behind"):
        check_start(running, KEYS, now)


def test_a_clock_behind_the_last_signature_is_named(running):
    later = NOON + timedelta(days=1)
    running.append([an_event("submit", version=2)])
    running.publish(SIGNER, later)
    with pytest.raises(UsageError, match="goes on until 2018-12-01"):
        check_start(running, KEYS, later - SLACK - timedelta(seconds=1))
    check_start(running, KEYS, later + timedelta(days=400))
