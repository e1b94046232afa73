"""Whoever saw a patrol is told whether the record knows of it; nothing is kept but two counts a month."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from asking import Site
from hypothesis import given
from hypothesis import strategies as st

from answerable.service.sighting import COVERED, FILE, NOT_OPENED, NOTHING, check_sighting, count_sighting, sightings
from answerable.web.app import public_app
from answerable.web.pages import sighting
from answerable.web.sighting import ASK_RATE
from answerable.web.site import Contents


@pytest.fixture
def out(view):
    """A case of the made record in which officers went out."""
    return next(case for case in view.cases if case.started_at is not None and case.ended_at is not None)


@pytest.fixture
def asked(view, tmp_path: Path):
    folder = tmp_path / "public"
    folder.mkdir()
    contents = Contents(None, (), None)
    return folder, Site(public_app(lambda: view, folder, lambda _: contents))


def test_a_patrol_in_the_record_is_covered(view, out) -> None:
    for at in (out.started_at, out.ended_at, out.started_at - timedelta(minutes=30)):
        assert check_sighting(view, out.area_name, at).cases == (out.id,)
    assert check_sighting(view, f" {out.area_name.upper()}, N17", out.started_at).answer == COVERED


def test_before_and_after_it_nothing_is_logged(view, out) -> None:
    whole = replace(view, unopened=0, cases=(out,))
    for at in (out.started_at - timedelta(minutes=31), out.ended_at + timedelta(minutes=31)):
        assert check_sighting(whole, out.area_name, at).answer == NOTHING


def test_another_place_is_told_apart_and_named(view, out) -> None:
    found = check_sighting(replace(view, unopened=0, cases=(out,)), "Nowhere in particular", out.started_at)
    assert (found.answer, found.elsewhere) == (NOTHING, (out.id,))
    assert check_sighting(view, "", out.started_at).answer != COVERED


def test_an_entry_that_may_still_be_opened_is_waited_for_and_not_longer(view, out) -> None:
    sealed = replace(view, unopened=3, cases=(), as_of=out.started_at + timedelta(days=3))
    found = check_sighting(sealed, out.area_name, out.started_at)
    assert found.answer == NOT_OPENED
    assert found.due_by in found.sentence
    late = replace(sealed, as_of=sealed.as_of + timedelta(seconds=1))
    assert check_sighting(late, out.area_name, out.started_at).answer == NOTHING
    assert check_sighting(replace(sealed, unopened=0), out.area_name, out.started_at).answer == NOTHING


def test_who_was_never_out_covers_nothing(view, out) -> None:
    never = replace(out, started_at=None)
    whole = replace(view, unopened=0, cases=(never,))
    found = check_sighting(whole, out.area_name, out.starts_at)
    assert (found.answer, found.cases, found.unused) == (NOTHING, (), (out.id,))
    for place, at in (("Nowhere in particular", out.starts_at), (out.area_name, out.ends_at + timedelta(hours=1))):
        assert check_sighting(whole, place, at).unused == ()


def test_a_case_that_was_asked_for_and_not_used_is_named(view, out, tmp_path: Path) -> None:
    never = replace(view, unopened=0, cases=(replace(out, started_at=None),))
    (tmp_path / "public").mkdir()
    site = Site(public_app(lambda: never, tmp_path / "public", lambda _: Contents(None, (), None)))
    page = site.post("/sighting.html", data=form(out.area_name, out.starts_at)).text
    assert "was asked for, and by the record nobody was sent" in page
    assert f'href="case-{out.id}.html"' in page


def form(place: str, at: datetime | str) -> dict[str, str]:
    return {"place": place, "at": at if isinstance(at, str) else at.isoformat()}


def test_the_site_answers_counts_and_forgets(view, out, asked) -> None:
    folder, site = asked
    assert site.get("/sighting.html").status_code == 200
    found = site.post("/sighting.json", data=form(out.area_name, out.started_at)).json()
    assert "answer" in json.dumps(found)
    page = site.post("/sighting.html", data=form("Quite another place", "2018-01-01 20:15"))
    assert page.status_code == 200
    assert "what you entered was not kept" in page.text.casefold()
    # What was asked is neither in the answer nor in any file.
    assert "Quite another place" not in page.text
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Quite another" not in kept
    assert b"20:15" not in kept
    month = view.as_of.strftime("%Y-%m")
    assert sightings(folder)[month][0] == 2
    assert site.get(f"/{FILE}").json()[month]["asked"] == 2
    assert site.get("/.sightings.lock").status_code == 404


WRONG = [form("", "2018-11-30 20:15"), form("x" * 200, "2018-11-30 20:15"), form("Place", "yesterday"), {}]
WRONG += [form("Place", ""), form("Place", "2999-01-01 00:00"), form("Place", "0001-01-01 00:00")]
WRONG += [form("Place", "9999-12-31 23:59"), form("Place", "0001-01-01T00:00+14:00")]


@pytest.mark.parametrize("given", WRONG)
def test_a_form_that_cannot_be_answered_is_explained_and_not_counted(asked, given: dict[str, str]) -> None:
    folder, site = asked
    page = site.post("/sighting.html", data=given)
    assert page.status_code == 400
    assert "Please correct this" in page.text
    assert sightings(folder) == {}


def test_what_is_no_form_is_refused(asked) -> None:
    _, site = asked
    assert site.post("/sighting.html", content=b"\xff\xfe").status_code == 400
    assert site.post("/sighting.html", content=b"a" * 3_000).status_code == 413
    assert site.post("/sighting.xml", content=b"").status_code == 404
    assert site.post("/cases.html", content=b"").status_code == 405


@given(body=st.binary(max_size=300))
def test_no_bytes_make_the_form_fall_over(body: bytes) -> None:
    from answerable.service.public_view import PublicView

    now = datetime.fromisoformat("2018-12-01T09:00+00:00")
    view = PublicView("simulated", "x/simulated", 0, "", "", "UTC", now, (), (), (), 0)
    sighting.asked(view, body)


def test_a_folder_that_cannot_be_written_counts_nothing_and_says_so(view, asked) -> None:
    folder, site = asked
    (folder / FILE).mkdir()
    assert not count_sighting(folder, NOTHING, view.as_of)
    page = site.post("/sighting.html", data=form("Elsewhere", "2018-01-01 20:15"))
    assert "Not counted" in page.text


def test_counts_add_up_by_month(view, tmp_path: Path) -> None:
    for answer in (COVERED, NOTHING, NOTHING, NOT_OPENED):
        assert count_sighting(tmp_path, answer, view.as_of)
    assert count_sighting(tmp_path, NOTHING, view.as_of + timedelta(days=40))
    assert sorted(sightings(tmp_path).values()) == [(1, 1), (4, 2)]
    (tmp_path / FILE).write_bytes(b"damaged")
    assert sightings(tmp_path) == {}


OWN, OTHER = "http://public.test", "https://elsewhere.example"


@pytest.mark.parametrize(
    "sent",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": OWN},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Origin": OTHER},
        {"Origin": f"{OWN}:81"},
    ],
)
@pytest.mark.parametrize("path", ["/sighting.html", "/sighting.json"])
def test_what_another_site_sends_is_neither_answered_nor_counted(asked, path: str, sent: dict[str, str]) -> None:
    folder, site = asked
    page = site.post(path, data=form("Elsewhere", "2018-01-01 20:15"), headers=sent)
    assert page.status_code == 403
    assert "was not sent from a page of this site" in page.text
    assert "Open the page here and send it again." in page.text
    assert sightings(folder) == {}


# A browser names no origin to a site that asks for no referrer, and says nothing of where it comes from without TLS.
@pytest.mark.parametrize(
    "sent", [{}, {"Origin": "null"}, {"Origin": OWN}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
def test_its_own_form_is_answered_whatever_a_browser_says(asked, view, sent: dict[str, str]) -> None:
    folder, site = asked
    assert site.post("/sighting.html", data=form("Elsewhere", "2018-01-01 20:15"), headers=sent).status_code == 200
    assert sightings(folder)[view.as_of.strftime("%Y-%m")][0] == 1


def test_whoever_asks_too_often_waits_and_is_not_counted(asked, view) -> None:
    folder, site = asked
    told = [site.post("/sighting.html", data=form("Elsewhere", "2018-01-01 20:15")) for _ in range(ASK_RATE.amount + 2)]
    assert [one.status_code for one in told] == [200] * ASK_RATE.amount + [429] * 2
    assert told[-1].headers["retry-after"] == "60"
    assert "Wait a minute." in told[-1].text
    assert sightings(folder)[view.as_of.strftime("%Y-%m")][0] == ASK_RATE.amount
    assert site.post("/sighting.json").json()["problem"]
    assert site.get("/sighting.html").status_code == 200


def test_what_another_site_sends_uses_up_nothing_of_a_visitor(asked) -> None:
    _, site = asked
    for _ in range(ASK_RATE.amount + 2):
        site.post("/sighting.html", headers={"Origin": OTHER})
    assert site.post("/sighting.html", data=form("Elsewhere", "2018-01-01 20:15")).status_code == 200
