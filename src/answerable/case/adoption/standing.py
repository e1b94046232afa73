"""Which of many adoptions is in force at an instant, and what has to be said where none is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.adoption.adoption import Adoption, State, state_at
from answerable.case.adoption.stop import Evaluated, suspended_at
from answerable.place import stamp

ORDINARY = (
    "The force acts under ordinary APP command, outside this tactic; what it then does can be logged as 'outside'."
)


@dataclass(frozen=True)
class Standing:
    """What is in force of one pack.

    ``adoption`` is in force, or None; ``last`` is the newest that ever was. ``why`` says in one word why there is none
    (``never``, ``sunset``, ``repealed``, ``suspended``; empty where there is one), ``ended_at`` since when.
    """

    pack: str
    adoption: Adoption | None
    last: Adoption | None
    why: str = ""
    ended_at: datetime | None = None

    @property
    def suspended_at(self) -> datetime | None:
        """When a stop rule suspended the pack, None where none did."""
        return self.ended_at if self.why == "suspended" else None


@dataclass(frozen=True)
class Alarm:
    """Something the clock made that somebody has to be told: what, of which pack, since when, to whom, in words."""

    kind: str
    pack: str
    at: datetime
    to: tuple[str, ...]
    says: str

    def as_json(self) -> dict[str, Any]:
        """Return the alarm as plain data."""
        return {"kind": self.kind, "pack": self.pack, "at": stamp(self.at), "to": list(self.to), "says": self.says}


def standing(
    adoptions: Iterable[Adoption], pack: str, now: datetime, evaluations: Iterable[Evaluated] = ()
) -> Standing:
    """Return what is in force of ``pack`` at ``now``.

    An ordinary adoption replaces every earlier one for good: when it ends, nothing comes back. A time-critical change
    lies over it for a few days and then lets it show again. ``now`` never counts as earlier than the last event, so
    that a clock set back brings nothing back to life.
    """
    adopted = [one for one in adoptions if one.pack == pack and one.adopted_at is not None]
    now = max([now, *(event.at for one in adopted for event in one.events[-1:])])
    ordinary = [one for one in adopted if one.reverts_at is None]
    if not ordinary:
        return Standing(pack, None, None, "never")
    base = max(ordinary, key=_began)
    state = state_at(base, now)
    if state is State.SUNSET:
        return Standing(pack, None, base, "sunset", base.sunset_at)
    if state is State.REPEALED:
        repealed = base.last("repeal")
        return Standing(pack, None, base, "repealed", repealed.at if repealed else None)
    stopped = _stopped(base, evaluations)
    if stopped is not None:
        return Standing(pack, None, base, "suspended", stopped)
    over = [one for one in adopted if one.reverts_at is not None and _began(one) >= _began(base)]
    over = [one for one in over if state_at(one, now).in_force]
    return Standing(pack, max(over, key=_began) if over else base, base)


def alarms(found: Standing, now: datetime) -> tuple[Alarm, ...]:
    """Return what has to be said of a pack at ``now``: nothing in force any more, or an evaluation overdue."""
    told = ("pcc", "chief_officer", "policy_owner")
    if found.why in ("sunset", "suspended", "repealed") and found.ended_at is not None:
        says = {
            "sunset": f"The pack {found.pack} reached its sunset: nothing can be decided under it.",
            "suspended": f"The pack {found.pack} is suspended by its stop rule, pending a review of its adoption.",
            "repealed": f"The pack {found.pack} was repealed: nothing can be decided under it.",
        }[found.why]
        return (Alarm(found.why, found.pack, found.ended_at, told, f"{says} {ORDINARY}"),)
    due = found.last.evaluation_due_at if found.last else None
    if found.last is not None and due is not None and now >= due and not found.last.evaluated:
        says = f"The evaluation of the pack {found.pack} was due and is not published: without it nothing is renewed."
        return (Alarm("evaluation_overdue", found.pack, due, told, says),)
    return ()


def _began(adoption: Adoption) -> datetime:
    if adoption.adopted_at is None:
        raise AssertionError("only adopted ones are compared")
    return adoption.adopted_at


def _stopped(base: Adoption, evaluations: Iterable[Evaluated]) -> datetime | None:
    since = base.since
    found = list(evaluations)
    stops = [suspended_at(found, margin, running, since) for margin, running in _stop_rules(base) if since is not None]
    return min((at for at in stops if at is not None), default=None)


def _stop_rules(adoption: Adoption) -> list[tuple[float, int]]:
    said: Mapping[str, Any] = adoption.terms
    margins = {metric["id"]: float(metric["margin"]) for metric in said.get("metrics", ())}
    return [(margins[rule["metric"]], int(rule["evaluations"])) for rule in said.get("stop_rules", ())]
