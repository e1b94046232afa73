"""The plan of 2018 line by line, what is required here, and what that plan could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from answerable.present.article import Article, ArticleLine
from answerable.web.catalogue import say
from answerable.web.pages.base_rates import Table, rate_data
from answerable.web.render import NOT_LIMITED, Page
from answerable.web.vignettes import Vignette

PATH = "plan.html"


def page(article: Article, tables: Sequence[Table], vignettes: Sequence[Vignette] = ()) -> Page:
    """Return the article, two example proposals under the rules in force, and what chance alone gives."""
    data = {
        "source": article.source,
        "note": article.note,
        "lines": [_line(line) for line in article.lines],
        "proposals": _vignettes(vignettes),
        "not_limited": NOT_LIMITED,
        "of_100": [
            {"title": table.title, "as_of": table.as_of, "covers": row.covers, **rate_data(row.rate)}
            for table in tables[:1]
            for row in (table.rows[0], table.rows[-2], table.rows[-1])[: len(table.rows)]
        ],
    }
    return Page(PATH, say("told.article.the_plan_line_by"), "article.html", data)


def _line(line: ArticleLine) -> dict[str, Any]:
    return {
        "line": line.line,
        "who": line.who,
        "said": line.said,
        "required": line.required,
        "rules": list(line.rules),
        "requirements": list(line.requirements),
        "now": line.now,
        "could_show": line.could_show,
        "basis": line.basis,
    }


def _vignettes(vignettes: Sequence[Vignette]) -> list[dict[str, Any]]:
    """Tell each example; one that nothing blocks is shown on the very rules that block the others."""
    blocking = {finding.rule for one in vignettes for finding in one.findings if finding.blocks}
    return [
        {
            "name": one.name,
            "story": one.story,
            "holds": one.holds,
            "shown": [finding.published() for finding in one.findings if finding.rule in blocking],
            "tested": len({finding.rule for finding in one.findings}),
        }
        for one in vignettes
    ]
