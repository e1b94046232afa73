"""Signing in by passkey, and adding or removing one; the browser's script asks, this answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from answerable.service.audit import note_act
from answerable.web.desk import ANYONE, NOBODY_NEEDED, SHORT, Data, Desk, Go, Result, Visit
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.passkeys import (
    Party,
    add_passkey,
    check_assertion,
    creation_options,
    remove_passkey,
    request_options,
)
from answerable.web.sessions import RECENT
from answerable.web.sign_in import admitted

STALE = Refusal(
    403,
    "Sign in anew first",
    "A passkey is added only within five minutes of signing in.",
    "Sign out, sign in, and add it then.",
)
LATE = Refusal(409, "Too late", "This took too long, or was answered before.", "Begin again.")


def add_passkeys(desk: Desk) -> None:
    """Put the routes into the site."""
    nobody, anyone = (NOBODY_NEEDED,), (ANYONE,)
    desk.act("/passkey/sign-in/options", ask_sign_in, nobody, "Begin to sign in by passkey")
    desk.act("/passkey/sign-in", sign_in, nobody, "Sign in by passkey", ("ticket", "credential"))
    desk.act("/passkey/register/options", ask_register, anyone, "Begin to add a passkey", ("label",))
    desk.act("/passkey/register", register, anyone, "Add a passkey", ("ticket", "credential"))
    desk.act("/passkey/remove", remove, anyone, "Take a passkey out of use", ("credential",))


def party_of(visit: Visit) -> Party:
    """Return the site as authenticators see it."""
    return Party(visit.desk.settings.origin or visit.origin)


def said(visit: Visit) -> Mapping[str, Any]:
    """Return what the script sent; nothing where a form was."""
    return visit.json if isinstance(visit.json, dict) else {}


def ask_sign_in(visit: Visit) -> Data:
    """Begin: any passkey of this site will do."""
    options, challenge = request_options(party_of(visit))
    ticket = visit.desk.sessions.keep_once("passkey sign-in", {"challenge": challenge}, SHORT)
    return Data({"options": options, "ticket": ticket})


def sign_in(visit: Visit) -> Result:
    """End: the account is the one that the key belongs to."""
    held = visit.desk.sessions.take("passkey sign-in", str(said(visit).get("ticket", "")))
    if held is None:
        return LATE
    credential = said(visit).get("credential")
    key, _ = check_assertion(visit.workspace, visit.desk.sessions, party_of(visit), credential, held["challenge"])
    go = admitted(visit, key.account, "passkey")
    return Data({"next": go.path, "account": key.account}, token=go.token)


def ask_register(visit: Visit) -> Result:
    """Begin to add a key: only just after signing in, so that a session left open adds none."""
    session = visit.session
    if session is None or visit.desk.watch.now() - session.began > RECENT:
        return STALE
    options, challenge = creation_options(visit.workspace, party_of(visit), visit.account)
    kept = {"challenge": challenge, "account": visit.account, "label": str(said(visit).get("label", ""))[:60]}
    return Data({"options": options, "ticket": visit.desk.sessions.keep_once("passkey register", kept, SHORT)})


def register(visit: Visit) -> Result:
    """End: the key is kept for whoever began."""
    held = visit.desk.sessions.take("passkey register", str(said(visit).get("ticket", "")))
    if held is None or held["account"] != visit.account:
        return LATE
    credential = said(visit).get("credential")
    key = add_passkey(
        visit.workspace, party_of(visit), visit.account, credential, held["challenge"], held["label"] or "Passkey"
    )
    note_act(visit.workspace, visit.account, f"added a passkey, {key.short}")
    return Data({"next": "settings.html"})


def remove(visit: Visit) -> Go:
    """Take a key of one's own out of use."""
    credential = visit.text("credential")
    remove_passkey(visit.workspace, visit.account, credential)
    note_act(visit.workspace, visit.account, f"took a passkey out of use, {credential[:12]}")
    return Go("settings.html")
