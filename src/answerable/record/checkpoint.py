"""The head of a log (C2SP tlog-checkpoint): three lines that say which log, how many entries, and their root."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import Altered, Forked, NotStandard, RecordError, UnknownLog, WentBackwards
from .keys import check_name
from .merkle import EMPTY_ROOT, HASH_BYTES
from .strict import from_base64, from_decimal, to_base64

KINDS = ("simulated", "rehearsal", "real")
WATERMARKS = {
    "simulated": "SIMULATED: this is about an invented city; nothing in it happened.",
    "rehearsal": "REHEARSAL: the people and decisions in it are pretended.",
}


@dataclass(frozen=True)
class Checkpoint:
    """``origin`` names the log, ``size`` counts its entries, ``root`` is their 32-byte root."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    @property
    def kind(self) -> str:
        """The kind of workspace: simulated, rehearsal or real."""
        return kind_of(self.origin)


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the three lines of a head; refuse every spelling but the standard one, and extension lines.

    Raises ``Altered``. The text is the signed part of a note: check its signatures before believing it.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Altered("A head of a log has exactly three lines: origin, size and root.")
    found = Checkpoint(
        lines[0],
        from_decimal(lines[1], where="size line"),
        from_base64(lines[2], length=HASH_BYTES, where="root line"),
    )
    if not found.origin or str(found) != text:
        raise NotStandard("A head of a log is spelled in a non-standard way.")
    if found.size == 0 and found.root != EMPTY_ROOT:
        raise Altered("A head of an empty log has a root that is not the empty one.")
    return found


def check_follows(known: Checkpoint, seen: Checkpoint) -> None:
    """Raise unless ``seen`` can be a later head of the log whose head ``known`` was seen before.

    ``UnknownLog`` for another log, ``WentBackwards`` for an older head, ``Forked`` for another root at the same size.
    Whether a longer log only adds to a shorter one takes a consistency proof.
    """
    if seen.origin != known.origin:
        raise UnknownLog("This is a head of another log.", where=seen.origin[:80])
    if seen.size < known.size:
        raise WentBackwards(
            f"This head has {seen.size} entries; one seen before had {known.size}.",
            where=known.origin,
            fix="Keep both heads: together they show that an old version was handed out again.",
        )
    if seen.size == known.size and seen.root != known.root:
        raise Forked(
            f"Two heads of {seen.size} entries differ.",
            where=known.origin,
            fix="Keep both heads: together they prove it to anyone.",
        )


def origin_of(name: str, kind: str) -> str:
    """Return the origin line of the log ``name`` in a workspace of ``kind``.

    >>> origin_of("met.example/record", "rehearsal")
    'met.example/record/rehearsal'
    """
    if kind not in KINDS:
        raise RecordError(f"{kind!r} is no kind of workspace.", fix=f"Use one of {', '.join(KINDS)}.")
    return check_name(f"{name}/{kind}")


def kind_of(origin: str) -> str:
    """Return the kind of workspace that ends ``origin``. Raises ``Altered`` if it ends with none."""
    kind = origin.rpartition("/")[2]
    if kind not in KINDS:
        raise Altered(
            "The origin line does not say whether this log is simulated, a rehearsal or real.", where=origin[:80]
        )
    return kind
