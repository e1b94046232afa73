"""The first passkey of an account: by an invitation that whoever keeps the workspace makes, and that works once."""

from __future__ import annotations

from datetime import timedelta

from answerable.errors import NotAllowed
from answerable.service.audit import note_act
from answerable.service.people import SERVICE, actor
from answerable.service.workspace import Workspace
from answerable.web.desk import NOBODY_NEEDED, SHORT, Data, Desk, Result, Visit
from answerable.web.pages import staff_refusals
from answerable.web.passkeys import add_passkey, creation_options, passkeys
from answerable.web.render import Page
from answerable.web.sessions import Sessions
from answerable.web.sign_in import admitted
from answerable.web.sign_in_passkey import LATE, party_of, said

LASTS = timedelta(hours=24)
_INVITE, _ASKED = "invite", "passkey invite"


def add_invitations(desk: Desk) -> None:
    """Put the routes into the site."""
    nobody = (NOBODY_NEEDED,)
    desk.page("/invite-{token}", invited, nobody, "An invitation to add a first passkey")
    desk.act("/invite-{token}/options", ask, nobody, "Begin to add the first passkey of an account")
    desk.act("/invite-{token}", accept, nobody, "Add the first passkey of an account", ("ticket", "credential"))


def make_invitation(workspace: Workspace, sessions: Sessions, account: str) -> str:
    """Return a token by which the person behind an account adds its first passkey, once, within :data:`LASTS`.

    NotAllowed for an account that has a passkey (its own person adds others) or belongs to a program, or is closed;
    UsageError where there is none of that name.
    """
    if SERVICE in actor(workspace, account).roles:
        raise NotAllowed("An account of a program does not sign in here.", where=account)
    _check_first(workspace, account)
    note_act(workspace, account, "was invited to add a first passkey")
    return sessions.keep_once(_INVITE, {"account": account}, LASTS)


def _check_first(workspace: Workspace, account: str) -> None:
    if passkeys(workspace, account):
        raise NotAllowed(
            "This account has a passkey, so nobody else adds one for it.",
            where=account,
            fix="Its person signs in and adds another under You; a lost one is removed by closing the account.",
        )


def invited(visit: Visit) -> Result:
    """Return the page of an invitation, which uses nothing up."""
    held = visit.desk.sessions.look(_INVITE, visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    data = {"account": held["account"], "token": visit.path["token"]}
    return Page("invite.html", "Your first passkey", "staff/invite.html", data)


def ask(visit: Visit) -> Result:
    """Begin: what the browser needs to make a key for the account that was invited."""
    held = visit.desk.sessions.look(_INVITE, visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    options, challenge = creation_options(visit.workspace, party_of(visit), held["account"])
    ticket = visit.desk.sessions.keep_once(_ASKED, {"challenge": challenge, "account": held["account"]}, SHORT)
    return Data({"options": options, "ticket": ticket})


def accept(visit: Visit) -> Result:
    """End: the key is kept, the invitation is over, and its person is signed in."""
    asked = visit.desk.sessions.take(_ASKED, str(said(visit).get("ticket", "")))
    held = visit.desk.sessions.look(_INVITE, visit.path["token"])
    if asked is None or held is None or asked["account"] != held["account"]:
        return LATE if held is not None else staff_refusals.OVER
    account = held["account"]
    _check_first(visit.workspace, account)
    credential = said(visit).get("credential")
    key = add_passkey(visit.workspace, party_of(visit), account, credential, asked["challenge"], "First passkey")
    if visit.desk.sessions.take(_INVITE, visit.path["token"]) is None:
        return staff_refusals.OVER
    note_act(visit.workspace, account, f"added a passkey by invitation, {key.short}")
    go = admitted(visit, account, "passkey")
    return Data({"next": go.path, "account": account}, token=go.token)
