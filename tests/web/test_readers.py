"""Readers of the public record, each in a real browser from the first page to the answer they came for.

Scripts are off, but on the page that checks a proof. Nobody asks anything of another host.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from serving import running

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.service.cases import act, open_case
from answerable.service.public_view import PublicView
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web import site
from answerable.web.app import public_app
from answerable.web.contents import ContentsReader
from answerable.web.pages.reader_list import readers
from answerable.web.reading import PublicReader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(full_view: PublicView, contents: site.Contents, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made record with a case of every kind."""
    with running(public_app(lambda: full_view, tmp_path_factory.mktemp("public"), lambda _: contents)) as address:
        yield address


@pytest.fixture
def page(browser: Browser, made: str) -> Iterator[Page]:
    """A page at the first page of the record, scripts off, which may ask of this host alone."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{made}/index.html")
    yield page
    context.close()
    assert all(url.startswith(made) for url in asked), asked


def follow(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("link", name=name, exact=True).first.click()


def test_a_journalist_takes_the_register_home(page: Page, full_view: PublicView, tmp_path: Path) -> None:
    follow(page, "All pages", "Downloads")
    with page.expect_download() as saved:
        follow(page, "cases.csv")
    saved.value.save_as(tmp_path / "cases.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "cases.csv").read_text(encoding="utf-8"))))
    assert [row["id"] for row in rows] == [case.id for case in full_view.cases]


def test_a_resident_gets_a_letter_about_a_night_and_learns_how_to_complain(page: Page) -> None:
    follow(page, "A letter to residents")
    page.get_by_label("Area").fill("Market Cross")
    page.get_by_label("Day", exact=True).fill("2018-11-30")
    page.get_by_role("button", name="Write the letter").click()
    assert page.get_by_role("heading", name="To everybody who lives or works in Market Cross").is_visible()
    assert page.get_by_text("Armed officers were deployed in Market Cross").is_visible()
    page.get_by_label("Area").fill("Atlantis")
    page.get_by_role("button", name="Write the letter").click()
    assert page.get_by_role("alert").get_by_text("The register has no area of this name").is_visible()
    follow(page, "How to complain")
    assert page.get_by_text("Independent Office for Police Conduct").is_visible()


def test_a_member_of_a_scrutiny_committee_has_one_page_for_the_meeting(page: Page) -> None:
    follow(page, "All pages", "Brief for a scrutiny meeting")
    assert page.get_by_role("row", name="Refused by a person").is_visible()
    assert page.get_by_role("columnheader", name="Year to now").is_visible()
    figures = "".join(page.locator("dl.facts").all_inner_texts())
    for name in ("Force used", "Objections without an answer", "Overdue accounts"):
        assert name in figures
    page.emulate_media(media="print")
    assert not page.get_by_role("navigation").is_visible()
    assert page.get_by_role("heading", name="Questions for the meeting").is_visible()
    margin = {"top": "12mm", "bottom": "12mm", "left": "14mm", "right": "14mm"}
    printed = page.pdf(format="A4", margin=margin)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1, "one sheet of paper"


def test_the_commissioner_finds_the_notice_the_reply_and_the_answer(page: Page) -> None:
    follow(page, "Consultation")
    assert page.get_by_role("row", name="Fear").get_by_text("Fear is a measure of its own").is_visible()
    follow(page, "The whole story of each adoption, with who was not reached")
    text = page.locator("main").inner_text()
    assert "What would end it?" in text
    assert "Its stop rule would." in text


def test_an_adviser_finds_their_words_and_what_was_answered(page: Page) -> None:
    follow(page, "Cases", "2018-0006")
    text = page.locator("main").inner_text()
    assert "Residents will read this as an occupation." in text
    assert "Two youth workers will be there." in text


def test_an_inspector_sees_counters_beside_limits_and_each_rule_with_its_source(page: Page) -> None:
    follow(page, "All pages", "Has it become routine?")
    assert page.get_by_role("row").filter(has_text="Renewals: an extension counts as a deployment").is_visible()
    assert page.get_by_role("img", name="Uses within a year, by area").is_visible()
    follow(page, "Rules")
    assert page.locator("#AP05").is_visible()


def test_an_investigator_follows_one_case_entry_by_entry_to_a_proof(page: Page) -> None:
    follow(page, "If you investigate one case")
    assert page.get_by_text("Unbroken. That does not show that everything was entered.").is_visible()
    follow(page, "Cases", "2018-0006")
    entries = page.locator("ol.timeline > li")
    assert entries.count() >= 5
    for one in entries.all():
        assert one.get_by_text("Download its proof").is_visible() or one.get_by_text("not in this folder").is_visible()
        assert one.locator("time").first.get_attribute("datetime")


def test_a_data_protection_officer_learns_what_is_held_and_what_never_is(page: Page) -> None:
    follow(page, "If you look after data protection")
    figures = page.locator("dl.facts").inner_text()
    assert "there is no field for a suspect, a victim or a witness" in figures
    assert "a mark with the reason stands in its place" in figures
    follow(page, "What “verified” means")
    assert page.get_by_text("names of officers: entries name offices").is_visible()
    follow(page, "All pages", "Downloads")
    assert page.get_by_role("heading", name="What the columns mean").is_visible()


def test_a_commander_sees_the_limit_and_that_no_case_opens_from_the_map(page: Page) -> None:
    follow(page, "If you lead or plan deployments")
    assert page.get_by_text("One more case").is_visible()
    follow(page, "Map")
    assert page.get_by_text("no case can be opened from it").is_visible()


@pytest.mark.parametrize("name", [str(one["name"]) for one in readers()])
def test_every_reader_has_the_figures_they_came_for_on_the_first_screen_of_a_phone(
    browser: Browser, made: str, name: str
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 812})
    page = context.new_page()
    page.goto(f"{made}/index.html")
    line = page.locator(".plain-line").bounding_box()
    assert line is not None
    assert line["y"] + line["height"] < 812
    page.locator(f'main a[href="for-{name}.html"]').click()
    told = page.locator("dl.facts > div")
    shown = [box["y"] + box["height"] for one in told.all() if (box := one.bounding_box()) is not None]
    assert len(shown) >= 4
    assert sum(bottom < 812 for bottom in shown) >= 4
    page.emulate_media(media="print")
    assert told.last.is_visible()
    context.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The public folder of a rehearsal with one case that was taken back."""
    folder, clock = tmp_path_factory.mktemp("real") / "w", FixedClock(FIVE)
    init_workspace(folder, time_zone="Europe/London", clock=clock)
    (folder / "case.yaml").write_text(template(), encoding="utf8")
    with open_workspace(folder, clock) as workspace:
        case = open_case(workspace, folder / "case.yaml", "applicant").id
        act(workspace, case, Command("withdraw", reasons="Not needed."), "applicant")
    return folder / "public"


def test_anybody_checks_a_proof_from_a_case_s_page_in_the_browser_and_an_altered_one_fails(
    browser: Browser, real: Path, tmp_path: Path
) -> None:
    app = public_app(PublicReader(real, FixedClock(FIVE)), real, ContentsReader(real))
    with running(app) as address:
        page = browser.new_context(accept_downloads=True).new_page()
        page.goto(f"{address}/cases.html")
        follow(page, "2018-0001")
        for name, link in (("proof", "Download its proof"), ("policy", "log-policy")):
            with page.expect_download() as saved:
                page.get_by_role("link", name=link, exact=True).last.click()
            saved.value.save_as(tmp_path / name)
        page.get_by_role("link", name="in this browser").last.click()
        text = (tmp_path / "proof").read_text()
        (tmp_path / "altered").write_text(text.replace(text[-9], "A" if text[-9] != "A" else "B"))
        for name, mark in (("proof", "output.good"), ("altered", "output.bad")):
            page.get_by_label("The proof file").set_input_files(tmp_path / name)
            page.get_by_label("Your policy file").set_input_files(tmp_path / "policy")
            page.get_by_role("button", name="Check").click()
            page.wait_for_selector(mark)
        assert page.get_by_role("status").inner_text().startswith("Not verified.")
        page.get_by_role("link", name="Back to the record").click()
        assert page.url == f"{address}/index.html"
        page.context.close()
