"""Every page of the staff site passes axe-core with no violation: light on a desk, dark on a phone; none is heavy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from serving import running
from staff_site import CONSULTED, rehearsal, site

from answerable.web.pages.staff_acts import FORMS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SEEN = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["desk", "phone"])
PAGES = {
    "analyst": ("index", "cases", "live", "forecast", "intelligence", "data", "import", "settings", "nothing"),
    "applicant": (
        "open",
        "open-form",
        "open-form.html?trigger=imminent_intel&path=planned",
        "open-form.html?trigger=serious_assault_response&path=urgent",
        f"case-{CONSULTED}",
    ),
    "authoriser": tuple(f"case-{CONSULTED}-{verb}" for verb in ("authorise", "refuse", "extend", "ratify", "revoke")),
    "intel-evaluator": ("report", "intelligence"),
    "chief-officer": ("audit",),
    "community-lead": (f"case-{CONSULTED}-community-impact", f"case-{CONSULTED}-debrief"),
    "equality-lead": (f"case-{CONSULTED}-equality-impact",),
    "evaluator": (f"case-{CONSULTED}-evaluate",),
    "iag-contact": (f"case-{CONSULTED}-advise",),
    "operational-commander": tuple(f"case-{CONSULTED}-{verb}" for verb in ("start", "log", "end")),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    app = site(rehearsal(tmp_path_factory.mktemp("seen") / "w", consulted=True))
    with running(app, "localhost") as address:
        yield address


@SEEN
def test_no_page_of_the_staff_site_shuts_anybody_out(browser: Browser, served: str, width: int, scheme: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The site's own rule lets in no script but its own: axe comes in past it.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page, found = context.new_page(), []
    for account, names in PAGES.items():
        page.goto(f"{served}/sign-in.html")
        page.get_by_role("button", name=f"Be the {account}", exact=True).click()
        for name in names:
            page.goto(f"{served}/{name if '?' in name else f'{name}.html'}")
            told = Axe().run(page).response["violations"]
            found += [f"{name}: {one['id']}: {one['nodes'][0]['html']}" for one in told]
            wide = page.evaluate("document.documentElement.scrollWidth") > width
            found += [f"{name} scrolls sideways"] * wide
    page.goto(f"{served}/sign-in.html")
    found += [f"sign-in: {one['id']}: {one['nodes'][0]['html']}" for one in Axe().run(page).response["violations"]]
    context.close()
    assert found == []


def test_every_form_is_looked_at_or_like_one_that_is() -> None:
    looked_at = {
        name.removeprefix(f"case-{CONSULTED}-").replace("-", "_") for names in PAGES.values() for name in names
    }
    alike = {"submit", "assess", "answer", "withdraw", "review", "reasons", "referral", "close", "urgent"}
    assert set(FORMS) <= looked_at | alike
