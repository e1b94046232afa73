"""Each way in which a consultation is not fair, as a story of its own: the decision is blocked, and says by what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from answerable.case.adoption import Adoption, Proposal
from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Response
from answerable.case.event import Event
from answerable.policy.pack import Pack
from answerable.policy.reading import read_yaml_file

STORIES = sorted((Path(__file__).parents[2] / "assets" / "adoption").glob("[a-z][0-9]_*.yaml"))
WHOLE = ("propose", "consult", "notice", "respond", "reach", "consider", "outcome", "adopt")
Act = Callable[..., tuple[Adoption, Event]]


def _proposed(story: dict[str, Any], document: dict[str, Any]) -> ask.Propose:
    changed = {**document, **story.get("proposal", {})}
    changed["documents"] = [d for d in changed["documents"] if d["kind"] != story.get("drop_document")]
    for paper in changed["documents"]:
        if paper["kind"] == story.get("unhash_document"):
            del paper["sha256"]
    return ask.Propose(Proposal.read(changed))


def _answered(story: dict[str, Any], asked: dict[str, Any]) -> None:
    if story.get("unread_response"):
        unread = Response(id="3", kind="individual", stance="oppose", text="And who pays?")
        asked["respond"] = ask.Respond((*asked["respond"].responses, unread))
    kept = tuple(t for t in asked["consider"].themes if t.theme != story.get("forget_theme"))
    asked["consider"] = ask.Consider(kept)
    asked["reach"] = ask.Reached(tuple(r for r in asked["reach"].audience if r.org != story.get("forget_reach")))


def _tell(story: dict[str, Any], act: Act, pack: Pack) -> Event:
    """Walk up to the step of the story, which must be the first that does not go through; return its event."""
    adoption = Adoption("A-2018-0001")
    around = {**story.get("around", {}), **({"standing": pack} if story.get("standing") == "same" else {})}
    for kind in WHOLE[: WHOLE.index(story["at"])]:
        if kind not in story.get("without", ()):
            adoption, event = act(adoption, kind)
            assert event.kind == kind, event.data
        if kind == "notice" and "reply" in story:
            adoption, _ = act(adoption, "notice", command=ask.Notice("The commissioner", reply=story["reply"]))
    when = {}
    if "days_late" in story and adoption.last_at is not None:
        when["at"] = adoption.last_at + timedelta(days=5 + story["days_late"])
    if "decided_after_days" in story and adoption.consulted_at is not None:
        when["at"] = adoption.consulted_at + timedelta(days=story["decided_after_days"])
    return act(adoption, story["at"], **around, **when)[1]


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_step_is_blocked_by_the_rules_the_story_names(
    path: Path, act: Act, asked: dict[str, Any], document: dict[str, Any], pack: Pack
) -> None:
    story = read_yaml_file(path)
    asked["propose"] = _proposed(story, document)
    _answered(story, asked)
    event = _tell(story, act, pack)
    assert (event.kind, event.data.get("transition")) == ("blocked", story["at"]), event.data
    assert event.data["rules"] == story["blocked_by"]
    failed = [finding for finding in event.data["findings"] if not finding["holds"]]
    assert all(finding["reason"] and finding["change"] and finding["src"] for finding in failed)
    assert "does not limit" in event.data["not_limited"]


@pytest.mark.parametrize("rule", ["G1", "G2", "G3", "G4", "G5"])
def test_each_of_the_fairness_tests_has_a_story_that_fails_it(rule: str) -> None:
    assert any(read_yaml_file(path)["blocked_by"] == [rule] for path in STORIES)
