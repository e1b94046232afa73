"""The import wizard: look, then take in or throw away; and files that are not what their name says."""

from __future__ import annotations

import gzip
import html
import io
import time
from pathlib import Path

import pytest
from staff_site import CONSULTED, FIVE, Visitor, hidden, rehearsal, site
from starlette.types import ASGIApp

from answerable.clock import FixedClock
from answerable.errors import InputError
from answerable.service.importing import How, import_incidents, preview_incidents
from answerable.service.workspace import open_workspace
from answerable.web.child import in_child
from answerable.web.security import LARGE

HEAD = "id,date,lat,lon,type,suspect_name\n"
ROWS = [f"{n},2018-11-{n:02} 21:00,51.6{n:02},-0.07{n:02},shooting,Somebody" for n in range(1, 29)]
GOOD = (HEAD + "\n".join(ROWS) + "\n").encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rehearsal(tmp_path / "w")


@pytest.fixture
def app(folder: Path) -> ASGIApp:
    return site(folder)


def send(visitor: Visitor, name: str, content: bytes) -> tuple[int, str]:
    headers = {"Sec-Fetch-Site": "same-origin"}
    sent = {"file": (name, io.BytesIO(content))}
    answer = visitor.ask("POST", "/import", files=sent, data={"tz": "Europe/London"}, headers=headers)
    return answer.status_code, answer.text


def test_a_file_is_looked_at_taken_in_and_its_person_column_dropped(app: ASGIApp, folder: Path) -> None:
    analyst = Visitor(app, "analyst")
    status, page = send(analyst, "shots.csv", GOOD)
    assert status == 200
    assert "Nothing was taken in yet" in page
    assert "suspect_name" in page
    assert "Somebody" not in page
    assert analyst.get("/data.json").json()["count"] == 0
    mapping = html.unescape(page.partition('name="mapping"')[2].partition(">")[2].partition("</textarea>")[0])
    ticket = hidden(page, "ticket")
    fields = {"ticket": ticket, "mapping": mapping, "tz": "Europe/London"}
    done = analyst.act("/import/take", **fields)
    assert done["counts"]["kept"] == len(ROWS)
    assert analyst.get("/data.json").json()["count"] == len(ROWS)
    assert list((folder / "uploads").iterdir()) == []
    assert analyst.post("/import/take", **fields).status_code == 410, "the same form sent twice takes nothing in twice"


def taken_in(folder: Path, content: bytes = GOOD, clock: FixedClock | None = None) -> None:
    """Take a file in as the command does: the wizard reads it in a process of its own, which takes longer."""
    path = folder.parent / "shots.csv"
    path.write_bytes(content)
    with open_workspace(folder, clock or FixedClock(FIVE)) as workspace:
        mapping = preview_incidents(workspace, [path], How(tz="Europe/London")).mapping
        assert mapping is not None
        (folder.parent / "mapping.yaml").write_text(mapping.as_yaml())
        import_incidents(workspace, [path], How(mapping=folder.parent / "mapping.yaml", tz="Europe/London"))


def test_the_newest_import_is_taken_back_and_the_one_before_it_stays(app: ASGIApp, folder: Path) -> None:
    analyst = Visitor(app, "analyst")
    taken_in(folder)
    more = (HEAD + "99,2018-11-29 21:00,51.61,-0.08,shooting,Somebody\n").encode()
    taken_in(folder, more)
    made = analyst.get("/data.json").json()
    assert made["count"] == len(ROWS) + 1
    assert [(one["number"], one["rows"]) for one in made["imports"]] == [(2, 1), (1, len(ROWS))]
    assert analyst.post("/import/undo", number="1").status_code == 409, "another came after it"
    assert analyst.act("/import/undo", number="2")["taken_back"] == 1
    assert analyst.get("/data.json").json()["count"] == len(ROWS)
    assert analyst.post("/import/undo", number="2").status_code == 409, "sent twice, nothing more is taken back"
    assert analyst.post("/import/undo", number="many").status_code == 400
    taken_in(folder, more)
    assert analyst.get("/data.json").json()["count"] == len(ROWS) + 1


def test_an_import_on_which_the_record_may_rest_is_not_taken_back(tmp_path: Path) -> None:
    clock = FixedClock(FIVE)
    folder = rehearsal(tmp_path / "decided", consulted=True)
    app = site(folder, clock)
    analyst = Visitor(app, "analyst")
    clock.advance(minutes=50)
    taken_in(folder, clock=clock)
    clock.advance(minutes=5)
    Visitor(app, "authoriser").decide(CONSULTED, "refuse", reasons="Not extreme.", change="An assault.")
    told = analyst.post("/import/undo", number="1")
    assert told.status_code == 409
    assert "the record has gone on since" in told.text
    assert "Import a corrected file" in told.text
    assert analyst.get("/data.json").json()["count"] == len(ROWS)


def test_the_forecast_is_looked_at_window_by_window_and_kept_until_the_hour_is_over(
    app: ASGIApp, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.web import staff_forecast

    made: list[object] = []
    ours = staff_forecast.make_picture
    monkeypatch.setattr(staff_forecast, "make_picture", lambda *args: made.append(args) or ours(*args))
    analyst = Visitor(app, "analyst")
    assert analyst.get("/forecast.json").json()["forecast"] is None
    taken_in(folder)
    made.clear()
    first, third = (analyst.get(f"/forecast.json?step={step}").json() for step in (0, 2))
    assert [one["here"] for one in third["steps"]].index(True) == 2
    assert first["forecast"]["window"] != third["forecast"]["window"]
    page = analyst.get("/forecast.html?step=2").text
    assert page.count("<svg") == 1
    assert 'href="forecast.html?step=8"' in page, "without scripts each window has its link"
    assert "Rests on" in page
    assert len(made) == 2, "what was worked out for this hour is not worked out again"
    assert analyst.get("/forecast.json?step=99").json()["step"] == 0


def test_a_file_that_is_thrown_away_leaves_nothing(app: ASGIApp, folder: Path) -> None:
    analyst = Visitor(app, "analyst")
    _, page = send(analyst, "shots.csv", GOOD)
    assert analyst.post("/import/drop", ticket=hidden(page, "ticket")).status_code == 303
    assert list((folder / "uploads").iterdir()) == []
    assert analyst.get("/data.json").json()["count"] == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("bomb.csv", gzip.compress(b"0" * 30_000_000)),
        ("../../keys/log.key", b"not a table"),
        ("empty.csv", b""),
        ("deep.geojson", b"[" * 200_000),
        ("page.csv", b"<html><script>alert(1)</script></html>"),
    ],
    ids=["zip bomb", "path", "empty", "deep", "page"],
)
def test_a_file_that_is_not_what_it_says_is_told_so_and_not_kept(
    app: ASGIApp, folder: Path, name: str, content: bytes
) -> None:
    key = (folder / "keys" / "log.key").read_bytes()
    analyst = Visitor(app, "analyst")
    status, page = send(analyst, name, content)
    assert status == 400, page
    assert "There is a problem" in page
    assert list((folder / "uploads").iterdir()) == []
    assert (folder / "keys" / "log.key").read_bytes() == key


def test_two_hundred_megabytes_are_told_to_be_too_large(app: ASGIApp, folder: Path) -> None:
    status, page = send(Visitor(app, "analyst"), "large.csv", bytes(2 * LARGE))
    assert status == 413
    assert "Split a larger file" in page
    assert not (folder / "uploads").exists()


def test_a_child_that_computes_too_long_ends_alone() -> None:
    with pytest.raises(InputError, match="more memory or time"):
        in_child(time.sleep, 60, seconds=1)
