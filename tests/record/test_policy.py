"""Which heads a reader believes: named logs only, and only when enough of the named witnesses saw them."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.record.cosign import cosign
from answerable.record.errors import Altered, RecordError
from answerable.record.keys import COSIGNATURE, Key
from answerable.record.note import Ed25519Signer
from answerable.record.policy import parse_policy, policy_for

WITNESSES = {name: Ed25519PrivateKey.from_private_bytes(name.encode() * 16) for name in ("w1", "w2", "w3")}
KEYS = {
    name: Key(f"{name}.example", COSIGNATURE, key.public_key().public_bytes_raw()) for name, key in WITNESSES.items()
}


def cosigned(log, *names: str) -> str:
    text = str(log.head())
    return log.checkpoint() + "".join(cosign(text, f"{name}.example", WITNESSES[name], 1_543_600_000) for name in names)


def policy_text(log, quorum: str, groups: str = "") -> str:
    witnesses = "".join(f"witness {name} {key.vkey} https://{name}.example/\n" for name, key in KEYS.items())
    return f"# who we believe\n\nlog {log.signer.vkey} https://log.example/\n{witnesses}{groups}quorum {quorum}\n"


def test_a_log_without_witnesses_is_believed_by_its_key_alone(log):
    accepted = parse_policy(log.policy).accept(log.checkpoint())
    assert (accepted.checkpoint, accepted.log, accepted.witnesses) == (log.head(), log.signer.key, ())


def test_a_log_that_is_not_named_is_not_believed(log):
    other = Ed25519Signer.from_seed("other.example/real", bytes(32))
    with pytest.raises(Altered) as caught:
        parse_policy(policy_for(other.vkey)).accept(log.checkpoint())
    assert caught.value.reason == "this is from a log that your policy file does not name"


def test_another_key_of_the_same_name_is_not_believed(log):
    impostor = Ed25519Signer.from_seed(log.signer.key.name, bytes(32))
    with pytest.raises(Altered, match="did not sign"):
        parse_policy(policy_for(impostor.vkey)).accept(log.checkpoint())


def test_no_character_of_a_signed_head_can_change(log):
    policy, good = parse_policy(log.policy), log.checkpoint()
    assert policy.accept(good).checkpoint == log.head()
    for at, old in enumerate(good):
        changed = [good[:at] + new + good[at + 1 :] for new in "A0z+/= \n\t-\N{EM DASH}" if new != old]
        for bad in [*changed, good[:at] + good[at + 1 :], good[:at] + old + good[at:]]:
            if bad != good:
                with pytest.raises(Altered):
                    policy.accept(bad)


@pytest.mark.parametrize(
    ("groups", "quorum", "seen_by", "believed"),
    [
        ("", "none", (), True),
        ("", "w1", ("w1",), True),
        ("", "w1", ("w2", "w3"), False),
        ("", "w1", (), False),
        ("group two 2 w1 w2 w3\n", "two", ("w1", "w3"), True),
        ("group two 2 w1 w2 w3\n", "two", ("w3",), False),
        ("group some any w1 w2\n", "some", ("w2",), True),
        ("group every all w1 w2\n", "every", ("w2",), False),
        ("group every all w1 w2\n", "every", ("w2", "w1"), True),
        ("group pair all w1 w2\ngroup both any pair w3\n", "both", ("w1",), False),
        ("group pair all w1 w2\ngroup both any pair w3\n", "both", ("w3",), True),
    ],
)
def test_a_quorum_is_enforced_and_fails_closed(log, groups, quorum, seen_by, believed):
    policy = parse_policy(policy_text(log, quorum, groups))
    if believed:
        assert policy.accept(cosigned(log, *seen_by)).checkpoint == log.head()
    else:
        with pytest.raises(Altered) as caught:
            policy.accept(cosigned(log, *seen_by))
        assert "witnesses" in caught.value.reason


def test_a_cosignature_of_another_head_does_not_count(log):
    older = cosign(str(log.head(3)), "w1.example", WITNESSES["w1"], 1)
    with pytest.raises(Altered, match=r"w1\.example does not hold"):
        parse_policy(policy_text(log, "w1")).accept(log.checkpoint() + older)


def test_one_witness_signing_twice_counts_once(log):
    policy = parse_policy(policy_text(log, "two", "group two 2 w1 w2 w3\n"))
    with pytest.raises(Altered):
        policy.accept(cosigned(log, "w1", "w1"))


def test_a_witness_with_a_kind_of_key_we_cannot_check_never_counts(log):
    other = Key("pq.example", 0x06, bytes(1312))
    policy = parse_policy(f"log {log.signer.vkey}\nwitness pq {other.vkey}\nquorum pq\n")
    with pytest.raises(Altered):
        policy.accept(log.checkpoint())


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "quorum none\n",
        "log {log}\n",
        "log {log}\nquorum none\nquorum none\n",
        "log {log}\nquorum missing\n",
        "log {log}\nlog {log}\nquorum none\n",
        "log {log} a b\nquorum none\n",
        "log {log}\nwitness w {log}\nquorum none\n",
        "log {w1}\nquorum none\n",
        "log {log}\nwitness none {w1}\nquorum none\n",
        "log {log}\nwitness a {w1}\nwitness a {w2}\nquorum a\n",
        "log {log}\nwitness a {w1}\nwitness b {w1}\ngroup g 2 a b\nquorum g\n",
        "log {log}\nwitness a {w1}\ngroup g 0 a\nquorum g\n",
        "log {log}\nwitness a {w1}\ngroup g 2 a\nquorum g\n",
        "log {log}\nwitness a {w1}\ngroup g 2 a a\nquorum g\n",
        "log {log}\ngroup g any g\nquorum g\n",
        "log {log}\nwitness a {w1}\ngroup g all\nquorum g\n",
        "log {log}\nwitness a {w1}\ngroup g some a\nquorum g\n",
        "log {log}\nwitness a\nquorum none\n",
        "log {log}\nallow everything\nquorum none\n",
        "log {log}\nquorum none none\n",
        "log nonsense\nquorum none\n",
    ],
)
def test_a_policy_that_is_not_understood_whole_is_refused(log, bad):
    text = bad.format(log=log.signer.vkey, w1=KEYS["w1"].vkey, w2=KEYS["w2"].vkey)
    with pytest.raises(RecordError) as caught:
        parse_policy(text)
    assert caught.value.reason == "this policy file is damaged"
