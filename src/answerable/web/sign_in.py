"""Signing in and out: as a pretend person in a demonstration, by a one-time link, and the list of one's sessions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from answerable.errors import NotAllowed, UsageError
from answerable.place import stamp
from answerable.service.audit import note_act
from answerable.service.people import SERVICE, actor
from answerable.web.desk import ANYONE, LINK, NOBODY_NEEDED, Desk, Go, Result, Visit
from answerable.web.pages import staff_refusals
from answerable.web.pages.staff_refusals import Refusal
from answerable.web.passkeys import passkeys
from answerable.web.render import Page
from answerable.web.sessions import IDLE, LONGEST

LINK_LASTS = timedelta(hours=48)
_PATH = re.compile(r"[a-z0-9-]+\.html")


def add_sign_in(desk: Desk) -> None:
    """Put the routes of signing in into the site."""
    nobody, anyone = (NOBODY_NEEDED,), (ANYONE,)
    desk.page("/sign-in", sign_in_page, nobody, "Sign in", query=("next",))
    desk.act("/sign-in/demo", demo, nobody, "Sign in as a pretend person", ("account", "next"))
    desk.act("/sign-out", sign_out, (ANYONE, LINK), "Sign out")
    desk.page("/settings", settings_page, anyone, "Your account, sessions and passkeys")
    desk.act("/sessions/end", end_session, anyone, "End one of your sessions, or all", ("session",))
    desk.act("/people/end", end_of_others, ("data_protection", "chief_officer"), "End the sessions of an account",
             ("account",))  # fmt: skip
    desk.page("/link-{token}", link_page, nobody, "A one-time link")
    desk.act("/link-{token}", follow_link, nobody, "Open a case by a one-time link")


def sign_in_page(visit: Visit) -> Page:
    """Return the page on which one signs in, by whatever ways this workspace has."""
    settings = visit.desk.settings
    people: list[dict[str, Any]] = []
    if settings.demo:
        people = [
            {"account": one.account, "roles": [role.replace("_", " ") for role in one.roles]}
            for one in visit.workspace.store.people()
            if one.disabled_at is None and SERVICE not in one.roles
        ]
    data = {
        "people": people,
        "demo": settings.demo,
        "oidc": settings.oidc is not None,
        "kind": settings.kind,
        "next": _safe(visit.query.get("next", "")),
        "passkeys": bool(passkeys(visit.workspace)),
    }
    return Page("sign-in.html", "Sign in", "staff/sign_in.html", data)


def demo(visit: Visit) -> Result:
    """Sign in as a pretend person: only where everybody is one."""
    if not visit.desk.settings.demo:
        return Refusal(
            403,
            "No pretend people here",
            "Nobody can sign in as somebody else here.",
            "Sign in with a passkey, or through your force.",
        )
    return admitted(visit, visit.text("account"), "demo", _safe(visit.text("next")))


def admitted(visit: Visit, account: str, how: str, then: str = "index.html", case_id: str = "") -> Go:
    """Begin a session for an account and return where to go on; UsageError or NotAllowed for one that cannot act.

    A new token takes the place of any old one, so that nobody can plant theirs beforehand.
    """
    if SERVICE in actor(visit.workspace, account).roles:
        raise NotAllowed("An account of a program does not sign in here.", where=account)
    if visit.session is not None:
        visit.desk.sessions.end(visit.session.account, visit.session.id)
    note_act(visit.workspace, account, f"signed in ({how})", case_id)
    return Go(then, {"account": account}, token=visit.desk.sessions.begin(account, how, case_id))


def sign_out(visit: Visit) -> Go:
    """Sign the visitor out, and make their token worthless."""
    if visit.session is not None:
        visit.desk.sessions.end(visit.session.account, visit.session.id)
    return Go("sign-in.html", leave=True)


def settings_page(visit: Visit) -> Page:
    """Return what the site knows of whoever is signed in: roles, sessions, passkeys."""
    here = visit.session.id if visit.session else ""
    data = {
        "account": visit.account,
        "roles": sorted(role.replace("_", " ") for role in visit.roles),
        "sessions": [
            {"id": one.id, "how": one.how, "began": stamp(one.began), "ends": stamp(one.ends), "here": one.id == here}
            for one in visit.desk.sessions.of(visit.account)
        ],
        "passkeys": [
            {"id": one.credential, "short": one.short, "label": one.label, "at": one.at}
            for one in passkeys(visit.workspace, visit.account)
        ],
        "idle_minutes": IDLE // timedelta(minutes=1),
        "longest_hours": LONGEST // timedelta(hours=1),
        "may_end_others": bool(visit.roles & {"data_protection", "chief_officer"}),
    }
    return Page("settings.html", "You", "staff/settings.html", data)


def end_session(visit: Visit) -> Go:
    """End one session of one's own, or all of them where none is named."""
    wanted = visit.text("session")
    visit.desk.sessions.end(visit.account, wanted)
    note_act(visit.workspace, visit.account, f"ended {'a session' if wanted else 'all sessions'}")
    gone = not wanted or (visit.session is not None and wanted == visit.session.id)
    return Go("sign-in.html", leave=True) if gone else Go("settings.html")


def end_of_others(visit: Visit) -> Go:
    """End every session of an account; UsageError where there is no such account."""
    account = visit.text("account")
    if visit.workspace.store.person(account) is None:
        raise UsageError("There is no such account.", where=account, fix="See answerable people list.")
    count = visit.desk.sessions.end(account)
    note_act(visit.workspace, visit.account, f"ended {count} sessions of {account}")
    return Go("settings.html", {"ended": count})


def make_link(visit: Visit, case_id: str, account: str) -> str:
    """Return a link by which an adviser opens one case once, without an account of their own at hand.

    UsageError or NotAllowed where the account cannot act, or is none of those who are asked.
    """
    asked = visit.workspace.pack.roles.get("consult", ())
    if not actor(visit.workspace, account).roles & set(asked):
        raise UsageError("Only those who are asked about cases get a link.", where=account, fix="Name an adviser.")
    token = visit.desk.sessions.keep_once("link", {"account": account, "case": case_id}, LINK_LASTS)
    note_act(visit.workspace, visit.account, f"made a one-time link for {account}", case_id)
    base = visit.desk.settings.origin or visit.origin
    return f"{base}/link-{token}.html"


def link_page(visit: Visit) -> Result:
    """Return the page of a link: it is used only by the button, so that no scanner of mail uses it up."""
    held = visit.desk.sessions.look("link", visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    data = {"account": held["account"], "case": held["case"], "token": visit.path["token"]}
    return Page("link.html", "You were asked for advice", "staff/link.html", data)


def follow_link(visit: Visit) -> Result:
    """Open the case of a link, once."""
    held = visit.desk.sessions.take("link", visit.path["token"])
    if held is None:
        return staff_refusals.OVER
    return admitted(visit, held["account"], "link", f"case-{held['case']}-advise.html", held["case"])


def _safe(path: str) -> str:
    """Return where to go on, if it is a page of this site.

    >>> _safe("cases.html"), _safe("//elsewhere.example"), _safe("https://elsewhere.example/x.html")
    ('cases.html', 'index.html', 'index.html')
    """
    return path if _PATH.fullmatch(path) else "index.html"
