"""An adoption walked whole, and everything that may not happen to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from answerable.case.adoption import Adoption, Proposal, State, is_adoption, state_at
from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Consideration, Reach, Response
from answerable.case.adoption.machine import STARTS
from answerable.case.adoption.rulebook import roles, rulebook, separated
from answerable.case.event import Actor, Event
from answerable.errors import InputError, IntegrityError, NotAllowed, UsageError
from answerable.policy.pack import Pack

Act = Callable[..., tuple[Adoption, Event]]
Walk = Callable[..., Adoption]
DAY = timedelta(days=1)


def test_an_adoption_runs_from_its_proposal_to_its_decision(walk: Walk) -> None:
    adoption = walk("adopt")
    assert adoption.state is State.ADOPTED
    assert [event.version for event in adoption.events] == list(range(1, 9))
    decided = adoption.events[-1].data
    assert decided["pack"] == "uk.armed_patrol"
    assert {finding["rule"]: finding["holds"] for finding in decided["findings"]} == dict.fromkeys(
        ("G1", "G2", "G3", "G4", "G5", "N1", "P1", "M1", "S1"), True
    )
    assert "status" in decided
    assert decided["rules"][0]["says"]


def test_an_adoption_is_what_its_events_say(walk: Walk) -> None:
    adoption = walk("adopt")
    assert Adoption.fold(adoption.id, adoption.events) == adoption
    for wrong in ([adoption.events[1]], [adoption.events[0]] * 2, [replace(adoption.events[0], case="A-2018-0002")]):
        with pytest.raises(IntegrityError, match="does not follow"):
            Adoption.fold(adoption.id, wrong)


def test_stances_and_themes_are_counted_and_never_typed(walk: Walk) -> None:
    said = walk("outcome").events[-1].data
    assert said["stances"] == {"support": 1, "support_with_changes": 0, "neutral": 0, "oppose": 1}
    assert [(one["theme"], one["raised"]) for one in said["themes"]] == [("fear", 2), ("hours", 1)]
    assert said["responses"] == 2


def test_a_group_that_was_not_reached_is_published(walk: Walk) -> None:
    adoption = walk("adopt")
    assert adoption.events[-2].data["not_reached"] == ["Young people under 25"]
    reach = next(finding for finding in adoption.events[-1].data["findings"] if finding["rule"] == "G5")
    assert reach["reason"] == "Not reached, and the record says so: Young people under 25."


def test_text_is_public_only_with_consent_and_an_individual_has_no_name(walk: Walk) -> None:
    event = walk("respond").events[-1]
    organisation, individual = event.data["responses"]
    assert organisation["text"] == "No."
    assert "text" not in individual
    assert "org" not in individual
    assert event.private["texts"] == {"2": "Only at night."}


def test_no_person_or_account_is_in_the_public_data(walk: Walk) -> None:
    for event in walk("adopt").events:
        assert not {event.private["person"], event.private["account"]} & set(str(event.data).split("'"))
        assert event.private["person"].startswith("person ")


@pytest.mark.parametrize("kind", sorted(STARTS))
def test_each_command_takes_its_role(kind: str, act: Act, walk: Walk, people: Mapping[str, Actor]) -> None:
    begun = {"propose": Adoption("A-2018-0001"), "consult": walk("propose")}
    later = walk("adopt") if kind in ("evaluation", "renew", "repeal") else walk("respond")
    adoption = begun.get(kind, replace(later, closes_at=later.consulted_at) if kind == "consider" else later)
    command = ask.Renew("Again.", 6, datetime.fromisoformat("2019-05-01T00:00:00+00:00")) if kind == "renew" else None
    with pytest.raises(NotAllowed, match=r"To [a-z ,]+ takes the role"):
        act(adoption, kind, by=people["applicant"], command=command)
    assert set(rulebook().roles[kind]) <= roles()


def test_a_service_account_can_do_nothing(act: Act, people: Mapping[str, Actor]) -> None:
    program = replace(people["policy_owner"], human=False)
    with pytest.raises(NotAllowed, match="service account"):
        act(Adoption("A-2018-0001"), "propose", by=program)


def test_what_is_not_possible_says_what_is_in_words(act: Act, walk: Walk, people: Mapping[str, Actor]) -> None:
    with pytest.raises(NotAllowed, match="cannot be asked to publish its outcome") as caught:
        act(walk("adopt"), "outcome")
    assert "What one can do now: enter a notice to the commissioner, or a reply, " in str(caught.value)
    with pytest.raises(NotAllowed, match="To publish the outcome takes the role policy_owner"):
        act(walk("respond"), "outcome", by=people["applicant"])


def test_the_policy_owner_cannot_decide_even_under_another_account(act: Act, walk: Walk) -> None:
    both = Actor("person policy_owner", "a second account", frozenset({"chief_officer"}))
    with pytest.raises(NotAllowed, match="acted as policy_owner on an adoption cannot also act as chief_officer"):
        act(walk("outcome"), "adopt", by=both)
    assert ("chief_officer", "policy_owner") in separated()


def test_nothing_is_decided_twice(act: Act, walk: Walk) -> None:
    adoption = walk("adopt")
    for kind in ("adopt", "reject"):
        with pytest.raises(NotAllowed, match="An adoption that is ADOPTED cannot be asked to"):
            act(adoption, kind, at=adoption.adopted_at)


def test_what_comes_in_after_the_close_is_too_late(act: Act, walk: Walk, asked: dict[str, Any]) -> None:
    adoption = walk("respond")
    late = Response(id="9", kind="individual", stance="oppose", themes=("fear",))
    after = adoption.closes_at
    assert after is not None
    with pytest.raises(NotAllowed, match="The consultation closed 2019-01-14T17:00:00Z"):
        act(adoption, "respond", command=ask.Respond((late,)), at=after)
    posted = late.model_copy(update={"received_at": "2019-01-14T16:59"})
    entered, _ = act(adoption, "respond", command=ask.Respond((posted,)), at=after + DAY)
    assert len(entered.responses) == 3


def test_a_response_after_the_published_one_means_publishing_again(act: Act, walk: Walk) -> None:
    adoption = walk("outcome")
    posted = Response(id="9", kind="individual", stance="oppose", themes=("fear",), received_at="2019-01-10T10:00")
    adoption, _ = act(adoption, "respond", command=ask.Respond((posted,)), at=adoption.last_at)
    _, event = act(adoption, "adopt")
    assert event.data["rules"] == ["G4"]
    adoption, _ = act(adoption, "outcome", at=adoption.last_at)
    assert act(adoption, "adopt")[1].kind == "adopt"


def test_a_response_is_entered_once(act: Act, walk: Walk) -> None:
    with pytest.raises(InputError, match="already there"):
        act(walk("respond"), "respond")


def test_only_those_of_the_audience_are_reached_and_only_themes_raised_are_considered(act: Act, walk: Walk) -> None:
    stranger = ask.Reached((Reach(org="The moon", reached=False, how="too far"),))
    with pytest.raises(InputError, match="not in the audience"):
        act(walk("respond"), "reach", command=stranger)
    invented = ask.Consider((Consideration(theme="praise", response="Thank you.", why_not="None needed."),))
    with pytest.raises(InputError, match="Nobody raised this theme"):
        act(walk("reach"), "consider", command=invented)


def test_a_reply_of_the_commissioner_is_answered_and_is_no_veto(act: Act, walk: Walk) -> None:
    reply = ask.Notice("The commissioner", reply="I am against it.")
    adoption, event = act(walk("consider"), "notice", command=reply)
    assert event.data["is_veto"] is False
    unanswered, _ = act(adoption, "outcome")
    assert act(unanswered, "adopt")[1].data["rules"] == ["N1"]
    answer = ask.Outcome("Most oppose it.", {2: "The window was shortened."})
    answered, _ = act(adoption, "outcome", command=answer)
    assert act(answered, "adopt")[1].kind == "adopt"
    with pytest.raises(InputError, match="no reply of this number"):
        act(adoption, "outcome", command=ask.Outcome("Most oppose it.", {1: "?"}))


def test_the_outcome_may_tighten_what_was_consulted_on_and_not_loosen_it(act: Act, walk: Walk, pack: Pack) -> None:
    stricter = replace(pack, hash="5" * 64)
    tightened = {"what": "limit", "where": "window_h", "kind": "tighten", "sentence": "6 hours become 4."}
    adoption, _ = act(walk("consider"), "outcome", pack=stricter, changes=(tightened,))
    assert adoption.pack_hash == "5" * 64
    assert act(adoption, "adopt", pack=pack)[1].data["rules"] == ["P1"]
    assert act(adoption, "adopt", pack=stricter)[1].kind == "adopt"
    loosened = {**tightened, "kind": "loosen", "sentence": "6 hours become 8."}
    _, event = act(walk("consider"), "outcome", pack=stricter, changes=(tightened, loosened))
    assert event.data["rules"] == ["P1"]
    assert "6 hours become 8." in event.data["findings"][-1]["reason"]


def test_a_pack_that_asks_for_more_time_gets_it(act: Act, walk: Walk, pack: Pack) -> None:
    slow = replace(pack, settings={**pack.settings, "policy_consultation_days": 45})
    assert act(walk("propose"), "consult", pack=slow)[1].data["rules"] == ["G3"]
    hasty = replace(pack, settings={**pack.settings, "policy_consultation_days": 1}, hash="1" * 64)
    assert act(walk("propose"), "consult", pack=hasty, standing=replace(slow, hash="0" * 64))[1].data["rules"] == ["G3"]


def test_words_are_needed(act: Act, walk: Walk) -> None:
    with pytest.raises(UsageError, match="A decision needs its words"):
        act(walk("outcome"), "adopt", command=ask.Adopt("  "))


def test_a_rejection_is_kept_with_the_tests_as_they_stood(act: Act, walk: Walk) -> None:
    adoption, event = act(walk("respond"), "reject", at=None or walk("respond").last_at)
    assert (adoption.state, event.data["reasons"]) == (State.REJECTED, "People are against it.")
    assert {"G3", "G4"} <= {finding["rule"] for finding in event.data["findings"] if not finding["holds"]}
    assert "does not limit" in event.data["not_limited"]


def test_time_never_runs_backwards(act: Act, walk: Walk) -> None:
    adoption = walk("outcome")
    _, event = act(adoption, "adopt", at=datetime.fromisoformat("2018-01-01T00:00:00+00:00"))
    assert (event.kind, event.at) == ("adopt", adoption.last_at)


def test_every_state_can_be_told(walk: Walk) -> None:
    adoption = walk("adopt")
    assert adoption.sunset_at is not None
    assert adoption.evaluation_due_at is not None
    assert state_at(adoption, adoption.evaluation_due_at - DAY) is State.ADOPTED
    assert state_at(adoption, adoption.evaluation_due_at) is State.EVALUATING
    assert state_at(adoption, adoption.sunset_at) is State.SUNSET
    consulting = walk("consult")
    assert consulting.closes_at is not None
    assert state_at(consulting, consulting.closes_at - DAY) is State.CONSULTING
    assert state_at(consulting, consulting.closes_at) is State.RESPONDING


def test_an_adoption_is_told_from_a_deployment_by_its_id() -> None:
    assert is_adoption("A-2018-0001")
    assert not is_adoption("2018-0001")


def test_a_proposal_says_what_it_would_change(act: Act, pack: Pack, document: dict[str, Any]) -> None:
    loosened = {"what": "limit", "where": "window_h", "kind": "loosen", "sentence": "6 hours become 8."}
    older = replace(pack, version=0, hash="0" * 64)
    proposed = ask.Propose(Proposal.read(document))
    _, event = act(Adoption("A-2018-0001"), "propose", command=proposed, standing=older, changes=(loosened,))
    assert event.data["changes_from"] == "uk.armed_patrol@0"
    assert event.data["changes"] == [loosened]
    assert event.data["loosens"] is True
