"""E-mail of notices through SMTP, where ``answerable.toml`` names a server: an outbox that loses and repeats nothing.

A message is a file in ``notices/outbox``. Beside it stands ``.sending`` while somebody sends it, and ``.sent`` for good
once the server has taken it. A message that could not be sent stays and is tried again. If the machine stops between
the server's yes and the mark ``.sent``, the message goes out again under the same Message-ID, by which mail systems
know it for the same.
"""

from __future__ import annotations

import os
import re
import secrets
import smtplib
import ssl
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from answerable.errors import UsageError
from answerable.place import read_stamp, stamp
from answerable.present.notices import GROUPS, Notice
from answerable.record.eml import attach
from answerable.record.publish import CHECKPOINT
from answerable.service.settings import FILE
from answerable.service.workspace import Workspace

OUTBOX = "outbox"
PASSWORD = "ANSWERABLE_MAIL_PASSWORD"  # noqa: S105 - the name of a variable, not a password
SECURITIES = ("starttls", "tls", "none")
# Whoever began to send a message and has not finished by then has died.
_GIVEN_UP_AFTER = timedelta(minutes=10)
_KNOWN = frozenset(("host", "port", "sender", "security", "user", "ca_file", "timeout_s", "to"))
_ADDRESS = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\"]+")


@dataclass(frozen=True)
class MailSettings:
    """The table ``[mail]``: a server, how to speak to it, from whom, and to which addresses for each group.

    The password is never in the file: it is read from the variable ANSWERABLE_MAIL_PASSWORD.
    """

    host: str
    port: int
    sender: str
    to: Mapping[str, tuple[str, ...]]
    security: str = "starttls"
    user: str = ""
    ca_file: str = ""
    timeout_s: float = 10.0


@dataclass(frozen=True)
class Sent:
    """What became of the outbox: messages sent now, those that wait, and why those that failed did."""

    sent: tuple[str, ...]
    waiting: tuple[str, ...]
    failed: tuple[str, ...]


def mail_settings(folder: Path) -> MailSettings | None:
    """Return the table ``[mail]`` of the workspace in ``folder``, None where there is none.

    UsageError, naming the key, where a value cannot be used.
    """
    try:
        table = tomllib.loads((folder / FILE).read_text(encoding="utf8")).get("mail")
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _wrong("", f"the file cannot be read: {error}") from error
    if table is None:
        return None
    if not isinstance(table, dict):
        raise _wrong("", "it must be a table")
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise _wrong(unknown[0], f"it is not known; use {', '.join(sorted(_KNOWN))}")
    found = MailSettings(
        host=_text(table, "host"),
        port=_whole(table, "port", 587),
        sender=_text(table, "sender"),
        to=_recipients(table.get("to")),
        security=str(table.get("security", "starttls")),
        user=str(table.get("user", "")),
        ca_file=str(table.get("ca_file", "")),
        timeout_s=_whole(table, "timeout_s", 10),
    )
    if found.security not in SECURITIES:
        raise _wrong("security", f"use one of {', '.join(SECURITIES)}")
    if found.user and found.security == "none":
        raise _wrong("user", "a password is not sent in the clear: set security to starttls or tls")
    if not _ADDRESS.fullmatch(found.sender):
        raise _wrong("sender", "it is not an address")
    return found


def queue(workspace: Workspace, notice: Notice, text: str) -> int:
    """Put the message to each group that has addresses into the outbox, unless it was put there before.

    Return how many were put there now; UsageError where the table ``[mail]`` cannot be used.
    """
    settings = mail_settings(workspace.folder)
    if settings is None:
        return 0
    outbox = workspace.folder / "notices" / OUTBOX
    outbox.mkdir(parents=True, exist_ok=True)
    groups = [group for group in GROUPS if settings.to.get(group)]
    return sum(
        _place(outbox / f"{notice.id}.{group}.eml", _message(workspace, settings, notice, group, text))
        for group in groups
    )


def send_waiting(workspace: Workspace) -> Sent:
    """Send every message that waits in the outbox; what fails stays there and is named with its reason.

    UsageError where the table ``[mail]`` cannot be used, or a user is named and the password's variable is empty.
    """
    settings = mail_settings(workspace.folder)
    waiting = waiting_messages(workspace)
    if settings is None or not waiting:
        return Sent((), tuple(path.stem for path in waiting), ())
    now = workspace.clock.now()
    sent: list[str] = []
    failed: list[str] = []
    for path in waiting:
        if not _claim(path, now):
            continue
        try:
            refused = _send(settings, message_from_bytes(path.read_bytes(), policy=policy.SMTP))
        except (OSError, smtplib.SMTPException) as error:
            failed.append(f"{path.stem}: {_why(error)}")
        else:
            path.with_suffix(".sent").write_text(f"{stamp(now)}\n", encoding="ascii")
            sent.append(path.stem)
            failed += [f"{path.stem}: the server refused {address}" for address in refused]
        path.with_suffix(".sending").unlink(missing_ok=True)
    return Sent(tuple(sent), tuple(path.stem for path in waiting_messages(workspace)), tuple(failed))


def waiting_messages(workspace: Workspace) -> list[Path]:
    """Return the messages that no server has taken yet, oldest name first."""
    outbox = workspace.folder / "notices" / OUTBOX
    return [path for path in sorted(outbox.glob("*.eml")) if not path.with_suffix(".sent").exists()]


def _message(workspace: Workspace, settings: MailSettings, notice: Notice, group: str, text: str) -> bytes:
    name = workspace.settings
    mark = "" if name.kind == "real" else f"[{name.kind.upper()}] "
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = settings.sender
    message["To"] = ", ".join(settings.to[group])
    message["Subject"] = re.sub(r"\s+", " ", f"{mark}{notice.subject}")
    message["Date"] = format_datetime(workspace.clock.now())
    host = settings.sender.rpartition("@")[2]
    message["Message-ID"] = f"<{notice.id}.{group}.{re.sub('[^A-Za-z0-9.-]', '-', name.origin)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    standing = workspace.public / CHECKPOINT
    if standing.is_file():
        # Whoever keeps the message can show later what the log was when it was sent.
        attach(message, standing.read_bytes().decode("utf-8"))
    return message.as_bytes()


def _send(settings: MailSettings, message: Any) -> list[str]:
    with _session(settings) as smtp:
        return sorted(smtp.send_message(message))


@contextmanager
def _session(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    if settings.security == "tls":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.timeout_s, context=context)
    else:
        smtp = smtplib.SMTP(settings.host, settings.port, timeout=settings.timeout_s)
    with smtp:
        if settings.security == "starttls":
            smtp.starttls(context=context)
        if settings.user:
            smtp.login(settings.user, os.environ.get(PASSWORD, ""))
        yield smtp


def _place(path: Path, content: bytes) -> int:
    """Put a message where no other can put it again; 0 where one is there."""
    if path.exists():
        return 0
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return 0
    finally:
        draft.unlink()
    return 1


def _claim(path: Path, now: datetime) -> bool:
    """Say whether this process may send the message: nobody else is doing so, or who was has died."""
    claim = path.with_suffix(".sending")
    try:
        began = read_stamp(claim.read_text(encoding="ascii").strip())
        if now - began < _GIVEN_UP_AFTER:
            return False
        claim.unlink(missing_ok=True)
    except (OSError, ValueError):
        pass
    return bool(_place(claim, f"{stamp(now)}\n".encode())) and not path.with_suffix(".sent").exists()


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"the server did not accept the user and the password in {PASSWORD}"
    return str(error) or type(error).__name__


def _text(table: Mapping[str, Any], key: str) -> str:
    if not isinstance(table.get(key), str) or not table[key].strip():
        raise _wrong(key, "it is needed, as text")
    return str(table[key])


def _whole(table: Mapping[str, Any], key: str, usual: int) -> int:
    value = table.get(key, usual)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 65536:
        raise _wrong(key, "it must be a whole number above 0")
    return value


def _recipients(table: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict) or not table:
        raise _wrong("to", f"give addresses for {' or '.join(GROUPS)}")
    unknown = sorted(set(table) - set(GROUPS))
    if unknown:
        raise _wrong(f"to.{unknown[0]}", f"there are the groups {', '.join(GROUPS)}")
    found = {}
    for group, addresses in table.items():
        if not isinstance(addresses, list) or not all(isinstance(a, str) and _ADDRESS.fullmatch(a) for a in addresses):
            raise _wrong(f"to.{group}", "give a list of addresses")
        found[group] = tuple(addresses)
    return found


def _wrong(key: str, why: str) -> UsageError:
    where = f"{FILE}, [mail]" + (f" {key}" if key else "")
    return UsageError("The settings for mail cannot be used.", where=where, fix=f"{why[:1].upper()}{why[1:]}.")
