"""Instants and roles survive the store, and a row may say nothing that its statement does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError, IntegrityError
from answerable.store.conformance import an_event
from answerable.store.rows import disagreement, instant, instant_text, roles, roles_text


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=365_000)))
def test_instants_survive_and_sort_as_text(since):
    at = datetime(1900, 1, 1, tzinfo=UTC) + since
    assert instant(instant_text(at)) == at
    assert instant_text(at) < instant_text(at + timedelta(seconds=1))


def test_an_instant_of_another_zone_is_kept_in_utc():
    at = datetime(2018, 6, 1, 1, tzinfo=timezone(timedelta(hours=1)))
    assert instant_text(at) == "2018-06-01T00:00:00Z"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(InputError, match="time zone"):
        instant_text(datetime(2018, 6, 1))  # noqa: DTZ001 -- the point of the test


def test_a_time_torn_by_a_power_cut_is_an_alarm_and_says_what_to_do():
    with pytest.raises(IntegrityError, match="damaged") as caught:
        instant("2018-11-30T12:\0\0\0\0\0\0")
    assert "restore" in caught.value.fix


def test_roles_are_kept_once_and_in_order():
    assert roles(roles_text(("reviewer", "applicant", "reviewer"))) == ("applicant", "reviewer")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "refuse"}, "says kind 'open', not 'refuse'"),
        ({"case_id": "2018-0002"}, "says case '2018-0001', not '2018-0002'"),
        ({"office": "chief"}, "says office 'office', not 'chief'"),
        ({"workspace": "real"}, "says workspace 'simulated', not 'real'"),
        ({"at": datetime(2018, 1, 1, tzinfo=UTC)}, "says it was at 2018-11-30T12:00:00Z, not 2018-01-01T00:00:00Z"),
        ({"private": b"jest"}, "does not commit to its private part"),
        ({"salt": b""}, "has a private part without a salt"),
        ({"salt": b"short"}, "is unreadable"),
        ({"body": b"{"}, "is unreadable"),
        ({"body": b'{"at": "noon"}'}, "is unreadable"),
        ({}, ""),
    ],
)
def test_how_a_statement_and_its_row_differ_is_said(changed, said):
    event = an_event(private=b"gist")
    row = {
        "workspace": "simulated",
        "case_id": event.case_id,
        "kind": event.kind,
        "at": event.at,
        "office": event.office,
        "private": event.private,
        "salt": event.salt,
        "body": event.body,
    }
    row |= changed
    assert disagreement(row.pop("body"), **row).startswith(said)
