"""What the account holds decides what it may decide: functions until a date, ranks, and nothing that a file claims."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.case.holds import Holding, account_facts, check_holding, known_holdings, read_holding
from answerable.case.machine import Actor, Case, Event
from answerable.errors import InputError, UsageError
from answerable.policy.catalogue import Catalogue
from answerable.policy.pack import load_pack, packs

NOW = datetime(2018, 11, 30, 20, tzinfo=UTC)
ARMED = load_pack("uk.armed_patrol").catalogue
SEARCH = load_pack("uk.section60").catalogue
WORDS = known_holdings(ARMED)
Act = Callable[..., tuple[Case, Event]]
Walk = Callable[..., Case]
TO_DECIDE = ("open", "submit", "assess", "advise")


def facts(*roles: str, at: datetime = NOW, under: Catalogue = ARMED) -> dict[str, Any]:
    return {name.removeprefix("authoriser."): value for name, value in account_facts(roles, at, under).items()}


@pytest.mark.parametrize(
    ("roles", "function", "accredited", "chief"),
    [
        ((), "other", False, False),
        (("authoriser",), "other", False, False),
        (("authoriser", "sfc"), "sfc", True, False),
        (("sfc until 2018-12-31",), "sfc", True, False),
        (("sfc until 2018-11-30",), "sfc", True, False),
        (("sfc until 2018-11-29",), "sfc", False, False),
        (("tfc",), "tfc", True, False),
        (("tfc", "sfc"), "sfc", True, False),
        (("tfc", "sfc until 2018-11-29"), "tfc", True, False),
        (("tfc until 2018-01-01", "sfc until 2018-11-29"), "sfc", False, False),
        (("chief_officer",), "other", False, True),
        (("chief_officer until 2018-11-29", "sfc"), "sfc", True, False),
        (("chief_officer", "sfc"), "sfc", True, True),
    ],
)
def test_an_account_settles_who_decides(roles: tuple[str, ...], function: str, accredited: bool, chief: bool) -> None:
    found = facts(*roles)
    assert (found["function"], found["accredited"], found["chief_officer"]) == (function, accredited, chief)


@pytest.mark.parametrize(
    ("roles", "rank"),
    [
        ((), None),
        (("sfc",), None),
        (("inspector",), "inspector"),
        (("inspector", "superintendent"), "superintendent"),
        (("superintendent until 2018-11-29", "inspector"), "inspector"),
        (("superintendent until 2018-11-29",), None),
    ],
)
def test_a_rank_is_the_highest_one_held_now(roles: tuple[str, ...], rank: str | None) -> None:
    assert facts(*roles, under=SEARCH)["rank"] == rank


def test_the_last_day_counts_to_its_end() -> None:
    last = Holding("sfc", date(2018, 11, 30))
    midnight = datetime(2018, 12, 1, tzinfo=UTC)
    assert last.current(midnight - timedelta(microseconds=1))
    assert not last.current(midnight)


@pytest.mark.parametrize("name", packs())
def test_every_fact_about_the_authoriser_is_settled_by_the_account_under(name: str) -> None:
    catalogue = load_pack(name).catalogue
    found = account_facts(known_holdings(catalogue), NOW, catalogue)
    assert set(found) == {fact for fact in catalogue.facts if fact.startswith("authoriser.")}
    assert catalogue.check(found)
    assert None not in found.values()


@given(st.sets(st.sampled_from(WORDS)), st.dates(date(2017, 1, 1), date(2020, 1, 1)))
def test_what_has_run_out_never_counts_as_held(words: set[str], until: date) -> None:
    roles = [f"{word} until {until}" for word in words]
    found = facts(*roles)
    held = until >= NOW.date()
    assert found["chief_officer"] is ("chief_officer" in words and held)
    assert found["accredited"] is (bool(words & {"sfc", "tfc", "ofc"}) and held)


@given(st.sets(st.sampled_from([*WORDS, "authoriser", "analyst"])), st.sampled_from(WORDS))
def test_to_hold_more_never_lowers_anybody(roles: set[str], more: str) -> None:
    order = ["other", "ofc", "tfc", "sfc"]
    before, after = facts(*roles), facts(*roles, more)
    assert order.index(after["function"]) >= order.index(before["function"])
    assert after["accredited"] >= before["accredited"]
    assert after["chief_officer"] >= before["chief_officer"]


@given(st.sampled_from(WORDS), st.none() | st.dates())
def test_a_holding_reads_back_as_it_was_written(word: str, until: date | None) -> None:
    assert read_holding(str(Holding(word, until))) == Holding(word, until)


@pytest.mark.parametrize("text", ["sfc:soon", "sfc until 2018-13-01", "sfc:2018-02-30", "sfc until forever"])
def test_a_date_that_is_none_is_named(text: str) -> None:
    with pytest.raises(InputError, match="not a date"):
        check_holding(text, ARMED)


@pytest.mark.parametrize(("text", "near"), [("sfcc:2019-01-01", "sfc"), ("superintendent", ""), ("accredited", "")])
def test_what_the_pack_knows_nothing_of_cannot_be_held(text: str, near: str) -> None:
    with pytest.raises(UsageError, match="no such thing to hold") as caught:
        check_holding(text, ARMED)
    assert near in str(caught.value)


def test_a_function_says_when_its_accreditation_runs_out_and_a_rank_need_not() -> None:
    with pytest.raises(UsageError, match="says when"):
        check_holding("sfc", ARMED)
    assert check_holding("sfc:2019-06-30", ARMED) == "sfc until 2019-06-30"
    assert check_holding("chief_officer", ARMED) == "chief_officer"
    assert check_holding("superintendent", SEARCH) == "superintendent"


@pytest.mark.parametrize(
    ("held", "rules"),
    [
        ((), ["AP14"]),
        (("tfc",), ["AP14"]),
        (("sfc until 2018-11-29",), ["AP14"]),
        (("sfc", "investigator"), ["AP14"]),
        (("sfc until 2018-11-30",), []),
        (("sfc", "chief_officer"), []),
    ],
)
def test_a_decision_rests_on_the_account_whatever_the_file_claims(
    walk: Walk, act: Act, held: tuple[str, ...], rules: list[str]
) -> None:
    claims = {"authoriser.function": "sfc", "authoriser.accredited": True, "authoriser.chief_officer": True}
    who = Actor("somebody", "an account", frozenset({"authoriser", *held}))
    _, event = act(walk(*TO_DECIDE), "authorise", by=who, facts=claims)
    assert event.data.get("rules", []) == rules


@pytest.mark.parametrize("declared", [True, None])
def test_a_part_in_the_investigation_that_is_declared_or_not_denied_blocks(
    walk: Walk, act: Act, declared: bool | None
) -> None:
    _, event = act(walk(*TO_DECIDE), "authorise", facts={"authoriser.investigator": declared})
    assert event.data["rules"] == ["AP14"]


@pytest.mark.parametrize("level", ["none", "notice", "escalate", "block"])
@pytest.mark.parametrize("chief", [False, True])
def test_near_the_limits_only_the_account_of_a_chief_officer_authorises(
    walk: Walk, act: Act, level: str, chief: bool
) -> None:
    allowed = level in ("none", "notice") or (level == "escalate" and chief)
    who = "chief" if chief else "authoriser"
    _, event = act(walk(*TO_DECIDE), "authorise", by=who, facts={"rarity.level": level})
    assert event.data.get("rules", []) == ([] if allowed else ["AP18"])
