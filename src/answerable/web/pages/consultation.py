"""Consultation: what is open and until when, how to respond, and the answer to each theme that was raised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from answerable.service.adoption_said import public_adoption
from answerable.service.public_view import PublicView
from answerable.web.catalogue import lines, say
from answerable.web.once import once
from answerable.web.pages.adoption_words import STANCES
from answerable.web.pages.sections import MOST_ROWS, Section, link, page, section, table
from answerable.web.render import Page

PATH = "consultation.html"
FORM, ANSWERS = "responses.csv", "answers.csv"


def consultation(view: PublicView, *, here: bool = False) -> Page:
    """Return open consultations with their ends and channels, and every theme with what was made of it.

    ``here`` is whether a response can be sent from the page itself.
    """
    told = _told(view)
    opened = [one for one in reversed(told) if one["state"] == "CONSULTING"]
    form = {"text": say("consultation.form"), "href": FORM, "says": say("told.consultation.one_row_for_each")}
    to_form = [link(say("consultation.respond"), "#respond")] if here and opened else []
    how = section(
        say("consultation.how"),
        items=lines("consultation.how_here" if here else "consultation.how_lines"),
        links=[*to_form, form],
    )
    more = section("", links=[{"text": say("consultation.more"), "href": "policy.html"}])
    sections = [*_open(opened), how, _themes(told), _said(told), more]
    titles = {str(one["id"]): str(one["title"]) for one in opened}
    return page(PATH, "consultation", sections, open=list(titles), titles=titles)


@once
def _told(view: PublicView) -> list[dict[str, Any]]:
    return [public_adoption(name, events, view.as_of) for name, events in view.adoptions.items()]


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


def _said(told: Sequence[Mapping[str, Any]]) -> Section:
    every = [(one, str(of["title"])) for of in told for one in of["responses"]]
    rows = [
        (
            str(one["id"]),
            title,
            str(one.get("org") or say("consultation.anyone")),
            STANCES.get(one["stance"], str(one["stance"])),
            "; ".join(one["themes"]),
            str(one.get("text", "")),
        )
        for one, title in reversed(every[-MOST_ROWS:])
    ]
    head = (
        say("told.consultation.number"),
        say("told.consultation.consultation"),
        say("told.consultation.from"),
        say("told.consultation.stance"),
        say("told.consultation.themes"),
        say("told.consultation.words"),
    )
    return section(
        say("consultation.said"),
        paragraphs=[] if rows else [say("consultation.said_none")],
        table=table(say("consultation.said"), head, rows),
        links=[link(say("consultation.said_file"), ANSWERS)] if rows else [],
        note=say("consultation.said_note", shown=len(rows), all=f"{len(every):,}") if rows else "",
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
