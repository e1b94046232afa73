"""The first screens of staff: what waits for whoever is signed in, what is live, what a tasking meeting looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from answerable.case.state import State
from answerable.place import stamp
from answerable.service.case_board import Placed, lines, states_for
from answerable.service.cases import show_case
from answerable.web.desk import ANYONE, Desk, Visit
from answerable.web.pages import staff_case
from answerable.web.pages.case_words import office
from answerable.web.pages.staff_tasks import waiting_for
from answerable.web.render import Page
from answerable.web.staff_first import first_sections
from answerable.web.staff_tasking import LOOKED_BACK, PROPOSED, SHOWN, TASKING, tasking

LIVE = frozenset((State.AUTHORISED, State.ACTIVE, State.UNDER_REVIEW, State.SUSPENDED))


def add_desk(desk: Desk) -> None:
    """Put the routes of these pages into the site."""
    desk.page("/index", index_page, (ANYONE,), "The desk: what waits for you")
    desk.page("/live", live_page, (ANYONE,), "What is authorised or under way, with its clocks")


def index_page(visit: Visit) -> Page:
    """Return the desk: what the account's roles came for, then the open cases in which it can do something."""
    placed = visit.desk.board.cases(visit.workspace)
    pack = visit.workspace.pack
    states = states_for({step: pack.roles.get(role, ()) for step, role in _step_roles(pack.roles)}, visit.roles)
    open_now = [one for one in placed if one.state in PROPOSED | LIVE]
    # What is over waits for its account: of whoever does not give it for so many cases, the tasking meeting is told.
    late = [one for one in reversed(placed[-LOOKED_BACK:]) if one.state.over and one.state in states]
    mine = _mine(visit, [one for one in reversed(open_now) if one.state in states][:SHOWN], late)
    data = {
        "lede": _about(visit),
        "sections": first_sections(visit, placed),
        "mine": mine,
        "open": len(open_now),
        "states": _counted(placed),
        "tasking": tasking(visit, placed) if visit.roles & TASKING else None,
    }
    return Page("index.html", "Desk", "staff/index.html", data)


def _about(visit: Visit) -> str:
    settings, pack = visit.workspace.settings, visit.workspace.pack
    return (
        f"{settings.name}: a {settings.kind} workspace under {pack.name}, version {pack.version}. "
        f"You are signed in as {visit.account}."
    )


def _step_roles(roles: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """Return every step with the name under which the pack gives its roles."""
    return [("advise" if name == "consult" else name, name) for name in roles]


def _mine(visit: Visit, live: Sequence[Placed], over: Sequence[Placed]) -> list[dict[str, Any]]:
    """Return the cases in which the visitor can do something: of those that are over, only what is owed on them."""
    pack = visit.workspace.pack
    own = {step for step, name in _step_roles(pack.roles) if visit.roles & set(pack.roles[name])}
    asked = visit.desk.board.waiting(visit.workspace, [*live, *over])
    steps = {one.id: [step for step in asked[one.id].possible if step in own] for one in live}
    steps |= {one.id: [step for step in asked[one.id].due if step in own] for one in over}
    mine = [one for one in live if steps[one.id]] + [one for one in over if steps[one.id]][:SHOWN]
    return [
        {
            **staff_case.in_words(line),
            "steps": staff_case.steps_in_words(steps[one.id]),
            "waiting_for": waiting_for(asked[one.id], pack),
        }
        for one, line in zip(mine, lines(visit.workspace, mine), strict=True)
    ]


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
