"""Circular reporting: reports from one origin, derived from one another, or copied, are one voice; and why they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from answerable.intel.assumptions import number
from answerable.intel.copied import IN_ORDER_WORDS, shingles, similarity, words_of

if TYPE_CHECKING:
    from answerable.intel.report import Report

# A gist with its place among the reports, its words, and which they are.
_Long = tuple[int, tuple[str, ...], frozenset[str]]
SAME_ORIGIN, DERIVED, COMMON_ROOT, NEAR_COPY = "same_origin", "derived_from", "common_root", "near_copy"


@dataclass(frozen=True)
class Link:
    """Why two reports are one voice: ``why`` same_origin, derived_from, common_root or near_copy.

    ``alike``, from 0 to 1, is the likeness of a near copy as ``answerable.intel.copied.similarity`` computes it.
    """

    one: str
    other: str
    why: str
    through: str = ""
    alike: float | None = None

    @property
    def says(self) -> str:
        """The reason as a sentence."""
        if self.why == SAME_ORIGIN:
            return f"{self.one} and {self.other} come from the same origin."
        if self.why == DERIVED:
            return f"{self.one} repeats {self.other}."
        if self.why == COMMON_ROOT:
            return f"{self.one} and {self.other} both repeat {self.through}, which is not among them."
        return (
            f"{self.one} and {self.other} are near copies: likeness {self.alike or 0:.2f} of 1, by the runs of three "
            f"words that they share or, in longer gists, by the words that stand in the same order."
        )

    def as_json(self) -> dict[str, Any]:
        """Return the link ready for JSON."""
        return {"one": self.one, "other": self.other, "why": self.why, "alike": self.alike, "says": self.says}


@dataclass(frozen=True)
class Chain:
    """One voice: the reports that are joined, and every link that joins them (none where a report stands alone)."""

    reports: tuple[Report, ...]
    links: tuple[Link, ...]

    @property
    def refs(self) -> tuple[str, ...]:
        """References, in the order in which the reports were given."""
        return tuple(report.ref for report in self.reports)

    def as_json(self) -> dict[str, Any]:
        """Return the chain ready for JSON."""
        return {"reports": list(self.refs), "links": [link.as_json() for link in self.links]}


def chains(reports: Sequence[Report]) -> tuple[Chain, ...]:
    """Group ``reports`` by independent origin, each group with the reasons why it is one, in order of appearance.

    Two reports are joined where they share an ``origin_key``, where one is derived from the other, where both are
    derived from the same third one that is not among them, or where their gists are near copies (``similarity`` at
    least the ``near_copy`` figure of assumptions.yaml). Chains of such joins are one group.
    """
    links = tuple(_links(reports))
    parent = {report.ref: report.ref for report in reports}

    def root(ref: str) -> str:
        while parent[ref] != ref:
            parent[ref] = parent[parent[ref]]
            ref = parent[ref]
        return ref

    for link in links:
        parent[root(link.one)] = root(link.other)
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(root(report.ref), []).append(report)
    joined: dict[str, list[Link]] = {name: [] for name in groups}
    for link in links:
        joined[root(link.one)].append(link)
    return tuple(Chain(tuple(group), tuple(joined[name])) for name, group in groups.items())


def origins(reports: Sequence[Report]) -> list[tuple[Report, ...]]:
    """Group ``reports`` by independent origin, in the order in which each group first appears; see :func:`chains`."""
    return [chain.reports for chain in chains(reports)]


def near_copies(one: str, other: str) -> float | None:
    """Return how alike two gists are where that makes them one voice, else None; very short ones are never compared."""
    if min(len(words_of(one)), len(words_of(other))) < number("near_copy", "least_words"):
        return None
    alike = similarity(one, other)
    return alike if alike >= number("near_copy", "similarity") else None


def _links(reports: Sequence[Report]) -> Iterator[Link]:
    here = {report.ref for report in reports}
    by_key: dict[str, str] = {}
    by_root: dict[str, str] = {}
    by_shingle: dict[tuple[str, ...], list[int]] = {}
    long_ones: list[_Long] = []
    for position, report in enumerate(reports):
        first = by_key.setdefault(report.origin_key, report.ref)
        if first != report.ref:
            yield Link(first, report.ref, SAME_ORIGIN)
        for ref in report.derived_from:
            if ref in here:
                if ref != report.ref:
                    yield Link(report.ref, ref, DERIVED)
            elif by_root.setdefault(ref, report.ref) != report.ref:
                yield Link(by_root[ref], report.ref, COMMON_ROOT, through=ref)
        words = words_of(report.gist)
        runs = shingles(words)
        sharing = {found for run in runs for found in by_shingle.get(run, ())}
        for candidate in sorted(sharing | set(_alike_in_order(words, long_ones))):
            earlier = reports[candidate]
            alike = near_copies(earlier.gist, report.gist)
            if alike is not None:
                yield Link(earlier.ref, report.ref, NEAR_COPY, alike=round(alike, 3))
        for run in runs:
            by_shingle.setdefault(run, []).append(position)
        if len(words) >= IN_ORDER_WORDS:
            long_ones.append((position, words, frozenset(words)))


def _alike_in_order(words: tuple[str, ...], earlier: Sequence[_Long]) -> Iterator[int]:
    """Yield the earlier long gists that may be alike by order: words put in everywhere leave no run of three."""
    if len(words) < IN_ORDER_WORDS:
        return
    here = frozenset(words)
    for position, others, there in earlier:
        # No more words can stand in the same order than one text has of the other: below 0.6 the likeness is 0.
        most = min(sum(word in there for word in words), sum(word in here for word in others))
        if 2 * most >= 0.6 * (len(words) + len(others)):
            yield position
