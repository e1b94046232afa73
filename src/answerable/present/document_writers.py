"""A document as a file: HTML that needs nothing beside itself, and a PDF through our own print style sheet."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from answerable.errors import UsageError
from answerable.present.document import Document, Facts, Grid, Items, Quote

if TYPE_CHECKING:
    from jinja2 import Template

# Wider tables are told row by row in plain text.
_WIDE = 120


def document_html(document: Document) -> str:
    """Return the document as one HTML page: no script, no link to anything outside, everything said is escaped."""
    return _page(document, "document.css")


def document_pdf(document: Document) -> bytes:
    """Return the document as a PDF with headings as bookmarks.

    UsageError where the extra ``pdf`` (WeasyPrint), or the library Pango that it draws letters with, is missing.
    """
    weasyprint = _weasyprint()

    def nothing_outside(url: str, *_: object, **__: object) -> Any:
        raise ValueError(f"a document fetches nothing, least of all {url}")

    page = weasyprint.HTML(string=_page(document, "document.css", "paper.css"), url_fetcher=nothing_outside)
    made: bytes = page.write_pdf(pdf_tags=True)
    return made


def document_text(document: Document) -> str:
    """Return the document as plain text, for a terminal, a pipe or an e-mail."""
    lines = [document.mark, "", document.title, document.kicker, ""]
    lines += [line for block in document.summary for line in _lines(block)]
    for section in document.sections:
        lines += ["", section.heading.upper(), section.asks, ""]
        for part in section.parts:
            lines += [part.heading] if part.heading else []
            lines += [line for block in part.blocks for line in _lines(block)] + [""]
    return "\n".join(lines).rstrip() + "\n"


def _lines(block: Any) -> list[str]:
    from answerable.present.tables import table

    if isinstance(block, Facts):
        return [f"{name}: {value}" for name, value in block.rows]
    if isinstance(block, Grid):
        laid_out = table(block.head, block.rows)
        narrow = max(map(len, laid_out.splitlines())) <= _WIDE
        return [block.caption, *([laid_out] if narrow else _rows(block)), ""]
    if isinstance(block, Items):
        return [*([block.intro] if block.intro else []), *(f"- {item}" for item in block.items)]
    if isinstance(block, Quote):
        return [f"\u201c{block.text}\u201d ({block.by})"]
    return [block.text]


def _rows(grid: Grid) -> list[str]:
    """Lay out a table that is too wide for a terminal row by row, each cell under the name of its column."""
    lines = []
    for first, *rest in grid.rows:
        lines.append(f"- {grid.head[0]}: {first}")
        lines += [f"    {name}: {cell}" for name, cell in zip(grid.head[1:], rest, strict=True)]
    return lines


def _page(document: Document, *styles: str) -> str:
    return _template().render(document=document, style="\n".join(_style(name) for name in styles))


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise UsageError(
            "A PDF cannot be made here: WeasyPrint, or the library Pango that it needs, is not installed.",
            where="--pdf",
            fix="Run 'pip install \"answerable[pdf]\"' and, on Linux, install Pango (Debian: libpango-1.0-0 and "
            "libpangoft2-1.0-0). The HTML file prints from any browser.",
        ) from error
    return weasyprint


@cache
def _style(name: str) -> str:
    return files("answerable.present").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("answerable.present"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("document.html")
