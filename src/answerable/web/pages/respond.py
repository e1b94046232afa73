"""A response to an open consultation, written on the public site: the form, what was sent, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from answerable.case.adoption.answers import STANCES, Response, read_one
from answerable.place import stamp
from answerable.present.casefile.source import capital
from answerable.service.adoption_csv import identifies
from answerable.service.public_view import PublicView
from answerable.service.responses_inbox import new_form, number_of
from answerable.web.catalogue import say
from answerable.web.fields import unseen
from answerable.web.pages.adoption_words import STANCES as STANCE_WORDS
from answerable.web.pages.consultation import consultation
from answerable.web.render import Page

FIELDS = ("form", "adoption", "stance", "kind", "org", "themes", "text", "publish")
MOST_BYTES = 120_000
MOST_THEMES = 8
"""Each theme has to be answered before anybody decides, so that nobody can hold a decision up with thousands."""
# In letters: of one theme, of the text and of an organisation's name, as a response may hold them.
_LONGEST = {"themes": 80, "text": 8000, "org": 160}


class Problem(Exception):
    """What is wrong with a response, in words for whoever wrote it, and the ``field`` that it is about."""

    def __init__(self, says: str, field: str = "") -> None:
        super().__init__(says)
        self.field = field


def page(
    view: PublicView, *, given: Mapping[str, str] | None = None, problem: str = "", field: str = "", kept: str = ""
) -> Page:
    """Return the consultation page with the form for each that is open.

    ``given`` is what was typed, shown again beside a ``problem``; ``kept`` is the number of a response that was kept.
    """
    shown = consultation(view, here=True)
    typed = {name: said for name, said in (given or {}).items() if said}
    form = {
        "given": {**dict.fromkeys(FIELDS, ""), "form": new_form(), **typed},
        "stances": [{"value": one, "text": capital(STANCE_WORDS[one])} for one in STANCES],
        "problem": problem,
        "field": field,
        "kept": kept,
    }
    return Page(shown.path, shown.title, "consultation.html", {**shown.data, "form": form}, answer=bool(kept))


def fields_of(body: bytes) -> dict[str, str]:
    """Return what was sent by its fields: nothing where it is no form."""
    try:
        found = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20)
    except (UnicodeDecodeError, ValueError):
        return {}
    return {name: values[0].strip().replace("\r\n", "\n") for name, values in found.items() if name in FIELDS}


def read(view: PublicView, given: Mapping[str, str]) -> tuple[str, Response]:
    """Return the consultation that a response is for, and the response; :class:`Problem` where it cannot be kept."""
    opened = consultation(view).data["open"]
    adoption = given.get("adoption") or (opened[0] if len(opened) == 1 else "")
    if not opened:
        raise Problem(say("respond.closed"))
    if adoption not in opened:
        raise Problem(say("respond.which"), "adoption")
    if given.get("stance") not in STANCES:
        raise Problem(say("respond.say_stance"), "stance")
    for name in ("themes", "text", "org"):
        if says := unseen(given.get(name, ""), long=name != "org"):
            raise Problem(f"{says} {say('respond.delete_it')}", name)
    # In one letter case: what one writes as a heading another writes in a sentence, and it is one theme.
    themes = [one.strip() for one in given.get("themes", "").lower().replace("\n", ";").split(";") if one.strip()]
    themes = list(dict.fromkeys(themes))
    if len(themes) > MOST_THEMES:
        raise Problem(say("respond.many_themes", most=MOST_THEMES), "themes")
    said = {"themes": themes, "text": [given.get("text", "")], "org": [given.get("org", "")]}
    for name, most in _LONGEST.items():
        if any(len(one) > most for one in said[name]):
            raise Problem(say(f"respond.long_{name}", most=f"{most:,}"), name)
    if given.get("text") and not themes:
        raise Problem(say("respond.say_theme"), "themes")
    kind, org = "organisation" if given.get("kind") == "organisation" else "individual", given.get("org", "")
    if (kind == "organisation") != bool(org):
        raise Problem(say("respond.for_yourself" if org else "respond.which_org"), "org")
    document: dict[str, Any] = {
        "kind": kind,
        "org": org,
        "stance": given["stance"],
        "themes": themes,
        "text": given.get("text", ""),
        "publish": given.get("publish") == "yes",
    }
    # The same form with the same answer is one response; with another answer it is another.
    number = number_of(json.dumps([given.get("form") or new_form(), adoption, document]))
    response: Response = read_one(Response, {**document, "id": number, "received_at": stamp(view.as_of)}, "")
    if found := identifies(response):
        in_text = response.publish and response.text
        raise Problem(say("respond.identifies", found=found), "text" if in_text else "themes")
    return adoption, response
