"""What each event of an adoption makes public, and what of it is kept back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.adoption import checks, gunning
from answerable.case.adoption.adoption import Adoption, State, state_at
from answerable.case.adoption.answers import stances, themes
from answerable.case.adoption.commands import (
    Adopt,
    Around,
    Consider,
    Evaluation,
    Notice,
    Outcome,
    Propose,
    Reached,
    Reject,
    Renew,
    Repeal,
    Respond,
    public_proposal,
)
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.place import parse_instant, stamp
from answerable.policy.pack import Pack


@dataclass(frozen=True)
class Request:
    """Everything a command may look at."""

    adoption: Adoption
    command: Any
    around: Around
    now: datetime


# The public data of the event, and its private part.
_Body = tuple[dict[str, Any], dict[str, Any]]


def _propose(request: Request) -> _Body:
    command: Propose = request.command
    return public_proposal(command.proposal, request.around), {}


def _consult(request: Request) -> _Body:
    proposal = request.adoption.proposal
    said = {"opened_at": request.now, "closes_at": proposal["closes_at"], "channels": proposal["channels"]}
    return {**said, "days_needed": gunning.days_needed(request.around)}, {}


def _notice(request: Request) -> _Body:
    command: Notice = request.command
    said = command.reply or command.how
    _words(said, "A notice", request)
    number = len(request.adoption.notices) + 1
    how = {"reply": command.reply} if command.reply else {"how": command.how}
    return {"number": number, "to": command.to, **how, "is_veto": False}, {}


def _respond(request: Request) -> _Body:
    command: Respond = request.command
    adoption = request.adoption
    known = {one["id"] for one in adoption.responses}
    for one in command.responses:
        if one.id in known:
            raise InputError("This response is already there.", where=f"response {one.id}", fix="Give a new id.")
        known.add(one.id)
    if state_at(adoption, request.now) is State.RESPONDING:
        _check_in_time(command, request)
    unpublished = {one.id: one.text for one in command.responses if one.text and not one.publish}
    return {"responses": [one.public() for one in command.responses]}, {"texts": unpublished}


def _check_in_time(command: Respond, request: Request) -> None:
    closes = request.adoption.closes_at
    for one in command.responses:
        came = parse_instant(one.received_at, request.around.tz) if one.received_at else request.now
        if closes is not None and came >= closes:
            raise NotAllowed(
                f"The consultation closed {stamp(closes)}.",
                where=f"response {one.id}",
                fix="An answer that came in before then can still be entered, with its received_at.",
            )


def _reach(request: Request) -> _Body:
    command: Reached = request.command
    known = {one["org"] for one in request.adoption.proposal["audience"]}
    for one in command.audience:
        if one.org not in known:
            raise InputError("This is not in the audience.", where=one.org, fix=f"Use one of: {', '.join(known)}.")
    return {"audience": [one.model_dump() for one in command.audience]}, {}


def _consider(request: Request) -> _Body:
    command: Consider = request.command
    raised = themes(request.adoption.responses)
    for one in command.themes:
        if one.theme not in raised:
            fix = f"Themes raised: {', '.join(raised) or 'none'}."
            raise InputError("Nobody raised this theme.", where=f"theme {one.theme}", fix=fix)
    return {"themes": [one.model_dump() for one in command.themes]}, {}


def _outcome(request: Request) -> _Body:
    command: Outcome = request.command
    adoption, around = request.adoption, request.around
    _words(command.statement, "The response to a consultation", request)
    replies = {number for number, one in enumerate(adoption.notices, start=1) if one.get("reply")}
    for number in command.answers:
        if number not in replies:
            raise InputError("There is no reply of this number.", where=f"answer {number}", fix="Show the adoption.")
    pack = around.pack
    if pack is None:
        raise AssertionError("the outcome comes with its pack")
    raised = themes(adoption.responses)
    return {
        "statement": command.statement,
        "responses": len(adoption.responses),
        "stances": stances(adoption.responses),
        "themes": [{"theme": t, "raised": n, **adoption.considered[t]} for t, n in raised.items()],
        "not_reached": [one["org"] for one in adoption.audience if one.get("reached") is False],
        "answers": [{"number": number, "answer": text} for number, text in sorted(command.answers.items())],
        "pack": {"version": pack.version, "hash": pack.hash, "changes": [dict(c) for c in around.changes]},
    }, {}


def _adopt(request: Request) -> _Body:
    command: Adopt = request.command
    adoption, pack = request.adoption, request.around.pack
    _words(command.reasons, "A decision", request)
    if pack is None:
        raise AssertionError("an adoption comes with its pack")
    sunset, reverts = checks.life(adoption, request.around, request.now)
    due = {} if reverts else {"evaluation_due_at": adoption.proposal["evaluation_due_at"]}
    return {
        **pack_said(pack),
        **due,
        "reasons": command.reasons,
        "sunset_at": sunset.replace(microsecond=0),
        **({"reverts_at": reverts.replace(microsecond=0)} if reverts else {}),
        "metrics": adoption.proposal["metrics"],
        "stop_rules": adoption.proposal["stop_rules"],
        "replaces": adoption.proposal["changes_from"],
    }, {}


def pack_said(pack: Pack) -> dict[str, Any]:
    """Return what the entry of an adoption says of its pack: every rule in words."""
    return {
        "pack": pack.name,
        "version": pack.version,
        "status": pack.status,
        "title": pack.title,
        "about": pack.about,
        "hash": pack.hash,
        "not_limited": pack.not_limited,
        "rules": [
            {"id": r.id, "on": list(r.on), "kind": r.kind, "says": r.says, "basis": r.basis, "src": r.src}
            for r in pack.rules
        ],
    }


def _reject(request: Request) -> _Body:
    command: Reject = request.command
    _words(command.reasons, "A decision", request)
    pack = request.around.pack
    not_limited = pack.not_limited if pack else ""
    change = command.what_would_change
    return {"reasons": command.reasons, "what_would_change": change, "not_limited": not_limited}, {}


def _evaluation(request: Request) -> _Body:
    command: Evaluation = request.command
    _words(command.verdict, "An evaluation", request)
    said = {"title": command.title, "verdict": command.verdict, "sha256": command.sha256, "file": command.file}
    return {**said, "period_from": request.adoption.since}, {}


def _renew(request: Request) -> _Body:
    command: Renew = request.command
    _words(command.reasons, "A decision", request)
    sunset = request.now + command.months * checks.MONTH
    evaluations = [one["sha256"] for one in request.adoption.evaluated]
    said = {"reasons": command.reasons, "sunset_at": sunset.replace(microsecond=0), "evaluations": evaluations}
    return {**said, "evaluation_due_at": command.evaluation_due}, {}


def _repeal(request: Request) -> _Body:
    command: Repeal = request.command
    pack = request.around.pack
    return {"reasons": command.reasons, "not_limited": pack.not_limited if pack else ""}, {}


def _words(text: str, what: str, request: Request) -> None:
    if not text.strip():
        raise UsageError(
            f"{what} needs its words.",
            where=f"adoption {request.adoption.id}",
            fix="Say it in words anyone can read.",
        )


BODIES: Mapping[str, Callable[[Request], _Body]] = {
    "propose": _propose,
    "consult": _consult,
    "notice": _notice,
    "respond": _respond,
    "reach": _reach,
    "consider": _consider,
    "outcome": _outcome,
    "adopt": _adopt,
    "reject": _reject,
    "evaluation": _evaluation,
    "renew": _renew,
    "repeal": _repeal,
}
