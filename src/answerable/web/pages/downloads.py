"""Downloads: the files that this site makes, those of the log itself, and what their columns mean."""

from __future__ import annotations

from answerable.service.public_view import PublicView
from answerable.web.catalogue import lines, say
from answerable.web.downloads import CASE_COLUMNS, FILES
from answerable.web.pages.sections import Section, link, page, section, table
from answerable.web.render import Page

PATH = "downloads.html"
OPENAPI = "openapi.json"


def downloads(view: PublicView, *, served: bool = False) -> Page:
    """Return the list of files, how to take the log itself, and the codebook; where ``served``, the document for
    programs too, which a folder does not have.
    """
    rows = [(link(name, name), one.says, one.kind.partition(";")[0]) for name, one in FILES.items()]
    log = [
        [say("told.downloads.name"), view.origin],
        [say("told.downloads.entries"), view.size],
        [say("told.downloads.head"), view.root],
        [say("told.downloads.not_yet_opened"), view.unopened],
    ]
    sections = [
        section(
            say("downloads.files"),
            table=table(
                say("downloads.files"),
                (say("told.downloads.file"), say("told.downloads.what_it_holds"), say("told.downloads.type")),
                rows,
            ),
            note=say("downloads.text_note"),
        ),
        section(
            say("downloads.log"),
            facts=log,
            links=[{"text": say("told.downloads.how_to_check_it"), "href": "about.html"}],
        ),
        *([_for_programs()] if served else []),
        section(
            say("downloads.codebook"),
            table=table(
                "Columns of cases.csv and cases.parquet",
                (say("told.downloads.column"), say("told.downloads.what_it_is")),
                CASE_COLUMNS.items(),
            ),
        ),
    ]
    return page(PATH, "downloads", sections)


def _for_programs() -> Section:
    return section(say("downloads.programs"), paragraphs=lines("downloads.openapi"), links=[link(OPENAPI, OPENAPI)])
