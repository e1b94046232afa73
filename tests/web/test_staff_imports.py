"""The import wizard: look, then take in or throw away; and files that are not what their name says."""

from __future__ import annotations

import gzip
import html
import io
import time
from pathlib import Path

import pytest
from staff_site import Visitor, hidden, rehearsal, site
from starlette.types import ASGIApp

from answerable.errors import InputError
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
