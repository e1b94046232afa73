"""Circular reporting: reports from one origin, or derived from one another, are one voice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from answerable.intel.report import Report


def origins(reports: Sequence[Report]) -> list[tuple[Report, ...]]:
    """Group ``reports`` by independent origin, in the order in which each group first appears.

    Two reports are joined where they share an ``origin_key``, where one is derived from the other, or where both are
    derived from the same third one, whether or not that one is among them. Chains of such joins are one group.
    """
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for report in reports:
        links = [f"origin {report.origin_key}", *(f"report {ref}" for ref in report.derived_from)]
        for link in links:
            parent[root(link)] = root(f"report {report.ref}")
    groups: dict[str, list[Report]] = {}
    for report in reports:
        groups.setdefault(root(f"report {report.ref}"), []).append(report)
    return [tuple(group) for group in groups.values()]
