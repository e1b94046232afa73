"""The first screens of staff: what waits for whoever is signed in, what is live, what a tasking meeting looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from answerable.case.duties import duties, duty_words
from answerable.case.standing import Standing
from answerable.case.state import ENDS, State
from answerable.errors import AnswerableError
from answerable.place import stamp
from answerable.service import intelligence
from answerable.service.case_board import Placed, lines, states_for
from answerable.service.cases import show_case
from answerable.service.rarity_report import rarity_report
from answerable.web.desk import ANYONE, Desk, Visit
from answerable.web.pages import staff_case
from answerable.web.pages.case_words import office
from answerable.web.pages.staff_tasks import waiting_for
from answerable.web.render import Page

LIVE = frozenset((State.AUTHORISED, State.ACTIVE, State.UNDER_REVIEW, State.SUSPENDED))
PROPOSED = frozenset((State.DRAFT, State.SUBMITTED, State.ASSESSED, State.CONSULTED))
TASKING = frozenset(("local_commander", "operational_commander", "chief_officer"))
"""The roles whose first screen also says what a tasking meeting looks at."""
# A page holds so many cases; the list of cases has them all.
SHOWN = 25
# Of cases longer ago than these, everything owed has long been told to those who owe it.
_LOOKED_BACK = 200
_FRESH = timedelta(hours=24)


def add_desk(desk: Desk) -> None:
    """Put the routes of these pages into the site."""
    desk.page("/index", index_page, (ANYONE,), "The desk: what waits for you")
    desk.page("/live", live_page, (ANYONE,), "What is authorised or under way, with its clocks")


def index_page(visit: Visit) -> Page:
    """Return the desk: the open cases in which this account can do something, the newest first, and how many others."""
    placed = visit.desk.board.cases(visit.workspace)
    pack = visit.workspace.pack
    states = states_for({step: pack.roles.get(role, ()) for step, role in _step_roles(pack.roles)}, visit.roles)
    open_now = [one for one in placed if one.state in PROPOSED | LIVE]
    offered = [one for one in reversed(open_now) if one.state in states][:SHOWN]
    mine = _mine(visit, offered)
    data = {
        "about": {"name": visit.workspace.settings.name, "kind": visit.workspace.settings.kind},
        "pack": f"{pack.name}, version {pack.version}",
        "account": visit.account,
        "mine": mine,
        "open": len(open_now),
        "states": _counted(placed),
        "tasking": _tasking(visit, placed) if visit.roles & TASKING else None,
    }
    return Page("index.html", "Desk", "staff/index.html", data)


def _step_roles(roles: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return every step with the name under which the pack gives its roles."""
    return [("advise" if name == "consult" else name, name) for name in roles]


def _mine(visit: Visit, cases: Sequence[Placed]) -> list[dict[str, Any]]:
    pack, found = visit.workspace.pack, []
    asked = visit.desk.board.waiting(visit.workspace, cases)
    for one, line in zip(cases, lines(visit.workspace, cases), strict=True):
        waits = asked[one.id]
        own = [step for step, name in _step_roles(pack.roles) if visit.roles & set(pack.roles[name])]
        steps = [step for step in waits.possible if step in own]
        if not steps:
            continue
        told = {"possible": waits.possible, "advice": [{"adviser": name} for name in waits.spoken]}
        found.append(
            {
                **staff_case.in_words(line),
                "steps": staff_case.steps_in_words(steps),
                "waiting_for": waiting_for(told, pack),
            }
        )
    return found


def _counted(placed: Sequence[Placed]) -> list[dict[str, Any]]:
    """Return how many cases there are in each state, in the order in which a case comes to it."""
    counts = Counter(one.state for one in placed)
    return [
        {
            "state": str(state),
            "standing": staff_case.in_words({"state": str(state)})["standing"],
            "count": counts[state],
        }
        for state in State
        if counts[state]
    ]


def _tasking(visit: Visit, placed: Sequence[Placed]) -> dict[str, Any]:
    """Return what a meeting looks at before it asks for more: proposals, reports, what runs, rarity, what is owed."""
    workspace, now = visit.workspace, visit.workspace.clock.now()
    recent = [(one, Standing.from_json(one.told)) for one in placed[-_LOOKED_BACK:]]
    proposed = Counter(str(one.told["area"][0]) for one in placed if one.state in PROPOSED and one.told.get("area"))
    owed = [
        {"case": one.id, "what": duty_words(due.kind, due.what), "due": stamp(due.due)}
        for one, standing in recent
        if one.state in ENDS or one.state in LIVE
        for due in duties(standing, now)
        if due.overdue and due.kind in ("debrief", "review", "evaluate")
    ]
    running = [
        {"case": one.id, "option": said.option.replace("_", " "), "owner": said.owner,
         "due": stamp(said.due) if said.due else ""}
        for one, standing in recent
        for said in standing.referrals
        if not said.outcome
    ]  # fmt: skip
    received = [one.report.received_at for one in intelligence.kept_reports(workspace)]
    key = (len(placed), placed[-1].id if placed else "", now.replace(minute=0, second=0, microsecond=0))
    return {
        "proposed": [{"area": area, "count": count} for area, count in sorted(proposed.items())][:SHOWN],
        "newest_report": stamp(max(received)) if received else "",
        "reports_fresh": sum(now - at <= _FRESH for at in received),
        "running": running[-SHOWN:],
        "rarity": visit.desk.kept("rarity", key, lambda: _rarity(visit)),
        "owed": owed[-SHOWN:],
        "owed_count": len(owed),
    }


def _rarity(visit: Visit) -> str:
    try:
        return rarity_report(visit.workspace).force.sentence
    except AnswerableError as error:
        return error.what


def live_page(visit: Visit) -> Page:
    """Return what is authorised or under way, the next clock first, each with the button that ends it."""
    roles = visit.workspace.pack.roles
    live = [one for one in visit.desk.board.cases(visit.workspace) if one.state in LIVE]
    found = []
    for one in sorted(live, key=_next_clock)[:SHOWN]:
        shown = show_case(visit.workspace, one.id)
        page = staff_case.case_page(shown, ())
        may_end = "end" in shown["possible"] and bool(visit.roles & set(roles.get("end", ())))
        revoked = "revoke" in shown["possible"] and "end" not in shown["possible"]
        found.append(
            {
                **{name: page.data["case"][name] for name in ("id", "title", "area", "window", "standing", "tone")},
                "clocks": page.data["clocks"],
                "may_end": may_end,
                "may_revoke": revoked and bool(visit.roles & set(roles.get("revoke", ()))),
                "conditions": shown["conditions"],
                "commander": [office(role) for role in roles.get("end", ())],
            }
        )
    data = {"live": found, "count": len(live), "now": stamp(visit.workspace.clock.now())}
    return Page("live.html", "Live deployments", "staff/live.html", data)


def _next_clock(one: Placed) -> str:
    """Return the instant at which a live case is next looked at or ends: stamps in UTC sort as times do."""
    clocks = [one.told.get(name) for name in ("review_due", "ends_at", "ratify_by", "start_by")]
    return min((at for at in clocks if at), default="")
