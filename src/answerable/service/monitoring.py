"""Watch a public record over HTTP or in a folder, with a state file of one's own; nothing else is needed."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from answerable.errors import InputError, UsageError
from answerable.record.monitor import MEANINGS, Read, Seen, State, look
from answerable.record.monitor_entries import Limits, as_json, from_json
from answerable.record.publish import write_file

MOST_BYTES = 8_000_000
_TIMEOUT = 20


def monitor(where: str, policy: Path | None, state: Path, now: int, limits: Limits | None = None) -> Seen:
    """Look once at the record at ``where`` (an address or a folder) and keep what was seen in the file ``state``.

    ``policy`` is the reader's own; without it the record's own is believed at the first look and kept from then on.
    Evidence of a fork is written beside ``state``. UsageError where nothing can be read at all.
    """
    read = reader(where)
    kept, believed = _read_state(state)
    text = policy.read_text(encoding="utf8") if policy else believed or _policy_of(read, where)
    seen = look(read, text, kept, now, limits)
    if seen.fork is not None:
        write_file(evidence_path(state), str(seen.fork).encode())
    write_file(state, _as_bytes(seen.state, text))
    return seen


def evidence_path(state: Path) -> Path:
    """Return where evidence of a fork is written."""
    return state.with_name(f"{state.stem}.fork")


def told(seen: Seen, state: Path) -> dict[str, Any]:
    """Return one look as plain data."""
    head = seen.state.head
    return {
        "alarms": [{"code": one.code, "means": MEANINGS[one.code], "detail": one.detail} for one in seen.alarms],
        "size": head.size if head else 0,
        "new": seen.new,
        "waiting": len(seen.state.entries.waiting),
        "opened": len(seen.state.entries.opened),
        "evidence": str(evidence_path(state)) if seen.fork else None,
    }


def reader(where: str) -> Read:
    """Return what reads files of the record at ``where``. UsageError where that is neither an address nor a folder."""
    if where.startswith(("http://", "https://")):
        return _over_http(where.rstrip("/"))
    folder = Path(where)
    if not folder.is_dir():
        raise UsageError("There is no such folder.", where=where, fix="Give a public folder, or an http(s) address.")
    return lambda path: (folder / path).read_bytes() if (folder / path).is_file() else None


def _over_http(base: str) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        try:
            with urllib.request.urlopen(f"{base}/{path}", timeout=_TIMEOUT) as answer:  # noqa: S310 - http(s) alone
                raw: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code in (404, 410):
                    return None
            raise UsageError(f"The server answered {error.code}.", where=f"{base}/{path}", fix="Try later.") from error
        except OSError as error:
            raise UsageError(
                "The server cannot be reached.", where=f"{base}/{path}: {error}", fix="Check the address, or try later."
            ) from error
        if len(raw) > MOST_BYTES:
            raise InputError("The server sent a file that is too long.", where=f"{base}/{path}")
        return raw

    return read


def _policy_of(read: Read, where: str) -> str:
    raw = read("log-policy")
    if raw is None:
        raise UsageError("There is no record here.", where=where, fix="Name where 'log-policy' is.")
    return raw.decode("utf-8", "replace")


def _read_state(path: Path) -> tuple[State, str]:
    if not path.is_file():
        return State(), ""
    try:
        said = json.loads(path.read_text(encoding="utf8"))
        edge = {(level, position): bytes.fromhex(value) for level, position, value in said["edge"]}
        return State(said["note"], edge, from_json(said["entries"]), said["head_seen"]), said["policy"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            "What this monitor remembers cannot be read.",
            where=f"{path}: {error}",
            fix="Restore it from a backup. To begin anew, name another file: nothing seen before is then compared.",
        ) from error


def _as_bytes(state: State, policy: str) -> bytes:
    edge = [[level, position, value.hex()] for (level, position), value in sorted(state.edge.items())]
    said = {"policy": policy, "note": state.note, "edge": edge, "head_seen": state.head_seen}
    return json.dumps({**said, "entries": as_json(state.entries)}).encode() + b"\n"
