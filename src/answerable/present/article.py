"""The plan of November 2018, line by line, as data: what was said, what is required here, what that plan could show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class ArticleLine:
    """One thing said in 2018, quoted in a few words with its ``line`` in the article.

    ``required`` is what is asked here in its place, ``rules`` the rules of the example pack that ask it,
    ``requirements`` the rows of the traceability table; ``now`` says whether this version tests it already.
    ``could_show`` is what the plan of 2018 could show, ``basis`` what that rests on.
    """

    line: int
    who: str
    said: str
    required: str
    rules: tuple[str, ...]
    requirements: tuple[str, ...]
    now: str
    could_show: str
    basis: str


@dataclass(frozen=True)
class Article:
    """The whole: ``source`` names the article, ``note`` how to read what stands beside it."""

    title: str
    source: str
    note: str
    lines: tuple[ArticleLine, ...]


@cache
def load_article() -> Article:
    """Return the article's lines in its own order (present/article_2018.yaml).

    >>> lines = load_article().lines
    >>> [line.line for line in lines] == sorted(line.line for line in lines)
    True
    """
    text = resources.files("answerable.present").joinpath("article_2018.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    lines = sorted((_line(raw) for raw in document["entries"]), key=lambda line: line.line)
    return Article(_flat(document["title"]), _flat(document["article"]), _flat(document["note"]), tuple(lines))


def _line(raw: Mapping[str, Any]) -> ArticleLine:
    cited = [str(name) for name in raw["rule"] or ()]
    return ArticleLine(
        line=int(raw["line"]),
        rules=tuple(name for name in cited if name.startswith("AP")),
        requirements=tuple(name for name in cited if not name.startswith("AP")),
        **{name: _flat(raw[name]) for name in ("who", "said", "required", "now", "could_show", "basis")},
    )


def _flat(text: object) -> str:
    return " ".join(str(text).split())
