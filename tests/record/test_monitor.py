"""A monitor notices everything that a log can do wrong in the open, keeps evidence of a fork, and stays calm else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.record.conftest import MemoryLog

from answerable.record.cosign import LogSigner, cosign, cosigner_key
from answerable.record.cover import Covers, cover_blind, cover_body, covers_path
from answerable.record.encode import commit
from answerable.record.errors import Altered, NotStandard, Oversized, RecordError, UnknownLog, WrongKey
from answerable.record.fork import Fork, fork_between, parse_fork, verify_fork
from answerable.record.merkle import grow, leaf_hash
from answerable.record.monitor import MEANINGS, Seen, State, look
from answerable.record.monitor_entries import Limits, as_json, from_json
from answerable.record.note import Ed25519Signer, sign_note
from answerable.record.policy import policy_for
from answerable.record.publish import write_public
from answerable.record.verify import main

NOW = int(datetime(2018, 12, 1, 9, tzinfo=UTC).timestamp())
DAY = 86_400


class Watched:
    """A public folder and one monitor of it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state, self.now = folder, State(), NOW

    def publish(self, log: MemoryLog, opened: int | None = None) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        write_public(
            self.folder,
            checkpoint_note=log.checkpoint(),
            policy_text=log.policy,
            tree=log,
            openings=log.openings[:opened] if opened is not None else log.openings,
        )

    def read(self, path: str) -> bytes | None:
        return (self.folder / path).read_bytes() if (self.folder / path).is_file() else None

    def look(self, limits: Limits | None = None, policy: str = "") -> Seen:
        seen = look(self.read, policy or MemoryLog().policy, self.state, self.now, limits)
        self.state = seen.state
        return seen

    def codes(self, limits: Limits | None = None) -> list[str]:
        return [one.code for one in self.look(limits).alarms]


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path / "public")


def other_history(size: int) -> MemoryLog:
    return MemoryLog().add(3).add(1, office="other").add(size - 4)


def test_a_log_that_grows_is_looked_at_with_calm_and_only_what_is_new_is_read(watched) -> None:
    log, asked = MemoryLog().add(3), []
    inner = watched.read
    watched.read = lambda path: (asked.append(path), inner(path))[1]
    for size, new in ((3, 3), (256, 253), (600, 344), (600, 0)):
        log.add(size - len(log.entries))
        watched.publish(log, opened=0)
        asked.clear()
        seen = watched.look()
        assert (seen.alarms, seen.new) == ((), new)
    assert watched.state.head == log.head()
    # Entries of full bundles that were looked at before are never asked for again.
    log.add(300)
    watched.publish(log, opened=0)
    asked.clear()
    assert watched.codes() == []
    assert not [path for path in asked if path.startswith(("tile/entries/000", "tile/entries/001"))]


def test_openings_are_checked_and_only_once(watched) -> None:
    log = MemoryLog().add(5)
    watched.publish(log)
    seen = watched.look()
    assert (len(seen.state.entries.opened), len(seen.state.entries.waiting)) == (5, 0)
    assert from_json(as_json(seen.state.entries)) == seen.state.entries


Damage = Callable[[Watched, MemoryLog], None]


def overwrite(path: str, change: Callable[[bytes], bytes]) -> Damage:
    def do(watched: Watched, _: MemoryLog) -> None:
        file = watched.folder / path
        file.write_bytes(change(file.read_bytes()))

    return do


def remove(path: str) -> Damage:
    return lambda watched, _: (watched.folder / path).unlink()


def shown(make: Callable[[], MemoryLog]) -> Damage:
    return lambda watched, _: watched.publish(make())


def signed_by_another(watched: Watched, log: MemoryLog) -> None:
    other = Ed25519Signer.from_seed(log.signer.key.name, bytes(32))
    (watched.folder / "checkpoint").write_text(sign_note(str(log.head()), other), encoding="utf8")


def flipped(raw: bytes) -> bytes:
    return raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]


WRONG: dict[str, tuple[str, Damage]] = {
    "another history, longer": ("forked", shown(lambda: other_history(15))),
    "another history, as long": ("forked", shown(lambda: other_history(11))),
    "an older head": ("went-backwards", shown(lambda: MemoryLog().add(8))),
    "another log": ("refused", shown(lambda: MemoryLog("rehearsal").add(15))),
    "another key": ("refused", signed_by_another),
    "no head": ("incomplete", remove("checkpoint")),
    "a head far too long": ("refused", overwrite("checkpoint", lambda raw: raw + b"x" * 1_000_001)),
    "a head in another spelling": ("refused", overwrite("checkpoint", lambda raw: raw.replace(b"\n13\n", b"\n013\n"))),
    "a head cut short": ("refused", overwrite("checkpoint", lambda raw: raw[:60])),
    "a head that is no text": ("refused", overwrite("checkpoint", lambda raw: b"\xff" + raw)),
    "no entries": ("incomplete", remove("tile/entries/000.p/13")),
    "no tile": ("incomplete", remove("tile/0/000.p/13")),
    "an altered entry": ("altered", overwrite("tile/entries/000.p/13", lambda raw: raw[:-1] + b"\x00")),
    "an altered tile": ("altered", overwrite("tile/0/000.p/13", lambda raw: raw[:-1] + b"\x00")),
    "a tile cut short": ("altered", overwrite("tile/0/000.p/13", lambda raw: raw[:-1])),
    "a bundle cut short": ("altered", overwrite("tile/entries/000.p/13", lambda raw: raw[:-1])),
    "an altered opening": ("altered", overwrite("openings/12.json", lambda raw: raw.replace(b"refuse", b"regret"))),
    "an opening of another entry": (
        "altered",
        overwrite("openings/12.json", lambda raw: raw.replace(b":12}", b":11}")),
    ),
    "an opening cut short": ("altered", overwrite("openings/12.json", lambda raw: raw[:-5])),
}


def test_a_head_from_the_future_is_an_alarm_and_keeps_no_log_fresh(watched) -> None:
    """Else a witness's wrong clock, or a dishonest one, would keep a head that is never renewed from growing stale."""
    log, witness = MemoryLog().add(11), Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    key = cosigner_key("w.example", witness)
    policy = f"log {log.signer.vkey}\nwitness w {key.vkey}\nquorum w\n"
    for late, codes in ((0, []), (120, []), (121, ["future-dated"]), (10 * DAY, ["future-dated"])):
        watched.publish(log)
        signed = cosign(str(log.head()), "w.example", witness, NOW + late)
        (watched.folder / "checkpoint").write_text(log.checkpoint() + signed, encoding="utf8")
        seen = watched.look(policy=policy)
        assert [one.code for one in seen.alarms] == codes
    assert "Compare your clock" in str(seen.alarms[0])


def test_a_head_that_lacks_one_of_the_logs_signatures_is_not_believed(watched) -> None:
    log = MemoryLog().add(11)
    both = LogSigner.from_seeds(log.signer.key.name, bytes([1]) * 32, bytes([2]) * 32, lambda: NOW)
    watched.publish(log)
    note = sign_note(str(log.head()), both)
    for text, codes in ((note, []), ("".join(note.splitlines(keepends=True)[:-1]), ["refused"])):
        (watched.folder / "checkpoint").write_text(text, encoding="utf8")
        assert [one.code for one in watched.look(policy=policy_for(*both.vkeys)).alarms] == codes


@pytest.mark.parametrize("defect", WRONG)
def test_every_wrong_has_its_alarm_and_is_not_believed(watched, tmp_path, defect: str) -> None:
    log = MemoryLog().add(11)
    watched.publish(log)
    assert watched.codes() == []
    before = watched.state
    log.add(2)
    watched.publish(log)
    code, damage = WRONG[defect]
    damage(watched, log)
    seen = watched.look()
    assert [one.code for one in seen.alarms] == [code]
    assert MEANINGS[code] in str(seen.alarms[0])
    if "opening" not in defect:
        assert seen.state == before
    assert (seen.fork is not None) == (code == "forked")
    if seen.fork is not None:
        path, policy = tmp_path / "evidence.fork", tmp_path / "policy"
        path.write_text(str(seen.fork), encoding="utf8")
        policy.write_text(log.policy, encoding="utf8")
        proved = verify_fork(str(seen.fork), log.policy)
        assert (proved.older.size, proved.origin) == (11, log.signer.key.name)
        assert main([str(path), "--policy", str(policy)]) == 4
    # When the true log is shown again, all is well again.
    watched.publish(log)
    assert watched.codes() == []


def test_an_entry_that_is_not_opened_by_its_date_is_an_alarm_until_it_is(watched) -> None:
    log = MemoryLog().add(6)
    watched.publish(log, opened=4)
    limits = Limits(open_seconds=14 * DAY, stale_seconds=90 * DAY)
    assert watched.codes(limits) == []
    watched.now += 14 * DAY
    assert watched.codes(limits) == []
    watched.now += 1
    seen = watched.look(limits)
    assert [one.code for one in seen.alarms] == ["unopened"]
    assert "2 entries, the first is 4" in seen.alarms[0].detail
    watched.publish(log)
    assert watched.codes(limits) == []


def test_a_head_that_is_never_renewed_is_stale(watched) -> None:
    watched.publish(MemoryLog().add(3))
    assert watched.codes() == []
    watched.now += 25 * 3600
    assert watched.codes() == []
    watched.now += 1
    assert watched.codes() == ["stale"]


def numbered(case: str, number: int, version: int, previous: str, kind: str = "open") -> dict[str, Any]:
    return {"v": 2, "kind": kind, "case": case, "number": number, "version": version, "previous": previous, "sd": []}


def digest(body: bytes) -> str:
    import hashlib

    return hashlib.sha256(body).hexdigest()


def test_a_case_that_is_missing_or_told_twice_is_an_alarm(watched) -> None:
    log = MemoryLog().add(1, **numbered("2018-0001", 1, 1, ""))
    first = digest(log.openings[0].body)
    log.add(1, **numbered("2018-0001", 1, 2, first, "submit"))
    watched.publish(log)
    assert watched.codes() == []
    log.add(1, **numbered("2018-0001", 1, 2, first, "refuse"))
    watched.publish(log)
    seen = watched.look()
    assert [one.code for one in seen.alarms] == ["out-of-order"]
    assert "two stories" in seen.alarms[0].detail


def test_a_number_that_is_never_opened_is_an_alarm(watched) -> None:
    log = MemoryLog().add(1, **numbered("2018-0001", 1, 1, ""))
    first = digest(log.openings[0].body)
    log.add(1, **numbered("2018-0002", 2, 1, first))
    second = digest(log.openings[1].body)
    log.add(1, **numbered("2018-0003", 3, 1, second))
    hidden = log.openings.pop(1)
    limits = Limits(open_seconds=DAY, stale_seconds=90 * DAY)
    watched.publish(log)
    # The case in between may still be running: so far it is only waited for.
    assert watched.codes(limits) == []
    watched.now += DAY + 1
    assert watched.codes(limits) == ["unopened", "number-missing"]
    log.openings.insert(1, hidden)
    watched.publish(log)
    assert watched.codes(limits) == []


def closing(day: str) -> dict[str, Any]:
    return {"kind": "close-day", "case": "", "data": {"day": day, "time_zone": "Europe/London"}}


def test_a_day_that_nobody_closed_is_an_alarm_after_an_hour(watched) -> None:
    log = MemoryLog().add(1, **closing("2018-11-29")).add(1, **closing("2018-11-30"))
    watched.publish(log)
    assert watched.codes() == []
    # The first of December ends at midnight in London; an hour later somebody ought to have said so.
    watched.now = int(datetime(2018, 12, 2, 1, tzinfo=UTC).timestamp())
    assert watched.codes() == []
    watched.now += 1
    seen = watched.look()
    assert [one.code for one in seen.alarms] == ["day-missing"]
    assert "2018-12-01" in seen.alarms[0].detail
    log.add(1, **closing("2018-12-01"))
    watched.publish(log)
    assert watched.codes() == []


def counted(day: str, **counts: object) -> dict[str, Any]:
    return {"kind": "close-day", "case": "", "data": {"day": day, "time_zone": "Europe/London", "counts": counts}}


def test_what_is_entered_after_its_day_was_closed_is_an_alarm(watched) -> None:
    # A quarter to midnight in London's summer is a quarter to eleven in UTC, of the same day; an hour later is not.
    log = MemoryLog().add(1, at="2018-07-01T22:45:00Z").add(1, **counted("2018-07-01", refuse=1))
    log.add(1, at="2018-07-01T23:45:00Z").add(1, **counted("2018-07-02", refuse=1, authorise=1))
    watched.now = int(datetime(2018, 7, 3, tzinfo=UTC).timestamp())
    watched.publish(log)
    # That an authority is counted and not opened yet contradicts nothing.
    assert watched.codes() == []
    log.add(1, at="2018-07-01T12:00:00Z")
    watched.publish(log)
    seen = watched.look()
    assert [one.code for one in seen.alarms] == ["day-disagrees"]
    assert "2018-07-01" in seen.alarms[0].detail
    assert "afterwards" in str(seen.alarms[0])


@pytest.mark.parametrize(
    ("said", "at"),
    [({"counts": {"refuse": "many"}}, "2018-07-01T12:00:00Z"), ({"counts": []}, "x"), ({"counts": {}}, "0001-01-01"),
     ({"counts": {}, "time_zone": "no/such"}, "9999-12-31T23:59:59Z")],
)  # fmt: skip
def test_a_day_closed_with_nonsense_stops_no_monitor(watched, said, at) -> None:
    log = MemoryLog().add(1, kind="close-day", case="", data={"day": "2018-07-01", **said}).add(1, at=at)
    watched.publish(log)
    watched.look()


def add_covers(log: MemoryLog, seed: bytes, count: int, at: str) -> Covers:
    """Put covers of one day into a log, with no opening of their own."""
    made = []
    for counter in range(count):
        entry = commit(cover_body(log.kind, at), cover_blind(seed, counter))
        for level, position, value in grow(len(log.entries), [leaf_hash(entry)], log.node):
            log.nodes[level, position] = value
        made.append((len(log.entries), at))
        log.entries.append(entry)
    return Covers(at[:10], seed, tuple(made))


def test_covers_are_opened_by_their_seed_the_day_after(watched) -> None:
    log = MemoryLog().add(2)
    covers = add_covers(log, bytes(32), 4, "2018-12-01T08:00:00Z")
    watched.publish(log)
    assert len(watched.look().state.entries.waiting) == 4
    watched.now += DAY
    watched.publish(log)
    path = watched.folder / covers_path(covers.day)
    path.parent.mkdir()
    path.write_bytes(replace(covers, seed=b"x" * 32).json())
    assert watched.codes() == ["altered"]
    path.write_bytes(replace(covers, made=((0, covers.made[0][1]), *covers.made)).json())
    assert watched.codes() == ["altered"]
    path.write_bytes(covers.json())
    seen = watched.look()
    assert (seen.alarms, dict(seen.state.entries.waiting)) == ((), {})
    assert seen.state.entries.covers == {"2018-12-01"}


def test_an_emergency_must_be_explained_within_an_hour(watched) -> None:
    log = MemoryLog().add(3)
    watched.publish(log)
    listed = watched.folder / "emergencies.json"
    listed.write_bytes(b'[{"head":"' + b"ab" * 32 + b'","at":%d}]\n' % NOW)
    assert watched.codes() == []
    watched.now += 3601
    assert watched.codes() == ["emergency-unexplained"]
    saved = listed.read_bytes()
    log.add(1, kind="emergency", case="", data={"head": "ab" * 32})
    watched.publish(log)
    listed.write_bytes(saved)
    assert watched.codes() == []
    listed.write_bytes(b"[{}]")
    assert watched.codes() == ["altered"]


@given(cut=st.integers(1, 30), more=st.integers(0, 30), at=st.integers(0, 29))
def test_every_fork_can_be_proved_and_no_honest_growth_can(cut: int, more: int, at: int) -> None:
    honest = MemoryLog().add(cut + more)
    older = honest.checkpoint(cut)
    assert fork_between(older, honest.checkpoint(), honest.node) is None
    changed = at % cut
    forged = MemoryLog().add(changed).add(1, office="other").add(cut + more - changed - 1)
    fork = fork_between(older, forged.checkpoint(), forged.node)
    assert fork is not None
    assert parse_fork(str(fork)) == fork
    assert verify_fork(str(fork), honest.policy).older == honest.head(cut)
    framed = Fork(older, honest.checkpoint(), bytes(32), fork.proof)
    with pytest.raises(Altered):
        verify_fork(str(framed), honest.policy)
    with pytest.raises(Altered):
        verify_fork(str(replace(framed, root=honest.head(cut).root)), honest.policy)


BAD_FORKS: dict[str, tuple[type[RecordError], Callable[[str], str]]] = {
    "another file": (RecordError, lambda _: "hello\n"),
    "cut": (Altered, lambda text: text[:80] + "\n"),
    "a line end of another system": (RecordError, lambda text: text.replace("\n", "\r\n")),
    "free padding bits": (RecordError, lambda text: text.replace("root ", "root A")),
    "oversized": (Oversized, lambda text: text + "A\n" * 200_000),
    "more after it": (RecordError, lambda text: text + "\n"),
    "in another order": (Altered, lambda text: text.replace("older ", "newer ", 1)),
}


@pytest.mark.parametrize("defect", BAD_FORKS)
def test_evidence_has_one_spelling(defect: str) -> None:
    fork = fork_between(MemoryLog().add(5).checkpoint(), other_history(9).checkpoint(), other_history(9).node)
    error, change = BAD_FORKS[defect]
    with pytest.raises(error):
        verify_fork(change(str(fork)), MemoryLog().policy)


def test_evidence_needs_the_logs_own_key(log) -> None:
    forged = other_history(9)
    fork = fork_between(log.checkpoint(5), forged.checkpoint(), forged.node)
    other = Ed25519Signer.from_seed(log.signer.key.name, bytes(32))
    with pytest.raises(WrongKey):
        verify_fork(str(fork), policy_for(other.vkey))
    with pytest.raises(UnknownLog):
        verify_fork(str(fork), MemoryLog("rehearsal").policy)
    with pytest.raises(WrongKey):
        verify_fork(str(replace(fork, newer=sign_note(str(forged.head()), other))), log.policy)
    rehearsal = MemoryLog("rehearsal").add(9)
    with pytest.raises(UnknownLog):
        verify_fork(str(replace(fork, newer=rehearsal.checkpoint())), log.policy)


def test_no_changed_character_makes_evidence(log) -> None:
    forged = other_history(9)
    text = str(fork_between(log.checkpoint(5), forged.checkpoint(), forged.node))
    for position in range(len("answerable.fork@v1\n"), len(text), 3):
        changed = text[:position] + ("A" if text[position] != "A" else "B") + text[position + 1 :]
        with pytest.raises((Altered, NotStandard)):
            verify_fork(changed, log.policy)
