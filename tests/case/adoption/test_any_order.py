"""Whatever is asked for, by whomever and in whatever order: what must never happen does not happen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.case.adoption import Adoption, State, decide, state_at
from answerable.case.adoption import commands as ask
from answerable.case.adoption.commands import Around
from answerable.case.adoption.rulebook import rulebook
from answerable.case.event import Actor
from answerable.errors import AnswerableError
from answerable.place import read_stamp
from answerable.policy.pack import Pack

DAY = timedelta(days=1)
KINDS = ("propose", "consult", "notice", "respond", "reach", "consider", "outcome", "adopt", "reject", "evaluation",
         "renew", "repeal")  # fmt: skip
# Mostly who should do it, otherwise any of the five.
RIGHT = -1
# Mostly the order in which things are done, so that many walks get far; with anything in between.
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from((RIGHT, RIGHT, RIGHT, 0, 1, 2, 3, 4)), st.integers(-2, 60)),
    min_size=4,
    max_size=40,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(steps=STEPS, orderly=st.booleans())
def test_no_order_of_acts_adopts_what_was_not_consulted_on(
    steps: list[tuple[str, int, int]],
    orderly: bool,
    asked: dict[str, Any],
    people: Mapping[str, Actor],
    pack: Pack,
) -> None:
    now = read_stamp("2018-11-20T09:00:00Z")
    if orderly:
        whole = [("propose", 0, 13), ("consult", 0, 1), ("notice", 2, 1), ("respond", 0, 1), ("reach", 0, 45)]
        steps = [*whole, ("consider", 0, 1), ("outcome", 0, 1), *steps]
    everybody = list(people.values())
    whose = {kind: people[rulebook().roles[kind][0]] for kind in KINDS}
    adoption = Adoption("A-2018-0001")
    for kind, who, days in steps:
        now += days * DAY
        renew = ask.Renew("Again.", 12, now + 100 * DAY)
        before = state_at(adoption, max(now, adoption.last_at or now))
        try:
            event = decide(
                adoption,
                renew if kind == "renew" else asked[kind],
                whose[kind] if who == RIGHT else everybody[who],
                Around(pack=pack),
                now,
            )
        except AnswerableError:
            continue
        assert event.version == adoption.version + 1
        after = adoption.after(event)
        if event.kind == "blocked":
            assert after.state == adoption.state
            assert event.data["rules"]
        if event.kind == "adopt":
            assert before.undecided
            _check_adopted(after)
        if event.kind == "renew":
            assert before.in_force
            assert adoption.evaluated
        adoption = after
    assert Adoption.fold(adoption.id, adoption.events) == adoption
    assert len([event for event in adoption.events if event.kind in ("adopt", "reject")]) <= 1
    if adoption.adopted_at is not None and adoption.sunset_at is not None:
        assert not state_at(adoption, max(now, adoption.sunset_at)).in_force
        assert adoption.sunset_at - (adoption.since or adoption.adopted_at) <= 366 * DAY


def _check_adopted(adoption: Adoption) -> None:
    assert adoption.state is State.ADOPTED
    assert adoption.consulted_at is not None
    assert adoption.closes_at is not None
    assert adoption.adopted_at is not None
    assert adoption.closes_at - adoption.consulted_at >= 28 * DAY
    assert adoption.adopted_at >= adoption.closes_at
    assert adoption.outcome is not None
    deciders = {person for office, person in adoption.hands if office == "chief_officer"}
    assert not deciders & {person for office, person in adoption.hands if office == "policy_owner"}
