"""Whoever keeps a notice of the log is a witness: its head must agree with what is shown later."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from tests.record.conftest import MemoryLog

from answerable.record.eml import attach, compare, head_in, note_in
from answerable.record.errors import Forked, RecordError, UnknownLog, WrongKey
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import parse_policy
from answerable.record.verify import main


def message(note: str) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["Subject"] = "Authorised"
    made.set_content("A deployment was authorised.\n" + "x" * 2_000)
    attach(made, note)
    return made.as_bytes()


@pytest.fixture
def files(log: MemoryLog, put: Callable[..., int], tmp_path: Path) -> Callable[..., int]:
    """Runs the verifier on a file, or on the public folder, with a message."""
    put(tmp_path / "public", log)
    (tmp_path / "policy").write_text(log.policy, encoding="utf8")

    def run(eml: bytes, proof: str = "") -> int:
        (tmp_path / "notice.eml").write_bytes(eml)
        target = tmp_path / "public"
        if proof:
            target = tmp_path / "x.tlog-proof"
            target.write_text(proof, encoding="utf8")
        return main([str(target), "--policy", str(tmp_path / "policy"), "--eml", str(tmp_path / "notice.eml")])

    return run


def test_a_message_gives_back_the_head_it_was_sent_with(log: MemoryLog) -> None:
    assert note_in(message(log.checkpoint(4))) == log.checkpoint(4)
    assert head_in(message(log.checkpoint(4)), parse_policy(log.policy)) == log.head(4)
    # As a mail server that turns the lines round would store it.
    assert note_in(message(log.checkpoint(4)).replace(b"\r\n", b"\n")) == log.checkpoint(4)


def test_a_folder_that_grew_from_it_agrees(log: MemoryLog, files, capsys) -> None:
    assert files(message(log.checkpoint(4))) == 0
    assert "contain the 4 entries" in capsys.readouterr().out


def test_a_folder_that_tells_another_history_does_not(log: MemoryLog, files, capsys) -> None:
    other = MemoryLog().add(2).add(1, office="other").add(9)
    assert files(message(other.checkpoint(4))) == 4
    assert "different histories" in capsys.readouterr().err
    assert files(message(other.checkpoint())) == 4
    assert "went backwards" in capsys.readouterr().err


def test_a_proof_of_the_same_size_is_compared_and_others_say_what_is_needed(log: MemoryLog, files, capsys) -> None:
    assert files(message(log.checkpoint()), log.proof(3)) == 0
    assert "the same head of 11 entries" in capsys.readouterr().out
    assert files(message(log.checkpoint(4)), log.proof(3)) == 0
    assert "give the public folder" in capsys.readouterr().out
    other = MemoryLog().add(2).add(1, office="other").add(8)
    assert files(message(other.checkpoint()), log.proof(3)) == 4


def test_what_is_no_notice_is_named(log: MemoryLog) -> None:
    plain = EmailMessage()
    plain.set_content("hello")
    twice = EmailMessage(policy=SMTP)
    twice.set_content("hello")
    attach(twice, log.checkpoint())
    attach(twice, log.checkpoint(3))
    for raw in (b"", plain.as_bytes(), twice.as_bytes(), b"\xff" * 100):
        with pytest.raises(RecordError, match="heads of a log"):
            note_in(raw)


def test_only_the_logs_own_head_counts(log: MemoryLog) -> None:
    policy = parse_policy(log.policy)
    other = Ed25519Signer.from_seed(log.signer.key.name, bytes(32))
    with pytest.raises(WrongKey):
        head_in(message(sign_note(str(log.head()), other)), policy)
    with pytest.raises(UnknownLog):
        head_in(message(MemoryLog("rehearsal").add(3).checkpoint()), policy)
    with pytest.raises(UnknownLog):
        compare(MemoryLog("rehearsal").add(3).head(), log.head())
    with pytest.raises(Forked):
        compare(MemoryLog().add(1, office="other").add(10).head(), log.head())
