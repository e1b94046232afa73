"""The staff site reads a workspace and shows what the public does not see; it cannot change anything."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
import yaml

from answerable.case.casefile import template
from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import NotAllowed, UsageError
from answerable.service.cases import act, open_case
from answerable.service.workspace import init_workspace, open_workspace
from answerable.web.serve import serve_staff
from answerable.web.staff import staff_app

FIVE = datetime(2018, 11, 30, 17, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rehearsal with one blocked case, which somebody without the role tried to refuse."""
    folder = tmp_path_factory.mktemp("staff") / "w"
    clock = FixedClock(FIVE)
    init_workspace(folder, time_zone="Europe/London", clock=clock)
    document = {**yaml.safe_load(template()), "reports": []}
    del document["as_of"]
    (folder / "case.yaml").write_text(yaml.safe_dump(document), encoding="utf8")
    with open_workspace(folder, clock) as workspace:
        case = open_case(workspace, folder / "case.yaml", "applicant").id
        act(workspace, case, Command("submit"), "applicant")
        act(workspace, case, Command("assess"), "analyst")
        with pytest.raises(NotAllowed):
            act(workspace, case, Command("refuse", reasons="No.", what_would_change="Yes."), "applicant")
    return folder


def get(folder: Path, path: str, method: str = "GET") -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=staff_app(folder, FixedClock(FIVE)))
        async with httpx.AsyncClient(transport=transport, base_url="http://staff") as client:
            return await client.request(method, path)

    return asyncio.run(ask())


@pytest.mark.parametrize("page", ["index", "cases", "case-2018-0001", "forecast"])
def test_every_page_has_its_twin_its_watermark_and_its_headers(folder: Path, page: str) -> None:
    shown, twin = get(folder, f"/{page}.html"), get(folder, f"/{page}.json")
    assert shown.status_code == twin.status_code == 200
    assert "REHEARSAL" in shown.text
    assert twin.json()["workspace"] == "rehearsal"
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "<style" not in shown.text


def test_a_case_shows_its_rules_its_events_and_who_tried_what(folder: Path) -> None:
    page = get(folder, "/case-2018-0001.html").text
    assert "AP08" in page
    assert "Attempts that were not allowed" in page
    assert "applicant: refuse" in page


def test_without_incidents_the_forecast_says_what_to_do(folder: Path) -> None:
    assert "answerable import" in get(folder, "/forecast.html").text


@pytest.mark.parametrize("path", ["/case-2018-0099.html", "/nothing.html", "/cases.xml"])
def test_what_is_not_there_is_404(folder: Path, path: str) -> None:
    assert get(folder, path).status_code == 404


def test_the_root_leads_to_the_first_page_and_the_style_sheet_is_there(folder: Path) -> None:
    assert get(folder, "/").headers["location"] == "index.html"
    assert get(folder, "/style.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(folder: Path, method: str) -> None:
    assert get(folder, "/cases.html", method).status_code == 405


def test_it_is_not_served_to_other_machines(folder: Path) -> None:
    with pytest.raises(UsageError, match="no sign-in"):
        serve_staff(folder, "0.0.0.0", 8001)


def test_the_staff_site_says_that_it_is_not_the_public_record(folder: Path) -> None:
    for path in ("/index.html", "/cases.html"):
        page = get(folder, path).text
        assert "Staff only" in page
        assert 'class="strap">A public record' not in page
