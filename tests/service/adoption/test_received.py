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
from answerable.record.verify import verify_proof
from answerable.service import adoption as service
from answerable.service import responses_inbox as inbox
from answerable.service.adoption import act, enter_received
from answerable.service.adoption_shown import show_adoption
from answerable.service.answer import Answer
from answerable.service.audit import audit_lines
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
    told, entered = enter_received(empty, ID, "policy-owner")
    assert entered == 2
    assert [one["id"] for one in told.data["responses"]] == [first, second], "in the order they came"
    assert "Only at night." not in json.dumps(told.data)
    assert not any((empty.folder / inbox.FOLDER / ID).iterdir())
    assert show_adoption(empty, ID)["stances"]["oppose"] == 2
    with pytest.raises(InputError, match="No response that came in by the site waits"):
        enter_received(empty, ID, "policy-owner")


def test_no_outcome_is_published_over_what_is_not_in_the_record(
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
    with pytest.raises(NotAllowed, match=r"wait to be entered: 1\..*--received"):
        act(empty, ID, ask.Outcome("Most oppose it."), "policy-owner")
    # It came in time and is entered late.
    assert enter_received(empty, ID, "policy-owner")[0].kind == "respond"
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
    told, _ = enter_received(empty, ID, "policy-owner")
    assert [one["id"] for one in told.data["responses"]] == ["W-3333333333"]
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


def test_a_response_may_be_withheld_and_that_has_to_be_answered_too(empty: Workspace, walk: Walk) -> None:
    walk("consult")
    sent(empty, "W-2", text="Words that name Zebedee.", themes=("zebedee",), kind="organisation", org="A front")
    sent(empty, "W-3")
    with pytest.raises(InputError, match=r"does not wait.*W-9"):
        enter_received(empty, ID, "policy-owner", ["W-9"])
    enter_received(empty, ID, "policy-owner", ["W-2"])
    published = b"".join(path.read_bytes() for path in empty.public.rglob("*") if path.is_file())
    assert b"zebedee" not in published.lower()
    assert b"A front" not in published
    shown = show_adoption(empty, ID)
    assert shown["stances"]["oppose"] == 2
    assert {one["theme"]: one["raised"] for one in shown["themes"]} == {"fear": 1, "withheld": 1}


def test_no_entry_is_so_long_that_its_proof_cannot_be_checked(empty: Workspace, walk: Walk) -> None:
    walk("consult")
    for number in range(200, 400):
        sent(empty, f"W-{number}", text="x" * 8000)
    _, entered = enter_received(empty, ID, "policy-owner")
    assert entered == 200
    assert show_adoption(empty, ID)["consultation"]["responses"] == 200
    policy = (empty.public / "log-policy").read_text(encoding="utf8")
    for path in (empty.public / "proofs").glob("*.tlog-proof"):
        verify_proof(path.read_text(encoding="utf8"), policy)


def test_an_outcome_that_the_tests_or_a_role_would_stop_is_on_record_all_the_same(empty: Workspace, walk: Walk) -> None:
    walk("reach")
    sent(empty, "W-2222222222")
    with pytest.raises(NotAllowed, match="takes the role"):
        act(empty, ID, ask.Outcome("Most oppose it."), "applicant")
    assert any(line["account"] == "applicant" for line in audit_lines(empty, ID))


def test_what_is_sent_twice_is_kept_once(empty: Workspace, walk: Walk, clock: FixedClock) -> None:
    walk("consult")
    first = sent(empty, "W-2")
    clock.advance(minutes=5)
    sent(empty, "W-2")
    assert inbox.waiting(empty.folder / inbox.FOLDER, ID) == (first,)


def test_numbers_are_not_guessed_and_not_read_wrongly() -> None:
    numbers = {inbox.number_of(inbox.new_form()) for _ in range(200)}
    assert inbox.number_of("a") == inbox.number_of("a") != inbox.number_of("b")
    assert len(numbers) == 200
    assert not set("".join(numbers)) & set("01OILU")
