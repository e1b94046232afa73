"""A visitor of the staff site in tests: keeps its cookie, and sends forms as a page of the site does."""

from __future__ import annotations

import asyncio
import atexit
import re
import shutil
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from limits import parse
from starlette.types import ASGIApp

from answerable.clock import Clock, FixedClock
from answerable.service.workspace import init_workspace
from answerable.web.staff import staff_app

FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)
ADDRESS = "http://localhost:8001"
CONSULTED = "2018-0001"
"""The case of a rehearsal that was made with one."""
MANY = (parse("100000/minute"), parse("100000/minute"))


def site(folder: Path, clock: Clock | None = None, watch: Clock | None = None) -> ASGIApp:
    """The staff site of a workspace, without limits on how often one asks."""
    return staff_app(folder, clock or FixedClock(FIVE), watch=watch, rates=MANY)


class Visitor:
    """Somebody at a browser; ``account`` is who they sign in as, in a demonstration."""

    def __init__(self, app: ASGIApp, account: str = "") -> None:
        self.app = app
        self.cookies: dict[str, str] = {}
        if account:
            assert self.post("/sign-in/demo", account=account).status_code == 303

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask as a browser does; keep the cookie that comes back, and drop the one that is taken back."""
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**more.pop("headers", {}), **({"Cookie": sent} if sent else {})}

        async def asking() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
                return await client.request(method, path, headers=headers, **more)

        # In a thread of its own: the browser's driver has a loop running in this one.
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(lambda: asyncio.run(asking())).result()
        for line in answer.headers.get_list("set-cookie"):
            name, value = line.split(";")[0].split("=", 1)
            self.cookies = {name: value} if value.strip('"') else {}
        return answer

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Ask for a page."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, /, **fields: str) -> httpx.Response:
        """Send a form from a page of the site."""
        return self.ask("POST", path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})

    def act(self, path: str, /, **fields: str) -> dict[str, Any]:
        """Send a form and return what came of it, as a program sees it."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
        answer = self.ask("POST", path, data=fields, headers=headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def decide(self, case: str, verb: str, /, **fields: str) -> dict[str, Any]:
        """Decide and confirm, as in a demonstration."""
        ticket = self.act(f"/case-{case}/{verb}", **fields)["ticket"]
        return self.act("/decision/pretend", ticket=ticket)


@cache
def _made(consulted: bool) -> Path:
    """Make a rehearsal once (with a case that was consulted on): making one waits for the disk."""
    folder = Path(tempfile.mkdtemp(prefix="answerable-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if not consulted:
        init_workspace(folder / "w", time_zone="Europe/London", clock=FixedClock(FIVE))
        return folder / "w"
    shutil.copytree(_made(consulted=False), folder / "w")
    assert until_consulted(site(folder / "w")) == CONSULTED
    return folder / "w"


def rehearsal(folder: Path, *, consulted: bool = False) -> Path:
    """Put a rehearsal into ``folder``, with pretend people and, if asked, a case that waits for a decision."""
    shutil.copytree(_made(consulted=consulted), folder)
    return folder


def hidden(page: str, name: str) -> str:
    """Return the value of a hidden field of a page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


REPORTS: tuple[Mapping[str, str], ...] = (
    {"ref": "R-101", "source": "1", "information": "A", "handling": "P", "originator": "Intelligence office",
     "origin_key": "k-7f31", "received_at": "2018-11-30T14:00", "from": "2018-11-30T20:00", "to": "2018-12-01T00:00",
     "name": "Example Estate", "place": "-0.0705, 51.6012", "gist": "Reprisal shooting expected this evening."},
    {"ref": "R-102", "source": "2", "information": "B", "handling": "P", "originator": "Neighbourhood team",
     "origin_key": "k-c02a", "received_at": "2018-11-30T16:30", "from": "2018-11-30T19:00", "to": "2018-12-01T01:00",
     "name": "Example Estate", "place": "-0.0705, 51.6012", "gist": "Group expected to come armed."},
)  # fmt: skip
PLANNED: Mapping[str, str] = {
    "trigger": "imminent_intel", "path": "planned", "area": "Example Estate", "place": "-0.0705, 51.6012",
    "radius_m": "300", "start": "2018-11-30T20:00", "hours": "4", "refs": "R-101, R-102",
    "limb": "specific_operation", "operation": "Example", "legal": "yes",
    "legal_reasons": "Officers on the cordon may have to protect others from a person with a firearm.",
    "extreme": "yes", "harm": "loss_of_life",
    "extreme_reasons": "Two independent origins expect a reprisal shooting in a crowded place tonight.",
    "unarmed_unit": "yes", "armed": "2", "unarmed": "4", "modality": "foot",
    "modality_reasons": "The cordon is on foot between blocks that no vehicle can reach or see.",
    "why_do_nothing": "would_leave_it", "why_unarmed_visible_patrol": "could_not_protect",
    "why_schools_or_youth_engagement": "goes_on_beside_it", "why_child_exploitation_safeguarding": "goes_on_beside_it",
    "why_organised_crime_drivers": "cannot_act_in_time", "why_now": "The shooting is expected within hours.",
    "owner_schools_or_youth_engagement": "Schools partnership",
    "owner_child_exploitation_safeguarding": "Safeguarding partnership",
    "owner_organised_crime_drivers": "Serious crime command",
    "outcome": "Recorded violence with injury in the area and two comparison areas",
    "comparators": "Estate two, Estate three", "margin": "A fall of five points in confidence", "horizon_days": "28",
}  # fmt: skip
ASSAULT: Mapping[str, str] = {
    **{name: PLANNED[name] for name in ("area", "place", "radius_m", "limb", "operation", "legal", "legal_reasons",
       "extreme", "harm", "unarmed_unit", "armed", "unarmed", "modality", "modality_reasons")},
    "extreme_reasons": "A person was shot an hour ago, and the weapon was not found.",
    "trigger": "serious_assault_response", "path": "urgent", "start": "2018-11-30T17:30", "hours": "2",
    "incident_ref": "CAD-1234", "incident_class": "shooting", "incident_verified": "yes",
    "occurred_at": "2018-11-30T16:00",
}  # fmt: skip
COMMUNITY: Mapping[str, str] = {
    "form": "rapid", "groups": "Residents of the estate\nYoung people at the youth club", "tension": "3",
    "escalation": "The sight of weapons may draw a crowd; it stays beside the cordon.",
    "provocation": "Local stewards are told beforehand.", "children": "The youth club closes at seven.",
    "mitigations": "Unarmed neighbourhood officers walk ahead and explain.",
}  # fmt: skip
EQUALITY: Mapping[str, str] = {
    **{f"about_{one}": "none" for one in ("age", "disability", "gender_reassignment", "marriage_or_civil_partnership",
       "pregnancy_or_maternity", "religion_or_belief", "sex", "sexual_orientation")},
    "about_race": "some", "described": "Black residents report lower confidence; stewards they know are present.",
    "eliminate": "Nobody is stopped because of who they are.", "advance": "The briefing names who trusts least.",
    "foster": "The stewards explain it before and after.", "data_used": "Census by ward; the confidence survey.",
    "summary": "Residents of the estate differ from the borough.",
}  # fmt: skip
AUTHORISED: Mapping[str, str] = {
    "reasons": "Two independent reports expect a shooting tonight; unarmed officers alone cannot meet it.",
    "conditions": "Beside unarmed colleagues.\nLooked at again after two hours.", "review_hours": "2",
    "investigator": "no", "equality_confirmed": "yes",
    "public_text": "Armed officers will walk beside unarmed colleagues on the Example Estate this evening, because "
    "two reports expect a shooting there. They leave at midnight, or earlier.",
}  # fmt: skip


def open_case(applicant: Visitor, fields: Mapping[str, str]) -> str:
    """Open a case by the form; return its id."""
    page = applicant.get(f"/open-form.html?trigger={fields['trigger']}&path={fields['path']}").text
    return str(applicant.act("/open-case", once=hidden(page, "once"), **fields)["id"])


def until_consulted(app: ASGIApp) -> str:
    """Walk a planned case from its reports to CONSULTED, each step by whoever's it is; return its id."""
    for report in REPORTS:
        Visitor(app, "intel-evaluator").act("/report", **report)
    applicant = Visitor(app, "applicant")
    case = open_case(applicant, PLANNED)
    applicant.act(f"/case-{case}/submit")
    Visitor(app, "community-lead").act(f"/case-{case}/community-impact", **COMMUNITY)
    Visitor(app, "equality-lead").act(f"/case-{case}/equality-impact", **EQUALITY)
    judged = {"chance": "60", "ancr": "moderate", "tactical": "yes", "outside_command": "yes"}
    told = Visitor(app, "analyst").act(f"/case-{case}/assess", **judged)
    assert told["blocked_by"] == [], told
    for adviser in ("local-commander", "pcc-liaison", "tactical-adviser"):
        Visitor(app, adviser).act(f"/case-{case}/advise", stance="support", text="Short.", publish="no")
    Visitor(app, "iag-contact").act(
        f"/case-{case}/advise", stance="object", text="It will frighten the young.", publish="yes", needs_answer="yes"
    )
    applicant.act(f"/case-{case}/answer", number="4", text="Stewards walk with them.", changed="It ends earlier.")
    return case
