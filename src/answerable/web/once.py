"""Work out once what several pages of one view of the record ask for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Told = TypeVar("_Told")


def once(function: Callable[_Asked, _Told]) -> Callable[_Asked, _Told]:
    """Return ``function`` with its newest answer kept, for as long as it is asked about the very same values.

    The same means the same objects: a view of the record cannot be changed and is made anew when the record or the
    clock moves on. Only positional values are compared; asked with others by name, it works the answer out.
    """
    kept: tuple[tuple[object, ...], _Told] | None = None

    @wraps(function)
    def asked(*values: _Asked.args, **named: _Asked.kwargs) -> _Told:
        nonlocal kept
        # Read once and written once, so that no thread is given the answer to what another asked.
        found = kept
        if not named and found is not None and _same(found[0], values):
            return found[1]
        told = function(*values, **named)
        if not named:
            kept = (values, told)
        return told

    return asked


def _same(some: tuple[object, ...], others: tuple[object, ...]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))
