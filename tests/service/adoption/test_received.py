"""Responses that came in by the public site wait in a folder, and nothing is decided over their heads."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Consideration, Response
from answerable.clock import FixedClock
from answerable.errors import InputError, NotAllowed
from answerable.place import stamp
from answerable.service import adoption as service
from answerable.service import responses_inbox as inbox
from answerable.service.adoption import act, enter_received
from answerable.service.adoption_shown import show_adoption
from answerable.service.answer import Answer
from answerable.service.workspace import Workspace

ID = "A-2018-0001"
DAY = timedelta(days=1)
Walk = Callable[..., Answer]


def sent(workspace: Workspace, number: str, **more: object) -> Response:
    """One response that came in by the site, now."""
    told = {"kind": "individual", "stance": "oppose", "themes": ("fear",), "text": "No.", "publish": True, **more}
    response = Response.model_validate({"id": number, **told, "received_at": stamp(workspace.clock.now())})
    inbox.keep_response(workspace.folder / inbox.FOLDER, ID, response)
    return response


def test_what_came_in_is_entered_at_once_and_then_taken_away(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    walk("consult")
    second, first = "W-2222222222", "W-9999999999"
    sent(empty, first)
    clock.advance(minutes=1)
    sent(empty, second, text="Only at night.", publish=False)
    told = enter_received(empty, ID, "policy-owner")
    assert [one["id"] for one in told.data["responses"]] == [first, second], "in the order they came"
    assert "Only at night." not in json.dumps(told.data)
    assert not any((empty.folder / inbox.FOLDER / ID).iterdir())
    assert show_adoption(empty, ID)["stances"]["oppose"] == 2
    with pytest.raises(InputError, match="No response that came in by the site waits"):
        enter_received(empty, ID, "policy-owner")


def test_no_outcome_is_published_over_what_nobody_has_looked_at(
    empty: Workspace, walk: Walk, clock: FixedClock
) -> None:
    walk("reach")
    sent(empty, "W-2222222222", themes=("schools",))
    considered = (
        Consideration(theme="fear", response="We measure it.", changed_what="Fear is a metric of its own."),
        Consideration(theme="hours", response="Any hour.", why_not="Harm has no hours."),
    )
    clock.advance(minutes=int(40 * DAY / timedelta(minutes=1)))
    act(empty, ID, ask.Consider(considered), "policy-owner")
    with pytest.raises(NotAllowed, match=r"1 response that came in by the site wait.*--received"):
        act(empty, ID, ask.Outcome("Most oppose it."), "policy-owner")
    # It came in time and is entered late.
    assert enter_received(empty, ID, "policy-owner").kind == "respond"
    told = Consideration(theme="schools", response="They are asked first.", changed_what="A test of its own.")
    act(empty, ID, ask.Consider((told,)), "policy-owner")
    assert act(empty, ID, ask.Outcome("Most oppose it."), "policy-owner").kind == "outcome"


def test_a_stop_between_entering_and_taking_away_enters_nothing_twice(
    empty: Workspace, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk("consult")
    sent(empty, "W-2222222222")
    with monkeypatch.context() as stopped:
        stopped.setattr(service, "forget", lambda *_: None)
        enter_received(empty, ID, "policy-owner")
    sent(empty, "W-3333333333")
    assert [one["id"] for one in enter_received(empty, ID, "policy-owner").data["responses"]] == ["W-3333333333"]
    assert not any((empty.folder / inbox.FOLDER / ID).iterdir())


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"{", "This is no response"), (b'{"id": "W-3", "kind": "individual", "stance": "oppose"}', "another number"),
     (b'{"id": "W-2", "kind": "individual", "stance": "no"}', "stance")],
)  # fmt: skip
def test_a_file_that_is_no_response_is_named_and_nothing_is_entered(
    empty: Workspace, walk: Walk, content: bytes, says: str
) -> None:
    walk("consult")
    sent(empty, "W-9999999999")
    path = empty.folder / inbox.FOLDER / ID / "W-2.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=says) as error:
        enter_received(empty, ID, "policy-owner")
    assert "W-2.json" in str(error.value)
    assert show_adoption(empty, ID)["consultation"]["responses"] == 0


def test_a_folder_that_anyone_can_fill_has_an_end(
    empty: Workspace, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk("consult")
    monkeypatch.setattr(inbox, "MOST", 2)
    for number in ("W-2", "W-3"):
        sent(empty, number)
    with pytest.raises(InputError, match="No more responses"):
        sent(empty, "W-4")


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "responses").write_text("in the way", encoding="utf8")
    response = Response(id="W-2", kind="individual", stance="oppose")
    with pytest.raises(InputError, match="could not be kept"):
        inbox.keep_response(tmp_path / "responses", ID, response)


def test_numbers_are_not_guessed_and_not_read_wrongly() -> None:
    numbers = {inbox.new_number() for _ in range(200)}
    assert len(numbers) == 200
    assert not set("".join(numbers)) & set("01OILU")
