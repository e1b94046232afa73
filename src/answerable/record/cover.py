"""Cover entries: they say nothing and keep the beat of the log, so that its tempo tells nobody what happens.

The blinds of one day's covers all follow from one secret seed. Showing the seed the day after opens all of them at
once, and only them: blinds of real entries are independent random bytes.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from .encode import BLIND_BYTES, check_opening, parse_json
from .errors import Altered

FOLDER = "covers"
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@dataclass(frozen=True)
class Covers:
    """One day's covers: the ``seed`` (32 bytes) and, in the order they were made, index in the log and time of each."""

    day: str
    seed: bytes
    made: tuple[tuple[int, str], ...]

    def json(self) -> bytes:
        """Return the static file that opens them."""
        said = {"covers": [list(one) for one in self.made], "day": self.day, "seed": self.seed.hex()}
        return json.dumps(said, separators=(",", ":"), sort_keys=True).encode("ascii") + b"\n"


def covers_path(day: str) -> str:
    """Return where the covers of ``day`` (2026-11-24) lie below the public folder."""
    return f"{FOLDER}/{day}.json"


def cover_body(workspace: str, at: str) -> bytes:
    """Return the statement of a cover: canonical already, so that no reader has to write JSON."""
    return (
        b'{"at":"%s","case":"","data":{},"kind":"cover","number":0,"office":"","previous":"","sd":[],"v":2,"version":0,'
        b'"workspace":"%s"}' % (at.encode("ascii"), workspace.encode("ascii"))
    )


def cover_blind(seed: bytes, counter: int) -> bytes:
    """Return the blind of the ``counter``-th cover of a day, from 0."""
    return hmac.new(seed, b"cover/v1\x00" + counter.to_bytes(8, "big"), sha256).digest()


def parse_covers(raw: bytes, *, where: str = "") -> Covers:
    """Read a file of covers. Raises ``Altered`` for any other spelling; check them against their entries afterwards."""
    said = parse_json(raw, "A file of covers")
    try:
        made = tuple((index, at) for index, at in said["covers"])
        found = Covers(said["day"], bytes.fromhex(said["seed"]), made)
        fits = _DAY.fullmatch(found.day) and len(found.seed) == BLIND_BYTES and found.json() == raw
        fits = fits and all(isinstance(index, int) and _AT.fullmatch(at) for index, at in made)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Altered("A file of covers is malformed.", where=where) from error
    if not fits:
        raise Altered("A file of covers is malformed.", where=where)
    return found


def check_covers(covers: Covers, entries: Sequence[bytes], workspace: str) -> frozenset[int]:
    """Return the indexes of the entries that are opened as covers; ``Altered`` where one is something else."""
    for counter, (index, at) in enumerate(covers.made):
        if not 0 <= index < len(entries) or not at.startswith(covers.day):
            raise Altered("A cover is of another log or day.", where=covers_path(covers.day))
        try:
            check_opening(entries[index], cover_body(workspace, at), cover_blind(covers.seed, counter))
        except Altered as error:
            raise Altered(f"Entry {index} is not a cover.", where=covers_path(covers.day)) from error
    return frozenset(index for index, _ in covers.made)


def read_covers(folder: Path, entries: Sequence[bytes], workspace: str) -> frozenset[int]:
    """Return the indexes of all entries that the public folder opens as covers, each checked."""
    found: set[int] = set()
    for path in sorted((folder / FOLDER).glob("*.json")):
        covers = parse_covers(path.read_bytes(), where=f"{FOLDER}/{path.name}")
        if path.name != f"{covers.day}.json":
            raise Altered("A file of covers is of another day.", where=f"{FOLDER}/{path.name}")
        found |= check_covers(covers, entries, workspace)
    return frozenset(found)
