"""The words of the public pages are in the catalogue, every key is there, and no word stands beside it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from answerable.web.catalogue import catalogue

WEB = Path(str(files("answerable.web")))
PUBLIC = [path for path in sorted(WEB.joinpath("templates").glob("*.html")) if not path.name.startswith("staff_")]
_NOT_WORDS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>|&\w+;", re.DOTALL)


@pytest.mark.parametrize("template", PUBLIC, ids=lambda path: path.name)
def test_no_template_of_the_public_site_holds_words_of_its_own(template: Path) -> None:
    left = _NOT_WORDS.sub(" ", template.read_text(encoding="utf-8"))
    assert re.findall(r"[A-Za-z]{2,}", left) == []


def test_every_key_that_a_page_or_a_template_asks_for_is_there() -> None:
    asked = {f"templates.{key}" for path in PUBLIC for key in re.findall(r'say\("([\w.-]+)"', path.read_text("utf-8"))}
    asked |= {key for path in WEB.rglob("*.py") for key in _asked(path)}
    assert len(asked) > 600
    sentences = {key.lstrip(".") for key, _ in _sentences(catalogue("en"))}
    # A list is asked for by its own key.
    sentences |= {key.rpartition(".")[0] for key in sentences if key.rpartition(".")[2].isdigit()}
    assert sorted(asked - sentences) == []


def test_nothing_is_in_the_catalogue_that_no_page_says() -> None:
    told = {f"told.{page}.{key}" for page, some in catalogue("en")["told"].items() for key in some}
    told |= {f"templates.{page}.{key}" for page, some in catalogue("en")["templates"].items() for key in some}
    text = "".join(
        path.read_text("utf-8") for path in [*PUBLIC, *WEB.joinpath("pages").glob("*.py"), *WEB.glob("*.py")]
    )
    assert sorted(key for key in told if f'"{key.removeprefix("templates.")}"' not in text) == []


def test_what_varies_in_a_sentence_has_a_name() -> None:
    for key, sentence in _sentences(catalogue("en")):
        assert all(name != "" for _, name, _, _ in Formatter().parse(sentence) if name is not None), key


def _asked(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        known = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("say", "lines")
        if known and node.args and isinstance(node.args[0], ast.Constant):  # type: ignore[attr-defined]
            yield node.args[0].value  # type: ignore[attr-defined]


def _sentences(some: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(some, str):
        yield key, some
    for name, inner in some.items() if isinstance(some, dict) else enumerate(some) if isinstance(some, list) else ():
        yield from _sentences(inner, f"{key}.{name}")
