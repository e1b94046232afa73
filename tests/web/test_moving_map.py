"""The map that can be moved: on request, of this host alone, and never the only way to read the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from serving import running

from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.app import public_app
from answerable.web.pages.moving_map import moving_map
from answerable.web.pages.planning import page as planning

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

COPIED = pytest.mark.skipif(not site.MOVING, reason="the front-end files were not copied: make setup copies them")


@pytest.fixture(scope="module")
def served(view: PublicView, contents: site.Contents, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    told = replace(contents, served=True)
    with running(public_app(lambda: view, tmp_path_factory.mktemp("public"), lambda _: told)) as address:
        yield address


def opened(browser: Browser, served: str, **more: Any) -> Page:
    """The page, reached by its link from the drawn map."""
    page = browser.new_context(**more).new_page()
    page.goto(f"{served}/planning.html")
    page.get_by_role("link", name="The same map, to be moved and enlarged").click()
    return page


def test_it_says_what_the_drawn_map_says(view: PublicView) -> None:
    page = moving_map(view)
    assert page is not None
    assert page.data["picture"] == planning(view).data["picture"]
    outlines = {one["name"]: one for one in page.data["outlines"]}
    assert set(outlines) == {one["name"] for one in page.data["picture"]["areas"]}
    assert all(len(one["ring"]) >= 4 and 0 <= one["shade"] <= 6 for one in outlines.values())
    for one in page.data["picture"]["areas"]:
        # Only what is likelier than the base rate is shaded.
        assert one["lift"] > 1 or outlines[one["name"]]["shade"] == 0, one["name"]


def test_its_legend_has_the_classes_of_the_drawn_map(view: PublicView) -> None:
    page = moving_map(view)
    assert page is not None
    legend = page.data["legend"]
    shades = {one["shade"] for one in legend["classes"]}
    assert {one["shade"] for one in page.data["outlines"]} <= shades
    assert len(shades) == len(legend["classes"])
    drawn = re.sub(r"<[^>]+>", "\n", planning(view).markup["map"])
    for words in (legend["unit"], legend["unshaded"], *(one["words"] for one in legend["classes"])):
        assert f"\n{words}\n" in drawn, words


def test_without_a_picture_there_is_none_and_a_copy_in_a_folder_does_not_lead_to_it(
    view: PublicView, contents: site.Contents
) -> None:
    assert moving_map(replace(view, pictures=())) is None
    assert "movable" not in site.builders(view, contents)["planning.html"]().data


@COPIED
@pytest.mark.browser
def test_it_is_drawn_by_the_reader_s_own_machine_from_this_host_alone(
    browser: Browser, served: str, view: PublicView
) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import expect

    told = moving_map(view).data  # type: ignore[union-attr]
    names, classes = [one["name"] for one in told["outlines"]], [one["words"] for one in told["legend"]["classes"]]
    page = browser.new_context(bypass_csp=False, viewport={"width": 900, "height": 700}).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    # The library draws names letter by letter, in a font of the reader's own machine.
    page.add_init_script(
        "const drawn = OffscreenCanvasRenderingContext2D.prototype, draw = drawn.fillText; window.written = [];"
        "drawn.fillText = function (...how) { window.written.push(how[0]); draw.apply(this, how); }"
    )
    page.goto(f"{served}/planning.html")
    assert not any("maplibre" in url for url in asked)
    page.get_by_role("link", name="The same map, to be moved and enlarged").click()
    page.wait_for_selector("#moving[data-idle]", timeout=60_000)
    assert not page.locator("figure.map").is_visible()
    picture = page.locator("#moving").bounding_box()
    mark = page.locator("#moving .mark strong").bounding_box()
    # A picture of the map alone still says what kind of record it is from.
    assert picture["y"] <= mark["y"] < picture["y"] + picture["height"] / 2  # type: ignore[index]
    assert "SIMULATED" in page.locator("#moving .mark").inner_text()
    assert page.get_by_role("list", name="Chance in 1,000").get_by_role("listitem").all_inner_texts() == classes
    assert {letter for name in names for letter in name} - {" "} <= set("".join(page.evaluate("window.written")))
    page.mouse.move(450, page.locator("#moving").bounding_box()["y"] + 200)  # type: ignore[index]
    expect(page.get_by_role("status")).to_contain_text(" in ")
    assert all(url.startswith((served, "data:", "blob:")) for url in asked), asked
    assert complaints == []
    found = Axe().run(page).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == []
    page.emulate_media(media="print")
    assert page.locator("figure.map svg").is_visible()
    assert not page.locator("#moving").is_visible()
    page.context.close()


@pytest.mark.browser
@COPIED
def test_with_scripts_off_the_drawn_map_and_its_table_are_there(browser: Browser, served: str) -> None:
    page = opened(browser, served, java_script_enabled=False)
    assert page.locator("figure.map svg").is_visible()
    assert page.get_by_role("table").is_visible()
    assert not page.locator("#moving").is_visible()
    page.context.close()


@pytest.mark.browser
@COPIED
def test_without_webgl_the_drawn_map_stays(browser: Browser, served: str) -> None:
    page = browser.new_context().new_page()
    # As on a machine whose browser has none: no canvas gives a context to draw with.
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{served}/map.html")
    page.wait_for_selector("#moving[data-failed]", state="attached", timeout=60_000)
    assert page.locator("figure.map svg").is_visible()
    assert not page.locator("#moving").is_visible()
    assert "the one below says the same" in page.get_by_role("status").inner_text()
    page.context.close()
