"""The page on evaluation names the tests that hold each of its promises: they exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path


def test_every_test_that_the_page_names_exists(root: Path) -> None:
    page = (root / "docs" / "evaluation.md").read_text(encoding="utf8")
    named = re.findall(r"`(tests/[\w/.]+)::(\w+)`", page)
    assert len(named) >= 30
    for file, name in named:
        tree = ast.parse((root / file).read_text(encoding="utf8"))
        assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}, f"{file}::{name}"
