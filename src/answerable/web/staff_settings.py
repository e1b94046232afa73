"""Where the staff site is reached and who vouches for those who sign in: the tables of ``staff.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from answerable.errors import UsageError

FILE = "staff.toml"
KINDS_WITH_DEMO = frozenset(("simulated", "rehearsal"))


@dataclass(frozen=True)
class OidcSettings:
    """A force's own provider of identities: its ``issuer``, this site's id and secret there, and the claim that names
    the account.
    """

    issuer: str
    client_id: str
    secret_file: str
    account_claim: str = "preferred_username"


@dataclass(frozen=True)
class StaffSettings:
    """``origin`` is the address people use, such as ``https://staff.example.org``; empty: this machine alone.

    ``demo`` is whether anybody may sign in as any pretend person.
    """

    kind: str
    origin: str = ""
    oidc: OidcSettings | None = None

    @property
    def secure(self) -> bool:
        """Whether the site is behind TLS."""
        return self.origin.startswith("https://")

    @property
    def demo(self) -> bool:
        """Whether one may sign in as any pretend person: on one's own machine, and never in a real workspace."""
        return self.kind in KINDS_WITH_DEMO and not self.origin

    @property
    def hosts(self) -> frozenset[str]:
        """The names that the site answers to."""
        loopback = frozenset(("127.0.0.1", "localhost", "::1"))
        named = urlsplit(self.origin).hostname if self.origin else None
        return loopback if named is None else frozenset((named,))


def read_staff_settings(folder: Path, kind: str) -> StaffSettings:
    """Read ``staff.toml`` of the workspace in ``folder``; without one the site is for this machine alone.

    UsageError, naming the field, for anything that does not fit; an origin without TLS is only for this machine.
    """
    path = folder / FILE
    if not path.is_file():
        return StaffSettings(kind)
    try:
        read = tomllib.loads(path.read_text(encoding="utf8"))
        oidc = OidcSettings(**read.pop("oidc")) if "oidc" in read else None
        settings = StaffSettings(kind, str(read.pop("origin", "")).rstrip("/"), oidc)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise _wrong(path, str(error)) from error
    if read:
        raise _wrong(path, f"unknown: {', '.join(read)}")
    _check(settings, path)
    return settings


def _check(settings: StaffSettings, path: Path) -> None:
    parts = urlsplit(settings.origin)
    if settings.origin and (parts.scheme != "https" or not parts.hostname or parts.path):
        raise _wrong(path, f"origin {settings.origin}: it begins with https:// and has no path")
    issuer = urlsplit(settings.oidc.issuer) if settings.oidc else None
    if issuer and issuer.scheme != "https" and issuer.hostname not in ("127.0.0.1", "localhost"):
        raise _wrong(path, "issuer: it begins with https://")


def _wrong(path: Path, detail: Any) -> UsageError:
    fix = 'Write origin = "https://..." and, for a provider, [oidc] with issuer, client_id and secret_file.'
    return UsageError("The staff site's settings do not fit.", where=f"{path}: {detail}", fix=fix)
