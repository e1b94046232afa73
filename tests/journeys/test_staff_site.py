"""Staff at work in a real browser: without scripts from a form to a decision, and with a passkey that signs one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import running
from staff_pages import fill, sign_in
from staff_site import ASSAULT, AUTHORISED, COMMUNITY, FIVE, Visitor, open_case, rehearsal, site

from answerable.clock import FixedClock
from answerable.service.workspace import open_workspace

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
MOST_TYPED = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rehearsal(tmp_path_factory.mktemp("staffed") / "w")


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(FIVE)


@pytest.fixture(scope="module")
def served(folder: Path, clock: FixedClock) -> Iterator[str]:
    """The staff site on a free port; by its name, since a passkey is bound to one."""
    with running(site(folder, clock), "localhost") as address:
        yield address


def test_an_urgent_case_is_filed_signed_and_ended_without_scripts(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served, "applicant")
    page.goto(f"{served}/open.html")
    fill(page, {"trigger": ASSAULT["trigger"], "path": "urgent"})
    page.get_by_role("button", name="Go on").click()
    assert fill(page, dict(ASSAULT)).typed <= MOST_TYPED
    page.get_by_role("button", name="Open it as a draft").click()
    case = page.url.rpartition("/case-")[2].removesuffix(".html")
    assert "It waits for" in page.content()
    sign_in(page, served, "community-lead")
    page.goto(f"{served}/case-{case}-community-impact.html")
    assert fill(page, dict(COMMUNITY)).typed <= MOST_TYPED
    page.get_by_role("button", name="Do it").click()
    sign_in(page, served, "urgent-authoriser")
    page.goto(f"{served}/case-{case}.html")
    page.get_by_role("link", name="Authorise it urgently").click()
    assert fill(page, dict(AUTHORISED)).typed <= MOST_TYPED
    page.get_by_role("button", name="Go on to sign").click()
    page.get_by_role("button", name="Confirm as a pretend person").click()
    assert "ends unless ratified" in page.content()
    page.goto(f"{served}/live.html")
    page.get_by_role("button", name=f"Take {case} back now").click()
    assert "The authority was taken back early" in page.content()
    context.close()


def test_a_passkey_is_added_signs_in_and_signs_a_decision(
    browser: Browser, served: str, folder: Path, clock: FixedClock
) -> None:
    case = open_case(Visitor(site(folder, clock), "applicant"), ASSAULT)
    context = browser.new_context()
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    sign_in(page, served, "authoriser")
    page.goto(f"{served}/settings.html")
    page.get_by_label("What you call the new key").fill("Desk key")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("Desk key").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/index.html")
    assert "demonstration" not in page.locator("header").inner_text()
    page.goto(f"{served}/case-{case}-refuse.html")
    fill(page, {"reasons": "The suspect was arrested.", "change": "Another assault."})
    page.get_by_role("button", name="Go on to sign").click()
    page.get_by_role("button", name="Sign with your passkey").click()
    page.wait_for_url(f"**/case-{case}.html")
    assert "A person said no" in page.content()
    with open_workspace(folder, clock) as workspace:
        event = workspace.store.events(case, kinds={"refuse"})[-1]
    assert "private/signature" in {field.name for field in event.fields}
    context.close()


def test_a_made_up_session_and_an_altered_one_are_led_to_signing_in_and_shown_nothing(
    browser: Browser, served: str, folder: Path, clock: FixedClock
) -> None:
    case = open_case(Visitor(site(folder, clock), "applicant"), ASSAULT)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, served, "applicant")
    (real,) = context.cookies()
    token = real["value"]
    for forged in ("A" * len(token), token[:-1] + ("A" if token[-1] != "A" else "B")):
        context.clear_cookies()
        context.add_cookies([{**real, "value": forged}])
        for path in ("index.html", "cases.html", f"case-{case}.html"):
            page.goto(f"{served}/{path}")
            assert page.url == f"{served}/sign-in.html?next={path}"
            assert ASSAULT["area"] not in page.content()
            assert "Signed in as" not in page.content()
    context.clear_cookies()
    context.add_cookies([real])
    page.goto(f"{served}/case-{case}.html")
    assert ASSAULT["area"] in page.content()
    assert "Signed in as applicant" in page.content()
    context.close()
