"""``answerable article``: the 2018 plan, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit

if TYPE_CHECKING:
    from answerable.present.article import Article
    from answerable.web.pages.base_rates import Table
    from answerable.web.vignettes import Vignette

PACK = "uk.armed_patrol"


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(article)


def article(as_json: Json = False) -> None:
    """Show what was said of the 2018 plan, what is required here, and what that plan could show."""
    from dataclasses import asdict

    from answerable.policy.pack import load_pack
    from answerable.present.article import load_article
    from answerable.web.pages.base_rates import rate_data, worked_tables
    from answerable.web.vignettes import worked_vignettes

    told = load_article()
    proposals = worked_vignettes(load_pack(PACK))
    chance = worked_tables()[0]
    document: dict[str, Any] = {
        "title": told.title,
        "lines": [asdict(line) for line in told.lines],
        "proposals": [
            {"story": one.story, "outcome": one.name, "blocked_by": [f.rule for f in one.findings if f.blocks]}
            for one in proposals
        ],
        "of_100": [{"covers": row.covers, **rate_data(row.rate)} for row in chance.rows],
    }
    emit(document, as_json=as_json, text=lambda: _text(told, proposals, chance))


def _text(told: Article, proposals: tuple[Vignette, ...], chance: Table) -> str:
    lines = [told.title, told.source, "", told.note]
    for line in told.lines:
        lines += ["", f"line {line.line}  {line.who}: \u201c{line.said}\u201d"]
        lines += [f"  required here   {line.required}", f"  2018 could show {line.could_show}"]
    lines += ["", "Two proposals, put to the rules:"]
    for one in proposals:
        blocked = [f.rule for f in one.findings if f.blocks]
        lines.append(f"  {one.story} {one.name}{': ' + ', '.join(blocked) if blocked else ''}.")
    lines += ["", f"{chance.title}: {chance.source}"]
    lines += [f"  {row.covers}: {row.rate.sentences()[0]}" for row in chance.rows]
    return "\n".join(lines)
