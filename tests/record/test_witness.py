"""What a witness answers: every status of the specification, and that no partition gives a fork two quorums."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from answerable.record.checkpoint import Checkpoint
from answerable.record.cosign import mldsa44_from_seed
from answerable.record.merkle import consistency_proof
from answerable.record.note import Ed25519Signer, check_note, parse_note, parse_vkey, sign_note
from answerable.record.policy import parse_policy
from answerable.record.witness import (
    MAX_PROOF_LINES,
    SIZE_TYPE,
    AddCheckpoint,
    Answer,
    Cosigner,
    answer,
    head_of,
    parse_request,
    watched,
)

NOW = 1_543_608_000


class Witness:
    """A witness in memory: what it must keep is kept before anybody sees the answer."""

    def __init__(self, name: str, *vkeys: str, honest: bool = True, both: bool = False) -> None:
        seed = hashlib.sha256(name.encode()).digest()
        second = mldsa44_from_seed(seed) if both else None
        self.cosigner = Cosigner(name, Ed25519PrivateKey.from_private_bytes(seed), second, lambda: NOW)
        self.logs = watched(map(parse_vkey, vkeys))
        self.kept: dict[str, str] = {}
        self.honest = honest

    @property
    def vkey(self) -> str:
        return self.cosigner.keys[0].vkey

    def ask(self, asked: AddCheckpoint | bytes) -> Answer:
        raw = asked if isinstance(asked, bytes) else str(asked).encode()
        if not self.honest:
            return Answer(200, self.cosigner.lines(parse_note(parse_request(raw).note).text))
        found = answer(raw, self.logs, self.kept.get, self.cosigner)
        head = head_of(found.keep or None)
        if head:
            self.kept[head.origin] = found.keep
        return found


def asks(log, old: int, new: int) -> AddCheckpoint:
    proof = consistency_proof(old, new, log.node) if 0 < old <= new else []
    return AddCheckpoint(old, tuple(proof), log.checkpoint(new))


@pytest.fixture
def witness(log) -> Witness:
    return Witness("witness.example/paper", log.signer.vkey, both=True)


@pytest.fixture
def rewritten(new_log, log):
    """Another history of the same log: its fourth statement was changed afterwards."""
    return new_log().add(3).add(1, office="other").add(8)


def test_a_log_that_grows_is_cosigned_with_both_keys_and_kept(log, witness) -> None:
    for old, new in ((0, 4), (4, 4), (4, 7), (7, 11)):
        found = witness.ask(asks(log, old, new))
        assert found.status == 200
        note = log.checkpoint(new) + found.body
        signed = check_note(parse_note(note), witness.cosigner.keys)
        assert [one.time for one in signed] == [NOW, NOW]
        assert witness.kept[log.signer.key.name] == note
        assert head_of(witness.kept[log.signer.key.name]) == log.head(new)


def other_key(log) -> str:
    return sign_note(str(log.head(9)), Ed25519Signer.from_seed(log.signer.key.name, bytes(32)))


def forged(log) -> str:
    line = log.checkpoint(9).split("\n\n")[1]
    return f"{log.head(8)}\n{line}"


def with_root(log, root: bytes, size: int) -> str:
    return sign_note(str(Checkpoint(log.signer.key.name, size, root)), log.signer)


REFUSED = {
    "no such log": (404, lambda log, _: AddCheckpoint(7, (), log.checkpoint(9).replace("log.example", "lag.example"))),
    "a stranger's key": (403, lambda log, _: AddCheckpoint(7, (), other_key(log))),
    "a signature over another head": (403, lambda log, _: AddCheckpoint(7, (), forged(log))),
    "old beyond new": (400, lambda log, _: AddCheckpoint(10, (), log.checkpoint(9))),
    "behind what was seen": (409, lambda log, _: asks(log, 5, 9)),
    "ahead of what was seen": (409, lambda log, _: asks(log, 8, 9)),
    "from nothing again": (409, lambda log, _: asks(log, 0, 9)),
    "smaller than what was seen": (400, lambda log, _: AddCheckpoint(7, (), log.checkpoint(5))),
    "smaller, and honest about it": (409, lambda log, _: asks(log, 5, 5)),
    "a history rewritten and grown": (422, lambda _, other: asks(other, 7, 9)),
    "a history rewritten at one size": (422, lambda _, other: asks(other, 7, 7)),
    "no proof": (422, lambda log, _: AddCheckpoint(7, (), log.checkpoint(9))),
    "a proof between other sizes": (422, lambda log, _: AddCheckpoint(7, asks(log, 6, 9).proof, log.checkpoint(9))),
    "a proof that is not needed": (422, lambda log, _: AddCheckpoint(7, asks(log, 7, 9).proof, log.checkpoint(7))),
    "an invented root": (422, lambda log, _: AddCheckpoint(7, asks(log, 7, 9).proof, with_root(log, bytes(32), 9))),
    "too many hashes": (400, lambda log, _: AddCheckpoint(7, (bytes(32),) * (MAX_PROOF_LINES + 1), log.checkpoint(9))),
}


@pytest.mark.parametrize("defect", REFUSED)
def test_everything_else_is_refused_by_its_status_and_nothing_is_kept(log, rewritten, witness, defect: str) -> None:
    assert witness.ask(asks(log, 0, 7)).status == 200
    before = dict(witness.kept)
    status, make = REFUSED[defect]
    found = witness.ask(make(log, rewritten))
    assert (found.status, found.keep) == (status, "")
    assert "\N{EM DASH}" not in found.body
    assert witness.kept == before
    if status == 409:
        assert (found.body, found.type) == ("7\n", SIZE_TYPE)
    assert witness.ask(asks(log, 7, 11)).status == 200


def test_a_proof_from_nothing_must_be_empty(log, witness) -> None:
    assert witness.ask(AddCheckpoint(0, (bytes(32),), log.checkpoint(9))).status == 422
    assert witness.ask(asks(log, 3, 9)).body == "0\n"
    assert witness.kept == {}


def test_an_empty_log_is_cosigned_and_grows(new_log, witness) -> None:
    log = new_log()
    assert witness.ask(asks(log, 0, 0)).status == 200
    log.add(5)
    assert witness.ask(asks(log, 0, 5)).status == 200
    assert witness.ask(asks(log, 5, 5)).status == 200


MALFORMED: dict[str, Callable[[str], str]] = {
    "nothing": lambda _: "",
    "no old line": lambda raw: raw.removeprefix("old 7\n"),
    "a sign": lambda raw: raw.replace("old 7", "old +7", 1),
    "a leading zero": lambda raw: raw.replace("old 7", "old 07", 1),
    "a negative size": lambda raw: raw.replace("old 7", "old -7", 1),
    "no size": lambda raw: raw.replace("old 7", "old ", 1),
    "two spaces": lambda raw: raw.replace("old 7", "old  7", 1),
    "line ends of another system": lambda raw: raw.replace("\n", "\r\n"),
    "no blank line": lambda raw: raw.replace("\n\n", "\n", 1),
    "a short hash": lambda raw: raw.replace("\n", "\nAAAA\n", 1),
    "no base64": lambda raw: raw.replace("\n", "\n?\n", 1),
    "free padding bits": lambda raw: raw.replace("\n", "\n" + "A" * 42 + "B=\n", 1),
    "no signature": lambda raw: raw.split("\N{EM DASH}")[0],
    "cut in the signature": lambda raw: raw[:-20],
    "an extension line": lambda raw: raw.replace("\n9\n", "\n9\nmore\n"),
    "a head without a size": lambda raw: raw.replace("\n9\n", "\n\n"),
}


@pytest.mark.parametrize("defect", MALFORMED)
def test_a_malformed_request_is_400(log, witness, defect: str) -> None:
    raw = str(asks(log, 7, 9))
    changed = MALFORMED[defect](raw)
    assert changed != raw
    assert witness.ask(changed.encode()).status == 400
    assert witness.kept == {}


@given(raw=st.binary(max_size=400))
def test_no_bytes_make_a_witness_fall_over(raw: bytes) -> None:
    witness = Witness("w.example")
    assert witness.ask(raw).status == 400


@given(position=st.integers(0, 2_000), character=st.sampled_from("A0=/ \n—x"))
def test_no_changed_character_is_cosigned(position: int, character: str) -> None:
    log = _shared_log()
    witness = Witness("w.example", log.signer.vkey)
    assert witness.ask(asks(log, 0, 7)).status == 200
    raw = str(asks(log, 7, 9))
    position %= len(raw)
    if raw[position] != character:
        changed = raw[:position] + character + raw[position + 1 :]
        assert witness.ask(changed.encode()).status in {400, 403, 404, 409, 422}


def _shared_log():
    from tests.record.conftest import MemoryLog

    return MemoryLog().add(9)


def schedule(seed: int, new_log) -> tuple[int, int]:
    """Tell one story of a log that shows two histories to parts of its witnesses; return how often each had a quorum.

    The log picks who is asked about which history, in what order, how far each has grown, and repeats at will; up to
    ``2k - n - 1`` witnesses sign whatever they are handed.
    """
    chance = random.Random(seed)
    count = chance.choice([3, 4, 5, 5, 7])
    quorum = chance.randint(count // 2 + 1, count)
    colluding = chance.randint(0, 2 * quorum - count - 1)
    common = chance.randint(0, 6)
    histories = [new_log().add(common).add(8, office=side) for side in ("one", "other")]
    vkey = histories[0].signer.vkey
    witnesses = [Witness(f"w{one}.example", vkey, honest=one >= colluding) for one in range(count)]
    policy = parse_policy(
        f"log {vkey}\n"
        + "".join(f"witness w{n} {one.vkey}\n" for n, one in enumerate(witnesses))
        + f"group all {quorum} {' '.join(f'w{n}' for n in range(count))}\nquorum all\n"
    )
    gathered: dict[tuple[int, int], dict[str, str]] = {}
    for _ in range(40):
        witness, side = chance.choice(witnesses), chance.randrange(2)
        log, size = histories[side], common + chance.choice([1, 4, 8])
        last = head_of(witness.kept.get(log.signer.key.name))
        old = min(last.size if last else 0, size)
        found = witness.ask(asks(log, old, size))
        if found.status == 200:
            gathered.setdefault((side, size), {})[witness.cosigner.name] = found.body
    reached = [0, 0]
    for (side, size), lines in gathered.items():
        try:
            policy.accept(histories[side].checkpoint(size) + "".join(lines.values()))
        except Exception as error:
            assert type(error).__name__ == "TooFewWitnesses"  # noqa: PT017
        else:
            reached[side] += 1
    return reached[0], reached[1]


def test_a_forked_log_never_gets_two_quorums_in_any_of_a_hundred_partitions(new_log) -> None:
    ends = [schedule(seed, new_log) for seed in range(100)]
    assert [end for end in ends if all(end)] == []
    # The schedules are no empty threat: many of them do bring one of the histories to its quorum.
    assert sum(any(end) for end in ends) >= 10


def test_with_too_many_colluding_a_fork_does_get_two_quorums(log, rewritten) -> None:
    """The bound is sharp: n = 3, k = 2 and one colluder (f = 2k - n) is not safe, which is why k is 4 of 5."""
    first, second = Witness("a.example", log.signer.vkey), Witness("b.example", log.signer.vkey)
    traitor = Witness("c.example", log.signer.vkey, honest=False)
    for side, honest in ((log, first), (rewritten, second)):
        assert honest.ask(asks(side, 0, 9)).status == 200
        assert traitor.ask(asks(side, 0, 9)).status == 200
