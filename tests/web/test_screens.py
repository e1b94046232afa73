"""Every page of both sites has its picture in docs/screens/."""

from __future__ import annotations

from pathlib import Path

from staff_site import Visitor, rehearsal, site

from answerable.web.catalogue import catalogue
from answerable.web.pages.moving_map import PATH as MAP

# What a force's own provider leads back to shows nothing but the way on.
NOT_TAKEN = {"sign-in-back"}


def test_every_public_page_has_a_picture(root: Path) -> None:
    names = {*catalogue("en")["contents"]["names"], MAP.removesuffix(".html"), "case", "verify"}
    assert not [name for name in sorted(names) if not (root / f"docs/screens/{name}.jpg").is_file()]


def test_every_page_of_the_staff_site_has_a_picture(root: Path, tmp_path: Path) -> None:
    paths = Visitor(site(rehearsal(tmp_path / "w"))).get("/openapi.json").json()["paths"]
    names = {
        path.strip("/").removesuffix(".html").replace("-{case_id}", "").replace("-{token}", "")
        for path, ways in paths.items()
        if "get" in ways and path.endswith(".html")
    } - NOT_TAKEN
    assert len(names) > 40
    assert not [name for name in sorted(names) if not list((root / "docs/screens").glob(f"staff-{name}*.jpg"))]
