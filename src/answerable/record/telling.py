"""What the two programs of an outsider share: files read as text, words made safe to print, and a "no" said plainly."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .errors import RecordError


def read_text(path: Path, what: str) -> str:
    """Return a file's text; ``RecordError`` that it is not ``what`` ("a policy file") where it is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise RecordError(f"This is not {what}.", where=path.name, reason=f"this is not {what}") from error


def printable(value: object) -> str:
    """Return ``value`` without anything that could steer a terminal."""
    return "".join(c if c.isprintable() else "?" for c in str(value))


def refuse(error: RecordError, *, as_json: bool) -> int:
    """Say that something did not verify and why, for a reader or a machine, and return the exit code."""
    if as_json:
        said = {"verified": False, "reason": error.reason, "detail": str(error), "index": None, "size": None}
        sys.stdout.write(json.dumps(said) + "\n")
    else:
        sys.stderr.write(f"Not verified: {error.reason}. {error}\n")
    return error.exit_code
