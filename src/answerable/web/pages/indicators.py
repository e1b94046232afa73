"""Indicator cards: a claim about a count, by which definitions it is true, and whether chance explains it."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import as_file, files

from answerable.evaluate.summary import Summary
from answerable.service.indicators import homicide
from answerable.web.catalogue import say
from answerable.web.pages.sections import page, section, table
from answerable.web.render import Page

PATH = "indicators.html"
_CLAIMED_ON = date(2018, 11, 30)


def indicators() -> Page:
    """Return the card of the claim of 2018, made of the counts as they were known on its day."""
    card = _card()
    rows = [(row.label, row.value, row.note) for row in card.table]
    found = table(
        card.title,
        (say("told.indicators.what"), say("told.indicators.value"), say("told.indicators.bear_in_mind")),
        rows,
        note=say("indicators.made_for"),
    )
    sections = [section(card.title, paragraphs=card.sentences(), table=found, note=card.method)]
    return page(PATH, "indicators", sections, card=card.as_json())


@cache
def _card() -> Summary:
    with as_file(files("answerable.web").joinpath("indicators_2018.csv")) as path:
        return homicide(path, as_of=_CLAIMED_ON)
