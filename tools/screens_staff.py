"""Take a picture of every page of the staff site, at a desk and some on a phone in the dark, into docs/screens/staff-*.

``tools/screens.py`` calls this with a copy of the demo's workspace, since looking at pages is noted in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from serving import running

from answerable.clock import SystemClock
from answerable.service.people import add_person
from answerable.service.workspace import Workspace, clock_of, open_workspace
from answerable.web.sessions import FILE, Sessions
from answerable.web.sign_in_invited import make_invitation
from answerable.web.staff import staff_app
from screens_case import take_case

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# By whom each page is looked at; {decided} is the newest case that was authorised.
PAGES = {
    "analyst": ("index", "forecast", "intelligence", "data", "import", "lab", "settings", "patterns"),
    "local-commander": ("index",),
    "applicant": ("cases", "open", "open-form.html?trigger=imminent_intel&path=planned"),
    "iag-contact": ("index",),
    "pcc-liaison": ("index",),
    "disclosure": ("index",),
    "intel-evaluator": ("report",),
    "oversight": ("index", "oversight", "case-{decided}-as-known", "audit"),
    "data-protection": ("index", "data-protection", "processing"),
}
PHONE = {("applicant", "cases"), ("analyst", "forecast"), ("oversight", "oversight")}
QUALITY = 55


def take_staff(workspace: Path, browser: Browser, screens: Path) -> None:
    """Photograph the staff site of ``workspace``, and the steps of a case, into ``screens``."""
    with open_workspace(workspace) as opened:
        decided = max({event.case_id for event in opened.store.events(kinds=("authorise", "urgent"))})
        invitation = _invitation(opened)
        kind = opened.settings.kind
    with running(staff_app(workspace, clock_of(kind)), "localhost") as address:
        for dark, width, height in ((False, 1100, 1400), (True, 375, 800)):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page = context.new_page()
            for account, pages in PAGES.items():
                for one in pages if not dark else [one for one in pages if (account, one) in PHONE]:
                    _be(page, address, account)
                    name = one.format(decided=decided)
                    page.goto(f"{address}/{name if '?' in name else f'{name}.html'}")
                    _keep(page, screens / f"{_named(account, one, dark=dark)}.jpg")
            if not dark:
                _sent(page, address, screens)
                page.goto(f"{address}/sign-in.html")
                _keep(page, screens / "staff-sign-in.jpg")
                page.goto(f"{address}/invite-{invitation}.html")
                _keep(page, screens / "staff-invite.jpg")
            context.close()
    take_case(browser, screens)


def _invitation(workspace: Workspace) -> str:
    add_person(workspace, "new-colleague", ("analyst",))
    return make_invitation(workspace, Sessions(workspace.folder / FILE, SystemClock()), "new-colleague")


def _be(page: Page, address: str, account: str) -> None:
    page.goto(f"{address}/sign-in.html")
    page.get_by_role("button", name=f"Be the {account}", exact=True).click()


def _keep(page: Page, path: Path, *, whole: bool = False) -> None:
    page.screenshot(path=path, type="jpeg", quality=QUALITY, full_page=whole)


def _sent(page: Page, address: str, screens: Path) -> None:
    """Photograph what answers a form: a made file that is looked at and taken in, and a small run of the lab."""
    rows = "".join(f"{n},{n}/11/2018 21:{n},51.6{n},-0.07{n},shooting,Somebody\n" for n in range(13, 29))
    made = f"ref,occurred,lat,lon,type,suspect_name\n{rows}29,yesterday,51.6,-0.07,shooting,Somebody\n"
    _be(page, address, "analyst")
    page.goto(f"{address}/import.html")
    page.set_input_files("#file", {"name": "shots.csv", "mimeType": "text/csv", "buffer": made.encode()})
    page.get_by_role("button", name="Look at it").click()
    _keep(page, screens / "staff-import-look.jpg", whole=True)
    page.get_by_role("button", name="Throw it away").click()
    page.goto(f"{address}/import-taking.html")
    _keep(page, screens / "staff-import-taking.jpg")
    page.goto(f"{address}/lab.html")
    page.get_by_role("button", name="Run it").click()
    page.wait_for_url("**/lab-result.html*")
    _keep(page, screens / "staff-lab-result.jpg", whole=True)


def _named(account: str, page: str, *, dark: bool) -> str:
    plain = page.partition(".html")[0].replace("-{decided}", "")
    whose = f"-{account}" if page == "index" else ""
    return f"staff-{plain}{whose}{'-phone-dark' if dark else ''}"
