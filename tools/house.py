#!/usr/bin/env python3
"""Measure the house: file and function length, docstrings, annotations, import cycles. Standard library only.

``python tools/house.py [PROJECT]`` prints one table and exits 1 where a limit is crossed. Lines are physical ones;
source lines leave out blanks and comments. A cycle is a group of modules that need each other at import: imports inside
functions and under ``TYPE_CHECKING`` do not count. The ratio of test to code is shown as an aim, not held as a limit.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One parsed file: its dotted name, its tree and its length in lines."""

    name: str
    path: Path
    tree: ast.Module
    lines: int
    source_lines: int

    @property
    def functions(self) -> list[Function]:
        """Every function and method in the file, nested ones too."""
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @property
    def public(self) -> list[ast.Module | ast.ClassDef | Function]:
        """The file itself and everything in it whose name has no leading underscore."""
        named = [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef | Function)]
        return [self.tree, *(node for node in named if not node.name.startswith("_"))]


@dataclass(frozen=True)
class House:
    """What was measured; ``cycles`` are groups of module names, ``longest`` the file with the most lines."""

    files: int
    longest: Module
    median_file: float
    function_p90: int
    documented: float
    annotated: float
    test_ratio: float
    cycles: list[list[str]] = field(default_factory=list)

    def table(self) -> list[tuple[str, float, str, bool]]:
        """Rows of (measure, value, limit, holds)."""
        return [
            ("longest file, lines", self.longest.lines, "<= 500", self.longest.lines <= 500),
            ("median file, lines", self.median_file, "<= 200", self.median_file <= 200),
            ("9 functions in 10, lines", self.function_p90, "<= 45", self.function_p90 <= 45),
            ("public docstrings, %", self.documented, ">= 95", self.documented >= 95),
            ("return annotations, %", self.annotated, ">= 99", self.annotated >= 99),
            ("import cycles", len(self.cycles), "0", not self.cycles),
            ("test to code, source lines", self.test_ratio, "aim 1.5", True),
        ]


def modules(folder: Path) -> list[Module]:
    """Parse every Python file below ``folder`` that holds anything; names are relative to ``folder``."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text(encoding="utf8")
        if not text.strip():
            continue
        name = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        source_lines = sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))
        found.append(Module(name, path, ast.parse(text, str(path)), text.count("\n"), source_lines))
    return found


def measure(project: Path) -> House:
    """Measure the package under ``src/`` of ``project`` against its ``tests/``."""
    code = modules(project / "src")
    tests = modules(project / "tests")
    functions = [function for module in code for function in module.functions]
    lengths = sorted((f.end_lineno or f.lineno) - f.lineno + 1 for f in functions)
    public = [node for module in code for node in module.public]
    return House(
        files=len(code),
        longest=max(code, key=lambda module: module.lines),
        median_file=statistics.median(module.lines for module in code),
        function_p90=lengths[int(0.9 * (len(lengths) - 1))],
        documented=round(100 * sum(bool(ast.get_docstring(node)) for node in public) / len(public), 1),
        annotated=round(100 * sum(f.returns is not None for f in functions) / len(functions), 1),
        test_ratio=round(sum(m.source_lines for m in tests) / sum(m.source_lines for m in code), 2),
        cycles=cycles({module.name: imports(module, {m.name for m in code}) for module in code}),
    )


def imports(module: Module, known: set[str]) -> set[str]:
    """Names out of ``known`` that ``module`` needs at the moment it is imported."""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]
    needed: set[str] = set()
    for node in _run_at_import(module.tree.body):
        if isinstance(node, ast.Import):
            needed.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: -(node.level - 1) or None] if node.level else []
            base = ".".join([*parts, node.module] if node.module else parts)
            needed.update(f"{base}.{a.name}" if f"{base}.{a.name}" in known else base for a in node.names)
    return (needed & known) - {module.name}


def _run_at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):
            typing_only = "TYPE_CHECKING" in ast.unparse(node.test)
            yield from _run_at_import(node.orelse if typing_only else node.body + node.orelse)
        elif isinstance(node, ast.Try):
            yield from _run_at_import(node.body)
        else:
            yield node


def cycles(graph: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of two or more nodes that can all reach each other.

    >>> cycles({"a": {"b"}, "b": {"c"}, "c": {"b"}})
    [['b', 'c']]
    """
    reach: dict[str, set[str]] = {}
    for start in graph:
        seen: set[str] = set()
        waiting = list(graph[start])
        while waiting:
            node = waiting.pop()
            if node not in seen:
                seen.add(node)
                waiting.extend(graph[node])
        reach[start] = seen
    groups = {tuple(sorted({n} | {m for m in reach[n] if n in reach[m]})) for n in graph if n in reach[n]}
    return sorted(list(group) for group in groups if len(group) > 1)


def main(project: Path) -> int:
    """Print the table for ``project``; return 1 where a limit is crossed, else 0."""
    house = measure(project)
    print(f"{house.files} files; the longest is {house.longest.path.relative_to(project)}")
    for name, value, limit, holds in house.table():
        print(f"  {name:28s}{value:>8g}   {limit:8s}{'' if holds else ' CROSSED'}")
    for group in house.cycles:
        print("  cycle: " + " <-> ".join(group))
    return 0 if all(holds for *_, holds in house.table()) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
