"""Every page of the staff site passes axe-core with no violation: light on a desk, dark on a phone; none is heavy."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from serving import running
from staff_pages import fill
from staff_site import CONSULTED, FIVE, rehearsal, site

from answerable.clock import FixedClock
from answerable.errors import InputError
from answerable.service.importing import How, import_incidents, preview_incidents
from answerable.service.workspace import Workspace, open_workspace
from answerable.web import staff_imports, taking
from answerable.web.pages.lab import small_run
from answerable.web.pages.staff_acts import FORMS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
SEEN = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["desk", "phone"])
PAGES = {
    "analyst": (
        "index",
        "cases",
        "live",
        "forecast",
        "forecast.html?step=3",
        "intelligence",
        "data",
        "import",
        "settings",
        "lab",
        "lab-result.html?name=base-rates",
        "patterns",
        "nothing",
    ),
    "local-commander": ("index",),
    "oversight": ("oversight", f"case-{CONSULTED}-as-known"),
    "data-protection": ("data-protection", "processing"),
    "applicant": (
        "open",
        "open-form",
        "open-form.html?trigger=imminent_intel&path=planned",
        "open-form.html?trigger=serious_assault_response&path=urgent",
        f"case-{CONSULTED}",
    ),
    "authoriser": tuple(
        f"case-{CONSULTED}-{verb}" for verb in ("filed", "authorise", "refuse", "extend", "ratify", "revoke")
    ),
    "intel-evaluator": ("report", "intelligence"),
    "chief-officer": ("audit",),
    "community-lead": (f"case-{CONSULTED}-community-impact", f"case-{CONSULTED}-debrief"),
    "equality-lead": (f"case-{CONSULTED}-equality-impact",),
    "evaluator": (f"case-{CONSULTED}-evaluate",),
    "iag-contact": (f"case-{CONSULTED}-advise", f"case-{CONSULTED}-chair"),
    "operational-commander": tuple(f"case-{CONSULTED}-{verb}" for verb in ("start", "log", "end")),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = rehearsal(tmp_path_factory.mktemp("seen") / "w", consulted=True)
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        filled(workspace)
    with running(site(folder), "localhost") as address:
        yield address


def filled(workspace: Workspace) -> None:
    """Give a workspace incidents, and the result of a run in the lab, so that no page is empty."""
    file = workspace.folder / "shots.csv"
    rows = [f"{n},2018-11-{n:02} 21:00,51.6{n:02},-0.07{n:02},shooting" for n in range(1, 29)]
    file.write_text("\n".join(("id,date,lat,lon,type", *rows)) + "\n")
    mapping = preview_incidents(workspace, [file], How(tz="Europe/London")).mapping
    assert mapping is not None
    (workspace.folder / "mapping.yaml").write_text(mapping.as_yaml())
    import_incidents(workspace, [file], How(mapping=workspace.folder / "mapping.yaml", tz="Europe/London"))
    result = small_run("base-rates", 2, 1)
    kept = {"name": "base-rates", "size": 2, "seed": 1, "at": "2018-11-30T17:00:00Z", "result": result, "failed": ""}
    (workspace.folder / "lab").mkdir()
    (workspace.folder / "lab" / "base-rates.json").write_text(json.dumps(kept))


@SEEN
def test_no_page_of_the_staff_site_shuts_anybody_out(
    browser: Browser, served: str, tmp_path: Path, width: int, scheme: Any
) -> None:
    # The site's own rule lets in no script but its own: axe comes in past it.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    looker = Looker(context.new_page(), served)
    for account, names in PAGES.items():
        looker.become(account)
        for name in names:
            looker.go(name)
    for acted in (_box, _signing, _link, _importing):
        acted(looker, tmp_path)
    looker.go("sign-in")
    context.close()
    assert looker.found == []


class Looker:
    """Somebody who looks at page after page, and notes what would shut anybody out."""

    def __init__(self, page: Page, served: str) -> None:
        self.page, self.served = page, served
        self.found: list[str] = []

    def become(self, account: str) -> None:
        """Sign in as a pretend person."""
        self.page.goto(f"{self.served}/sign-in.html")
        self.page.get_by_role("button", name=f"Be the {account}", exact=True).click()

    def go(self, name: str) -> None:
        """Look at a page by its name."""
        self.page.goto(f"{self.served}/{name if '?' in name else f'{name}.html'}")
        self.look(name)

    def press(self, button: str, heading: str) -> None:
        """Press a button that leads to a page with this heading, and look at it."""
        self.page.get_by_role("button", name=button).first.click()
        assert heading in self.page.locator("h1").inner_text()
        self.look(heading)

    def look(self, name: str) -> None:
        """Look at the page that is shown."""
        from axe_playwright_python.sync_playwright import Axe

        told = Axe().run(self.page).response["violations"]
        self.found += [f"{name}: {one['id']}: {one['nodes'][0]['html']}" for one in told]
        wide = self.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        self.found += [f"{name} scrolls sideways"] * wide


def _box(looker: Looker, _folder: Path) -> None:
    looker.become("iag-contact")
    looker.page.goto(f"{looker.served}/case-{CONSULTED}-chair.html")
    looker.page.get_by_role("button", name="Make a link for members").click()
    looker.page.goto(looker.page.locator("main code").inner_text())
    assert looker.page.locator("h1").inner_text() == "Write to the chair"
    looker.look("box")


def _signing(looker: Looker, _folder: Path) -> None:
    looker.become("authoriser")
    looker.page.goto(f"{looker.served}/case-{CONSULTED}-refuse.html")
    fill(looker.page, {"reasons": "The suspect was arrested.", "change": "Another assault."})
    looker.press("Go on to sign", "Sign")


def _link(looker: Looker, _folder: Path) -> None:
    looker.become("applicant")
    looker.page.goto(f"{looker.served}/case-{CONSULTED}.html")
    looker.press("Make the link", "A one-time link")


def _importing(looker: Looker, folder: Path) -> None:
    file = folder / "more.csv"
    good = "".join(f"{n},2018-11-{n:02} 21:00,51.61,-0.07,shooting\n" for n in range(1, 29))
    file.write_text(f"id,date,lat,lon,type\n{good}98,yesterday,51.61,-0.07,shooting\n")
    looker.become("analyst")
    looker.page.goto(f"{looker.served}/import.html")
    looker.page.get_by_label("File", exact=False).set_input_files(file)
    looker.press("Look at it", "Look before it is taken in")
    looker.page.get_by_text("The same as text").click()
    looker.look("the mapping as text")
    go_on = threading.Event()

    def held(*_args: object, progress: Callable[[int, int, str], None]) -> None:
        progress(30, 120, "checking")
        assert go_on.wait(60)
        raise InputError("These rows do not hold together.", where="row 7", fix="Mend row 7.")

    with patch.object(staff_imports, "in_child", held), patch.object(taking, "_SOON_S", 0.0):
        looker.press("Take it in", "Being taken in")
        go_on.set()
        # The page's own script finds out, and asks for the page anew.
        looker.page.get_by_role("heading", name="Not taken in").wait_for()
    looker.look("not taken in")
    looker.press("Look at it again", "Look before it is taken in")
    looker.page.get_by_role("button", name="Take it in").click()
    looker.page.get_by_role("heading", name="Imported").wait_for()
    looker.look("imported")


def test_windows_of_the_forecast_are_links_or_a_slider_and_print_shows_the_map(browser: Browser, served: str) -> None:
    for scripts in (False, True):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto(f"{served}/sign-in.html")
        page.get_by_role("button", name="Be the analyst", exact=True).click()
        page.goto(f"{served}/forecast.html")
        before = page.locator("#picture .lede").inner_text()
        if scripts:
            slider = page.get_by_label("Window", exact=True)
            slider.focus()
            for _ in range(3):
                slider.press("ArrowRight")
            page.wait_for_url("**/forecast.html?step=3")
            assert "Sat 1 Dec" in (slider.get_attribute("aria-valuetext") or "")
        else:
            page.get_by_role("navigation", name="Windows").get_by_role("link").nth(3).click()
        assert page.locator("#picture .lede").inner_text() != before
        page.emulate_media(media="print")
        assert page.locator("#picture svg").is_visible()
        assert not page.get_by_role("navigation", name="Windows").is_visible()
        context.close()


def test_every_form_is_looked_at_or_like_one_that_is() -> None:
    looked_at = {
        name.removeprefix(f"case-{CONSULTED}-").replace("-", "_") for names in PAGES.values() for name in names
    }
    alike = {"submit", "assess", "answer", "withdraw", "review", "reasons", "referral", "close", "urgent"}
    assert set(FORMS) <= looked_at | alike
