"""A witness as a process: it answers over HTTP, survives being killed in the middle, and never signs two histories."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.record.conftest import MemoryLog

from answerable.errors import InputError, UsageError
from answerable.record.merkle import consistency_proof
from answerable.record.note import check_note, parse_note
from answerable.record.witness import AddCheckpoint, checkpoint_path, head_of
from answerable.service.witness_folder import make_witness, open_witness, public_keys, read_settings, watch


def asks(log: MemoryLog, old: int, new: int) -> str:
    proof = consistency_proof(old, new, log.node) if 0 < old <= new else []
    return str(AddCheckpoint(old, tuple(proof), log.checkpoint(new)))


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog().add(40)


@pytest.fixture
def rewritten() -> MemoryLog:
    return MemoryLog().add(2).add(1, office="other").add(37)


def test_every_status_of_the_protocol_over_http(log, rewritten, new_witness) -> None:
    witness = new_witness("paper", log.signer.vkey)
    served = f"{witness.url}/{checkpoint_path(log.signer.key.name)}"
    assert httpx.get(served).status_code == 404
    first = witness.ask(asks(log, 0, 7))
    assert (first.status_code, first.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    signed = check_note(parse_note(log.checkpoint(7) + first.text), witness.keys)
    assert [one.key.type for one in signed] == [4, 6]
    assert abs((signed[0].time or 0) - time.time()) < 60
    stranger = MemoryLog(kind="rehearsal").add(3)
    table = [
        (asks(log, 3, 9), 409),
        (asks(log, 0, 9), 409),
        (asks(rewritten, 7, 9), 422),
        (asks(rewritten, 7, 7), 422),
        (asks(stranger, 0, 3), 404),
        (asks(log, 7, 9).replace(log.checkpoint(9).split()[-1], stranger.checkpoint().split()[-1]), 200),
        ("old 9\n\nnonsense\n", 400),
        (asks(log, 9, 12).replace("old 9", "old 13"), 400),
        ("x" * 300_000, 400),
    ]
    table[5] = (asks(log, 7, 9).replace("\n9\n", "\n8\n"), 403)
    for body, status in table:
        answer = witness.ask(body)
        assert answer.status_code == status, body[:80]
        if status == 409:
            assert (answer.text, answer.headers["content-type"]) == ("7\n", "text/x.tlog.size")
    kept = httpx.get(served)
    assert kept.status_code == 200
    assert head_of(kept.text) == log.head(7)
    assert httpx.post(served, content=b"").status_code == 405
    assert httpx.get(f"{witness.url}/add-checkpoint").status_code == 405
    assert httpx.get(f"{witness.url}/witness.toml").status_code == 404
    assert httpx.get(f"{witness.url}/../keys/ed25519").status_code == 404


def test_of_many_at_once_only_one_history_is_signed(log, rewritten, new_witness) -> None:
    witness = new_witness("paper", log.signer.vkey)
    assert witness.ask(asks(log, 0, 2)).status_code == 200
    asked = [asks(side, 2, size) for size in range(3, 23) for side in (log, rewritten)]
    random.Random(4).shuffle(asked)
    with ThreadPoolExecutor(16) as pool:
        answers = list(zip(asked, pool.map(lambda body: witness.ask(body).status_code, asked), strict=True))
    signed = [body for body, status in answers if status == 200]
    assert len(signed) == 1
    assert {status for _, status in answers} == {200, 409}


def kill_rounds(log, rewritten, witness, rounds: int) -> int:
    """Kill the witness at a random moment of its work, ``rounds`` times; return the last size that was answered for."""
    chance = random.Random(rounds)
    size, answered = 1, 0
    for _ in range(rounds):
        end = threading.Timer(chance.uniform(0.05, 0.4), witness.kill)
        end.start()
        try:
            while size < len(log.entries):
                if witness.ask(asks(log, answered, size)).status_code == 200:
                    answered, size = size, size + 1
        except httpx.TransportError:
            pass
        end.join()
        witness.start()
        served = httpx.get(f"{witness.url}/{checkpoint_path(log.signer.key.name)}")
        last = head_of(served.text) if served.status_code == 200 else None
        kept = last.size if last else 0
        # What was answered is kept; what was being written is kept whole, or not at all.
        assert kept in {answered, answered + 1}
        if kept >= 3:
            assert last == log.head(kept)
            assert witness.ask(asks(rewritten, kept, kept)).status_code == 422
            assert witness.ask(asks(rewritten, kept, kept + 1)).status_code == 422
        answered, size = kept, max(size, kept + 1)
    return answered


def test_what_was_answered_survives_a_kill_in_the_middle(log, rewritten, new_witness) -> None:
    # On a busy machine a witness may be killed before its first answer, so rounds are added until one was given.
    witness = new_witness("paper", log.signer.vkey)
    assert any(kill_rounds(log, rewritten, witness, rounds) for rounds in range(4, 12))


@pytest.mark.slow
def test_what_was_answered_survives_fifty_kills(log, rewritten, new_witness) -> None:
    big, other = MemoryLog().add(3_000), MemoryLog().add(2).add(1, office="other").add(2_997)
    assert kill_rounds(big, other, new_witness("paper", log.signer.vkey), 50) > 0


def test_two_processes_cannot_serve_one_witness(log, tmp_path) -> None:
    make_witness(tmp_path / "w", "w.example", [log.signer.vkey])
    second = open_witness(tmp_path / "w", lambda: 1)
    with open_witness(tmp_path / "w", lambda: 1), pytest.raises(UsageError, match="Another process serves"), second:
        pass
    with open_witness(tmp_path / "w", lambda: 1) as again:
        assert again.ask(asks(log, 0, 3).encode()).status == 200


def test_a_witness_that_forgot_what_it_saw_does_not_start(log, tmp_path) -> None:
    make_witness(tmp_path / "w", "w.example", [log.signer.vkey])
    with open_witness(tmp_path / "w", lambda: 1) as witness:
        assert witness.ask(asks(log, 0, 3).encode()).status == 200
    head = tmp_path / "w" / "heads" / checkpoint_path(log.signer.key.name)
    whole = head.read_bytes()
    for damage in (b"", whole[:50], whole.replace(b"log.example", b"lag.example"), b"\xff\xfe"):
        head.write_bytes(damage)
        with pytest.raises(InputError), open_witness(tmp_path / "w", lambda: 1):
            pass


def test_a_head_that_cannot_be_kept_is_not_cosigned(log, tmp_path, monkeypatch) -> None:
    make_witness(tmp_path / "w", "w.example", [log.signer.vkey])
    with open_witness(tmp_path / "w", lambda: 1) as witness:
        # A file stands where the folder of heads should be: nothing can be written there, whoever runs this.
        place = tmp_path / "w" / "heads" / checkpoint_path(log.signer.key.name)
        place.parent.rmdir()
        place.parent.write_text("in the way")
        with pytest.raises(FileExistsError):
            witness.ask(asks(log, 0, 3).encode())
        place.parent.unlink()
        assert witness.ask(asks(log, 0, 2).encode()).status == 200


def test_a_witness_is_made_whole_and_says_its_keys(log, tmp_path) -> None:
    keys = make_witness(tmp_path / "w", "w.example", [])
    assert public_keys(tmp_path / "w") == keys
    assert oct((tmp_path / "w" / "keys" / "ed25519").stat().st_mode & 0o777) == "0o600"
    watch(tmp_path / "w", log.signer.vkey)
    watch(tmp_path / "w", log.signer.vkey)
    assert read_settings(tmp_path / "w") == ("w.example", (log.signer.key,))
    with pytest.raises(UsageError, match="already in use"):
        make_witness(tmp_path / "w", "w.example", [])
    with pytest.raises(UsageError, match="no witness here"):
        read_settings(tmp_path)
    (tmp_path / "w" / "witness.toml").write_text("name = 3")
    with pytest.raises(InputError, match="cannot be read"):
        read_settings(tmp_path / "w")
