"""Every kind of page of the public site passes axe-core with no violation: light on a desk, dark on a phone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from serving import running

from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.app import public_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
# Each width with one of the colour schemes: colours do not hang on the width, nor the layout on the colours.
SEEN = pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (375, "dark")], ids=["desk", "phone"])
CASES = ("2018-0002", "2018-0003", "2018-0006", "2018-0007", "2018-0009", "2018-0010")


@pytest.fixture(scope="module")
def public(full_view: PublicView, contents: site.Contents, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("public")
    with as_file(files("answerable.record").joinpath("page")) as verifier:
        shutil.copytree(verifier, folder / "verify")
    told = replace(contents, served=True)
    with running(public_app(lambda: full_view, folder, lambda _: told)) as address:
        yield address


@pytest.fixture
def violations(browser: Browser) -> Callable[[str, int, str], list[str]]:
    """Say what axe-core finds wrong with a page; every rule it has is on."""
    from axe_playwright_python.sync_playwright import Axe

    def found(address: str, width: int, scheme: Any) -> list[str]:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        page.goto(address)
        if address.endswith("/map.html"):
            page.wait_for_selector("#moving[data-idle]", timeout=60_000)
        told = Axe().run(page).response["violations"]
        overflow = page.evaluate("document.documentElement.scrollWidth") > width
        page.close()
        return [f"{one['id']}: {one['nodes'][0]['html']}" for one in told] + ["it scrolls sideways"] * overflow

    return found


@SEEN
def test_no_page_of_the_public_site_shuts_anybody_out(
    public: str,
    full_view: PublicView,
    contents: site.Contents,
    violations: Callable[..., list[str]],
    width: int,
    scheme: str,
) -> None:
    assert set(CASES) <= {case.id for case in full_view.cases}
    fixed = [path.removesuffix(".html") for path in site.builders(full_view, contents)]
    assert len(fixed) >= 24
    asked = ("base-rates.html?hours=x#", "letter.html?area=Canal%20Side&date=2018-12-02", "letter.html?area=x&date=y")
    fixed = [*fixed, *asked, "nothing"]
    # The two pages with a script of their own; the map is there where its library was copied at set-up.
    fixed = [*fixed, "verify/index", *(["map"] if site.MOVING else [])]
    names = [*fixed, *(f"case-{name}" for name in CASES)]
    for name in names:
        address = f"{public}/{name if '?' in name else f'{name}.html'}"
        assert violations(address, width, scheme) == [], address


@SEEN
def test_nobody_is_shut_out_of_a_consultation(
    consulting: PublicView,
    contents: site.Contents,
    violations: Callable[..., list[str]],
    tmp_path: Path,
    width: int,
    scheme: str,
) -> None:
    app = public_app(lambda: consulting, tmp_path, lambda _: contents, inbox=tmp_path / "responses")
    with running(app) as address:
        assert violations(f"{address}/consultation.html", width, scheme) == []
        assert "Respond here" in httpx.get(f"{address}/consultation.html").text


def test_axe_would_have_found_something(browser: Browser, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page()
    (tmp_path / "bad.html").write_text("<html><body><img src='x'><p style='color:#ccc'>faint</p></body></html>")
    page.goto((tmp_path / "bad.html").as_uri())
    found = {one["id"] for one in Axe().run(page).response["violations"]}
    page.close()
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
