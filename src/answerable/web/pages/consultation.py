"""Consultation: what is open and until when, how to respond, and the answer to each theme that was raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.service.adoption_said import public_adoption
from answerable.service.public_view import PublicView
from answerable.web.catalogue import lines, say
from answerable.web.pages.sections import Section, link, page, section, table
from answerable.web.render import Page

PATH = "consultation.html"
FORM = "responses.csv"


def consultation(view: PublicView) -> Page:
    """Return open consultations with their ends and channels, and every theme with what was made of it."""
    told = [public_adoption(name, events, view.as_of) for name, events in view.adoptions.items()]
    opened = [one for one in reversed(told) if one["state"] == "CONSULTING"]
    form = {"text": say("consultation.form"), "href": FORM, "says": say("told.consultation.one_row_for_each")}
    how = section(say("consultation.how"), items=lines("consultation.how_lines"), links=[form])
    more = section("", links=[{"text": say("consultation.more"), "href": "policy.html"}])
    sections = [*_open(opened), how, _themes(told), more]
    return page(PATH, "consultation", sections, open=[str(one["id"]) for one in opened])


def _open(told: Sequence[Mapping[str, Any]]) -> list[Section]:
    if not told:
        return [section(say("consultation.open"), paragraphs=[say("consultation.open_none")])]
    return [
        section(
            f"{say('consultation.open')}: {one['title']}",
            paragraphs=[str(one["summary"])],
            facts=[
                [say("told.consultation.opened"), {"at": one["consultation"]["opened_at"]}],
                [say("told.consultation.closes"), {"at": one["consultation"]["closes_at"]}],
                [
                    say("told.consultation.respond_by"),
                    ", ".join(map(str, one["consultation"]["channels"])) or say("told.consultation.not_stated"),
                ],
                [say("told.consultation.rules"), link(str(one["pack"]), "policy.html")],
            ],
            items=[str(change["sentence"]) for change in one["changes"]],
        )
        for one in told
    ]


def _themes(told: Sequence[Mapping[str, Any]]) -> Section:
    rows = [
        (
            str(theme["theme"]).capitalize(),
            str(one["title"]),
            str(theme.get("response") or say("consultation.not_considered")),
            _changed(theme),
            theme["raised"],
        )
        for one in reversed(told)
        for theme in one["themes"]
    ]
    head = (
        say("told.consultation.theme"),
        say("told.consultation.consultation"),
        say("told.consultation.answer"),
        say("told.consultation.what_changed_or_why"),
        say("told.consultation.responses"),
    )
    found = table(say("consultation.themes"), head, rows, figures=1)
    return section(
        say("consultation.themes"), paragraphs=[] if rows else [say("consultation.themes_none")], table=found
    )


def _changed(theme: Mapping[str, Any]) -> str:
    changed, why_not = theme.get("changed_what"), theme.get("why_not")
    return (
        say("told.consultation.changed", changed=changed)
        if changed
        else say("told.consultation.not_changed", why_not=why_not)
        if why_not
        else say("told.consultation.not_said_yet")
    )
