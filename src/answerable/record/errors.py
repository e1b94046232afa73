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


class CutShort(Altered):
    """A part of a file is missing."""

    meaning: ClassVar[str] = "this file was altered: it was cut short"


class Oversized(Altered):
    """A file is longer than any of its kind can be; nothing in it was looked at."""

    meaning: ClassVar[str] = "this file is too long to be one of a record"


class NotStandard(Altered):
    """The same content in another spelling: whoever wrote the file did not write this."""

    meaning: ClassVar[str] = "this file was altered: it is not spelled in the one standard way"


class BadSignature(Altered):
    """A key that the reader knows is named under a text that it did not sign."""

    meaning: ClassVar[str] = "this file was altered: a signature in it does not hold"


class WrongKey(Altered):
    """The log's name is right and the key that signed is not one that the policy file names."""

    meaning: ClassVar[str] = "this was signed by another key than your policy file names, or by none"


class UnknownLog(Altered):
    """The head is of a log that the reader does not know."""

    meaning: ClassVar[str] = "this is from a log that your policy file does not name"


class TooFewWitnesses(Altered):
    """The log signed, and not enough of the witnesses that the policy asks for did."""

    meaning: ClassVar[str] = "not enough witnesses have seen this version of the log"


class FutureDated(Altered):
    """A time in the file has not come yet: a clock is wrong, or somebody dated it forward."""

    meaning: ClassVar[str] = "this is dated in the future"


class WentBackwards(Altered):
    """A head is older than one that was seen before: it was replayed, or an old backup is being served."""

    meaning: ClassVar[str] = "this log went backwards"


class Forked(Altered):
    """Two heads cannot both be of one log that only grows."""

    meaning: ClassVar[str] = "this log shows different histories"


class Incomplete(Altered):
    """A file that the signed head speaks for is not there."""

    meaning: ClassVar[str] = "this log is incomplete"
