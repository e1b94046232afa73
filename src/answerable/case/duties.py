"""Duties: what is still owed on a case, by when, and whether it is overdue. Overdue accounting blocks new cases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from answerable.case.standing import Standing, over_at, state_at, was_used
from answerable.case.state import State

# Overdue, these block a new case in the same area; the others are shown.
ACCOUNTING = ("debrief", "evaluate", "close", "referral")
_WORDS = {
    "ratify": "the ratification of the urgent authority, by another person, or it ends",
    "review": "the review, or it is suspended",
    "reasons": "the reasons of whoever ended it at once",
    "full_impact": "the full community impact assessment, in place of the rapid one",
    "debrief": "the debrief",
    "evaluate": "the evaluation",
    "close": "the complete public record",
    "referral": "an outcome of the referral",
}
_PAST = {"debrief": (State.DEBRIEFED, State.EVALUATED), "evaluate": (State.EVALUATED,), "close": ()}


@dataclass(frozen=True)
class Duty:
    """One thing owed: ``kind`` is ratify, review, reasons, full_impact, debrief, evaluate, close or referral.

    ``full_impact`` is the full community impact assessment that takes the place of a rapid one.

    ``what`` is the option of a referral and ``owner`` the office that has it.
    """

    kind: str
    due: datetime
    overdue: bool
    what: str = ""
    owner: str = ""

    @property
    def words(self) -> str:
        """What is owed, in plain words."""
        return duty_words(self.kind, self.what)


def duty_words(kind: str, what: str = "", by: str = "") -> str:
    """Return what is owed in plain words; a referral with its option and, where given, ``by`` whom.

    >>> duty_words("debrief"), duty_words("referral", "focused_deterrence", "the safety partnership")
    ('the debrief', 'an outcome of the referral: focused deterrence, by the safety partnership')
    """
    said = _WORDS.get(kind, kind.replace("_", " "))
    if kind != "referral" or not what:
        return said
    return f"{said}: {what.replace('_', ' ')}{f', by {by}' if by else ''}"


def duties(case: Standing, now: datetime) -> tuple[Duty, ...]:
    """Return what is owed on ``case`` at the instant ``now``, the soonest due first."""
    found = (*_while_it_lasts(case, now), *_accounts(case, now), *referrals(case, now))
    return tuple(sorted(found, key=lambda duty: (duty.due, duty.kind, duty.what)))


def overdue(case: Standing, now: datetime) -> tuple[Duty, ...]:
    """Return the accounting that is overdue: what blocks a new case in the same area."""
    return tuple(duty for duty in duties(case, now) if duty.overdue and duty.kind in ACCOUNTING)


def referrals(case: Standing, now: datetime) -> Iterator[Duty]:
    """Yield a duty for each referral without an outcome."""
    for one in case.referrals:
        if not one.outcome and one.due is not None:
            yield Duty("referral", one.due, now > one.due, one.option, one.owner)


def _while_it_lasts(case: Standing, now: datetime) -> Iterator[Duty]:
    state = state_at(case, now)
    lasts = state in (State.AUTHORISED, State.ACTIVE, State.UNDER_REVIEW, State.SUSPENDED)
    if lasts and case.urgent and case.ratified_at is None and case.ratify_by is not None:
        yield Duty("ratify", case.ratify_by, overdue=False)
    if lasts and state is not State.AUTHORISED and case.review_due is not None:
        yield Duty("review", case.review_due, now >= case.review_due)
    if case.full_impact_due is not None and (lasts or (was_used(case) and state is not State.CLOSED)):
        yield Duty("full_impact", case.full_impact_due, now > case.full_impact_due)
    if case.reasons_owed and case.ended_at is not None and "reasons_within_h" in case.clocks:
        due = case.ended_at + timedelta(hours=case.clocks["reasons_within_h"])
        yield Duty("reasons", due, now > due, case.reasons_owed)


def _accounts(case: Standing, now: datetime) -> Iterator[Duty]:
    state, over = state_at(case, now), over_at(case, now)
    if over is None or state is State.CLOSED:
        return
    clocks = {"debrief": ("debrief_h", "hours"), "evaluate": ("evaluate_days", "days"), "close": ("close_days", "days")}
    for kind, (clock, unit) in clocks.items():
        needed = kind == "close" or was_used(case)
        if needed and state not in _PAST[kind] and clock in case.clocks:
            due = over + timedelta(**{unit: case.clocks[clock]})
            yield Duty(kind, due, now > due)
