"""Take a picture of every page, at a desk and some on a phone in the dark, into docs/screens/.

``make screens`` runs this on the workspace of the demo, and on a copy of it for the staff site (``screens_staff.py``),
since looking is noted there. It drives the system's Chromium and waits for nothing but the page itself, since no public
page needs a script; only the map that can be moved is given time to be drawn.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from serving import running

from answerable.clock import SystemClock
from answerable.service.public_view import PublicView
from answerable.web.app import public_app
from answerable.web.contents import ContentsReader
from answerable.web.pages.case_path import case_path
from answerable.web.reading import PublicReader
from answerable.web.site import builders

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / "docs/screens"
PHONE = ("index", "case", "letter", "planning")
QUALITY = 55
# How long the map that can be moved takes to be drawn without a graphics card, with some to spare.
DRAWN_MS = 4000


def main() -> int:
    """Write the pictures; the workspace is the first argument, by default the demo's."""
    workspace = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    public, chromium = workspace / "public", shutil.which("chromium") or shutil.which("chromium-browser")
    if not (public / "checkpoint").is_file() or chromium is None:
        print(f"screens: needs the public folder {public} (make demo) and Chromium (make system)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        read, contents = PublicReader(public, SystemClock()), ContentsReader(public)
        with running(public_app(read, public, contents, inbox=Path(folder) / "responses")) as address:
            take(address, pictures(read(), contents), chromium)
        staff = Path(folder) / "staff"
        shutil.copytree(workspace, staff)
        take_inside(staff, chromium)
    print(f"screens: {len(list(SCREENS.glob('*.jpg')))} pictures in {SCREENS.relative_to(ROOT)}")
    return 0


def pictures(view: PublicView, contents: ContentsReader) -> dict[str, str]:
    """Return the path of every kind of page, by the name of its picture; of cases that of the first."""
    paths = [path for path in builders(view, contents(view)) if not path.startswith("cases-")]
    more = {"case": case_path(view.cases[0].id), "verify": "verify/index.html", "map": "map.html"}
    return {path.removesuffix(".html"): path for path in paths} | more


def take(address: str, names: Mapping[str, str], chromium: str) -> None:
    """Photograph these pages of the site at ``address``."""
    from playwright.sync_api import sync_playwright

    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium)
        for name, page in names.items():
            shown = browser.new_page(viewport={"width": 1100, "height": 1400})
            shown.goto(f"{address}/{page}")
            shown.wait_for_timeout(DRAWN_MS if name == "map" else 0)
            shown.screenshot(path=SCREENS / f"{name}.jpg", type="jpeg", quality=QUALITY)
            shown.close()
        for name in PHONE:
            shown = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme="dark")
            shown.goto(f"{address}/{names[name]}")
            shown.screenshot(path=SCREENS / f"{name}-phone-dark.jpg", type="jpeg", quality=QUALITY)
            shown.close()
        browser.close()


def take_inside(workspace: Path, chromium: str) -> None:
    """Photograph the staff site of a workspace that nobody else uses."""
    from playwright.sync_api import sync_playwright

    from screens_staff import take_staff

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium)
        take_staff(workspace, browser, SCREENS)
        browser.close()


if __name__ == "__main__":
    sys.exit(main())
