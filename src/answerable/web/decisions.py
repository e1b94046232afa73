"""Decisions wait until they are signed: by a passkey over the decision's own bytes, or in a demonstration by a button.

What is signed is kept with the entry: whoever is given it can check, without this site, that this key said this.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

import rfc8785
from webauthn.helpers import bytes_to_base64url

from answerable.errors import InputError, NotAllowed
from answerable.place import stamp
from answerable.record.encode import parse_body
from answerable.record.errors import RecordError
from answerable.record.passkey import SCHEME, check_passkey
from answerable.record.passkey import challenge_of as challenge_of_bytes
from answerable.service.case_shown import show_history
from answerable.service.history import read_history
from answerable.service.workspace import Workspace
from answerable.web.carrying import carry_out, check_asked
from answerable.web.desk import ANYONE, SHORT, Data, Desk, Go, Result, Visit
from answerable.web.pages.case_words import ACTS
from answerable.web.pages.staff_acts import Asked
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.passkeys import Party, check_assertion, check_signature, passkeys, request_options
from answerable.web.render import Page
from answerable.web.sign_in_passkey import party_of, said

KIND = "decision"
LATE = Refusal(
    409,
    "Not signed in time",
    "This decision was not signed within five minutes, or was signed before. Nothing was decided now.",
    "Look at the case, and decide anew if that is still needed.",
)


def add_decisions(desk: Desk) -> None:
    """Put the routes of signing into the site."""
    anyone = (ANYONE,)
    desk.act("/decision/options", ask, anyone, "Begin to sign a decision by passkey", ("ticket",))
    desk.act("/decision/sign", sign, anyone, "Sign a decision by passkey", ("ticket", "credential"))
    desk.act("/decision/pretend", pretend, anyone, "Confirm a decision in a demonstration", ("ticket",))


def waits_for_signature(visit: Visit, verb: str, asked: Asked) -> Page:
    """Keep a decision until it is signed and show what would be signed; going back is the button that stands out.

    NotAllowed where the case does not take that decision now, InputError where it cannot be meant so: nobody signs what
    is then refused.
    """
    case_id = visit.path["case_id"]
    history = read_history(visit.workspace, case_id)
    shown = show_history(visit.workspace, history)
    if verb not in shown["possible"]:
        raise NotAllowed(
            f"A case that is {shown['state']} cannot be decided so.", where=f"case {case_id}", fix="Look at the case."
        )
    words = str(asked.command.get("reasons", ""))
    if not words:
        raise InputError("A decision needs reasons.", where="field reasons", fix="Give them.")
    check_asked(visit.workspace, case_id, verb, asked, visit.account)
    statement = {
        "origin": visit.workspace.settings.origin,
        "case": case_id,
        "after": history.case.version,
        "decision": verb,
        "command": {name: list(one) if isinstance(one, tuple) else one for name, one in asked.command.items()},
        "times": dict(asked.times),
        "sections": dict(asked.sections),
        "account": visit.account,
        # Nobody signs two decisions by one signature, not even where the words are the same.
        "nonce": secrets.token_hex(16),
        "asked_at": stamp(visit.workspace.clock.now()),
    }
    ticket = visit.desk.sessions.keep_once(KIND, statement, SHORT)
    data = {
        "case": {"id": case_id, "title": shown["title"], "area": shown["area"], "window": shown["window"]},
        "does": ACTS[verb],
        "verb": verb,
        "reasons": words,
        "said": _lines(statement),
        "digest": hashlib.sha256(canonical(statement)).hexdigest(),
        "ticket": ticket,
        "has_passkey": bool(passkeys(visit.workspace, visit.account)),
        "demo": visit.desk.settings.demo,
        "clocks": shown["countdown"],
    }
    return Page(f"case-{case_id}-sign.html", f"Sign: {ACTS[verb]}", "staff/sign.html", data, answer=True)


def canonical(statement: Mapping[str, Any]) -> bytes:
    """Return a decision as the bytes that are signed (RFC 8785)."""
    return bytes(rfc8785.dumps(dict(statement)))


def challenge_of(statement: Mapping[str, Any]) -> bytes:
    """Return what an authenticator signs for a decision: a hash that can be of nothing else."""
    return challenge_of_bytes(canonical(statement))


class PasskeyHand:
    """The hand that signs in the web: what a passkey signed of the decision, just before it is carried out.

    A passkey signs what it is shown; when the entry is made is for the log to say. So the evidence holds the decision
    as it was asked for, case, step, words and all, and :func:`check_evidence` is how an inspector checks it.
    """

    def __init__(self, evidence: Mapping[str, str]) -> None:
        self._evidence = {"scheme": SCHEME, **evidence}

    def sign(self, workspace: Workspace, account: str, body: bytes) -> Mapping[str, str]:
        """Return the evidence; NotAllowed where it is of another case, step or account than the entry."""
        entry = parse_body(body)
        try:
            # What a stranger could not check from the record alone is not taken.
            asked = check_passkey(self._evidence, entry, workspace.settings.origin).asked
        except RecordError as error:
            raise NotAllowed("What was signed is another decision.", where=str(error)) from error
        if asked["account"] != account:
            raise NotAllowed("What was signed is another decision.", where=str(entry["case"]))
        return self._evidence


def check_evidence(evidence: Mapping[str, str], origin: str) -> dict[str, Any]:
    """Return the decision that a passkey signed, from the evidence alone; NotAllowed where the signature is not of it.

    ``origin`` is the address of the staff site. Whose the key is, is for the force's register to say.
    """
    statement: dict[str, Any] = json.loads(evidence["statement"])
    check_signature(evidence, Party(origin), challenge_of(statement))
    return statement


def ask(visit: Visit) -> Result:
    """Ask for one of the passkeys of whoever decides, over the bytes of the decision."""
    statement = _mine(visit, str(said(visit).get("ticket", "")))
    if statement is None:
        return LATE
    own = passkeys(visit.workspace, visit.account)
    options, _ = request_options(party_of(visit), challenge_of(statement), own)
    return Data({"options": options})


def sign(visit: Visit) -> Result:
    """Check the signature, and only then decide."""
    ticket = str(said(visit).get("ticket", ""))
    statement = _mine(visit, ticket)
    if statement is None:
        return LATE
    challenge = bytes_to_base64url(challenge_of(statement))
    credential = said(visit).get("credential")
    key, evidence = check_assertion(visit.workspace, visit.desk.sessions, party_of(visit), credential, challenge)
    if key.account != visit.account:
        return Refusal(403, "Another's key", "This key belongs to another account.", "Use your own.")
    go = _decide(visit, ticket, PasskeyHand({**evidence, "statement": canonical(statement).decode()}))
    return go if isinstance(go, Refusal) else Data({"next": go.path, **go.answer})


def pretend(visit: Visit) -> Result:
    """Decide without a signature: only where everybody is a pretend person, and the record says that nobody signed."""
    if not visit.desk.settings.demo:
        return Refusal(
            403, "A signature is needed", "Here a decision is signed by a passkey of whoever makes it.", "Add one."
        )
    return _decide(visit, visit.text("ticket"), None)


def _mine(visit: Visit, ticket: str) -> dict[str, Any] | None:
    statement = visit.desk.sessions.look(KIND, ticket)
    return statement if statement is not None and statement["account"] == visit.account else None


def _decide(visit: Visit, ticket: str, hand: PasskeyHand | None) -> Go | Refusal:
    if _mine(visit, ticket) is None:
        return LATE
    statement = visit.desk.sessions.take(KIND, ticket)
    if statement is None:
        return LATE
    case_id, verb = statement["case"], statement["decision"]
    _unchanged(visit.workspace, case_id, statement["after"])
    command = {name: tuple(one) if isinstance(one, list) else one for name, one in statement["command"].items()}
    asked = Asked(command, statement["sections"], statement["times"])
    visit.workspace.hand = hand
    answer = carry_out(visit.workspace, case_id, verb, asked, visit.account)
    return Go(f"case-{case_id}.html", answer.as_json())


def _unchanged(workspace: Workspace, case_id: str, version: int) -> None:
    """Raise NotAllowed where the case is no longer the one that was looked at: nobody signs what they did not see."""
    if read_history(workspace, case_id).case.version != version:
        raise NotAllowed(
            "Somebody acted on this case after you looked at it, so nothing was decided now.",
            where=f"case {case_id}",
            fix="Look at it again, and decide anew if that is still needed.",
        )


def _lines(statement: Mapping[str, Any]) -> list[dict[str, str]]:
    told = {**statement["command"], **statement["times"]}
    lines = [(name.replace("_", " "), _text(value)) for name, value in told.items() if value]
    for section, values in statement["sections"].items():
        lines += [(f"{section}, {name}".replace("_", " "), _text(value)) for name, value in values.items()]
    return [{"name": name, "value": value} for name, value in lines]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return str(value) if not isinstance(value, dict) else json.dumps(value, ensure_ascii=False)
