"""What a policy owner finds first: policies that are consulted on, and responses that nobody has entered yet."""

from __future__ import annotations

from answerable.case.adoption import state_at
from answerable.place import stamp
from answerable.service.adopt import adoptions
from answerable.service.responses_inbox import FOLDER, count_waiting
from answerable.web.desk import Visit
from answerable.web.pages.adoption_words import STATES
from answerable.web.pages.sections import Section, section, table

CONSULTED_ON = "Policies that are consulted on"
_HEAD = ("Adoption", "Title", "State", "Closes", "Responses in the record", "Came in by the site, not entered")


def consulting(visit: Visit) -> Section:
    """Return every adoption that is not decided yet, the newest first, with the responses that wait."""
    workspace, now = visit.workspace, visit.workspace.clock.now()
    rows, left = [], []
    for one in reversed(adoptions(workspace)):
        if not one.id or not state_at(one, now).undecided:
            continue
        waiting = count_waiting(workspace.folder / FOLDER, one.id)
        left += [one.id] if waiting else []
        words = STATES[str(state_at(one, now))][0]
        closes = {"at": stamp(one.closes_at)} if one.closes_at else "not open yet"
        rows.append((one.id, one.title, words, closes, len(one.responses), waiting))
    commands = [
        f"Look at them with 'answerable adoption received {one}', and enter them with "
        f"'answerable adoption respond {one} --received'. Until then no outcome can be published."
        for one in left
    ]
    return section(
        CONSULTED_ON,
        paragraphs=() if rows else ("No policy is consulted on now.",),
        table=table(CONSULTED_ON, _HEAD, rows, figures=2),
        items=commands,
    )
