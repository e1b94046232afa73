"""ARCHITECTURE.md tells where things are: its table has one row for each room, and every path it names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r"^\|\s*`(?:src/answerable/)?([a-z_]+/|[a-z_]+\.py)`\s*\|\s*(\S.*?)\s*\|", flags=re.MULTILINE)


def test_the_table_of_modules_is_the_tree(root: Path) -> None:
    package = root / "src" / "answerable"
    folders = {f"{path.name}/" for path in package.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    files = {path.name for path in package.glob("*.py") if not path.name.startswith("__")}
    rows = ROW.findall((root / "ARCHITECTURE.md").read_text(encoding="utf8"))
    told = [name for name, _ in rows]
    assert sorted(told) == sorted(folders | files)


def test_every_path_a_document_names_is_there(root: Path, documents: dict[str, str]) -> None:
    named = re.compile(r"`((?:src|tests|docs|tools|benchmarks|requirements|changelog\.d)/[\w./-]*)`")
    missing = [
        f"{document}: {path}"
        for document, text in documents.items()
        for path in named.findall(text)
        if not (root / path).exists()
    ]
    assert missing == []
