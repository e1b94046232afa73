"""The import wizard: look, then take in or throw away; and files that are not what their name says."""

from __future__ import annotations

import gzip
import html
import io
import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def field_of(page: str, name: str) -> str:
    """What a hidden field holds, as a browser would send it."""
    return html.unescape(hidden(page, name))


def chosen(page: str) -> dict[str, str]:
    """What the choices of columns stand at, as a browser would send them."""
    found = {}
    for name, options in re.findall(r'<select class="govuk-select" id="(\w+)".*?>(.*?)</select>', page, re.DOTALL):
        picked = re.search(r'<option value="([^"]*)" selected>', options)
        found[name] = html.unescape(picked[1]) if picked else ""
    return found


def shown(page: str) -> str:
    """The table of the first rows as they would be kept."""
    return page.partition("The first rows as they would be kept")[2].partition("</table>")[0]


def take(analyst: Visitor, page: str) -> dict[str, Any]:
    """Take in what a page shows, wait for it, and return what came of it."""
    fields = {name: field_of(page, name) for name in ("ticket", "mapping", "tz")}
    there = "/" + analyst.act("/import/take", **fields)["next"].replace(".html", ".json")
    until = time.monotonic() + 60
    while True:
        found: dict[str, Any] = analyst.get(there).json()
        if found.get("over") is not False:
            return found
        assert time.monotonic() < until
        time.sleep(0.1)


def test_a_file_is_looked_at_taken_in_and_its_person_column_dropped(app: ASGIApp, folder: Path) -> None:
    analyst = Visitor(app, "analyst")
    status, page = send(analyst, "shots.csv", GOOD)
    assert status == 200
    assert "Nothing was taken in yet" in page
    assert "suspect_name" in page
    assert "Somebody" not in page
    assert analyst.get("/data.json").json()["count"] == 0
    done = take(analyst, page)
    assert done["counts"]["kept"] == len(ROWS)
    assert analyst.get("/data.json").json()["count"] == len(ROWS)
    assert list((folder / "uploads").iterdir()) == []
    assert take(analyst, page)["counts"] == done["counts"], "sent twice: it leads to what came of it the first time"
    assert len(analyst.get("/data.json").json()["imports"]) == 1
    ticket = hidden(page, "ticket")
    assert Visitor(app, "analyst").get(f"/import-taking.json?ticket={ticket}").status_code == 200
    assert analyst.get("/import-taking.html?ticket=other").status_code == 410
    assert analyst.post("/import/look", ticket=ticket).status_code == 410
    with open_workspace(folder, FixedClock(FIVE)) as workspace:
        assert [one.action for one in workspace.store.audit(None) if "imported" in one.action] == ["imported shots.csv"]


def test_columns_that_were_guessed_wrongly_are_chosen_and_looked_at_before_they_are_used(app: ASGIApp) -> None:
    analyst = Visitor(app, "analyst")
    head = "ref,reported,happened,lat,lon,type,offence,suspect_name\n"
    rows = [f"{n},2018-11-29 09:00,{n}/11/2018 21:00,51.60,-0.07,row,shooting,Somebody" for n in range(13, 29)]
    _, page = send(analyst, "shots.csv", (head.replace("reported", "date") + "\n".join(rows)).encode())
    now = chosen(page)
    assert (now["date"], now["way"], now["x"], now["kind"]) == ("date", "%Y-%m-%d", "lon", "type")
    assert "2018-11-29 09:00" in shown(page)
    assert 'value="suspect_name"' not in page
    assert "Like 30/11/2018" in page
    kept = {name: field_of(page, name) for name in ("ticket", "mapping", "tz")}
    again = analyst.post("/import/columns", **{**now, **kept, "date": "happened", "way": "%d/%m/%Y", "kind": "offence"})
    assert again.status_code == 200
    assert "2018-11-13 21:00" in shown(again.text)
    assert "shooting" in shown(again.text)
    assert chosen(again.text)["date"] == "happened"
    take(analyst, again.text)
    _, more = send(analyst, "more.csv", (head.replace("reported", "date") + rows[0].replace("13,", "99,", 1)).encode())
    assert chosen(more)["date"] == "happened", "what was chosen is remembered for files with the same columns"


def test_where_nothing_can_be_guessed_the_columns_are_asked_for(app: ASGIApp, folder: Path) -> None:
    analyst = Visitor(app, "analyst")
    text = "ref,zeit,breite,laenge,suspect_name\n" + "\n".join(
        f"{n},2018-11-{n} 21:00,51.60,-0.07,Somebody" for n in range(10, 29)
    )
    status, page = send(analyst, "schuss.csv", text.encode())
    assert status == 400
    assert "No column looks like a date or a place" in page
    assert "Choose the columns below" in page
    assert "--mapping" not in page
    assert "Take it in" not in page
    fields = {**chosen(page), "ticket": hidden(page, "ticket"), "tz": "Europe/London"}
    assert fields["id"] == "ref"
    lacking = analyst.post("/import/columns", **fields)
    assert lacking.status_code == 400
    assert "Choose the column of the date" in lacking.text
    assert 'href="#date"' in lacking.text
    done = take(
        analyst, analyst.post("/import/columns", **{**fields, "date": "zeit", "x": "laenge", "y": "breite"}).text
    )
    assert done["counts"]["kept"] == 19


def test_a_person_s_column_cannot_be_chosen_whatever_is_sent(app: ASGIApp) -> None:
    analyst = Visitor(app, "analyst")
    _, page = send(analyst, "shots.csv", GOOD)
    fields = {name: field_of(page, name) for name in ("ticket", "mapping", "tz")}
    told = analyst.post("/import/columns", **{**chosen(page), **fields, "kind": "suspect_name"})
    assert told.status_code == 400
    assert "never imported" in told.text
    assert "Somebody" not in told.text


def test_how_far_a_file_is_shows_while_it_is_taken_in_and_another_waits(
    app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    from answerable.web import staff_imports, taking

    analyst = Visitor(app, "analyst")
    pages = [send(analyst, f"{name}.csv", GOOD)[1] for name in ("one", "two")]
    tickets = [hidden(page, "ticket") for page in pages]
    told, go_on = threading.Event(), threading.Event()

    def slow(_work: object, *_args: object, progress: Callable[[int, int, str], None]) -> dict[str, Any]:
        progress(30, 120, "checking")
        told.set()
        go_on.wait(60)
        raise InputError("These rows do not hold together.", where="row 7", fix="Mend row 7.")

    monkeypatch.setattr(staff_imports, "in_child", slow)
    monkeypatch.setattr(taking, "_SOON_S", 0.0)
    there = analyst.act("/import/take", ticket=tickets[0], mapping=field_of(pages[0], "mapping"), tz="UTC")["next"]
    assert told.wait(60)
    page = analyst.get(f"/{there}").text
    assert 'max="120" value="30"' in page
    assert "25 % looked at" in page
    assert analyst.post("/import/take", ticket=tickets[1], tz="UTC").status_code == 409
    led = analyst.post("/import/drop", ticket=tickets[0])
    assert (led.status_code, led.headers["location"]) == (303, f"/{there}"), "it is not thrown away half-way"
    assert Visitor(app, "oversight").get(f"/{there}").status_code == 403
    go_on.set()
    until = time.monotonic() + 60
    while (failed := analyst.get(f"/{there}")).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert failed.status_code == 400
    assert "These rows do not hold together. (row 7) Mend row 7." in failed.text
    assert field_of(failed.text, "mapping") == field_of(pages[0], "mapping").strip(), "nothing has to be chosen twice"
    monkeypatch.undo()
    assert analyst.post(
        "/import/look", ticket=tickets[0], tz="UTC", mapping=field_of(failed.text, "mapping")
    ).is_success
    assert take(analyst, pages[0])["counts"]["kept"] == len(ROWS), "one that failed may be taken in again"


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
    monkeypatch.setattr(
        staff_forecast, "make_picture", lambda *args, **named: made.append(args) or ours(*args, **named)
    )
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
