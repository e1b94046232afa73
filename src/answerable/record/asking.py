"""Ask a witness to cosign a head over HTTP, and believe nothing it says but a signature that holds."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, replace

from .checkpoint import parse_checkpoint
from .errors import Altered, RecordError
from .keys import Key
from .merkle import ReadNode, consistency_proof
from .note import check_note, parse_note
from .strict import from_decimal
from .witness import SIZE_TYPE, AddCheckpoint

MAX_ANSWER_BYTES = 100_000
_TRIES = 3


@dataclass(frozen=True)
class Cosigned:
    """What came of asking one witness.

    ``lines`` are its cosignature lines, checked, empty where it gave none; ``time`` is when it signed (POSIX seconds);
    ``size`` what it has seen of the log, as far as known; ``problem`` says in words why it did not sign; ``alarm`` is
    whether that means that the histories differ.
    """

    lines: str = ""
    time: int = 0
    size: int = 0
    problem: str = ""
    alarm: bool = False


Post = Callable[[str, bytes, float], tuple[int, str, bytes]]
"""Posts a body to an address within so many seconds; returns status, content type and body."""


def ask(
    url: str, key: Key, note: str, *, known: int, read: ReadNode, timeout: float, post: Post | None = None
) -> Cosigned:
    """Ask the witness at ``url`` to cosign the head in ``note``; ``known`` is the size it is thought to have seen.

    ``key`` is its verifier key, ``read`` returns nodes of the log's tree, ``timeout`` is in seconds. A witness that has
    seen another size says so, and is asked again from there. Never raises for what a witness does or says.
    """
    head, old = parse_checkpoint(parse_note(note).text), known
    for _ in range(_TRIES):
        old = min(old, head.size)
        proof = consistency_proof(old, head.size, read) if old > 0 else []
        body = str(AddCheckpoint(old, tuple(proof), note)).encode()
        try:
            status, kind, raw = (post or post_http)(f"{url}/add-checkpoint", body, timeout)
        except OSError as error:
            return Cosigned(size=known, problem=f"it cannot be reached: {_why(error)}")
        if status == 409 and kind.partition(";")[0].strip() == SIZE_TYPE:
            seen = _size(raw)
            if seen is None:
                return Cosigned(size=known, problem="it says that it has seen another size, but not which")
            if seen > head.size:
                why = f"it has seen {seen} entries and this head has {head.size}"
                return Cosigned(size=seen, problem=why, alarm=True)
            old = seen
            continue
        return replace(_read(status, raw, key, note), size=head.size if status == 200 else old)
    return Cosigned(size=old, problem="it keeps changing what it says it has seen")


def post_http(url: str, body: bytes, timeout: float) -> tuple[int, str, bytes]:
    """Post ``body`` and return status, content type and body of the answer. OSError where there is no answer."""
    request = urllib.request.Request(url, data=body, method="POST", headers={"Content-Type": "text/plain"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:  # noqa: S310 - settings allow http(s) alone
            return answer.status, answer.headers.get("Content-Type", ""), answer.read(MAX_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers.get("Content-Type", ""), error.read(MAX_ANSWER_BYTES)


def _read(status: int, raw: bytes, key: Key, note: str) -> Cosigned:
    if status == 422:
        return Cosigned(problem="it does not find what it has seen in this head: the histories differ", alarm=True)
    if status != 200:
        return Cosigned(problem=f"it refused (status {status})")
    try:
        lines = raw.decode("utf-8")
        signed = check_note(parse_note(f"{parse_note(note).text}\n{lines}"), [key])
    except (RecordError, UnicodeDecodeError) as error:
        return Cosigned(problem=f"its answer does not hold: {error}")
    if not signed or signed[0].time is None:
        return Cosigned(problem="its answer is not signed with the key that is named in the settings")
    own = "".join(f"{line}\n" for line in lines.rstrip("\n").split("\n") if line.split(" ")[1:2] == [key.name])
    return Cosigned(own, signed[0].time)


def _size(raw: bytes) -> int | None:
    try:
        return from_decimal(raw.decode("ascii").removesuffix("\n"))
    except (Altered, UnicodeDecodeError):
        return None


def _why(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    return str(reason) or type(error).__name__
