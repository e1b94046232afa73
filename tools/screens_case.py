"""Take a picture of every step of a case, as whoever takes it sees it just then, into docs/screens/staff-*.

The record of the demo holds no open case. These are rehearsals, brought from step to step as the tests do, at a clock
that is set; the pictures are of the whole page.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from serving import running
from staff_pages import fill
from staff_site import (
    ADDRESS,
    ASSAULT,
    AUTHORISED,
    COMMUNITY,
    CONSULTED,
    EQUALITY,
    FIVE,
    PLANNED,
    Visitor,
    open_case,
    rehearsal,
    site,
)

from answerable.clock import FixedClock

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from starlette.types import ASGIApp

QUALITY = 45
# A case with all its entries is many screens long; the first of them are what a page is judged by.
WIDTH, LONGEST = 1100, 3000


class Camera:
    """Looks at one staff site, as one account after the other."""

    def __init__(self, browser: Browser, app: ASGIApp, address: str, screens: Path) -> None:
        self.app, self._browser, self._address, self._screens = app, browser, address, screens
        self.page = self._fresh()
        self._account = ""

    def _fresh(self) -> Page:
        context = self._browser.new_context(viewport={"width": WIDTH, "height": 900})
        return context.new_page()

    def be(self, account: str) -> Page:
        """Sign in as an account, where nobody or another was."""
        if account != self._account:
            self.page.context.close()
            self.page, self._account = self._fresh(), account
            self.page.goto(f"{self._address}/sign-in.html")
            self.page.get_by_role("button", name=f"Be the {account}", exact=True).click()
        return self.page

    def look(self, account: str, case: str, *pages: str) -> None:
        """Photograph pages of a case; the empty one is that of the case itself."""
        page = self.be(account)
        for name in pages:
            page.goto(f"{self._address}/case-{case}{f'-{name}' if name else ''}.html")
            self.keep(f"case-{name}" if name else "case")

    def open(self, link: str) -> Page:
        """Open a link that somebody was sent, as nobody in particular."""
        self.page.context.close()
        self.page, self._account = self._fresh(), ""
        self.page.goto(link.replace(ADDRESS, self._address))
        return self.page

    def keep(self, name: str) -> None:
        """Photograph what is shown now."""
        height = min(LONGEST, self.page.evaluate("document.documentElement.scrollHeight"))
        path = self._screens / f"staff-{name}.jpg"
        self.page.screenshot(
            path=path,
            type="jpeg",
            quality=QUALITY,
            full_page=True,
            clip={"x": 0, "y": 0, "width": WIDTH, "height": height},
        )


def take_case(browser: Browser, screens: Path) -> None:
    """Photograph a planned case from its consultation to its end, one before it is submitted, and an urgent one."""
    with tempfile.TemporaryDirectory() as folder:
        clock = FixedClock(FIVE)
        app = site(rehearsal(Path(folder) / "planned", consulted=True), clock)
        with running(app, "localhost") as address:
            camera = Camera(browser, app, address, screens)
            _before(camera)
            _consulted(camera)
            _decided(camera, clock)
            _over(camera)
        app = site(rehearsal(Path(folder) / "urgent"), FixedClock(FIVE))
        with running(app, "localhost") as address:
            _urgent(Camera(browser, app, address, screens))


def _before(camera: Camera) -> None:
    case = open_case(Visitor(camera.app, "applicant"), PLANNED)
    camera.look("applicant", case, "submit", "withdraw")
    Visitor(camera.app, "applicant").act(f"/case-{case}/submit")
    camera.look("community-lead", case, "community-impact")
    camera.look("equality-lead", case, "equality-impact")
    camera.look("analyst", case, "assess")
    Visitor(camera.app, "authoriser").decide(case, "refuse", reasons="Not extreme.", change="An assault.")
    camera.look("disclosure", case, "close")


def _consulted(camera: Camera) -> None:
    camera.look("applicant", CONSULTED, "", "answer")
    camera.look("authoriser", CONSULTED, "authorise", "refuse", "filed")
    camera.look("analyst", CONSULTED, "referral")
    camera.look("iag-contact", CONSULTED, "advise")
    made = Visitor(camera.app, "iag-contact").ask(
        "POST", f"/case-{CONSULTED}/chair/link", headers={"Sec-Fetch-Site": "same-origin", "Accept": "application/json"}
    )
    page = camera.open(made.json()["link"])
    camera.keep("box")
    fill(page, {"stance": "object", "text": "The little ones are afraid of the guns.", "publish": "no"})
    page.get_by_role("button").last.click()
    camera.look("iag-contact", CONSULTED, "chair")
    sent = Visitor(camera.app, "applicant").act(f"/case-{CONSULTED}/link", account="local-commander")["link"]
    page = camera.open(sent)
    camera.keep("link")
    page.get_by_role("button", name="Open the case").click()
    camera.keep("advise-by-link")


def _decided(camera: Camera, clock: FixedClock) -> None:
    clock.advance(minutes=40)
    page = camera.be("authoriser")
    page.goto(page.url.partition("/index")[0] + f"/case-{CONSULTED}-authorise.html")
    fill(page, AUTHORISED)
    page.get_by_role("button", name="Go on to sign").click()
    camera.keep("sign")
    Visitor(camera.app, "authoriser").decide(CONSULTED, "authorise", **AUTHORISED)
    camera.look("authoriser", CONSULTED, "revoke")
    camera.look("operational-commander", CONSULTED, "start")
    clock.advance(hours=2, minutes=30)
    commander = Visitor(camera.app, "operational-commander")
    commander.act(f"/case-{CONSULTED}/start", unarmed_present="yes", briefed="yes")
    camera.look("operational-commander", CONSULTED, "log", "end")
    camera.page.goto(camera.page.url.partition("/case-")[0] + "/live.html")
    camera.keep("live")
    camera.look("reviewer", CONSULTED, "review")
    camera.look("authoriser", CONSULTED, "extend")
    commander.act(f"/case-{CONSULTED}/log", kind="foot_patrol", officers="2", minutes="30", cell="12-7")
    commander.act(f"/case-{CONSULTED}/end", reasons="")


def _over(camera: Camera) -> None:
    commander = Visitor(camera.app, "operational-commander")
    camera.look("operational-commander", CONSULTED, "reasons", "debrief")
    flags = dict.fromkeys(("weapon_drawn", "force_used", "injury", "complaint", "iopc_referral"), "no")
    commander.act(
        f"/case-{CONSULTED}/debrief", **flags, arv="yes", discharges="0", under_18_contacts="2",
        community_impact_review="A few questions from residents, all of them answered.",
    )  # fmt: skip
    camera.look("evaluator", CONSULTED, "evaluate")


def _urgent(camera: Camera) -> None:
    case = open_case(Visitor(camera.app, "applicant"), ASSAULT)
    Visitor(camera.app, "community-lead").act(f"/case-{case}/community-impact", **COMMUNITY)
    camera.look("urgent-authoriser", case, "urgent")
    Visitor(camera.app, "urgent-authoriser").decide(case, "urgent", **AUTHORISED)
    Visitor(camera.app, "equality-lead").act(f"/case-{case}/equality-impact", **EQUALITY)
    camera.look("authoriser", case, "ratify")
