"""The public site as it is served."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asking import Site

from answerable.errors import IntegrityError
from answerable.policy.pack import Pack
from answerable.record.errors import Altered, RecordError
from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.app import public_app
from answerable.web.contents import ContentsReader
from answerable.web.headers import HEADERS

PAGES = (
    "/index.html", "/index.json", "/cases.html", "/case-2018-0001.html", "/case-2018-0002.json", "/base-rates.html",
    "/planning.html", "/rules.html", "/policy.html", "/policy.json", "/rarity.html", "/rarity.json",
    "/about.html", "/style.css", "/icon.svg", "/openapi.json",
)  # fmt: skip
LOG_FILES = {
    "/checkpoint": "text/plain; charset=utf-8",
    "/log-policy": "text/plain; charset=utf-8",
    "/tile/0/000": "application/octet-stream",
    "/openings/0.json": "application/json",
    "/disclosures/0.json": "application/json",
    "/covers/2018-11-30.json": "application/json",
    "/proofs/3.tlog-proof": "text/plain; charset=utf-8",
    "/packs/uk.armed_patrol.yaml": "text/plain; charset=utf-8",
    "/programme-evaluation.json": "application/json",
    "/notices.atom": "application/atom+xml; charset=utf-8",
    "/papers/0a1b-eia.md": "text/plain; charset=utf-8",
    "/papers/0a1b-eia.pdf": "application/octet-stream",
}
NOWHERE = (
    "/nothing", "/nothing.html", "/case-2018-9999.html", "/index.xml", "/notes.txt", "/proofs", "/proofs/", "/tile/0",
    "/proofs/../notes.txt", "/proofs/..%2f..%2fsecret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/docs", "/redoc",
    "/tile/%00", "/papers/%00", f"/papers/{'x' * 50_000}", f"/papers/{'x/' * 25_000}", "/%00", "/proofs/%ff",
)  # fmt: skip


@pytest.fixture
def make_client(public_folder: Path, contents: site.Contents) -> Callable[[Callable[[], PublicView]], Site]:
    def make(read: Callable[[], PublicView]) -> Site:
        app = public_app(read, public_folder, lambda _: contents)
        return Site(app)

    return make


@pytest.fixture
def client(make_client: Callable[[Callable[[], PublicView]], Site], view: PublicView) -> Site:
    return make_client(lambda: view)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_served_and_can_be_asked_for_by_head(client: Site, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    if path != "/openapi.json":
        head = client.head(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["content-length"] == str(len(answer.content))


def test_served_pages_are_the_pages_of_the_folder(client: Site, pages: dict[str, bytes]) -> None:
    names = (
        "index.html",
        "cases.html",
        "case-2018-0002.json",
        "policy.html",
        "rarity.json",
        "planning.html",
        "style.css",
    )
    zones = re.compile(rb' <a href="[\w.-]+\?utc=1">Times in UTC</a>\.')
    for name in names:
        served, asked = zones.subn(b"", client.get(f"/{name}").content)
        assert served == pages[name]
        # A file in a folder cannot be asked for anything.
        assert asked == name.endswith(".html")


def test_what_one_visitor_asks_stands_in_no_page_of_another(client: Site) -> None:
    for asked in ("about.html?token=SECRET", "cases.html?x=SECRET&utc=1"):
        assert client.get(f"/{asked}").status_code == 200
        assert "SECRET" not in client.get(f"/{asked.partition('?')[0]}").text


@pytest.mark.parametrize(
    ("asked", "link"),
    [
        ("letter.html", "letter.html?utc=1"),
        ("letter.html?area=Canal+Side&date=2018-12-02", "letter.html?area=Canal+Side&amp;date=2018-12-02&amp;utc=1"),
        ("base-rates.html?hours=4", "base-rates.html?hours=4&amp;utc=1"),
        ("sighting.html", "sighting.html?utc=1"),
    ],
)
def test_a_page_that_takes_questions_keeps_them_when_asked_for_utc(client: Site, asked: str, link: str) -> None:
    page = client.get(f"/{asked}").text
    assert f'<a href="{link}">Times in UTC</a>' in page
    told = client.get("/" + link.replace("&amp;", "&"))
    assert told.status_code == client.get(f"/{asked}").status_code
    assert "Times are in UTC." in told.text
    assert f'<a href="{asked.replace("&", "&amp;")}">Local times (Europe/London)</a>' in told.text


@pytest.mark.parametrize("name", ["case-2018-0001", "cases", "rarity", "planning", "policy", "about"])
def test_a_page_that_is_asked_for_utc_shows_every_time_in_utc_and_says_so(client: Site, name: str) -> None:
    told = {query: client.get(f"/{name}.html{query}").text for query in ("", "?utc=1", "", "?utc=0")}
    assert told[""] == told["?utc=0"]
    assert "Times are in Europe/London." in told[""]
    assert f'<a href="{name}.html?utc=1">Times in UTC</a>' in told[""]
    assert "Times are in UTC." in told["?utc=1"]
    assert f'<a href="{name}.html">Local times (Europe/London)</a>' in told["?utc=1"]
    shown = re.findall(r'<time datetime="([^"]+)">[^<]*?, (\d\d:\d\d) (\w+)</time>', told["?utc=1"])
    assert shown
    for instant, hour, zone in shown:
        assert (datetime.fromisoformat(instant).astimezone(UTC).strftime("%H:%M"), "UTC") == (hour, zone)


def test_the_root_leads_to_the_first_page(client: Site) -> None:
    answer = client.get("/")
    assert answer.status_code == 307
    assert answer.headers["location"] == "index.html"


@pytest.mark.parametrize(("path", "kind"), LOG_FILES.items())
def test_the_files_of_the_log_are_served_with_their_types(client: Site, path: str, kind: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert client.head(path).status_code == 200


def test_a_proof_is_saved_under_the_name_that_the_command_uses(client: Site) -> None:
    saved = client.get("/proofs/3.tlog-proof").headers["content-disposition"]
    assert saved == 'attachment; filename="3.tlog-proof"'


def test_a_paper_is_shown_as_text_or_saved_and_never_run(client: Site) -> None:
    assert "content-disposition" not in client.get("/papers/0a1b-eia.md").headers
    saved = client.get("/papers/0a1b-eia.pdf").headers["content-disposition"]
    assert saved == 'attachment; filename="0a1b-eia.pdf"'


def test_the_feed_is_linked_from_every_page_where_there_is_one(client: Site, public_folder: Path) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="notices.atom"'
    assert link in client.get("/cases.html").text
    assert 'href="../notices.atom"' in client.get("/proofs/none").text
    (public_folder / "notices.atom").unlink()
    assert "notices.atom" not in client.get("/cases.html").text
    assert client.get("/notices.atom").status_code == 404


@pytest.mark.parametrize("path", NOWHERE)
def test_nothing_else_of_the_folder_or_outside_it_can_be_fetched(client: Site, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"not for" not in answer.content
    assert "There is no page at this address" in answer.text
    assert "SIMULATED: " in answer.text


def test_a_link_out_of_the_folder_is_not_followed(client: Site, public_folder: Path) -> None:
    (public_folder / "proofs" / "out").symlink_to(public_folder.parent / "secret.txt")
    assert client.get("/proofs/out").status_code == 404


def test_the_way_back_from_a_nested_address_works(client: Site) -> None:
    text = client.get("/proofs/none/at/all").text
    assert 'href="../../../style.css"' in text
    assert 'href="../../../index.html"' in text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_site_can_only_be_read(client: Site, method: str) -> None:
    answer = client.request(method, "/cases.html")
    assert answer.status_code == 405
    assert "can only be read" in answer.text


@pytest.mark.parametrize("path", [*PAGES, *LOG_FILES, "/nothing", "/", "/base-rates.html?hours=x"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_has_the_security_headers(client: Site, path: str, method: str) -> None:
    headers = client.request(method, path).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "script-src" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/index.html", {"Host": "["}, 200),
        ("GET", "/nothing", {"Host": "["}, 404),
        ("GET", "/", {"Host": "["}, 307),
        ("POST", "/sighting.html", {"Host": "["}, 400),
        ("POST", "/sighting.html", {"Host": "[", "Origin": "http://["}, 403),
        ("POST", "/sighting.html", {"Origin": "http://["}, 403),
        ("POST", "/sighting.json", {"Origin": "http://["}, 403),
        ("POST", "/cases.html", {"Origin": "http://["}, 405),
    ],
)
def test_addresses_that_are_none_are_answered_and_with_the_headers(
    client: Site, method: str, path: str, sent: dict[str, str], status: int
) -> None:
    answer = client.request(method, path, headers=sent)
    assert answer.status_code == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_every_page_and_its_twin_has_them_and_no_leave_to_run_a_script(
    client: Site, view: PublicView, contents: site.Contents
) -> None:
    paths = [*site.builders(view, contents), *site.case_builders(view), *site.STATIC, *site.FILES]
    for path in paths:
        for asked in (path, path.replace(".html", ".json")):
            answer = client.get(f"/{asked}")
            assert answer.status_code == 200, asked
            assert {name: answer.headers[name] for name in HEADERS} == HEADERS, asked


@pytest.mark.skipif(not site.MOVING, reason="the front-end files were not copied: make setup copies them")
def test_the_map_that_can_be_moved_runs_its_own_script_and_asks_this_site_alone(client: Site) -> None:
    for name in ("map.html", "map.mjs", "maplibre-gl.mjs", "maplibre-gl-worker.mjs"):
        answer = client.get(f"/{name}")
        assert answer.status_code == 200, name
        policy = answer.headers["Content-Security-Policy"]
        assert (
            policy == f"{HEADERS['Content-Security-Policy']}; script-src 'self'; connect-src 'self'; worker-src 'self'"
        )
        assert "unsafe" not in policy
    assert client.get("/maplibre-gl.LICENSE.txt").text.startswith("Copyright (c)")
    assert client.get("/map.json").json()["outlines"]
    assert client.get("/map.txt").status_code == 404


@pytest.mark.parametrize(
    ("name", "kind"), [("index.html", "text/html"), ("verify.css", "text/css"), ("verify.js", "text/javascript")]
)
def test_the_standalone_verifier_alone_may_run_a_script_and_only_its_own(client: Site, name: str, kind: str) -> None:
    answer = client.get(f"/verify/{name}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, f"{kind}; charset=utf-8")
    policy = answer.headers["Content-Security-Policy"]
    assert policy == f"{HEADERS['Content-Security-Policy']}; script-src 'self'"
    assert client.get("/verify/nothing.js").status_code == 404


def test_even_a_fault_of_ours_has_the_headers_and_a_page(
    make_client: Callable[[Callable[[], PublicView]], Site],
) -> None:
    def broken() -> PublicView:
        raise RuntimeError("a secret detail")

    answer = make_client(broken).get("/cases.html")
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
    assert "The fault is in this site" in answer.text
    assert "a secret detail" not in answer.text


@pytest.mark.parametrize("error", [IntegrityError, Altered, RecordError])
def test_a_record_that_does_not_verify_is_an_alarm_and_not_a_page(
    make_client: Callable[[Callable[[], PublicView]], Site], error: type[Exception]
) -> None:
    def altered() -> PublicView:
        raise error("Entry 7 is not what the log committed to.")

    client = make_client(altered)
    for path in ("/index.html", "/case-2018-0001.html", "/base-rates.html"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "The record does not verify" in answer.text
        assert "Entry 7 is not what the log committed to" in answer.text
    assert client.get("/index.json").json()["says"].startswith("The public record does not agree")


def test_the_calculator_answers_in_both_forms(client: Site) -> None:
    query = {"events_per_year": "4500", "places": "4835", "hours": "12", "area_places": "8", "lift": "1"}
    page = client.get("/base-rates.html", params=query)
    assert page.status_code == 200
    assert "Your figures" in page.text
    assert client.get("/base-rates.json", params=query).json()["result"]["per_100"] == pytest.approx(1.01, abs=0.01)


def test_the_calculator_sends_back_what_was_typed_with_what_to_correct(client: Site) -> None:
    page = client.get("/base-rates.html", params={"hours": '"><b>twelve'})
    assert page.status_code == 400
    assert "Please correct this" in page.text
    assert "&#34;&gt;&lt;b&gt;twelve" in page.text
    assert 'href="#hours"' in page.text


def test_the_page_shows_the_record_as_it_stands_when_asked(
    make_client: Callable[[Callable[[], PublicView]], Site], view: PublicView, empty_view: PublicView
) -> None:
    now = [empty_view]
    client = make_client(lambda: now[0])
    assert "There is no case yet" in client.get("/cases.html").text
    now[0] = view
    assert "2018-0005" in client.get("/cases.html").text


def test_a_site_without_rules_says_so_and_shows_its_other_pages(
    public_folder: Path, empty_view: PublicView, contents: site.Contents
) -> None:
    client = Site(public_app(lambda: empty_view, public_folder, lambda _: replace(contents, pack=None, vignettes=())))
    for path in PAGES:
        if "case-" not in path:
            assert client.get(path).status_code == 200, path
    assert "No rules have been adopted" in client.get("/rules.html").text
    assert client.get("/rules.json").json()["pack"] is None


def test_rules_adopted_while_the_site_runs_are_shown(
    public_folder: Path, view: PublicView, empty_view: PublicView, pack: Pack
) -> None:
    shutil.copy(pack.path, public_folder / "packs" / pack.path.name)
    now = [empty_view]
    client = Site(public_app(lambda: now[0], public_folder, ContentsReader(public_folder)))
    assert "No rules have been adopted" in client.get("/rules.html").text
    now[0] = view
    assert pack.rules[0].id in client.get("/rules.html").text
