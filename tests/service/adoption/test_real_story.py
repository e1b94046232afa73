"""A real workspace from its beginning to a certificate that outsiders check: nobody decides without their own key."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.policy.reading import read_yaml
from answerable.record.certificate import FIELD, certificate_path, decision_bytes, signature_value
from answerable.record.encode import parse_body
from answerable.record.errors import Altered, BadSignature, WrongKey
from answerable.record.folder import main as check_folder
from answerable.record.publish import opening_path
from answerable.record.verify import main as check_proof
from answerable.record.verify import verify_proof
from answerable.service.answer import Answer
from answerable.service.cases import act, open_case
from answerable.service.fsck import check_record
from answerable.service.own_key import KeyFile, make_key, register_key
from answerable.service.people import add_person, pretend_people
from answerable.service.prove import prove_event
from answerable.service.publish import beat
from answerable.service.signing import PUBLIC, certify
from answerable.service.workspace import Workspace, init_workspace, open_workspace

PASSKEYS = runpy.run_path(str(Path(__file__).parents[2] / "vectors" / "generate_passkeys.py"))
PASSPHRASE = "correct horse battery staple"
FRIDAY = datetime(2019, 2, 1, 17, tzinfo=UTC)
FUNCTIONS = {name: f"{name}:2019-12-31" for name in ("sfc", "tfc")}
DECIDERS = ("authoriser", "urgent-authoriser", "chief-officer")


class Ring:
    """The keys of everybody who decides, each used by its own person."""

    def __init__(self, folder: Path) -> None:
        self.keys = {}
        for name in DECIDERS:
            make_key(folder / f"{name}.pem", PASSPHRASE)
            self.keys[name] = KeyFile(folder / f"{name}.pem", PASSPHRASE)

    def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
        return self.keys[account].sign(workspace, account, body)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Ring:
    """Made once: a passphrase is slow to try, and so to make."""
    return Ring(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def empty(tmp_path: Path, clock: FixedClock, ring: Ring) -> Iterator[Workspace]:
    """A real workspace with invented people who have keys, and nothing adopted yet; a beat takes all that waits."""
    init_workspace(tmp_path / "w", kind="real", time_zone="Europe/London", clock=clock)
    with (tmp_path / "w" / "answerable.toml").open("a", encoding="utf8") as file:
        file.write("\n[record]\nleaves = 60\n")
    with open_workspace(tmp_path / "w", clock) as real:
        for one in pretend_people(real.pack):
            roles = tuple(word for word in one.roles if word not in FUNCTIONS)
            add_person(real, one.account, roles, one.person, tuple(FUNCTIONS[w] for w in one.roles if w in FUNCTIONS))
        for name, key in ring.keys.items():
            register_key(real, name, key.public)
        real.hand = ring
        yield real


@pytest.fixture
def decided(empty: Workspace, walk: Callable[..., Answer], clock: FixedClock, tmp_path: Path) -> Callable[[str], str]:
    """Adopt the pack, then open a case on a Friday in February and take it to the decision."""
    assert walk("adopt").kind == "adopt"
    text = template()
    for then, now in (("2018-11-30", "2019-02-01"), ("2018-12-01", "2019-02-02"), ("2018-12-", "2019-03-")):
        text = text.replace(then, now)
    document = read_yaml(text, "template")
    document.pop("as_of")
    document["judgement"]["gap_reasons"] = "No outcome of such reports is on record yet, so the picture is near chance."

    def to(decision: str) -> str:
        clock.set(FRIDAY)
        path = tmp_path / "case.yaml"
        path.write_text(yaml.safe_dump(document), encoding="utf8")
        case = open_case(empty, path, "applicant").id
        act(empty, case, Command("submit"), "applicant")
        if decision == "submit":
            return case
        if decision == "refuse":
            command = Command("refuse", reasons="One report is not enough.", what_would_change="A second origin.")
            act(empty, case, command, "authoriser")
            return case
        for kind, account in (
            ("community_impact", "community-lead"),
            ("equality_impact", "equality-lead"),
            ("assess", "analyst"),
        ):
            told = act(empty, case, Command(kind), account)
            assert not told.blocked_by, told.data
        for office in ("local-commander", "iag-contact", "pcc-liaison"):
            act(empty, case, Command("advise", stance="support", text="Short, and beside the cordon."), office)
        clock.advance(minutes=31)
        told = act(empty, case, Command("authorise", reasons="Two origins agree."), "authoriser")
        assert told.kind == "authorise", told.data
        return case

    return to


def test_a_refusal_is_certified_published_and_checked_by_an_outsider_with_files_alone(
    empty: Workspace,
    decided: Callable[[str], str],
    clock: FixedClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = decided("refuse")
    clock.advance(minutes=2)
    beat(empty)
    event = empty.store.events(case)[-1]
    assert event.kind == "refuse"
    index = event.leaf_index
    assert index is not None
    assert not (empty.public / opening_path(index)).exists()
    assert not (empty.public / certificate_path(index)).exists(), "a certificate must not tell before the opening does"
    clock.advance(hours=24)
    beat(empty)
    public = empty.public
    proof, policy = public / "proofs" / f"{index}.tlog-proof", public / "log-policy"
    named = ["--certificate", str(public / certificate_path(index)), "--office-key", str(public / PUBLIC)]
    assert check_proof([str(proof), "--policy", str(policy), *named, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["workspace"], said["watermark"], said["certified"], said["own_key"]) == ("real", "", "authoriser", "")
    assert said["body"]["kind"] == "refuse"
    assert check_folder([str(public), "--policy", str(policy)]) == 0
    assert check_record(empty).clean
    everything = b"".join(path.read_bytes() for path in public.rglob("*") if path.is_file())
    for secret in (b"pretend", FIELD.encode(), *(key.public.encode() for key in empty.hand.keys.values())):  # type: ignore[union-attr]
        assert secret not in everything


def test_an_inspector_is_shown_the_signature_and_the_processing_log_says_so(
    empty: Workspace, decided: Callable[[str], str], clock: FixedClock, ring: Ring
) -> None:
    case = decided("authorise")
    clock.advance(minutes=2)
    beat(empty)
    policy = (empty.public / "log-policy").read_text(encoding="utf8")
    plain = str(prove_event(empty, case, "authorise").proof)
    assert verify_proof(plain, policy).own_key == ""
    shown = str(prove_event(empty, case, "authorise", signed_for="Inspectorate").proof)
    found = verify_proof(shown, policy)
    assert found.own_key == ring.keys["authoriser"].public
    assert (found.kind, found.body["office"]) == ("real", "authoriser")
    noted = (empty.folder / "processing.sqlite").read_bytes()
    assert b"Inspectorate" in noted
    with pytest.raises(UsageError, match="has not signed"):
        prove_event(empty, case, "submit", signed_for="Inspectorate")


def test_nobody_decides_in_a_real_workspace_without_their_own_key(
    empty: Workspace, decided: Callable[[str], str], ring: Ring
) -> None:
    case = decided("submit")
    before = empty.store.events(case)
    refuse = Command("refuse", reasons="One report is not enough.", what_would_change="A second origin.")
    empty.hand = None
    with pytest.raises(NotAllowed, match="signed by whoever makes it"):
        act(empty, case, refuse, "chief-officer")
    empty.hand = ring.keys["authoriser"]
    with pytest.raises(NotAllowed, match="not registered to this account"):
        act(empty, case, refuse, "chief-officer")
    assert empty.store.events(case) == before
    assert [line.action for line in empty.store.audit(case)] == ["refuse", "refuse"]
    assert act(empty, case, refuse, "authoriser").kind == "refuse"


def test_ending_needs_no_key_and_what_nobody_signed_is_not_certified(
    empty: Workspace, decided: Callable[[str], str]
) -> None:
    case = decided("authorise")
    empty.hand = None
    assert act(empty, case, Command("revoke"), "authoriser").kind == "revoke"
    with pytest.raises(NotAllowed, match="has not signed"):
        certify(empty, case)
    assert certify(empty, case, "authorise")


def test_a_key_that_was_replaced_still_stands_for_what_it_signed(
    empty: Workspace, decided: Callable[[str], str], ring: Ring, tmp_path: Path
) -> None:
    case = decided("authorise")
    register_key(empty, "authoriser", make_key(tmp_path / "new.pem", PASSPHRASE))
    assert certify(empty, case, "authorise")
    with pytest.raises(NotAllowed, match="not registered"):
        ring.keys["authoriser"].sign(empty, "authoriser", b"{}")
    with pytest.raises(NotAllowed, match="Another person"):
        register_key(empty, "analyst", ring.keys["authoriser"].public)
    with pytest.raises(InputError, match="not the public part"):
        register_key(empty, "analyst", "AAAA")


def test_what_cannot_be_certified_is_published_all_the_same_and_without_a_certificate(
    empty: Workspace, decided: Callable[[str], str], clock: FixedClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Stranger:
        """Signs with a key that nobody registered."""

        def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
            private = Ed25519PrivateKey.generate()
            return signature_value(private.public_key().public_bytes_raw(), private.sign(decision_bytes(body)))

    case = decided("submit")
    empty.hand = Stranger()
    act(empty, case, Command("refuse", reasons="No.", what_would_change="A second origin."), "authoriser")
    clock.advance(minutes=2)
    beat(empty)
    clock.advance(hours=24)
    beat(empty)
    index = empty.store.events(case)[-1].leaf_index
    assert index is not None
    assert (empty.public / opening_path(index)).is_file()
    assert not (empty.public / certificate_path(index)).exists()
    assert "not registered to whoever decided it" in caplog.text


def test_a_passkeys_assertion_is_certified_and_checked_from_the_proof_alone(
    empty: Workspace, decided: Callable[[str], str], clock: FixedClock
) -> None:
    class Passkey:
        """Signs as the web does: the decision as it was asked for, before it is an entry."""

        def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
            entry = parse_body(body)
            asked = {"case": entry["case"], "decision": entry["kind"], "after": entry["version"] - 1}
            kept: Mapping[str, str] = PASSKEYS["evidence"](
                origin=workspace.settings.origin, command={"reasons": "No."}, **asked
            )
            return kept

    case = decided("submit")
    empty.hand = Passkey()
    act(empty, case, Command("refuse", reasons="No.", what_would_change="A second origin."), "authoriser")
    clock.advance(minutes=2)
    beat(empty)
    policy = (empty.public / "log-policy").read_text(encoding="utf8")
    key = (empty.public / PUBLIC).read_text(encoding="utf8")
    proof = str(prove_event(empty, case, "refuse", signed_for="Inspectorate").proof)
    found = verify_proof(proof, policy, certificate=(certify(empty, case), key))
    assert (found.certified, found.site) == ("authoriser", PASSKEYS["SITE"])
    assert found.own_key == found.body["data"][FIELD]["public_key"]


def test_what_was_changed_is_neither_certified_nor_signed(
    empty: Workspace, decided: Callable[[str], str], clock: FixedClock
) -> None:
    case = decided("authorise")
    clock.advance(minutes=2)
    beat(empty)
    policy = (empty.public / "log-policy").read_text(encoding="utf8")
    key = (empty.public / PUBLIC).read_text(encoding="utf8")
    proof = str(prove_event(empty, case, "authorise", signed_for="Inspectorate").proof)
    certificate = certify(empty, case, "authorise")
    assert verify_proof(proof, policy, certificate=(certificate, key)).certified == "authoriser"
    with pytest.raises((Altered, BadSignature)):
        verify_proof(proof, policy, certificate=(certificate.replace("authoriser", "chief_officer"), key))
    with pytest.raises(Altered):
        verify_proof(str(prove_event(empty, case, "submit").proof), policy, certificate=(certificate, key))
    with pytest.raises(WrongKey):
        verify_proof(proof, policy, certificate=(certificate, policy.split()[1]))


def test_a_key_file_is_closed_by_a_passphrase_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "own.pem"
    with pytest.raises(InputError, match="12 characters"):
        make_key(path, "short")
    public = make_key(path, PASSPHRASE)
    assert path.stat().st_mode & 0o077 == 0
    assert KeyFile(path, PASSPHRASE).public == public
    with pytest.raises(UsageError, match="cannot be opened"):
        KeyFile(path, PASSPHRASE + "!")
    with pytest.raises(UsageError, match="cannot be made here"):
        make_key(path, PASSPHRASE)
