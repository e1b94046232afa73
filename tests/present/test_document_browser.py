from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from answerable.present.case_document import CaseSource, case_document
from answerable.present.document_writers import document_html

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(whole_case: CaseSource, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "case.html"
    path.write_text(document_html(case_document(whole_case)), encoding="utf8")
    return path


@pytest.mark.parametrize("width", [320, 800, 1400])
def test_the_page_never_scrolls_sideways(browser: Browser, page_file: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, page_file: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert asked == [page_file.as_uri()]
    assert said == []
    page.close()


def test_every_section_can_be_reached_by_its_link(browser: Browser, page_file: Path) -> None:
    page = browser.new_page()
    page.goto(page_file.as_uri())
    links = page.locator("nav a")
    assert links.count() == 7
    links.nth(4).click()
    assert page.evaluate("location.hash") == "#action"
    assert page.locator("section#action h2").is_visible()
    page.close()


def test_on_paper_the_mark_is_there_and_no_table_is_cut(browser: Browser, page_file: Path) -> None:
    page = browser.new_page(viewport={"width": 700, "height": 900})
    page.goto(page_file.as_uri())
    page.emulate_media(media="print")
    assert page.locator(".faint").is_visible()
    cut = "[...document.querySelectorAll('.wide')].filter(e => getComputedStyle(e).overflowX !== 'visible').length"
    assert page.evaluate(cut) == 0
    page.close()
