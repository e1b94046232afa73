"""A resident reads the public record in a real browser: from the first page to a case, its proof and the map.

Once from a folder by double-click, once from the server; in light, in dark and on a phone; without scripts of any kind.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from serving import running

from answerable.policy.pack import load_pack
from answerable.present.article import load_article
from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.app import public_app
from answerable.web.pages.base_rates import worked_tables
from answerable.web.vignettes import worked_vignettes

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
PAGES = (
    "index", "plan", "cases", "case-2018-0001", "case-2018-0002", "base-rates", "rules", "about", "planning", "routine",
    "evidence", "indicators", "fairness", "track-record", "letter", "downloads", "pages",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(root: Path) -> ModuleType:
    """The made record that the tests of the pages use."""
    spec = importlib.util.spec_from_file_location("made_record", root / "tests" / "web" / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_record"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def record(made: ModuleType) -> PublicView:
    view: PublicView = made.made_view(load_pack("uk.armed_patrol"))
    return view


@pytest.fixture(scope="module")
def contents() -> site.Contents:
    pack = load_pack("uk.armed_patrol")
    return site.Contents(load_article(), worked_tables(), pack, worked_vignettes(pack))


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, made: ModuleType, record: PublicView, contents: site.Contents
) -> Path:
    """The static site with the log's own files beside it."""
    folder = tmp_path_factory.mktemp("site")
    made.write_log(folder, record)
    shown = site.pages(
        record,
        article=contents.article,
        base_rate_tables=contents.base_rate_tables,
        pack=contents.pack,
        vignettes=contents.vignettes,
    )
    for name, content in shown.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def served(folder: Path, record: PublicView, contents: site.Contents) -> Iterator[str]:
    """Address of the site as its own server gives it."""
    with running(public_app(lambda: record, folder, lambda _: contents)) as url:
        yield url


@pytest.fixture(params=["folder", "served"])
def address(request: pytest.FixtureRequest, folder: Path, served: str) -> str:
    return folder.as_uri() if request.param == "folder" else served


def _failed(request: Any) -> str:
    """Say which request failed; nothing for one that the browser itself cut off.

    It does so when the reader moves on, or closes the window, before the icon has come, and when a link is saved and
    not opened. What a server refuses or drops has another error, or an answer of its own.
    """
    return "" if request.failure == "net::ERR_ABORTED" else f"{request.url} failed: {request.failure}"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page with scripts off, that fails the test when the browser complains or anything else is asked for."""
    context = browser.new_context(java_script_enabled=False, accept_downloads=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("requestfailed", lambda request: complaints.append(_failed(request)))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    yield page
    context.close()
    assert [complaint for complaint in complaints if complaint] == []
    assert all(url.startswith(("file:", "http://127.0.0.1:", "data:")) for url in asked)


def test_from_the_first_page_to_a_case_its_proof_and_the_map(page: Page, address: str, tmp_path: Path) -> None:
    page.goto(f"{address}/index.html")
    assert page.get_by_text("SIMULATED: this is about an invented city").first.is_visible()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Armed patrols")
    page.get_by_role("navigation").get_by_role("link", name="Cases", exact=True).click()
    page.get_by_role("link", name="2018-0002").click()
    assert page.get_by_text("This does not limit armed response under APP").is_visible()
    proof = page.get_by_role("link", name="Download its proof").last
    if address.startswith("file:"):
        # In a folder the proof is there already; a browser shows it.
        proof.click()
        assert page.locator("body").inner_text().startswith("c2sp.org/tlog-proof@v1")
        name = Path(page.url).name
        page.go_back()
    else:
        with page.expect_download() as saved:
            proof.click()
        name = saved.value.suggested_filename
        saved.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_text().startswith("c2sp.org/tlog-proof@v1")
    assert page.get_by_text(f"answerable record verify {name} --policy log-policy").is_visible()
    page.get_by_role("navigation").get_by_role("link", name="Map", exact=True).click()
    assert page.get_by_role("img", name="Chance of at least one incident").is_visible()
    assert page.get_by_role("row", name="Northfield").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(375, "light"), (375, "dark"), (800, "light"), (1100, "light")])
def test_no_page_scrolls_sideways_on_a_phone_a_tablet_or_a_desk(
    browser: Browser, folder: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme)
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{folder.as_uri()}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()


def test_the_style_applies_in_both_colour_schemes(browser: Browser, address: str) -> None:
    grounds = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(f"{address}/planning.html")
        grounds[scheme] = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.am-s5')).fill]"
        )
        page.close()
    assert grounds["light"][0] == "rgb(251, 250, 246)"
    assert grounds["dark"][0] == "rgb(17, 23, 22)"
    assert grounds["light"][1] != grounds["dark"][1]


def test_the_keyboard_reaches_the_content_first_and_can_scroll_the_map(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 375, "height": 700})
    page.goto(f"{address}/planning.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "scroller"
    page.close()


def test_print_keeps_the_watermark_the_map_and_the_rules_that_held(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(f"{address}/planning.html")
    assert page.locator(".watermark").is_visible()
    assert page.locator(".map svg").is_visible()
    assert not page.get_by_role("navigation").is_visible()
    page.goto(f"{address}/case-2018-0002.html")
    inside = page.locator("details .finding").first
    assert inside.bounding_box()["height"] > 0
    page.close()


def test_the_calculator_works_without_scripts(page: Page, served: str) -> None:
    page.goto(f"{served}/base-rates.html")
    page.get_by_label("Hours of one deployment").fill("48")
    page.get_by_label("Places covered by one deployment").fill("8")
    page.get_by_role("button", name="Work it out").click()
    assert page.get_by_role("heading", name="Your figures").is_visible()
    assert page.get_by_text("Of 100 such deployments at a random place and time, about 4").is_visible()
