"""Downloads: the files that this site makes, those of the log itself, and what their columns mean."""

from __future__ import annotations

from answerable.service.public_view import PublicView
from answerable.web.catalogue import say
from answerable.web.downloads import CASE_COLUMNS, FILES
from answerable.web.pages.sections import link, page, section, table
from answerable.web.render import Page

PATH = "downloads.html"


def downloads(view: PublicView) -> Page:
    """Return the list of files, how to take the log itself, and the codebook."""
    rows = [(link(name, name), one.says, one.kind.partition(";")[0]) for name, one in FILES.items()]
    log = [
        ["Name", view.origin],
        ["Entries", view.size],
        ["Head", view.root],
        ["Not yet opened", view.unopened],
    ]
    sections = [
        section(
            say("downloads.files"),
            table=table(say("downloads.files"), ("File", "What it holds", "Type"), rows),
            note=say("downloads.text_note"),
        ),
        section(say("downloads.log"), facts=log, links=[{"text": "How to check it without us", "href": "about.html"}]),
        section(
            say("downloads.codebook"),
            table=table("Columns of cases.csv and cases.parquet", ("Column", "What it is"), CASE_COLUMNS.items()),
        ),
    ]
    return page(PATH, "downloads", sections)
