"""Advice through the chair: members of a group write without a name, and the chair passes on what the group advises.

A member needs no account and gives no name; what is kept is the day, the stance and the words, apart from the record.
Nothing enters the record before the chair passes it on, and what was passed on or left out is then forgotten here.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any

from answerable.case.event import Command
from answerable.case.transitions.consult import STANCES
from answerable.errors import InputError, NotAllowed
from answerable.service.audit import note_act
from answerable.service.cases import act, show_case
from answerable.web.desk import NOBODY_NEEDED, Desk, Go, Result, Shown, Visit
from answerable.web.fields import YES_NO, Field, Values, filled
from answerable.web.pages import staff_refusals
from answerable.web.pages.case_words import STANCES as WORDS
from answerable.web.render import Page

CHAIR = ("iag_contact",)
LASTS = timedelta(hours=48)
MOST_WORDS, MOST_NOTES = 2000, 60
KIND, _BOX = "advice box", "advice box link"
_SPOKEN = tuple(one for one in STANCES if one != "no_reply")
_SAYS = "From a member who stays unnamed, through the chair: {text}"
_FIELDS = (
    Field("stance", "What do you advise?", "radio",
          options=(("object", "Against it"), ("neutral", "Neither"), ("support", "For it"))),
    Field("text", "In your own words", "area", hint="Nobody is told who wrote it; leave out what would show it."),
    Field("publish", "May your words be published?", "radio", options=YES_NO),
)  # fmt: skip


def add_chair(desk: Desk) -> None:
    """Put the routes into the site."""
    nobody = (NOBODY_NEEDED,)
    desk.page("/case-{case_id}-chair", chair_page, CHAIR, "What members of the group wrote to the chair")
    desk.act("/case-{case_id}/chair/link", make_box, CHAIR, "Make a link by which members write to the chair")
    desk.act("/case-{case_id}/chair/pass", pass_on, CHAIR, "Pass on what a member wrote, as advice", ("note",))
    desk.act("/case-{case_id}/chair/drop", leave_out, CHAIR, "Leave out what a member wrote", ("note",))
    desk.page("/box-{token}", box_page, nobody, "Write to the chair, without a name")
    desk.act("/box-{token}", write, nobody, "Leave words for the chair", [one.name for one in _FIELDS])


def chair_page(visit: Visit) -> Page:
    """Return what waits with the chair for one case."""
    case_id = visit.path["case_id"]
    shown = show_case(visit.workspace, case_id)
    data = {
        "case": {"id": case_id, "title": shown["title"]},
        "notes": [{**one, "says": WORDS[one["stance"]]} for one in _notes(visit, case_id)],
        "possible": "advise" in shown["possible"],
        "link": "",
    }
    return Page(f"case-{case_id}-chair.html", f"Through the chair: case {case_id}", "staff/chair.html", data)


def make_box(visit: Visit) -> Result:
    """Make a link that any number of members use until it is over, and show it this once."""
    page = chair_page(visit)
    if not page.data["possible"]:
        raise NotAllowed("Advice on this case comes too late.", where=page.data["case"]["id"], fix="Look at the case.")
    case_id = visit.path["case_id"]
    token = visit.desk.sessions.keep_once(_BOX, {"case": case_id}, LASTS)
    note_act(visit.workspace, visit.account, "made a link for members of the group", case_id)
    base = visit.desk.settings.origin or visit.origin
    return Page(page.path, page.title, page.template, {**page.data, "link": f"{base}/box-{token}.html"})


def box_page(visit: Visit) -> Result:
    """Return the form on which a member writes."""
    return _box(visit, {}, [])


def _box(visit: Visit, values: dict[str, str], problems: list[dict[str, str]], *, sent: bool = False) -> Result:
    held = visit.desk.sessions.look(_BOX, visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    shown = show_case(visit.workspace, held["case"])
    data = {
        "case": {name: shown[name] for name in ("id", "title", "area", "window")},
        "token": visit.path["token"],
        "fields": [one.as_json() for one in filled(_FIELDS, values)],
        "problems": problems,
        "possible": "advise" in shown["possible"],
        "sent": sent,
    }
    return Page("box.html", "Write to the chair", "staff/box.html", data)


def write(visit: Visit) -> Result:
    """Keep what a member wrote for the chair: its words, never whose."""
    held = visit.desk.sessions.look(_BOX, visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    values = {name: visit.text(name) for name in ("stance", "text", "publish")}
    try:
        note = _read(Values(values))
    except InputError as error:
        again = _box(visit, values, [{"field": error.where.removeprefix("field "), "says": str(error)}])
        return Shown(again, 400) if isinstance(again, Page) else again
    if len(_notes(visit, held["case"])) >= MOST_NOTES:
        raise NotAllowed("More waits with the chair than can be read.", fix="Ask the chair to pass some on first.")
    # The day and no more: the minute in which somebody wrote could show who it was.
    day = visit.workspace.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    name = f"{held['case']}/{secrets.token_hex(6)}"
    visit.workspace.store.keep(KIND, name, json.dumps(note).encode(), day, "", after=0)
    return _box(visit, {}, [], sent=True)


def _read(values: Values) -> dict[str, Any]:
    if values.text("stance") not in _SPOKEN:
        raise InputError("Say what you advise.", where="field stance", fix="Choose one.")
    text = values.needed("text", "Your advice")
    if len(text) > MOST_WORDS:
        raise InputError(f"This is longer than {MOST_WORDS} characters.", where="field text", fix="Shorten it.")
    return {"stance": values.text("stance"), "text": text, "publish": values.yes("publish") or False}


def _notes(visit: Visit, case_id: str) -> list[dict[str, Any]]:
    """Return what waits for one case, by the random names under which it is kept: in no order that tells anything."""
    kept = visit.workspace.store.kept(KIND)
    return [
        {**json.loads(one.value), "note": one.id.partition("/")[2]} for one in kept if one.id.startswith(f"{case_id}/")
    ]


def _asked(visit: Visit) -> dict[str, Any]:
    case_id, name = visit.path["case_id"], visit.text("note")
    found = next((one for one in _notes(visit, case_id) if one["note"] == name), None)
    if found is None:
        raise NotAllowed(
            "That was passed on or left out already.", where=f"case {case_id}", fix="Look at the page anew."
        )
    return found


def pass_on(visit: Visit) -> Go:
    """Give a member's words as the group's advice; they are then in the record, and no longer here."""
    note, case_id = _asked(visit), visit.path["case_id"]
    text = _SAYS.format(text=note["text"])
    command = Command("advise", stance=note["stance"], text=text, publish=note["publish"], needs_answer=True)
    answer = act(visit.workspace, case_id, command, visit.account)
    _forget(visit, note, "passed on")
    return Go(f"case-{case_id}-chair.html", answer.as_json())


def leave_out(visit: Visit) -> Go:
    """Leave a member's words out; that it was done is noted, what they were is not."""
    note = _asked(visit)
    _forget(visit, note, "left out")
    return Go(f"case-{visit.path['case_id']}-chair.html")


def _forget(visit: Visit, note: dict[str, Any], why: str) -> None:
    name = f"{visit.path['case_id']}/{note['note']}"
    visit.workspace.store.forget(KIND, name, visit.workspace.clock.now(), f"advice {why}", visit.account)
