"""Every error that reaches a user: what happened, where, and how to mend it.

>>> str(InputError("The file is empty.", where="shots.csv", fix="Check the download and try again."))
'The file is empty. (shots.csv) Check the download and try again.'
"""

from __future__ import annotations

from typing import ClassVar


class AnswerableError(Exception):
    """Base of all errors shown to a user.

    Parameters: ``what`` happened, as a sentence; ``where`` (file, row, column, rule id), empty if it has no place;
    ``fix``, what the reader can do, as a sentence. ``exit_code`` is what the command line ends with.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        where = f" ({self.where})" if self.where else ""
        fix = f" {self.fix}" if self.fix else ""
        return f"{self.what}{where}{fix}"


class NotAllowed(AnswerableError):
    """A person asked for something that their role, or the state of the case, does not allow (exit 1)."""

    exit_code = 1


class UsageError(AnswerableError):
    """The request itself is off: a wrong option, a missing workspace, an unknown name (exit 2)."""

    exit_code = 2


class InputError(AnswerableError):
    """Data handed in cannot be used: a bad file, row, column or value (exit 3)."""

    exit_code = 3


class IntegrityError(AnswerableError):
    """The record does not agree with itself or with its signature: an alarm, never a retry (exit 4)."""

    exit_code = 4
