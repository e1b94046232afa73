"""The public folder: written whole, grown in place, never turned back."""

from __future__ import annotations

import shutil

import pytest

from answerable.record import publish
from answerable.record.errors import Altered
from answerable.record.note import Ed25519Signer
from answerable.record.policy import policy_for
from answerable.record.proof import parse_proof
from answerable.record.publish import write_public
from answerable.record.readback import read_public
from answerable.record.verify import verify_proof


def test_everything_an_outsider_needs_is_there(log, tmp_path, put, files):
    put(tmp_path, log)
    found = files(tmp_path)
    assert {"checkpoint", "log-policy", "tile/0/000.p/11", "tile/entries/000.p/11"} <= set(found)
    for index in range(11):
        proof = found[f"proofs/{index}.tlog-proof"].decode()
        assert verify_proof(proof, found["log-policy"].decode()).index == index


def test_publishing_again_writes_nothing(log, tmp_path, put):
    put(tmp_path, log)
    assert put(tmp_path, log) == 0


def test_the_folder_carries_the_standalone_verifier(log, tmp_path, put, files):
    put(tmp_path, log)
    page = {name for name in files(tmp_path) if name.startswith("verify/")}
    assert page == {"verify/index.html", "verify/verify.css", "verify/verify.js"}
    script = (tmp_path / "verify/verify.js").read_text(encoding="utf-8")
    assert len(script.splitlines()) < 200
    assert max(map(len, script.splitlines())) <= 120
    calls = ("fetch(", "XMLHttpRequest", "import(", "http:", "https:", "eval(", "innerHTML", "WebSocket")
    assert not [call for call in calls if call in script]
    index = (tmp_path / "verify/index.html").read_text(encoding="utf-8")
    assert index.count("<script") == 1
    assert "http" not in index.replace("http-equiv", "")


@pytest.mark.parametrize("steps", [(1, 1, 1), (255, 1, 1), (256, 1, 255), (250, 300, 10), (5, 251, 256)])
def test_growing_in_steps_ends_as_writing_at_once(new_log, tmp_path, steps, put, files):
    log = new_log()
    for step in steps:
        log.add(step)
        put(tmp_path / "grown", log, opened=3)
        assert read_public(tmp_path / "grown").size == len(log.entries)
    put(tmp_path / "fresh", log, opened=3)
    grown, fresh = files(tmp_path / "grown"), files(tmp_path / "fresh")
    proofs = {path for path in fresh if path.startswith("proofs/")}
    assert {path: fresh[path] for path in fresh.keys() - proofs}.items() <= grown.items()
    assert all(".p/" in path for path in grown.keys() - fresh.keys())
    for path in proofs:
        assert (
            verify_proof(grown[path].decode(), log.policy).body == verify_proof(fresh[path].decode(), log.policy).body
        )


def test_a_proof_that_is_there_stays_until_more_is_told_of_its_entry_or_the_policy_changes(
    new_log, tmp_path, put, files
):
    log = new_log().add(3)
    put(tmp_path, log)
    first = files(tmp_path)
    put(tmp_path, log.add(2))
    second = files(tmp_path)
    for path in first:
        if path.startswith("proofs/"):
            assert second[path] == first[path]
            assert verify_proof(second[path].decode(), log.policy)
    # One whose file is gone, and all of them under another policy, are made under the head of the day.
    (tmp_path / "proofs/0.tlog-proof").unlink()
    put(tmp_path, log)
    assert checkpoint_of(files(tmp_path)["proofs/0.tlog-proof"]) == log.checkpoint()
    (tmp_path / "log-policy").write_text("another\n")
    put(tmp_path, log)
    made = files(tmp_path)
    assert {checkpoint_of(made[f"proofs/{index}.tlog-proof"]) for index in range(5)} == {log.checkpoint()}


def checkpoint_of(proof: bytes) -> str:
    return parse_proof(proof.decode()).checkpoint


def test_a_log_never_goes_backwards_in_public(new_log, tmp_path, put, files):
    put(tmp_path, new_log().add(5))
    before = files(tmp_path)
    with pytest.raises(Altered) as caught:
        put(tmp_path, new_log().add(4))
    assert caught.value.reason == "this log went backwards"
    assert files(tmp_path) == before


def test_another_history_never_replaces_the_public_one(new_log, tmp_path, put, files):
    put(tmp_path, new_log().add(5))
    before = files(tmp_path)
    with pytest.raises(Altered) as caught:
        put(tmp_path, new_log().add(9, kind="authorise"))
    assert caught.value.reason == "this log shows different histories"
    with pytest.raises(Altered, match="another log"):
        put(tmp_path, new_log("rehearsal").add(9))
    assert files(tmp_path) == before


def test_a_head_that_the_policy_does_not_believe_is_not_written(log, tmp_path, files):
    other = policy_for(Ed25519Signer.from_seed(log.signer.key.name, bytes(32)).vkey)
    with pytest.raises(Altered):
        write_public(tmp_path, checkpoint_note=log.checkpoint(), policy_text=other, tree=log, openings=[])
    assert files(tmp_path) == {}


def test_a_head_of_another_tree_is_not_written(log, new_log, tmp_path):
    with pytest.raises(Altered, match="differ"):
        write_public(
            tmp_path,
            checkpoint_note=new_log().add(11, kind="authorise").checkpoint(),
            policy_text=log.policy,
            tree=log,
            openings=[],
        )


def test_dying_at_any_file_leaves_the_old_log_whole_and_the_next_run_finishes(new_log, tmp_path, monkeypatch, put):
    log = new_log().add(3)
    put(tmp_path / "old", log, opened=2)
    log.add(4)
    real = publish.place_file
    for last in range(12):
        folder = tmp_path / f"run-{last}"
        shutil.copytree(tmp_path / "old", folder)
        calls = []

        def dying(path, content, calls=calls, last=last):
            calls.append(path)
            if len(calls) > last:
                raise KeyboardInterrupt
            return real(path, content)

        monkeypatch.setattr(publish, "place_file", dying)
        try:
            put(folder, log, opened=2)
            finished = True
        except KeyboardInterrupt:
            finished = False
        monkeypatch.undo()
        if not finished:
            assert read_public(folder).size == 3
        put(folder, log, opened=2)
        assert read_public(folder).size == 7
    assert finished


def test_nothing_half_written_stays_beside_the_files(log, tmp_path, put, files):
    put(tmp_path, log)
    assert [path for path in files(tmp_path) if ".new" in path] == []
