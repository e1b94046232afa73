"""A head becomes public with the quorum of its witnesses and not before; what it lacks is said and asked for again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from answerable.errors import IntegrityError, NotAllowed, UsageError
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.note import Ed25519Signer, parse_note, sign_note
from answerable.record.policy import parse_policy
from answerable.record.verify import verify_proof
from answerable.service.fsck import check_record
from answerable.service.prove import prove_event
from answerable.service.publish import publish
from answerable.service.witness_settings import witness_settings
from answerable.service.witnessing import STATE, waiting
from answerable.service.workspace import Workspace

Opened = Callable[[dict[str, Any]], str]


def public_size(workspace: Workspace) -> int:
    note = (workspace.public / "checkpoint").read_text(encoding="utf8")
    return parse_checkpoint(parse_note(note).text).size


def policy(workspace: Workspace) -> str:
    return (workspace.public / "log-policy").read_text(encoding="utf8")


@pytest.fixture
def three(workspace, new_witness, ask_witnesses):
    """Three running witnesses of the workspace's log, of which two must sign."""
    made = [new_witness(name, workspace.signer.vkey) for name in ("paper", "university", "committee")]
    ask_witnesses(workspace.folder, 2, *made)
    return made


def test_a_head_is_public_with_its_witnesses_and_proofs_carry_them(workspace, three, sound, opened: Opened) -> None:
    case = opened(sound)
    head = workspace.store.head()
    assert public_size(workspace) == head.size
    accepted = parse_policy(policy(workspace)).accept((workspace.public / "checkpoint").read_text(encoding="utf8"))
    assert {one.key.name for one in accepted.witnesses} == {one.name for one in three}
    proved = str(prove_event(workspace, case, "open").proof)
    found = verify_proof(proved, policy(workspace))
    assert set(found.witnesses) == {one.name for one in three}
    # The served head carries the ML-DSA-44 lines too; proof files do not.
    served = parse_note((workspace.public / "checkpoint").read_text(encoding="utf8"))
    assert {len(one.raw) for one in served.signatures} >= {72, 2428}
    assert {len(one.raw) for one in parse_note(proved.split("\n\n", 1)[1]).signatures} == {64, 72}
    assert check_record(workspace).clean
    shown = waiting(workspace)
    assert shown is not None
    assert (shown.pending, shown.public, shown.quorum) == (False, head.size, 2)


def test_one_witness_down_is_borne_and_two_are_not(workspace, three, sound, opened: Opened) -> None:
    publish(workspace)
    three[0].kill()
    opened(sound)
    assert public_size(workspace) == workspace.store.head().size
    three[1].kill()
    before = public_size(workspace)
    case = opened({**sound, "title": "Another"})
    assert workspace.store.head().size > public_size(workspace) == before
    with pytest.raises(NotAllowed, match="signed and not witnessed"):
        prove_event(workspace, case, "open")
    shown = waiting(workspace)
    assert shown.pending
    assert set(shown.problems) == {"paper", "university"}
    assert "NOT YET PUBLIC" in shown.text()
    assert "cannot be reached" in shown.problems["paper"]
    three[1].start()
    publish(workspace)
    assert public_size(workspace) == workspace.store.head().size
    assert not waiting(workspace).pending
    proved = str(prove_event(workspace, case, "open").proof)
    assert verify_proof(proved, policy(workspace)).size == public_size(workspace)
    # The one that was away longest has missed heads: it says what it saw last, and is asked from there.
    three[0].start()
    opened({**sound, "title": "A third"})
    assert waiting(workspace).problems == {}


def test_what_was_gathered_is_kept_and_can_be_lost(workspace, three, sound, opened: Opened) -> None:
    for one in three[1:]:
        one.kill()
    opened(sound)
    state = json.loads((workspace.folder / STATE).read_text(encoding="utf8"))
    assert state["said"]["paper"]["lines"]
    three[0].kill()
    three[1].start()
    publish(workspace)
    assert public_size(workspace) == workspace.store.head().size
    for damage in (None, b"", b"{}", b'{"said": {"paper": 3}}'):
        if damage is None:
            (workspace.folder / STATE).unlink()
        else:
            (workspace.folder / STATE).write_bytes(damage)
        three[0].start() if three[0].process is None else None
        publish(workspace)
        assert not waiting(workspace).pending


def test_a_log_whose_witnesses_saw_another_history_stops(workspace, three, sound, opened: Opened) -> None:
    opened(sound)
    size = workspace.store.head().size
    other = sign_note(f"{workspace.settings.origin}\n{size + 40}\n{'A' * 43}=\n", workspace.signer)
    # The force's key signed a longer history elsewhere, and two witnesses saw it first.
    for one in three[:2]:
        head = one.folder / "heads"
        (path,) = head.glob("*/checkpoint")
        one.kill()
        path.write_text(other, encoding="utf8")
        one.start()
    with pytest.raises(IntegrityError, match="A witness has seen another history"):
        opened({**sound, "title": "Another"})
    assert public_size(workspace) == size
    assert waiting(workspace).pending


def test_a_witness_that_signs_with_another_key_counts_for_nothing(workspace, new_witness, ask_witnesses) -> None:
    real, other = new_witness("paper", workspace.signer.vkey), new_witness("other", workspace.signer.vkey)
    real.url, url = other.url, real.url
    ask_witnesses(workspace.folder, 1, real)
    real.url = url
    # The folder was published before there were witnesses: with them, it lacks their signatures and waits.
    publish(workspace)
    shown = waiting(workspace)
    assert shown.pending
    assert "not signed with the key" in shown.problems["paper"]


SETTINGS = {
    "no quorum": ("[witnesses]\n[[witness]]\n{one}", "more than half"),
    "a quorum of half": ("[witnesses]\nquorum = 1\n[[witness]]\n{one}[[witness]]\n{two}", "more than half"),
    "a quorum beyond all": ("[witnesses]\nquorum = 3\n[[witness]]\n{one}[[witness]]\n{two}", "more than half"),
    "no witness": ("[witnesses]\nquorum = 1\n", "at least one"),
    "an unknown key": ("[witnesses]\nquorum = 1\nquorums = 2\n[[witness]]\n{one}", "quorums"),
    "a word for a number": ("[witnesses]\nquorum = 'two'\n[[witness]]\n{one}", "whole number"),
    "one witness twice": ("[witnesses]\nquorum = 2\n[[witness]]\n{one}[[witness]]\n{one}", "[[witness]]"),
    "an address without a scheme": ("[witnesses]\nquorum = 1\n[[witness]]\n{bare}", "http"),
    "the log as its own witness": ("[witnesses]\nquorum = 1\n[[witness]]\n{own}", "cosignature"),
    "a damaged key": ("[witnesses]\nquorum = 1\n[[witness]]\n{damaged}", "vkey"),
    "a name with a space": ("[witnesses]\nquorum = 1\n[[witness]]\n{spaced}", "name"),
}


@pytest.mark.parametrize("defect", SETTINGS)
def test_settings_that_cannot_be_used_are_refused_by_their_key(workspace, tmp_path: Path, defect: str) -> None:
    from answerable.service.witness_folder import make_witness

    keys = [make_witness(tmp_path / name, f"{name}.example", [])[0].vkey for name in ("a", "b")]
    own = Ed25519Signer.from_seed("own.example", bytes(32)).vkey

    def named(name: str, vkey: str, url: str = "http://127.0.0.1:1") -> str:
        return f'name = "{name}"\nvkey = "{vkey}"\nurl = "{url}"\n'

    text, said = SETTINGS[defect]
    text = text.format(
        one=named("a", keys[0]),
        two=named("b", keys[1]),
        bare=named("a", keys[0], "127.0.0.1"),
        own=named("a", own),
        damaged=named("a", keys[0][:-4]),
        spaced=named("a b", keys[0]),
    )
    path = workspace.folder / "answerable.toml"
    path.write_text(path.read_text(encoding="utf8") + "\n" + text, encoding="utf8")
    with pytest.raises(UsageError) as refused:
        witness_settings(workspace.folder)
    assert said in str(refused.value)


def test_without_witnesses_nothing_changes(workspace, sound, opened: Opened) -> None:
    opened(sound)
    assert waiting(workspace) is None
    assert parse_policy(policy(workspace)).quorum == "none"
