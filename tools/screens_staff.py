"""Take a picture of every page of the staff site, at a desk and some on a phone in the dark, into docs/screens/staff-*.

``tools/screens.py`` calls this with a copy of the demo's workspace, since looking at pages is noted in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from answerable.service.case_lists import list_cases
from answerable.service.workspace import clock_of, open_workspace
from answerable.web.listening import listen
from answerable.web.staff import staff_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# By whom each page is looked at. {case} is the newest case that waits, {decided} one that was authorised.
PAGES = {
    "analyst": ("index", "forecast", "intelligence", "data", "import", "lab", "settings", "patterns"),
    "local-commander": ("index",),
    "applicant": ("cases", "open", "open-form.html?trigger=imminent_intel&path=planned", "case-{case}"),
    "authoriser": ("live", "case-{case}-authorise", "case-{case}-refuse", "case-{case}-filed"),
    "community-lead": ("case-{case}-community-impact",),
    "iag-contact": ("index", "case-{case}-advise", "case-{case}-chair"),
    "pcc-liaison": ("index",),
    "disclosure": ("index",),
    "intel-evaluator": ("report",),
    "operational-commander": ("case-{decided}-debrief", "case-{decided}-log"),
    "oversight": ("index", "oversight", "case-{decided}-as-known", "audit"),
    "data-protection": ("index", "data-protection", "processing"),
}
PHONE = {("applicant", "case-{case}"), ("authoriser", "live"), ("analyst", "forecast"), ("oversight", "oversight")}
QUALITY = 55


def take_staff(workspace: Path, browser: Browser, screens: Path) -> int:
    """Photograph the staff site of ``workspace`` into ``screens``; return how many pictures were taken."""
    with open_workspace(workspace) as opened:
        cases = list_cases(opened)
        decided = {event.case_id for event in opened.store.events(kinds=("authorise", "urgent"))}
    waiting = [one["id"] for one in cases if one["state"] in ("DRAFT", "SUBMITTED", "ASSESSED", "CONSULTED")]
    newest = cases[-1]["id"]
    names = {"case": waiting[-1] if waiting else newest, "decided": max(decided, default=newest)}
    taken = 0
    with _served(workspace) as address:
        for dark, width, height in ((False, 1100, 1400), (True, 375, 800)):
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
            )
            page = context.new_page()
            for account, pages in PAGES.items():
                wanted = [one for one in pages if not dark or (account, one) in PHONE]
                if not wanted:
                    continue
                page.goto(f"{address}/sign-in.html")
                page.get_by_role("button", name=f"Be the {account}", exact=True).click()
                for one in wanted:
                    name = one.format(**names)
                    page.goto(f"{address}/{name if '?' in name else f'{name}.html'}")
                    page.screenshot(
                        path=screens / f"{_named(account, one, dark=dark)}.jpg", type="jpeg", quality=QUALITY
                    )
                    taken += 1
            if not dark:
                taken += _import(page, address, screens)
                page.goto(f"{address}/sign-in.html")
                page.screenshot(path=screens / "staff-sign-in.jpg", type="jpeg", quality=QUALITY)
                taken += 1
            context.close()
    return taken


def _import(page: Page, address: str, screens: Path) -> int:
    """Photograph a made file that is looked at; nothing of it is taken in."""
    rows = "".join(f"{n},{n}/11/2018 21:{n},51.6{n},-0.07{n},shooting,Somebody\n" for n in range(13, 29))
    made = f"ref,occurred,lat,lon,type,suspect_name\n{rows}29,yesterday,51.6,-0.07,shooting,Somebody\n"
    page.goto(f"{address}/sign-in.html")
    page.get_by_role("button", name="Be the analyst", exact=True).click()
    page.goto(f"{address}/import.html")
    page.set_input_files("#file", {"name": "shots.csv", "mimeType": "text/csv", "buffer": made.encode()})
    page.get_by_role("button", name="Look at it").click()
    page.screenshot(path=screens / "staff-import-look.jpg", type="jpeg", quality=QUALITY, full_page=True)
    page.get_by_role("button", name="Throw it away").click()
    return 1


def _named(account: str, page: str, *, dark: bool) -> str:
    plain = page.partition(".html")[0].replace("-{case}", "").replace("-{decided}", "")
    whose = f"-{account}" if page == "index" else ""
    return f"staff-{plain}{whose}{'-phone-dark' if dark else ''}"


@contextmanager
def _served(workspace: Path) -> Iterator[str]:
    with open_workspace(workspace) as opened:
        kind = opened.settings.kind
    taken = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(staff_app(workspace, clock_of(kind)), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.05)
    yield f"http://localhost:{taken.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    taken.close()
