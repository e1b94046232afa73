"""The first page: the plan of 2018 line by line, what is required here, and what that plan could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from answerable.policy.evaluate import Finding
from answerable.present.article import Article, ArticleLine
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.pages.base_rates import Table, rate_data
from answerable.web.pages.cases import entry, summary
from answerable.web.pages.questions import as_json
from answerable.web.render import NOT_LIMITED, Page


@dataclass(frozen=True)
class Vignette:
    """An example proposal put to the rules: ``story`` in a sentence, ``holds`` whether it may proceed to ``step``."""

    name: str
    story: str
    holds: bool
    findings: Sequence[Finding]


def page(
    view: PublicView, article: Article, tables: Sequence[Table], vignettes: Sequence[Vignette] = ()
) -> Page:
    """Return the first page. Without ``vignettes`` the two proposals are taken from the record's own cases."""
    proposals = [_vignette(one) for one in vignettes] if vignettes else _from_record(view)
    data = {
        **as_json(view),
        "source": article.source,
        "note": article.note,
        "lines": [_line(line) for line in article.lines],
        "proposals": proposals,
        "not_limited": NOT_LIMITED,
        "of_100": [
            {"title": table.title, "as_of": table.as_of, "words": row.words, **rate_data(row.rate)}
            for table in tables[:1]
            for row in (table.rows[0], table.rows[-2], table.rows[-1])[: len(table.rows)]
        ],
    }
    return Page("index.html", "The 2018 plan, line by line", "article.html", data)


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


def _vignette(one: Vignette) -> dict[str, Any]:
    findings = [finding.published() for finding in one.findings]
    return {
        "name": one.name,
        "story": one.story,
        "holds": one.holds,
        "outcome": "May proceed" if one.holds else "Blocked",
        "failed": [f for f in findings if f["holds"] is not True],
        "held": len([f for f in findings if f["holds"] is True]),
        "href": "",
    }


def _from_record(view: PublicView) -> list[dict[str, Any]]:
    stopped = next((case for case in reversed(view.cases) if case.last("blocked")), None)
    passed = next((case for case in reversed(view.cases) if case.last("authorise")), None)
    return [_told(case, holds=case is passed) for case in (stopped, passed) if case is not None]


def _told(case: PublicCase, *, holds: bool) -> dict[str, Any]:
    told = summary(case)
    tested = case.last("assess", "submit") if holds else case.last("blocked")
    shown = entry(tested) if tested else {"failed": [], "held": []}
    return {
        "name": f"Case {case.id}: {case.title}",
        "story": f"Put forward as {told['trigger']}, {told['hours']:g} hours in {case.area_name}.",
        "holds": holds,
        "outcome": "Allowed to proceed" if holds else "Blocked by rule",
        "failed": [] if holds else shown["failed"],
        "held": len(shown["held"]),
        "href": told["href"],
    }
