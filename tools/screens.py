"""Take a picture of every page, at a desk and some on a phone in the dark, into docs/screens/.

``make screens`` runs this on the workspace of the demo, and on a copy of it for the staff site (``screens_staff.py``),
since looking is noted there. It drives the system's Chromium and waits for nothing but the page itself, since no public
page needs a script.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from answerable.web.static_site import write_static

ROOT = Path(__file__).resolve().parent.parent
SCREENS = ROOT / "docs/screens"
PHONE = ("index", "case", "letter", "planning")
QUALITY = 55


def main() -> int:
    """Write the pictures; the workspace is the first argument, by default the demo's."""
    workspace = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
    public, chromium = workspace / "public", shutil.which("chromium") or shutil.which("chromium-browser")
    if not (public / "checkpoint").is_file() or chromium is None:
        print(f"screens: needs the public folder {public} (make demo) and Chromium (make system)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        write_static(public, site, datetime.now(UTC))
        take(site, chromium)
        staff = Path(folder) / "staff"
        shutil.copytree(workspace, staff)
        take_inside(staff, chromium)
    print(f"screens: {len(list(SCREENS.glob('*.jpg')))} pictures in {SCREENS.relative_to(ROOT)}")
    return 0


def take(site: Path, chromium: str) -> None:
    """Photograph the pages of a folder: every kind once, of the cases only the first."""
    from playwright.sync_api import sync_playwright

    case = min(path.stem for path in site.glob("case-*.html"))
    names = {path.stem: path.stem for path in sorted(site.glob("*.html")) if not path.stem.startswith("case-")}
    names["case"] = case
    SCREENS.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium)
        for name, page in names.items():
            shown = browser.new_page(viewport={"width": 1100, "height": 1400})
            shown.goto((site / f"{page}.html").as_uri())
            shown.screenshot(path=SCREENS / f"{name}.jpg", type="jpeg", quality=QUALITY)
            shown.close()
        for name in PHONE:
            shown = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme="dark")
            shown.goto((site / f"{names[name]}.html").as_uri())
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
