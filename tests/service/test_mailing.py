"""Mail against a real SMTP server on this machine: plain, STARTTLS with a login, failing, and taken up again."""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import ssl
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from answerable.clock import FixedClock
from answerable.errors import UsageError
from answerable.record.verify import main as verify_record
from answerable.service.mailing import PASSWORD, mail_settings, send_waiting, waiting_messages
from answerable.service.notices import bring_up_to_date
from answerable.service.settings import FILE
from answerable.service.workspace import Workspace, open_workspace

Opened = Callable[[dict[str, Any]], str]


class Inbox:
    """A handler that keeps what it is given, and refuses while ``closed``."""

    def __init__(self) -> None:
        self.received: list[EmailMessage] = []
        self.closed = False
        self.users: list[str] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.closed:
            return "451 try again later"
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        self.received.append(message_from_bytes(raw, policy=policy.default))  # type: ignore[arg-type]
        return "250 taken"


@pytest.fixture(autouse=True)
def _untold(workspace: Workspace) -> None:
    """Nothing has been told yet, whatever was when the workspace was made."""
    shutil.rmtree(workspace.folder / "notices", ignore_errors=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[int]:
    """A plain server; its port."""
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def configured(workspace: Workspace, server: int) -> Workspace:
    """A workspace whose notices go to two groups through the plain server."""
    configure(workspace, port=server)
    return workspace


def configure(workspace: Workspace, *, port: int, security: str = "none", more: str = "") -> None:
    path = workspace.folder / FILE
    head = path.read_text(encoding="utf8").split("[mail]")[0]
    table = f'[mail]\nhost = "localhost"\nport = {port}\nsecurity = "{security}"\n'
    table += f'sender = "notices@force.example"\n{more}\n'
    groups = '[mail.to]\npcc = ["office@pcc.example", "deputy@pcc.example"]\niag = ["chair@iag.example"]\n'
    path.write_text(head + table + groups, encoding="utf8")


def test_each_notice_goes_to_each_group_once(configured: Workspace, inbox: Inbox) -> None:
    assert bring_up_to_date(configured).queued == 2
    sent = send_waiting(configured)
    assert len(sent.sent) == 2
    assert (sent.waiting, sent.failed) == ((), ())
    bring_up_to_date(configured)
    assert send_waiting(configured).sent == ()
    assert sorted(m["To"] for m in inbox.received) == ["chair@iag.example", "office@pcc.example, deputy@pcc.example"]
    message = inbox.received[0]
    assert message["Subject"].startswith("[REHEARSAL] Rules adopted")
    assert message["From"] == "notices@force.example"
    assert message["Auto-Submitted"] == "auto-generated"
    assert "REHEARSAL: " in message.get_body().get_content()
    assert len({m["Message-ID"] for m in inbox.received}) == 2


def test_whoever_got_a_notice_can_hold_the_record_to_it(
    configured: Workspace, inbox: Inbox, opened: Opened, sound: dict[str, Any], tmp_path: Path, capsys: Any
) -> None:
    """A message as it arrived is a witness: the record that it came from agrees, one that was set back does not."""
    earlier = shutil.copytree(configured.public, tmp_path / "earlier")
    opened(sound)
    bring_up_to_date(configured)
    send_waiting(configured)
    message = tmp_path / "notice.eml"
    message.write_bytes(inbox.received[0].as_bytes())
    checked = ["--policy", str(configured.public / "log-policy"), "--eml", str(message)]
    assert verify_record([str(configured.public), *checked]) == 0
    assert "entries that your message had seen." in capsys.readouterr().out
    assert verify_record([str(earlier), *checked]) == 4
    assert capsys.readouterr().err.startswith("Not verified: this log went backwards.")


def test_what_the_server_does_not_take_stays_is_said_and_goes_out_later(configured: Workspace, inbox: Inbox) -> None:
    bring_up_to_date(configured)
    inbox.closed = True
    failed = send_waiting(configured)
    assert failed.sent == ()
    assert len(failed.waiting) == 2
    assert all("try again later" in line for line in failed.failed)
    inbox.closed = False
    assert len(send_waiting(configured).sent) == 2
    assert len(inbox.received) == 2


def test_a_server_that_is_not_there_loses_nothing(workspace: Workspace) -> None:
    configure(workspace, port=free_port())
    bring_up_to_date(workspace)
    failed = send_waiting(workspace)
    assert (len(failed.failed), len(failed.waiting)) == (2, 2)


def test_what_another_process_is_sending_is_left_to_it_until_it_has_plainly_died(
    configured: Workspace, inbox: Inbox, clock: FixedClock
) -> None:
    bring_up_to_date(configured)
    for path in waiting_messages(configured):
        path.with_suffix(".sending").write_text("2018-11-30T17:00:00Z\n", encoding="ascii")
    assert send_waiting(configured).sent == ()
    assert inbox.received == []
    clock.advance(minutes=11)
    assert len(send_waiting(configured).sent) == 2


def test_without_settings_nothing_is_queued_and_nothing_is_sent(workspace: Workspace) -> None:
    assert bring_up_to_date(workspace).queued == 0
    assert send_waiting(workspace).sent == ()


def test_a_wrong_setting_stops_no_notice_and_its_mail_goes_once_it_is_mended(
    workspace: Workspace, inbox: Inbox, server: int
) -> None:
    configure(workspace, port=server, security="smoke")
    told = bring_up_to_date(workspace)
    assert len(told.written) == 1
    assert "security" in told.problems[0]
    configure(workspace, port=server)
    assert bring_up_to_date(workspace).queued == 2
    assert len(send_waiting(workspace).sent) == 2
    assert bring_up_to_date(workspace).queued == 0


def test_a_workspace_with_mail_settings_still_opens_and_keeps_them(configured: Workspace) -> None:
    with open_workspace(configured.folder, FixedClock(dt.datetime(2018, 11, 30, 18, tzinfo=dt.UTC))) as again:
        assert again.settings.kind == "rehearsal"
        before = mail_settings(configured.folder)
        again.settings.in_zone("Europe/Paris").write(configured.folder)
    assert before is not None
    assert mail_settings(configured.folder) == before


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ("smtp = 1", "smtp"),
        ('user = "u"', "user"),
        ("timeout_s = 0", "timeout_s"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(workspace: Workspace, more: str, key: str) -> None:
    configure(workspace, port=25, more=more)
    with pytest.raises(UsageError, match=rf"\[mail\] {key}"):
        mail_settings(workspace.folder)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('[mail]\nsender = "a@b"\n[mail.to]\npcc = ["x@y"]\n', "host"),
        ('[mail]\nhost = "h"\nsender = "a b"\n[mail.to]\npcc = ["x@y"]\n', "sender"),
        ('[mail]\nhost = "h"\nsender = "a@b"\n', "to"),
        ('[mail]\nhost = "h"\nsender = "a@b"\n[mail.to]\npress = ["x@y"]\n', "to.press"),
        ('[mail]\nhost = "h"\nsender = "a@b"\n[mail.to]\npcc = ["a@b, c@d"]\n', "to.pcc"),
    ],
)
def test_a_table_that_cannot_be_used_names_its_key(tmp_path: Path, table: str, key: str) -> None:
    (tmp_path / FILE).write_text(table, encoding="utf8")
    with pytest.raises(UsageError, match=rf"\[mail\] {key}"):
        mail_settings(tmp_path)


def certificate(folder: Path) -> tuple[Path, Path]:
    """A key and a certificate for localhost that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "key.pem", folder / "certificate.pem"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    paths[1].write_bytes(made.public_bytes(pem))
    return paths


@pytest.fixture
def guarded(inbox: Inbox, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A server that takes mail only over TLS and from a known user; its port and its certificate."""
    key, cert = certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)

    def known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == b"correct horse"
        inbox.users.append(given.login.decode() if good else "refused")
        return AuthResult(success=good, handled=False)

    port = free_port()
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=known,
        auth_required=True,
    )
    controller.start()
    yield port, cert
    controller.stop()


def test_over_starttls_with_a_login(
    workspace: Workspace, inbox: Inbox, guarded: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, cert = guarded
    configure(workspace, port=port, security="starttls", more=f'user = "notices"\nca_file = "{cert.as_posix()}"')
    monkeypatch.setenv(PASSWORD, "correct horse")
    bring_up_to_date(workspace)
    sent = send_waiting(workspace)
    assert (len(sent.sent), sent.failed) == (2, ())
    assert set(inbox.users) == {"notices"}


def test_a_wrong_password_is_told_and_never_shown(
    workspace: Workspace, inbox: Inbox, guarded: tuple[int, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, cert = guarded
    configure(workspace, port=port, security="starttls", more=f'user = "notices"\nca_file = "{cert.as_posix()}"')
    monkeypatch.setenv(PASSWORD, "wrong guess")
    bring_up_to_date(workspace)
    failed = send_waiting(workspace).failed
    assert len(failed) == 2
    assert PASSWORD in failed[0]
    assert "wrong guess" not in " ".join(failed)


def test_a_server_without_a_certificate_that_we_trust_gets_nothing(
    workspace: Workspace, inbox: Inbox, guarded: tuple[int, Path]
) -> None:
    configure(workspace, port=guarded[0], security="starttls")
    bring_up_to_date(workspace)
    assert len(send_waiting(workspace).failed) == 2
    assert inbox.received == []
