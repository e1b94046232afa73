"""Which witnesses a workspace asks: the tables ``[witnesses]`` and ``[[witness]]`` of ``answerable.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from answerable.errors import UsageError
from answerable.record.errors import RecordError
from answerable.record.keys import COSIGNATURE, Key, parse_vkey
from answerable.record.policy import parse_policy
from answerable.service.settings import FILE

TABLES = ("witnesses", "witness")
_KNOWN = frozenset(("quorum", "timeout_s", "refresh_s", "tsa_url"))
_GROUP = "enough"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True)
class Named:
    """One witness: its short ``name`` in the policy, its Ed25519 cosignature ``key``, and the ``url`` it answers at."""

    name: str
    key: Key
    url: str


@dataclass(frozen=True)
class WitnessSettings:
    """How a head is witnessed: ``quorum`` of the ``witnesses`` must have signed before it becomes public.

    ``timeout_s`` is how long one witness may take; ``refresh_s`` the age after which a head that has not grown is
    cosigned anew, so that gates find it fresh. ``tsa_url`` is the time-stamping authority of the emergency path.
    """

    quorum: int
    witnesses: tuple[Named, ...]
    timeout_s: int = 5
    refresh_s: int = 600
    tsa_url: str = ""

    def policy(self, log_policy: str) -> str:
        """Return the policy file: the log lines of the standing ``log_policy``, these witnesses, and their quorum."""
        logs = [line for line in log_policy.split("\n") if line.split()[:1] == ["log"]]
        named = [f"witness {one.name} {one.key.vkey} {one.url}" for one in self.witnesses]
        group = f"group {_GROUP} {self.quorum} {' '.join(one.name for one in self.witnesses)}"
        return "\n".join([*logs, *named, group, f"quorum {_GROUP}", ""])


def witness_settings(folder: Path) -> WitnessSettings | None:
    """Return which witnesses the workspace in ``folder`` asks, None where it names none.

    UsageError, naming the key, where a value cannot be used; also for a quorum that two parts of the witnesses could
    both reach, since two histories could then both be witnessed.
    """
    try:
        read = tomllib.loads((folder / FILE).read_text(encoding="utf8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise _wrong("[witnesses]", f"the file cannot be read: {error}") from error
    if not any(name in read for name in TABLES):
        return None
    table, listed = read.get("witnesses"), read.get("witness")
    if not isinstance(table, dict) or not isinstance(listed, list) or not listed:
        raise _wrong("[witnesses]", "give a quorum in [witnesses] and at least one [[witness]]")
    unknown = sorted(set(table) - _KNOWN)
    if unknown:
        raise _wrong(f"[witnesses] {unknown[0]}", f"it is not known; use {', '.join(sorted(_KNOWN))}")
    witnesses = tuple(_named(one, number) for number, one in enumerate(listed, 1))
    numbers = {key: _whole(table[key], key) for key in ("quorum", "timeout_s", "refresh_s") if key in table}
    quorum = numbers.get("quorum", 0)
    if not quorum <= len(witnesses) < 2 * quorum:
        raise _wrong("[witnesses] quorum", f"of {len(witnesses)} witnesses, more than half must sign, and not more")
    tsa_url = table.get("tsa_url", "")
    if not isinstance(tsa_url, str) or (tsa_url and not _is_url(tsa_url)):
        raise _wrong("[witnesses] tsa_url", "give an address that begins with https:// or http://")
    found = WitnessSettings(witnesses=witnesses, tsa_url=tsa_url, **numbers)
    try:
        parse_policy(found.policy((folder / "public" / "log-policy").read_text(encoding="utf8")))
    except RecordError as error:
        raise _wrong("[[witness]]", error.what) from error
    return found


def policy_text(folder: Path) -> str:
    """Return the policy under which the workspace in ``folder`` publishes: its log, and its witnesses if it has any."""
    standing = (folder / "public" / "log-policy").read_text(encoding="utf8")
    settings = witness_settings(folder)
    return settings.policy(standing) if settings else standing


def _named(table: Any, number: int) -> Named:
    where = f"[[witness]] {number}"
    if not isinstance(table, dict) or set(table) != {"name", "vkey", "url"}:
        raise _wrong(where, "give its name, vkey and url")
    if not all(isinstance(value, str) for value in table.values()) or not _NAME.fullmatch(table["name"]):
        raise _wrong(f"{where} name", "use letters, digits, dots and hyphens")
    if table["name"] in ("none", _GROUP):
        raise _wrong(f"{where} name", "this name has a meaning of its own in a policy file")
    try:
        key = parse_vkey(table["vkey"])
    except RecordError as error:
        raise _wrong(f"{where} vkey", error.what) from error
    if key.type != COSIGNATURE:
        raise _wrong(f"{where} vkey", "give its Ed25519 cosignature key, which browsers can check too")
    if not _is_url(table["url"]):
        raise _wrong(f"{where} url", "give an address that begins with https:// or http://")
    return Named(table["name"], key, table["url"].rstrip("/"))


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not any(c.isspace() for c in text)


def _whole(value: Any, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 86_400:
        raise _wrong(f"[witnesses] {key}", "it must be a whole number above 0")
    return value


def _wrong(key: str, why: str) -> UsageError:
    fix = f"{why[:1].upper()}{why[1:]}{'' if why.endswith('.') else '.'}"
    return UsageError("The settings for witnesses cannot be used.", where=f"{FILE}, {key}", fix=fix)
