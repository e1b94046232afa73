"""Whatever events are stored, in whatever batches, every store comes to the same root, proofs and refusals."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answerable.errors import AnswerableError
from answerable.store.conformance import NOON, POLICY, SIGNER, WORKSPACE, add_people, an_event
from answerable.store.memory import MemoryStore

CASES = st.sampled_from(["2018-0001", "2018-0002", "2018-0003", ""])
KINDS = st.sampled_from(["open", "submit", "note", "authorise", "withdraw", "refuse", "log"])
ACTORS = st.sampled_from(["applicant", "applicant-too", "authoriser", ""])
ACT = st.tuples(CASES, KINDS, ACTORS, st.binary(max_size=40), st.integers(0, 2))
STORY = st.lists(st.lists(ACT, max_size=5), min_size=1, max_size=8)


def told(store, story, prefix=""):
    """Store a story batch by batch; return what came of each, and the heads that were signed between."""
    outcomes = []
    versions = dict.fromkeys(["2018-0001", "2018-0002", "2018-0003"], 0)
    for batch in story:
        ahead = dict(versions)
        events = []
        for case, kind, actor, private, skip in batch:
            if case:
                ahead[case] += 1 + (skip == 2)
            events.append(
                an_event(
                    kind,
                    case_id=prefix + case if case else "",
                    version=ahead[case] if case else 0,
                    actor=actor,
                    private=private,
                )
            )
        try:
            outcomes.append([event.seq for event in store.append(events)])
            versions = ahead
        except AnswerableError as error:
            outcomes.append([type(error).__name__, error.what])
        outcomes.append(store.publish(SIGNER, NOON).root.hex())
    return outcomes


@pytest.fixture
def furnished(any_store):
    add_people(any_store)
    return any_store


def test_one_long_story_has_one_root(furnished):
    memory = MemoryStore(WORKSPACE)
    add_people(memory)
    story = [[("2018-0001", "note", "applicant", b"x" * n, 0)] * (n % 4) for n in range(40)]
    assert told(furnished, story) == told(memory, story)
    assert furnished.head() == memory.head()
    size = memory.head().size
    assert [str(furnished.proof(index)) for index in range(size)] == [str(memory.proof(i)) for i in range(size)]
    assert furnished.fsck(POLICY).clean


def test_any_story_has_the_same_roots_and_refusals_on_every_store(furnished, tmp_path):
    """The database keeps growing from one example to the next, beside a store in memory that was told the same."""
    memory = MemoryStore(WORKSPACE)
    add_people(memory)
    numbers = itertools.count()

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STORY)
    def check(story):
        prefix = f"{next(numbers)}-"
        assert told(furnished, story, prefix) == told(memory, story, prefix)

    check()
    assert furnished.head() == memory.head()
    assert [event.body for event in furnished.events()] == [event.body for event in memory.events()]
    assert furnished.cases() == memory.cases()
    assert furnished.fsck(POLICY).clean
