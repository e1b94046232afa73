"""What can go wrong with a record, said so that a reader knows what it means for them."""

from __future__ import annotations

from typing import ClassVar


class RecordError(Exception):
    """A file of the record cannot be used.

    Parameters: ``what`` happened, as a sentence; ``where`` (file, line, entry), empty if it has no place; ``fix``, what
    the reader can do; ``reason``, the plain meaning for a reader, in a few words. ``exit_code`` is what a command ends
    with: 3 for a file that is not what it should be.
    """

    exit_code: ClassVar[int] = 3
    meaning: ClassVar[str] = "this is not a file of a record"

    def __init__(self, what: str, *, where: str = "", fix: str = "", reason: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix
        self.reason = reason or self.meaning

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.what}{where}{fix}"


class Altered(RecordError):
    """A signature, hash or proof does not hold: the file, or the log it came from, was changed (exit 4)."""

    exit_code: ClassVar[int] = 4
    meaning: ClassVar[str] = "this file was altered"
