"""Advise and answer: those who must be asked have been asked, and what they said has been answered.

Advice against never blocks; leaving it unanswered does. An adviser who was asked and did not reply in time is recorded
as ``no_reply``, and counts as not consulted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from answerable.case.deployment import Case, State
from answerable.case.standing import Standing
from answerable.case.state import RUNNING
from answerable.case.step import Request, Step, published
from answerable.policy.evaluate import Findings
from answerable.policy.pack import Pack

STANCES = ("support", "neutral", "object", "no_reply")
NOT_CONSULTED = "NOT CONSULTED"
# Which fact it settles that an office has advised.
SETTLES = {
    "local_commander": "consultation.local_commander_view",
    "iag_contact": "consultation.iag_contacted",
    "pcc_liaison": "consultation.pcc_notified",
}
_UNDECIDED = frozenset({State.SUBMITTED, State.ASSESSED, State.CONSULTED})
_DECIDED = frozenset({State.AUTHORISED}) | RUNNING


def not_consulted(case: Case, pack: Pack) -> list[str]:
    """Return the offices that should advise and have not: never reached, or without a reply in time."""
    replied = {advice.adviser for advice in case.advice if advice.stance != "no_reply"}
    return [office for office in pack.roles.get("consult", ()) if office not in replied]


def asked(case: Case, *also: tuple[str, str]) -> dict[str, bool]:
    """Return the facts about who was asked that the advice on record settles; ``also`` is an (office, stance) more.

    A commander's view takes a reply. To have contacted a group, or to have notified a commissioner, does not.
    """
    said = [(advice.adviser, advice.stance) for advice in case.advice] + list(also)
    return {
        SETTLES[office]: True
        for office, stance in said
        if office in SETTLES and not (office == "local_commander" and stance == "no_reply")
    }


def _advice_fits(case: Standing, now: datetime) -> bool:  # noqa: ARG001
    return case.urgent or case.state not in (State.AUTHORISED, State.ACTIVE)


def _advise_guard(request: Request) -> None:
    case, command = request.case, request.command
    if not _advice_fits(case, request.now):
        raise request.not_allowed(
            "This case is already decided: advice on it comes too late.",
            "Log it; a review or an extension can take it up.",
        )
    if command.stance not in STANCES:
        raise request.lacks(f"Advice takes a stance, not '{command.stance}'.", f"Use one of: {', '.join(STANCES)}.")
    if command.stance != "no_reply" and not command.text.strip():
        raise request.lacks("Advice needs words.", "Say what is advised; it need not be published.")


def _advise_facts(request: Request) -> Mapping[str, Any]:
    return asked(request.case, (request.office, request.command.stance))


def _advise(request: Request, findings: Findings) -> dict[str, Any]:
    case, command = request.case, request.command
    published_text = command.publish and command.stance != "no_reply"
    return {
        "number": len(case.advice) + 1,
        "adviser": request.office,
        "stance": command.stance,
        "published": published_text,
        # Unedited, to the letter: it is the adviser's.
        **({"text": command.text} if published_text else {}),
        **({"says": NOT_CONSULTED} if command.stance == "no_reply" else {}),
        "needs_answer": command.needs_answer or command.stance == "object",
        "consulted": case.state is State.ASSESSED and findings.holds,
        "findings": published(findings),
    }


def _kept(request: Request) -> Mapping[str, Any]:
    return {"text": request.command.text} if request.command.text else {}


def _answer_guard(request: Request) -> None:
    case, command = request.case, request.command
    found = next((advice for advice in case.advice if advice.number == command.number), None)
    if found is None:
        numbers = ", ".join(str(advice.number) for advice in case.advice) or "none"
        raise request.lacks(f"There is no advice number {command.number}.", f"Advice on this case: {numbers}.")
    if found.answer:
        raise request.not_allowed(f"Advice {command.number} has been answered.", "An answer stands as it was given.")
    if not command.text.strip():
        raise request.lacks("An answer needs words.", "Say what was done about the advice, or why nothing was.")


def _answer(request: Request, findings: Findings) -> dict[str, Any]:  # noqa: ARG001
    command = request.command
    return {"number": command.number, "text": command.text.strip(), "changed": command.changed.strip()}


STEPS = (
    Step(
        "advise",
        _UNDECIDED | _DECIDED,
        _advise,
        tested=True,
        guard=_advise_guard,
        facts=_advise_facts,
        private=_kept,
        key="consult",
        point="consult",
        blocks=False,
        adopted=True,
        fits=_advice_fits,
    ),
    Step("answer", _UNDECIDED | _DECIDED, _answer, guard=_answer_guard),
)
