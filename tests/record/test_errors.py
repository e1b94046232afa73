"""Bad input: each kind ends in an error of its own name that says what it means for the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record import errors
from answerable.record.checkpoint import Checkpoint, check_follows
from answerable.record.cosign import cosign, cosigner_key
from answerable.record.errors import Altered, RecordError
from answerable.record.folder import main as check_folder
from answerable.record.note import MAX_NOTE_BYTES, MAX_SIGNATURES, Ed25519Signer, sign_note
from answerable.record.policy import parse_policy, policy_for
from answerable.record.proof import MAX_PROOF_BYTES, parse_proof
from answerable.record.readback import read_public
from answerable.record.verify import verify_proof

NOW = 1_543_600_000
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
ALL = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, Altered)]


def with_head(log, checkpoint: str) -> str:
    return str(replace(parse_proof(log.proof(4)), checkpoint=checkpoint))


def impostor(log) -> Ed25519Signer:
    return Ed25519Signer.from_seed(log.signer.key.name, bytes(32))


def stranger(kind: str = "simulated") -> Ed25519Signer:
    return Ed25519Signer.from_seed(f"stranger.example/{kind}", bytes(32))


def unstandard(log) -> str:
    lines = log.proof(4).split("\n")
    return "\n".join([*lines[:3], lines[3][:-2] + chr(ord(lines[3][-2]) + 1) + "=", *lines[4:]])


BAD = {
    "cut in the middle": (lambda log: log.proof(4)[: len(log.proof(4)) // 3], errors.CutShort),
    "cut before the signatures": (lambda log: log.proof(4).rpartition("\n\n")[0] + "\n\n", errors.CutShort),
    "too long": (lambda log: log.proof(4) + "x" * MAX_PROOF_BYTES, errors.Oversized),
    "too many hashes": (
        lambda log: str(replace(parse_proof(log.proof(4)), hashes=(bytes(32),) * 64)),
        errors.Oversized,
    ),
    "free bits of base64": (unstandard, errors.NotStandard),
    "a number with a zero before it": (lambda log: log.proof(4).replace("index 4", "index 04"), errors.NotStandard),
    "another key of the same name": (
        lambda log: with_head(log, sign_note(str(log.head()), impostor(log))),
        errors.WrongKey,
    ),
    "another log's head": (
        lambda log: with_head(log, sign_note(str(replace(log.head(), origin=stranger().key.name)), stranger())),
        errors.UnknownLog,
    ),
    "a changed size": (lambda log: log.proof(4).replace("\n11\n", "\n12\n"), errors.BadSignature),
    "another entry's place": (lambda log: log.proof(4).replace("index 4", "index 5"), Altered),
    "an older head replayed": (lambda log: with_head(log, log.checkpoint(3)), Altered),
    "an older head replayed, entry within": (lambda log: with_head(log, log.checkpoint(7)), Altered),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_proof_has_an_error_of_its_own_name(log, name):
    make, error = BAD[name]
    with pytest.raises(Altered) as caught:
        verify_proof(make(log), log.policy)
    assert type(caught.value) is error
    assert caught.value.exit_code == 4
    assert caught.value.reason == error.meaning


def dated(log, late: int) -> tuple[str, str]:
    """A served head that a witness saw ``late`` seconds after now, and a policy that asks for that witness."""
    key = cosigner_key("w.example", WITNESS)
    policy = f"log {log.signer.vkey}\nwitness w {key.vkey}\nquorum w\n"
    return log.checkpoint() + cosign(str(log.head()), "w.example", WITNESS, NOW + late), policy


def free_bits(note: str) -> str:
    """The same note with another spelling of the last signature: a bit that base64 does not use is set."""
    return note[:-3] + chr(ord(note[-3]) + 1) + note[-2:]


BAD_HEADS = {
    "cut in the root": (lambda log: log.checkpoint()[:60], errors.CutShort),
    "cut before the signatures": (lambda log: log.checkpoint().rpartition("\n\n")[0] + "\n\n", errors.CutShort),
    "too long": (lambda log: log.checkpoint() + "x" * MAX_NOTE_BYTES, errors.Oversized),
    "too many signatures": (
        lambda log: log.checkpoint() + log.checkpoint().split("\n\n")[1] * MAX_SIGNATURES,
        errors.Oversized,
    ),
    "free bits of base64": (lambda log: free_bits(log.checkpoint()), errors.NotStandard),
    "a size with a zero before it": (lambda log: log.checkpoint().replace("\n11\n", "\n011\n"), errors.NotStandard),
    "another key of the same name": (lambda log: sign_note(str(log.head()), impostor(log)), errors.WrongKey),
    "another log's head": (
        lambda log: sign_note(str(replace(log.head(), origin=stranger().key.name)), stranger()),
        errors.UnknownLog,
    ),
    "a changed size": (lambda log: log.checkpoint().replace("\n11\n", "\n12\n"), errors.BadSignature),
    "an older head replayed": (lambda log: log.checkpoint(7), errors.WentBackwards),
    "no witness": (lambda log: log.checkpoint(), errors.TooFewWitnesses),
    "from the future": (lambda log: dated(log, 121)[0], errors.FutureDated),
}


@pytest.mark.parametrize("name", BAD_HEADS)
def test_a_bad_head_of_a_folder_has_an_error_of_its_own_name(log, put, tmp_path, capsys, monkeypatch, name):
    make, error = BAD_HEADS[name]
    put(tmp_path / "public", log)
    witnessed = name in {"no witness", "from the future"}
    policy = dated(log, 0)[1] if witnessed else log.policy
    (tmp_path / "policy").write_text(policy, encoding="utf-8")
    (tmp_path / "kept").write_text(dated(log, 0)[0] if witnessed else log.checkpoint(9), encoding="utf-8")
    (tmp_path / "public" / "checkpoint").write_text(make(log), encoding="utf-8")
    monkeypatch.setattr("time.time", lambda: NOW)
    known = parse_policy(policy).accept((tmp_path / "kept").read_text(encoding="utf-8")).checkpoint
    with pytest.raises(Altered) as caught:
        read_public(tmp_path / "public", policy_text=policy, known=known, now=NOW)
    assert type(caught.value) is error
    # The command that a stranger runs says it in the same words, and raises the alarm.
    called = [str(tmp_path / "public"), "--policy", str(tmp_path / "policy"), "--known", str(tmp_path / "kept")]
    assert check_folder(called) == 4
    assert capsys.readouterr().err.startswith(f"Not verified: {error.meaning}. ")


@pytest.mark.parametrize(("late", "holds"), [(0, True), (120, True), (121, False)])
def test_a_folder_whose_head_is_seen_in_the_future_is_refused(log, put, tmp_path, late, holds):
    put(tmp_path, log)
    note, policy = dated(log, late)
    (tmp_path / "checkpoint").write_text(note, encoding="utf-8")
    assert read_public(tmp_path, policy_text=policy).size == 11
    if holds:
        assert read_public(tmp_path, policy_text=policy, now=NOW).size == 11
    else:
        with pytest.raises(errors.FutureDated, match=r"w\.example"):
            read_public(tmp_path, policy_text=policy, now=NOW)


@pytest.mark.parametrize("error", ALL)
def test_every_error_says_what_it_means_for_the_reader(error):
    said = error("Something.", where="a file", fix="Do this.")
    assert said.meaning.startswith(("this ", "not enough "))
    assert (said.reason, str(said)) == (error.meaning, "Something. (a file) Do this.")
    assert error.__doc__


def test_each_error_says_something_of_its_own():
    assert len({error.meaning for error in ALL}) == len(ALL)


@pytest.mark.parametrize(
    ("late", "error"), [(0, None), (120, None), (121, errors.FutureDated), (10**9, errors.FutureDated)]
)
def test_a_head_seen_in_the_future_is_refused(log, late, error):
    note = log.checkpoint() + cosign(str(log.head()), "w.example", WITNESS, NOW + late)
    key = cosigner_key("w.example", WITNESS)
    policy = f"log {log.signer.vkey}\nwitness w {key.vkey}\nquorum w\n"
    proof = with_head(log, note)
    assert verify_proof(proof, policy).index == 4
    if error is None:
        assert verify_proof(proof, policy, now=NOW).index == 4
    else:
        with pytest.raises(error, match=r"w\.example"):
            verify_proof(proof, policy, now=NOW)


@pytest.mark.parametrize(
    ("kind", "at", "refused"),
    [
        ("real", "2018-11-30T17:46:40Z", False),
        ("real", "2018-11-30T17:49:00+00:00", True),
        ("real", "2018-11-30T18:46:00+01:00", False),
        ("real", "2999-01-01T00:00:00Z", True),
        ("real", "2999-01-01T00:00:00", False),
        ("real", "tomorrow", False),
        ("real", None, False),
        ("simulated", "2999-01-01T00:00:00Z", False),
        ("rehearsal", "2999-01-01T00:00:00Z", False),
    ],
)
def test_a_real_statement_from_the_future_is_refused(new_log, kind, at, refused):
    log = new_log(kind).add(1, at=at)
    if refused:
        with pytest.raises(errors.FutureDated):
            verify_proof(log.proof(0), log.policy, now=NOW)
    else:
        assert verify_proof(log.proof(0), log.policy, now=NOW).index == 0


def test_a_head_that_does_not_follow_one_seen_before_is_refused(log, new_log):
    known = log.head(7)
    check_follows(known, known)
    check_follows(known, log.head())
    with pytest.raises(errors.WentBackwards, match="7"):
        check_follows(log.head(7), log.head(6))
    with pytest.raises(errors.Forked):
        check_follows(known, replace(known, root=bytes(32)))
    with pytest.raises(errors.UnknownLog):
        check_follows(known, new_log("real").add(11).head())


def test_a_folder_is_held_to_a_head_seen_before(log, put, tmp_path):
    put(tmp_path, log)
    assert read_public(tmp_path, known=log.head(7)).size == 11
    with pytest.raises(errors.WentBackwards):
        read_public(tmp_path, known=Checkpoint(log.head().origin, 12, bytes(32)))
    for size in (7, 11):
        with pytest.raises(errors.Forked):
            read_public(tmp_path, known=replace(log.head(size), root=bytes(32)))


def test_a_missing_file_of_the_log_is_named(log, put, tmp_path):
    put(tmp_path, log)
    (tmp_path / "tile/0/000.p/11").unlink()
    with pytest.raises(errors.Incomplete) as caught:
        read_public(tmp_path)
    assert caught.value.where == "tile/0/000.p/11"


@pytest.mark.parametrize("text", ["", "x", "log\n", "\x00", "quorum none\n" * 9])
def test_a_damaged_policy_is_no_alarm_about_the_log(text):
    with pytest.raises(RecordError) as caught:
        parse_policy(text)
    assert (caught.value.exit_code, caught.value.reason) == (3, "this policy file is damaged")


def test_a_log_the_reader_does_not_know_is_said_to_be_just_that(log):
    with pytest.raises(errors.UnknownLog) as caught:
        verify_proof(log.proof(4), policy_for(stranger().vkey))
    assert caught.value.where == log.signer.key.name


def test_the_page_about_the_format_tells_every_error(root):
    told = (root / "docs" / "record-format.md").read_text(encoding="utf-8")
    assert [one.__name__ for one in ALL if f"| `{one.__name__}` | {one.meaning} |" not in told] == []
