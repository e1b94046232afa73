"""The first page: the five questions and their answers now, in figures, one plain line and a few words each."""

from __future__ import annotations

from typing import Any

from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.web.catalogue import catalogue, say
from answerable.web.pages.questions import as_json, year
from answerable.web.pages.rarity import LEVELS
from answerable.web.pages.reader_list import reader_link, readers
from answerable.web.pages.referrals import overdue_referrals
from answerable.web.rare import rare
from answerable.web.render import Page

PATH = "index.html"
_NEXT = ("cases", "plan", "rules", "consultation", "rarity", "evaluation", "letter", "guide", "pages")


def page(view: PublicView, pack: Pack | None) -> Page:
    """Return the record's answers now; the level of the rarity guard is there where the rules set limits."""
    found = rare(view, pack) if pack else None
    data = {
        **as_json(view),
        "lede": say("home.lede"),
        "plain_line": plain_line(view, pack),
        "rarity": _level(found) if found else None,
        "overdue_referrals": overdue_referrals(view),
        "next": [_next(name) for name in _NEXT],
        "readers": [reader_link(one) for one in readers()],
        "words": catalogue("en")["home"]["words"],
    }
    return Page(PATH, say("home.title"), "home.html", data)


def plain_line(view: PublicView, pack: Pack | None) -> str:
    """Return how often it was used, of which limit, and who or what said no: in one line and of one year."""
    found, count = rare(view, pack) if pack else None, year(view, pack)
    most = found.force.limit.most if found else None
    limit = say("home.plain_limit", most=f"{most:g}") if most is not None else say("home.plain_no_limit")
    used = f"{count.authorised} authorised" if found else f"{count.used} used"
    held = say("home.plain_held", held=count.held_up, never=count.never_authorised) if count.held_up else ""
    return say("home.plain_line", used=used, limit=limit, refused=count.refused, held=held or say("home.plain_free"))


def _level(found: Any) -> dict[str, str]:
    words, tone, means = LEVELS[found.force.level]
    return {"words": words, "tone": tone, "means": means}


def _next(name: str) -> dict[str, str]:
    known = catalogue("en")["contents"]
    title, says = known["names"].get(name, (known["title"], known["lede"]))
    return {"text": title, "href": f"{name}.html", "says": says}
