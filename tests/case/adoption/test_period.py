"""What happens to an adopted policy: renewal after its evaluation, repeal at any time, and changes in haste."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answerable.case.adoption import Adoption, Proposal, State, state_at
from answerable.case.adoption import commands as ask
from answerable.case.event import Event
from answerable.errors import NotAllowed
from answerable.policy.pack import Pack

Act = Callable[..., tuple[Adoption, Event]]
Walk = Callable[..., Adoption]
DAY = timedelta(days=1)
HALF_YEAR = datetime(2019, 7, 1, tzinfo=UTC)
NOON = datetime(2018, 12, 3, 12, tzinfo=UTC)


def _renewal(months: float = 12, due: datetime = HALF_YEAR + 200 * DAY) -> ask.Renew:
    return ask.Renew("It kept within its limits.", months, due)


def test_without_a_published_evaluation_nothing_is_renewed(act: Act, walk: Walk) -> None:
    _, event = act(walk("adopt"), "renew", command=_renewal(), at=HALF_YEAR)
    assert event.data["rules"] == ["E1"]


def test_after_its_evaluation_a_policy_is_renewed_for_another_year(act: Act, walk: Walk) -> None:
    adoption, _ = act(walk("adopt"), "evaluation", at=HALF_YEAR - DAY)
    assert state_at(adoption, HALF_YEAR) is State.EVALUATING
    renewed, event = act(adoption, "renew", command=_renewal(), at=HALF_YEAR)
    assert event.kind == "renew"
    assert state_at(renewed, HALF_YEAR) is State.RENEWED
    assert renewed.sunset_at is not None
    assert (renewed.sunset_at - HALF_YEAR).days == 365
    assert act(renewed, "renew", command=_renewal(), at=HALF_YEAR + DAY)[1].data["rules"] == ["E1"]


@pytest.mark.parametrize(("months", "due"), [(13, 200), (6, 200), (12, -1)])
def test_a_renewal_keeps_to_the_same_limits(act: Act, walk: Walk, months: float, due: int) -> None:
    adoption, _ = act(walk("adopt"), "evaluation", at=HALF_YEAR - DAY)
    _, event = act(adoption, "renew", command=_renewal(months, HALF_YEAR + due * DAY), at=HALF_YEAR)
    assert event.data["rules"] == ["S1"]


def test_after_its_sunset_it_is_too_late_to_renew(act: Act, walk: Walk) -> None:
    adoption, _ = act(walk("adopt"), "evaluation", at=HALF_YEAR)
    assert adoption.sunset_at is not None
    with pytest.raises(NotAllowed, match="An adoption that is SUNSET cannot be asked to renew"):
        act(adoption, "renew", command=_renewal(), at=adoption.sunset_at)


def test_a_suspended_policy_needs_an_evaluation_after_its_suspension(act: Act, walk: Walk) -> None:
    adoption, _ = act(walk("adopt"), "evaluation", at=HALF_YEAR - 2 * DAY)
    _, event = act(adoption, "renew", command=_renewal(), at=HALF_YEAR, suspended_at=HALF_YEAR - DAY)
    assert event.data["rules"] == ["E1"]
    reviewed, _ = act(adoption, "evaluation", at=HALF_YEAR)
    _, event = act(reviewed, "renew", command=_renewal(), at=HALF_YEAR, suspended_at=HALF_YEAR - DAY)
    assert event.kind == "renew"


def test_repealing_needs_nothing(act: Act, walk: Walk) -> None:
    adoption, _ = act(walk("adopt"), "repeal", command=ask.Repeal(""), at=HALF_YEAR)
    assert state_at(adoption, HALF_YEAR) is State.REPEALED


@pytest.fixture
def hasty(act: Act, document: dict[str, Any], pack: Pack) -> Callable[..., Adoption]:
    """A time-critical change of so many days, opened at noon, with or without notice at that time."""

    def made(days: float = 5, *, told: datetime | None = NOON) -> Adoption:
        critical = {**document, "time_critical": {"days": days, "why": "A vehicle attack was announced."}}
        for name in ("opens", "closes"):
            del critical[name]
        command = ask.Propose(Proposal.read(critical))
        adoption, _ = act(Adoption("A-2018-0002"), "propose", command=command, at=NOON - 2 * DAY)
        return act(adoption, "notice", at=told)[0] if told else adoption

    return made


def _around(pack: Pack, **given: Any) -> dict[str, Any]:
    return {"standing": replace(pack, hash="0" * 64), "standing_sunset": NOON + 100 * DAY, **given}


def test_a_time_critical_change_reverts_by_itself(act: Act, hasty: Callable[..., Adoption], pack: Pack) -> None:
    adoption, event = act(hasty(), "adopt", at=NOON, **_around(pack))
    assert event.kind == "adopt"
    assert adoption.reverts_at == NOON + 5 * DAY
    assert state_at(adoption, NOON + 5 * DAY - timedelta(seconds=1)) is State.ADOPTED
    assert state_at(adoption, NOON + 5 * DAY) is State.REVERTED
    with pytest.raises(NotAllowed, match="REVERTED cannot be asked to renew"):
        act(adoption, "renew", command=_renewal(), at=NOON + 5 * DAY)


def test_it_never_outlives_the_pack_it_varies(act: Act, hasty: Callable[..., Adoption], pack: Pack) -> None:
    adoption, _ = act(hasty(), "adopt", at=NOON, **_around(pack, standing_sunset=NOON + DAY))
    assert adoption.reverts_at == NOON + DAY


@pytest.mark.parametrize(
    ("days", "told", "around", "rules"),
    [
        (8, NOON, {}, ["T1"]),
        (5, NOON, {"standing": None}, ["T1"]),
        (5, None, {}, ["T2"]),
        (5, NOON - DAY, {}, ["T2"]),
        (5, NOON, {"last_time_critical": NOON - 27 * DAY}, ["T3"]),
        (5, NOON, {"last_time_critical": NOON - 29 * DAY}, []),
    ],
)
def test_haste_has_its_limits(
    act: Act,
    hasty: Callable[..., Adoption],
    pack: Pack,
    days: float,
    told: datetime | None,
    around: dict[str, Any],
    rules: list[str],
) -> None:
    _, event = act(hasty(days, told=told), "adopt", at=NOON, **_around(pack, **around))
    assert list(event.data.get("rules", []) if event.kind == "blocked" else []) == rules


def test_the_same_day_is_the_force_s_own(act: Act, hasty: Callable[..., Adoption], pack: Pack) -> None:
    in_summer = datetime(2019, 6, 30, 23, 30, tzinfo=UTC)
    adoption = hasty(told=None)
    told, _ = act(adoption, "notice", at=in_summer)
    _, event = act(told, "adopt", at=in_summer + timedelta(minutes=40), **_around(pack, standing_sunset=None))
    assert event.kind == "adopt", "00:30 and 01:10 on 1 July in London are one day, though UTC says two"


def test_nobody_is_consulted_on_a_change_that_reverts_by_itself(act: Act, hasty: Callable[..., Adoption]) -> None:
    with pytest.raises(NotAllowed, match="is not consulted on"):
        act(hasty(), "consult", at=NOON)
