"""The gate's question, asked of files: reads them, and the time stamp of an emergency, and answers offline."""

from __future__ import annotations

import math
from pathlib import Path

from answerable.errors import InputError, UsageError
from answerable.record.errors import RecordError
from answerable.record.gate import GateAnswer, check_gate

_MOST_BYTES = 5_000_000


def check_files(
    proof: Path, head: Path, policy: Path, place: str, now: int, *, stamp: tuple[Path, Path] | None = None
) -> GateAnswer:
    """Return what the gate says of the pass ``proof`` at ``place`` (``LON,LAT``) at ``now`` (POSIX seconds).

    ``head`` is a gate-head file, ``policy`` the one to trust, ``stamp`` a time stamp and the certificate to check it
    with, for the emergency path. UsageError, InputError or ``RecordError`` where a file cannot be used.
    """
    stamped = None
    if stamp:
        from answerable.service.timestamps import stamped_by

        stamped = stamped_by(*(path.read_bytes() for path in stamp))
    return check_gate(_text(proof), _text(head), _text(policy), point(place), now, stamped=stamped)


def point(text: str) -> tuple[float, float]:
    """Read ``LON,LAT`` in degrees. UsageError for anything else."""
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        lon = lat = math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise UsageError("This is not a place.", where=f"--place {text}", fix="Write it as -0.0705,51.6012.")
    return lon, lat


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError("This file is too long.", where=str(path), fix="It is not one of a record.")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError("This file cannot be read.", where=f"{path}: {error.strerror}", fix="Name another.") from error
    except UnicodeDecodeError as error:
        raise RecordError("This is not a file of a record.", where=path.name) from error
