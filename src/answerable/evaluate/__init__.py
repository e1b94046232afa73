"""Evaluation: did it work, did it move elsewhere, has it become routine; one design per file, on numpy and scipy.

There is no function for a plain before-and-after comparison, and asking for one says why.
"""

from __future__ import annotations

from answerable.errors import UsageError

_BEFORE_AFTER = frozenset({"before_after", "pre_post", "before_and_after", "percent_change"})


def __getattr__(name: str) -> object:
    if name in _BEFORE_AFTER:
        from answerable.evaluate.refused import why_not_before_after

        raise UsageError(*why_not_before_after()[:1], where=name, fix=why_not_before_after()[1])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
