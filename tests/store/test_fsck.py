"""One edited byte anywhere in the record is found by a full re-hash, whatever triggers were taken away first."""

from __future__ import annotations

import pytest

from answerable.errors import IntegrityError, UsageError
from answerable.store.conformance import NOON, POLICY, SIGNER, add_people, an_event
from answerable.store.sqlite_files import open_store


@pytest.fixture
def filled(any_store):
    add_people(any_store)
    for number in range(1, 6):
        any_store.append([an_event(case_id=f"2018-{number:04}", private=b"gist")])
        any_store.publish(SIGNER, NOON)
    assert any_store.fsck(POLICY).clean
    return any_store


EDITS = {
    "a body": ("events", "UPDATE events SET body = (SELECT body FROM events WHERE seq = 4) WHERE seq = 3"),
    "a blind": ("events", "UPDATE events SET blind = {zeros32} WHERE seq = 3"),
    "a kind": ("events", "UPDATE events SET kind = 'refuse' WHERE seq = 3"),
    "an instant": ("events", "UPDATE events SET at = '2018-11-30T12:00:01Z' WHERE seq = 3"),
    "an unreadable instant": ("events", "UPDATE events SET at = 'noon' WHERE seq = 3"),
    "a case": ("events", "UPDATE events SET case_id = '2018-0009' WHERE seq = 3"),
    "an office": ("events", "UPDATE events SET office = 'another' WHERE seq = 3"),
    "a private part": ("private_parts", "UPDATE private_parts SET value = {zeros32} WHERE event_seq = 3"),
    "a leaf": ("leaves", "UPDATE leaves SET commitment = {zeros33} WHERE event_seq = 3"),
    "a leaf node": ("nodes", "UPDATE nodes SET hash = {zeros32} WHERE level = 0 AND pos = 2"),
    "an interior node": ("nodes", "UPDATE nodes SET hash = {zeros32} WHERE level = 2 AND pos = 0"),
    "a missing node": ("nodes", "DELETE FROM nodes WHERE level = 1 AND pos = 1"),
    "a node too many": ("nodes", "INSERT INTO nodes VALUES (1, 2, {zeros32})"),
    "a place": ("published", "UPDATE published SET leaf_index = 9 WHERE leaf_index = 4"),
    "a removed place": ("published", "DELETE FROM published WHERE leaf_index = 4"),
    "a head's root": ("checkpoints", "UPDATE checkpoints SET root = {zeros32} WHERE size = 3"),
    "a head's size": ("checkpoints", "UPDATE checkpoints SET size = 30 WHERE size = 5"),
    "a head's note": ("checkpoints", "UPDATE checkpoints SET note = note || 'x' WHERE size = 3"),
    "a fixed row": ("decision", "DELETE FROM decision WHERE kind = 'authorise'"),
    "a fixed row too many": ("ending", "INSERT INTO ending VALUES ('authorise')"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_found(filled, owner, edit):
    table, statement = EDITS[edit]
    owner.unruled(table, statement.format(zeros32=owner.zeros(32), zeros33=owner.zeros(33)))
    assert not filled.fsck(POLICY).clean


def test_a_forged_signature_is_found_when_the_policy_is_given(filled, owner):
    forged = filled.head().note.rpartition(" ")[0] + " " + "A" * 91 + "=\n"
    owner.unruled("checkpoints", "UPDATE checkpoints SET note = ? WHERE size = 5", forged)
    assert any("signed head of 5 entries" in problem for problem in filled.fsck(POLICY).problems)


def test_a_removed_event_is_found_by_its_number(filled, owner):
    owner.unruled("events", "DELETE FROM private_parts WHERE event_seq = 3", also=("private_parts",))
    owner.unruled("events", "DELETE FROM events WHERE seq = 3", also=("leaves", "published"))
    assert "Event 3 is missing: the next is 4." in filled.fsck(POLICY).problems


def test_an_event_slipped_in_without_a_leaf_is_found(filled, owner):
    owner.unruled(
        "events", "INSERT INTO events SELECT 6, 'x', 1, kind, at, '', '', office, body, blind FROM events WHERE seq = 1"
    )
    assert any("Event 6 has no leaf" in problem for problem in filled.fsck(POLICY).problems)


def test_a_swapped_pair_of_leaves_is_found(filled, owner):
    owner.unruled(
        "leaves",
        "UPDATE leaves SET commitment = (SELECT commitment FROM leaves WHERE event_seq = 5) WHERE event_seq < 5",
    )
    assert len(filled.fsck(POLICY).problems) >= 4


@pytest.fixture
def on_file(store):
    add_people(store)
    store.append([an_event(private=b"gist")])
    store.publish(SIGNER, NOON)
    return store


def test_a_rule_taken_out_of_the_database_is_named(on_file, sql):
    sql("DROP TRIGGER events_rules")
    sql("DROP TRIGGER nodes_update")
    problems = on_file.fsck(POLICY).problems
    assert problems == (
        "The rule events_rules was taken out of the database.",
        "The rule nodes_update was taken out of the database.",
    )


@pytest.mark.parametrize("rule", ["events_rules", "decision_insert"])
def test_a_rule_that_says_something_else_is_named(on_file, sql, rule):
    ((table, said),) = sql("SELECT tbl_name, sql FROM sqlite_master WHERE name = ?", rule)
    sql(f"DROP TRIGGER {rule}")
    sql(f"CREATE TRIGGER {rule} BEFORE INSERT ON {table} BEGIN SELECT 1; END")
    assert on_file.fsck(POLICY).problems == (f"The rule {rule} was replaced by another in the database.",)
    sql(f"DROP TRIGGER {rule}")
    sql(said)
    assert on_file.fsck(POLICY).clean


def test_a_rule_that_was_added_is_named(on_file, sql):
    sql("CREATE TRIGGER quiet AFTER INSERT ON audit BEGIN DELETE FROM standings; END")
    assert on_file.fsck(POLICY).problems == ("The rule quiet does not belong in the database.",)


def test_a_scrambled_file_is_named_as_damaged_wherever_the_damage_is(on_file, tmp_path):
    on_file.close()
    whole = on_file.path.read_bytes()
    damaged = tmp_path / "damaged.db"
    found = 0
    for at in range(0, len(whole), 1499):
        damaged.write_bytes(whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + 40]) + whole[at + 40 :])
        try:
            with open_store(damaged, head_file=on_file.head_file) as opened:
                found += not opened.fsck(POLICY).clean
        except (IntegrityError, UsageError):
            found += 1
    # Space that SQLite does not use can change without any harm.
    assert found > 5
