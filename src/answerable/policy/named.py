"""Named values in conditions: ``{limit: NAME}`` and ``{choice: NAME}`` stand for what the pack gives under that name.

A limit is a number and a choice a value: neither can refer to another, so that no circle can be written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from answerable.errors import InputError
from answerable.policy.suggest import did_you_mean

KINDS = ("limit", "choice")
Named = Mapping[str, Mapping[str, Any]]


def put_in(written: Any, named: Named, where: str) -> Any:
    """Return ``written`` with every named value in its place; ``named`` maps each kind to its names and values.

    InputError at ``where`` for a name that the pack does not give.
    """
    kind = _kind(written)
    if kind:
        name, known = written[kind], named[kind]
        if name not in known:
            raise InputError(f"There is no {kind} '{name}'.", where=where, fix=did_you_mean(name, known))
        return known[name]
    if isinstance(written, Mapping):
        return {key: put_in(value, named, where) for key, value in written.items()}
    if isinstance(written, list):
        return [put_in(value, named, where) for value in written]
    return written


def names_in(written: Any) -> Iterator[tuple[str, str]]:
    """Yield the kind and the name of every named value in ``written``."""
    kind = _kind(written)
    if kind:
        yield kind, written[kind]
    elif isinstance(written, Mapping):
        for value in written.values():
            yield from names_in(value)
    elif isinstance(written, list):
        for value in written:
            yield from names_in(value)


def _kind(written: Any) -> str:
    if isinstance(written, Mapping) and len(written) == 1:
        key = next(iter(written))
        if key in KINDS and isinstance(written[key], str):
            return str(key)
    return ""
