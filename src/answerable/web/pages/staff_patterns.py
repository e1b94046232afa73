"""Every part of which the staff site is made, side by side, to be looked at in light and dark, narrow and printed."""

from __future__ import annotations

from answerable.web.fields import YES_NO, Field, choices
from answerable.web.pages.case_words import NAMES, TONES, plain
from answerable.web.render import Page

_FIELDS = (
    Field("line", "A line of text", hint="What it is for, in a few words."),
    Field("words", "Some sentences", "area", value="What was typed before comes back."),
    Field("figure", "A number", "number"),
    Field("instant", "A local time", "datetime-local"),
    Field("listed", "One of several", "select", options=choices(("first", "second", "third"))),
    Field("answer", "Yes or no, and neither chosen beforehand", "radio", options=YES_NO),
)
_TASKS = (
    ("Submit it", "Done", "done"),
    ("Assess it", "Can be done now", "open"),
    ("Authorise it", "Blocked by rule", "blocked"),
    ("Start it", "Not yet", "later"),
)


def patterns_page() -> Page:
    """Return the page of parts."""
    data = {
        "fields": [one.as_json() for one in _FIELDS],
        "standings": [{"words": NAMES.get(state, plain(state)), "tone": tone} for state, tone in TONES.items()],
        "tasks": [{"does": does, "words": words, "status": status} for does, words, status in _TASKS],
        "problems": [{"field": "line", "says": "Say what is missing, and lead to its field."}],
    }
    return Page("patterns.html", "Patterns", "staff/patterns.html", data)
