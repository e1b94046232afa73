"""The emergency path: one witness and a real time stamp open the gate; the public counts it; else it stays shut."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from answerable.case.event import Command
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.record.monitor import State, look
from answerable.record.monitor_entries import Limits
from answerable.service.cases import act
from answerable.service.emergency import declare, emergencies
from answerable.service.gate import check_files
from answerable.service.monitoring import reader
from answerable.service.publish import publish
from answerable.service.timestamps import ask_authority, stamped_by, time_of

HERE = "-0.0705,51.6012"

# No `certs` line: OpenSSL writes several certificates in an order that strict readers of DER refuse.
CONFIG = """
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[stamper]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = config
[config]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@dataclass
class Authority:
    """A time-stamping authority of one's own: OpenSSL behind an address on loopback."""

    folder: Path
    url: str = ""

    @property
    def certificate(self) -> Path:
        return self.folder / "ca.pem"

    def openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], cwd=self.folder, check=True, capture_output=True)

    def make(self) -> Authority:
        self.folder.mkdir()
        (self.folder / "conf").write_text(CONFIG.format(folder=self.folder))
        (self.folder / "serial").write_text("01\n")
        new = ("-newkey", "rsa:2048", "-nodes", "-config", "conf")
        self.openssl(
            "req", "-x509", *new, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca", "-extensions", "ca"
        )
        self.openssl("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=tsa")
        signed_by = ("-CA", "ca.pem", "-CAkey", "ca.key", "-set_serial", "2", "-days", "30")
        extended = ("-extfile", "conf", "-extensions", "stamper")
        self.openssl("x509", "-req", "-in", "tsa.csr", *signed_by, *extended, "-out", "tsa.pem")
        return self

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self.openssl("ts", "-reply", "-config", "conf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    if shutil.which("openssl") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("no openssl on this machine")
    made = Authority(tmp_path / "tsa").make()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = made.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_token_is_over_its_text_and_by_its_authority(authority: Authority, tmp_path: Path) -> None:
    token = ask_authority(authority.url, "a head\n", 10)
    holds = stamped_by(token, authority.certificate.read_bytes())
    assert holds("a head\n")
    assert not holds("another head\n")
    assert abs((datetime.now(UTC) - time_of(token)).total_seconds()) < 120
    other = Authority(tmp_path / "other").make()
    assert not stamped_by(token, other.certificate.read_bytes())("a head\n")


def test_what_is_no_token_or_certificate_is_named(authority: Authority) -> None:
    token = ask_authority(authority.url, "a head\n", 10)
    for damage in (b"", b"hello", token[:-10], token + b"x"):
        with pytest.raises(InputError, match="not a time stamp"):
            stamped_by(damage, authority.certificate.read_bytes())
    with pytest.raises(InputError, match="certificate"):
        stamped_by(token, b"hello")
    with pytest.raises(UsageError, match="cannot be reached"):
        ask_authority("http://127.0.0.1:1", "a head\n", 1)


@pytest.fixture
def cut_off(workspace, timed_witness, ask_witnesses, authority, sound, opened, take):
    """A case authorised while two of three witnesses cannot be reached: the quorum is lost."""
    names = ("paper", "university", "committee")
    made = [timed_witness(name, workspace.signer.vkey) for name in names]
    for one in made[1:]:
        one.url = "http://127.0.0.1:1"
    ask_witnesses(workspace.folder, 2, *made, more=f'tsa_url = "{authority.url}"\n')
    case = opened(sound)
    take(case, "authorise")
    return workspace, case, made


def ask(workspace: Any, made: Any, tmp_path: Path, authority: Authority | None) -> Any:
    path, policy = tmp_path / "pass.tlog-proof", tmp_path / "log-policy"
    path.write_text(made.pass_text, encoding="utf8")
    from answerable.service.witness_settings import policy_text

    policy.write_text(policy_text(workspace.folder), encoding="utf8")
    stamp = (made.folder / "token.tsr", authority.certificate) if authority else None
    now = int(workspace.clock.now().timestamp())
    return check_files(path, made.folder / "gate-head", policy, HERE, now, stamp=stamp)


def test_one_witness_and_a_stamp_open_the_gate_and_are_counted(cut_off, authority, begin, clock, tmp_path) -> None:
    workspace, case, _ = cut_off
    before = (workspace.public / "checkpoint").read_bytes()
    clock.set(clock.now().replace(hour=20, minute=1))
    publish(workspace)
    made = declare(workspace, case, "witnesses-unreachable", "authoriser")
    assert (workspace.public / "checkpoint").read_bytes() == before
    found = ask(workspace, made, tmp_path, authority)
    assert (found.code, found.emergency) == ("authorised", True)
    assert ask(workspace, made, tmp_path, None).code == "unwitnessed"
    other = Authority(tmp_path / "other").make()
    assert ask(workspace, made, tmp_path, other).code == "unwitnessed"
    assert [one["head"] for one in emergencies(workspace.public)] == [made.head]


def test_an_emergency_is_explained_within_the_hour_or_alarmed(cut_off, authority, ask_witnesses, clock) -> None:
    workspace, case, witnesses = cut_off
    declare(workspace, case, "threat-to-life", "authoriser")
    # The quorum comes back: the entry that explains the emergency becomes public with it, opened at once.
    for one in witnesses[1:]:
        one.url = witnesses[0].url
    ask_witnesses(workspace.folder, 1, witnesses[0], more=f'tsa_url = "{authority.url}"\n')
    now, policy = int(clock.now().timestamp()), (workspace.public / "log-policy").read_text(encoding="utf8")
    limits = Limits(stale_seconds=10**9)
    late = look(reader(str(workspace.public)), policy, State(), now + 3601, limits)
    assert "emergency-unexplained" in [one.code for one in late.alarms]
    publish(workspace)
    policy = (workspace.public / "log-policy").read_text(encoding="utf8")
    calm = look(reader(str(workspace.public)), policy, State(), now + 3601, limits)
    assert "emergency-unexplained" not in [one.code for one in calm.alarms]
    said = workspace.store.events("", kinds=("emergency",))[-1].data
    assert (said["code"], len(said["witnesses"])) == ("threat-to-life", 1)


def test_nobody_uses_the_path_without_an_emergency(cut_off, authority, ask_witnesses) -> None:
    workspace, case, witnesses = cut_off
    with pytest.raises(UsageError, match="no such reason"):
        declare(workspace, case, "in a hurry", "authoriser")
    with pytest.raises(UsageError, match="no such case"):
        declare(workspace, "2018-0099", "network-down", "authoriser")
    ask_witnesses(workspace.folder, 1, witnesses[0])
    with pytest.raises(UsageError, match="No time-stamping authority"):
        declare(workspace, case, "network-down", "authoriser")
    ask_witnesses(workspace.folder, 1, witnesses[0], more=f'tsa_url = "{authority.url}"\n')
    publish(workspace)
    with pytest.raises(NotAllowed, match="there is no emergency"):
        declare(workspace, case, "network-down", "authoriser")
    down = witnesses[1]
    ask_witnesses(workspace.folder, 1, down, more=f'tsa_url = "{authority.url}"\n')
    act(workspace, case, Command("revoke", reasons="The grounds are gone."), "authoriser")
    with pytest.raises(NotAllowed, match="Not even one witness"):
        declare(workspace, case, "network-down", "authoriser")
    assert emergencies(workspace.public) == []
