"""What the database refused, in the words of the house."""

from __future__ import annotations

from answerable.errors import AnswerableError, InputError, IntegrityError, NotAllowed

MARK = "answerable: "


def broken(rule: str) -> AnswerableError:
    """Return the error for a broken rule of the store, by its mark."""
    kind, what, fix = _RULES[rule]
    return kind(what, fix=fix)


def explain(error: Exception) -> AnswerableError:
    """Return the error to show for what SQLite said. Nothing was stored."""
    said = str(error)
    if said.startswith(MARK):
        return broken(said.removeprefix(MARK))
    for sign, (kind, what, fix) in _SIGNS.items():
        if sign in said:
            return kind(what, fix=fix)
    return InputError(f"The store refused a value: {said}.")


_STALE = (NotAllowed, "Someone else acted on this case first.", "Show it again, then decide what to do.")
_TAKEN = (InputError, "There is already an account of that name.", "Choose another name.")
_DAMAGED = (IntegrityError, "The database is damaged.", "Restore the newest backup, then run fsck.")

_RULES: dict[str, tuple[type[AnswerableError], str, str]] = {
    "stale": _STALE,
    "gap": (InputError, "An event skips a version of its case.", "Show the case again."),
    "append-only": (NotAllowed, "Nothing in the record can be changed or removed.", ""),
    "changed": (NotAllowed, "Someone else changed this first.", "Show it again, then decide what to do."),
    "taken": _TAKEN,
    "numbered": (NotAllowed, "Another case took this number first.", "Ask again: the next number will be taken."),
    "erased": (NotAllowed, "This field was erased before.", ""),
    "unknown account": (NotAllowed, "There is no such account.", "Add it first."),
    "closed account": (NotAllowed, "This account is closed and can no longer act.", ""),
    "overtaken": (
        NotAllowed,
        "Another case was decided at the same moment, so how rare this one would be must be counted again.",
        "Ask again.",
    ),
    "nobody decided": (NotAllowed, "Only a person can decide.", "Name the person who acts."),
    "program decided": (
        NotAllowed,
        "A service account decides nothing: only a person can decide.",
        "Let a person who holds the role do it.",
    ),
    "office separation": (
        NotAllowed,
        "The same person cannot act in two offices that the policy keeps apart on one case.",
        "Another person has to do this.",
    ),
    "separation": (
        NotAllowed,
        "The same person cannot apply for and authorise one case.",
        "Another person must decide.",
    ),
}
"""What the triggers and the backends of the store say, by their mark."""

_SIGNS: dict[str, tuple[type[AnswerableError], str, str]] = {
    "events.case_id, events.case_version": _STALE,
    "people.account": _TAKEN,
    "database or disk is full": (AnswerableError, "The disk is full. Nothing was stored.", "Make room and try again."),
    "database is locked": (NotAllowed, "The record is busy. Nothing was stored.", "Try again in a moment."),
    "malformed": _DAMAGED,
    "not a database": _DAMAGED,
}
"""What SQLite itself says, by some words of it."""
