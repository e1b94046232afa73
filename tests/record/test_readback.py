"""Reading the public folder back: every byte of the log and its openings is held to the signed head."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from answerable.record.disclose import disclosures_file, make_disclosure
from answerable.record.errors import Altered, RecordError
from answerable.record.note import Ed25519Signer
from answerable.record.policy import policy_for
from answerable.record.readback import read_public


def test_what_was_written_reads_back(log, tmp_path, put):
    put(tmp_path, log)
    public = read_public(tmp_path)
    assert (public.origin, public.kind, public.size, public.root) == (
        "log.example/record/simulated",
        "simulated",
        11,
        log.head().root,
    )
    assert [(index, body["case"]) for index, body in public] == [(n, f"2018-{n:04}") for n in range(11)]
    assert public.unopened == 0


def test_unopened_entries_are_counted_and_have_no_proof_yet(log, tmp_path, put):
    put(tmp_path, log, opened=4)
    public = read_public(tmp_path)
    assert ([index for index, _ in public], public.unopened) == ([0, 1, 2, 3], 7)
    assert not (tmp_path / "proofs" / "4.tlog-proof").exists()


def test_a_reader_with_an_older_head_takes_the_tile_that_has_since_become_full(new_log, tmp_path, put):
    log = new_log().add(250)
    put(tmp_path, log, opened=3)
    older = (tmp_path / "checkpoint").read_bytes()
    put(tmp_path, log.add(10), opened=3)
    assert not (tmp_path / "tile/0/000.p").exists()
    (tmp_path / "checkpoint").write_bytes(older)
    assert read_public(tmp_path).size == 250


def test_no_byte_of_the_log_or_its_openings_can_change_unnoticed(new_log, tmp_path, put, files):
    log = new_log().add(3)
    put(tmp_path, log, opened=2)
    for name, content in files(tmp_path).items():
        if name.startswith(("proofs/", "log-policy", "verify/")):
            continue
        for at in range(len(content)):
            changed = content[:at] + bytes([content[at] ^ (1 << at % 7)]) + content[at + 1 :]
            (tmp_path / name).write_bytes(changed)
            with pytest.raises(RecordError):
                read_public(tmp_path)
        (tmp_path / name).write_bytes(content)
    assert read_public(tmp_path).size == 3


def test_a_missing_file_of_the_log_is_noticed(log, tmp_path, put):
    put(tmp_path, log)
    for name in ("tile/0/000.p/11", "tile/entries/000.p/11", "checkpoint", "log-policy"):
        content = (tmp_path / name).read_bytes()
        (tmp_path / name).unlink()
        with pytest.raises(RecordError):
            read_public(tmp_path)
        (tmp_path / name).write_bytes(content)


def test_an_opening_under_another_number_is_noticed(log, tmp_path, put):
    put(tmp_path, log)
    shutil.copy(tmp_path / "openings/3.json", tmp_path / "openings/4.json")
    with pytest.raises(Altered, match="another entry"):
        read_public(tmp_path)


def test_a_reader_with_a_policy_of_their_own_does_not_believe_the_folders(new_log, tmp_path, put):
    log = new_log().add(2)
    put(tmp_path, log)
    assert read_public(tmp_path, policy_text=log.policy).size == 2
    stranger = policy_for(Ed25519Signer.from_seed(log.signer.key.name, bytes(32)).vkey)
    with pytest.raises(Altered):
        read_public(tmp_path, policy_text=stranger)


def test_an_empty_folder_says_what_to_do(tmp_path):
    with pytest.raises(RecordError, match="no public record"):
        read_public(tmp_path)


def test_an_empty_log_can_be_published(new_log, tmp_path, put):
    put(tmp_path, new_log())
    assert read_public(tmp_path).size == 0


def test_released_fields_stand_in_the_statement_and_beside_it(log, put, tmp_path):
    log.add_sealed(reasons="Not the last resort.")
    put(tmp_path, log)
    entry = read_public(tmp_path, policy_text=log.policy).entries[-1]
    assert entry.body["data"] == {"reasons": "Not the last resort."}
    assert (entry.raw, entry.disclosures) == (log.openings[-1].body, log.openings[-1].disclosures)


def test_fields_released_later_leave_the_opening_as_it_was(log, put, tmp_path, files):
    log.add_sealed(reasons="Not the last resort.")
    full, log.openings[-1] = log.openings[-1], replace(log.openings[-1], disclosures=())
    put(tmp_path, log)
    before = files(tmp_path)
    assert read_public(tmp_path).entries[-1].body["data"] == {}
    log.openings[-1] = full
    put(tmp_path, log)
    changed = {name for name, raw in files(tmp_path).items() if before.get(name) != raw}
    assert changed == {"disclosures/11.json", "proofs/11.tlog-proof"}
    assert read_public(tmp_path).entries[-1].body["data"] == {"reasons": "Not the last resort."}


@pytest.mark.parametrize("index", [3, 11])
def test_a_field_that_was_not_recorded_is_refused(log, put, tmp_path, index):
    log.add_sealed(reasons="Not the last resort.")
    put(tmp_path, log)
    made = disclosures_file([make_disclosure("reasons", "Another.", bytes(32)).text])
    (tmp_path / f"disclosures/{index}.json").write_bytes(made)
    with pytest.raises(Altered, match="does not commit"):
        read_public(tmp_path)
