"""The seven counters: the plain line word for word, what turns a light, and a bound that needs no other program."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, hypergeom

from answerable.case.rarity import Limit, trend
from answerable.evaluate.routine import Asked, Limits, as_concentrated, plain_line, routine, upper_bound

NOW = datetime(2027, 1, 1, tzinfo=UTC)
LIMITS = Limits(Limit(2, 3, 4), Limit(1, 2, 3), 4.0, ("serious_assault_response", "imminent_intel"), 0.9)


def asked(n: int, *, authorised: int, refused: int = 0, area: str = "Estate", **given) -> list[Asked]:
    every = []
    for i in range(n):
        at = NOW - timedelta(days=300 * (i + 1) / (n + 1))
        every.append(
            Asked(at, area if i % 2 else "Other", "imminent_intel", i < authorised,
                  authorised <= i < authorised + refused, granted=1.0, used=0.5, **given)
        )  # fmt: skip
    return every


def lights(found) -> dict[str, str]:
    return {one["name"][:2]: one["level"] for one in found.numbers["counters"]}


def test_twelve_in_a_year_is_the_line_of_the_documents() -> None:
    began = NOW - timedelta(days=365.25)
    tested = trend([began], [NOW] * 12, NOW, 4.0)
    assert plain_line(12, LIMITS, tested) == (
        "12 in 12 months; limit 4; evidence that the true rate is above the limit: strong (by chance, at any look, "
        "less than 1 in 75)."
    )


def test_nine_are_over_the_limit_but_not_yet_proof_and_both_are_said() -> None:
    tested = trend([NOW - timedelta(days=365.25)], [NOW] * 9, NOW, 4.0)
    found = routine(asked(9, authorised=9), LIMITS, NOW, tested)
    assert found.verdict == "red: over the limit"
    assert "evidence that the true rate is above the limit: not yet strong" in found.prose[0]
    assert lights(found)["1."] == "none"
    assert lights(found)["2."] == "block"


def test_there_are_seven_counters_each_with_a_light() -> None:
    found = routine(asked(3, authorised=1, refused=1), LIMITS, NOW, None)
    assert list(lights(found)) == [f"{n}." for n in range(1, 8)]
    assert all(row.value.endswith(("no limit is near", "notice is given")) for row in found.table)
    assert found.charts[0].series["deployments and renewals"][-1] == (365.0, 1.0)


def test_a_renewal_counts_as_a_deployment() -> None:
    once = routine(asked(2, authorised=2), LIMITS, NOW, None)
    twice = routine(asked(2, authorised=2, renewals=2), LIMITS, NOW, None)
    assert once.numbers["line"].startswith("2 in 12 months")
    assert twice.numbers["line"].startswith("6 in 12 months")
    assert lights(twice)["2."] == "block"


def test_nobody_refused_in_twenty_is_a_rubber_stamp_to_look_at() -> None:
    found = routine(asked(20, authorised=20), LIMITS, NOW, None)
    assert lights(found)["5."] == "notice"
    assert "at most 14 %" in found.table[4].value


def test_another_trigger_than_the_two_is_red() -> None:
    odd = [Asked(NOW - timedelta(days=3), "Estate", "forecast", True)]
    assert lights(routine(odd, LIMITS, NOW, None))["6."] == "block"


def test_what_is_older_than_a_year_counts_no_more() -> None:
    old = [Asked(NOW - timedelta(days=366), "Estate", "imminent_intel", True)]
    assert routine(old, LIMITS, NOW, None).numbers["line"].startswith("0 in 12 months")


def test_the_same_estate_again_and_again_is_seen() -> None:
    same = [Asked(NOW - timedelta(days=10 * i + 1), "Estate" if i < 8 else f"Area {i}", "imminent_intel", i < 6)
            for i in range(24)]  # fmt: skip
    assert lights(routine(same, LIMITS, NOW, None))["7."] == "notice"


@given(refused=st.integers(0, 30), more=st.integers(1, 30))
def test_the_bound_is_that_of_an_independent_program(refused, more) -> None:
    theirs = binomtest(refused, refused + more, alternative="less").proportion_ci(0.95).high
    assert upper_bound(refused, refused + more) == pytest.approx(theirs, abs=1e-9)


@given(data=st.data(), asked_n=st.integers(1, 30))
def test_the_chance_of_concentration_is_that_of_an_independent_program(data, asked_n) -> None:
    there, sent = data.draw(st.integers(0, asked_n)), data.draw(st.integers(0, asked_n))
    here = data.draw(st.integers(max(0, sent + there - asked_n), min(sent, there)))
    assert as_concentrated(here, sent, there, asked_n) == pytest.approx(
        hypergeom.sf(here - 1, asked_n, there, sent), abs=1e-9
    )
