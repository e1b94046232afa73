"""Whether statements follow one another: the running number of a case, its place in the case, the hash before it.

A number that is left out, taken twice, or tied to another statement than the one before it, shows what a log alone
cannot: that something is missing, or that there are two stories. Statements of version 1 have none of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .encode import parse_body

NUMBERED = 2


class Chain:
    """Statements fed in the order they were made, each case beginning with its first.

    ``hidden`` is whether some statements cannot be seen yet: what is missing is then looked for only inside a case.
    """

    def __init__(self, *, hidden: bool = False) -> None:
        self._hidden = hidden
        self._last: dict[str, tuple[int, int, str]] = {}
        self._opened: dict[tuple[str, int], tuple[str, str, str]] = {}

    def add(self, body: bytes, parsed: Mapping[str, Any] | None = None) -> Iterator[str]:
        """Take in one statement, ``parsed`` if the caller has read it already; yield what is wrong with its place."""
        said = parse_body(body) if parsed is None else parsed
        if said.get("v") != NUMBERED:
            if said.get("case"):
                version = int(self._last.get(str(said["case"]), (0, 0, ""))[1]) + 1
                self._last[str(said["case"])] = (0, version, _hash(body))
            return
        number, place, previous, case = (said.get(name) for name in ("number", "version", "previous", "case"))
        if not isinstance(number, int) or not isinstance(place, int) or not isinstance(previous, str):
            yield "the statement has no number, version or hash of the one before"
        elif not case:
            if (number, place, previous) != (0, 0, ""):
                yield "the statement is of no case and has a number"
        else:
            yield from self._of_case(str(case), number, place, previous, _hash(body))
            if place == 1:
                yield from self._first(str(said.get("kind")), str(case), number, previous, _hash(body))

    def _of_case(self, case: str, number: int, version: int, previous: str, digest: str) -> Iterator[str]:
        last = self._last.get(case)
        self._last[case] = (number, version, digest)
        if last is None:
            if version != 1:
                yield f"case {case} begins with version {version}: what came before is missing"
        elif version <= last[1]:
            yield f"case {case} has version {version} twice: two stories of one case"
        elif version > last[1] + 1:
            yield f"case {case} goes from version {last[1]} to {version}: what came between is missing"
        elif previous != last[2]:
            yield f"version {version} of case {case} follows another statement than the one before it"
        elif number != last[0]:
            yield f"case {case} changes its number from {last[0]} to {number}"

    def _first(self, series: str, case: str, number: int, previous: str, digest: str) -> Iterator[str]:
        if number < 1:
            yield f"case {case} has the number {number}"
        standing = self._opened.setdefault((series, number), (case, previous, digest))
        if standing != (case, previous, digest):
            yield f"cases {standing[0]} and {case} both have the number {number}"

    def end(self) -> Iterator[str]:
        """Yield what is wrong with the numbers of all cases together."""
        for (series, number), (case, previous, _) in sorted(self._opened.items()):
            before = self._opened.get((series, number - 1))
            if before is not None:
                if previous != before[2]:
                    yield f"case {case} follows another case than number {number - 1}"
            elif number == 1:
                if previous:
                    yield f"case {case} is the first and follows another"
            elif not self._hidden:
                yield f"number {number - 1} is missing before case {case}"


def chain_problems(
    bodies: Iterable[bytes], *, hidden: bool, parsed: Iterable[Mapping[str, Any]] | None = None
) -> tuple[str, ...]:
    """Return what is wrong with the places of statements, which may come in any order.

    ``hidden`` is whether the log holds entries that are not opened yet; ``parsed`` the same statements, in the same
    order, if the caller has read them already.
    """
    chain = Chain(hidden=hidden)
    read = ((body, parse_body(body)) for body in bodies) if parsed is None else zip(bodies, parsed, strict=True)
    ordered = sorted(read, key=lambda one: _place(one[1]))
    return (*(problem for body, said in ordered for problem in chain.add(body, said)), *chain.end())


def _place(said: Mapping[str, Any]) -> tuple[str, int]:
    version = said.get("version", 0)
    return str(said.get("case", "")), version if isinstance(version, int) else 0


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
