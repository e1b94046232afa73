"""A letter to residents, the catalogue it is written from, the components of its form, and scores beside the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from answerable.errors import InputError
from answerable.service.public_view import PublicView
from answerable.service.track_record import FILE
from answerable.web import govuk, site
from answerable.web.app import public_app
from answerable.web.catalogue import catalogue, lines, say
from answerable.web.charts import bars
from answerable.web.laid import LaidFile
from answerable.web.pages.letter import letter
from answerable.web.pages.readers import PATHS
from answerable.web.pages.track_record import track_record


def text_of(view: PublicView, **asked: str) -> str:
    return " ".join(part for one in letter(view, asked).data["sections"] for part in one["paragraphs"])


def test_a_used_patrol_is_told_with_its_reasons_its_office_and_where_to_check(view: PublicView) -> None:
    said = text_of(view, area="market cross", date="2018-11-30")
    assert "Armed officers were deployed in Market Cross under case 2018-0001" in said
    assert "20:00 on 30 November 2018" in said
    assert "two" in said.lower()
    assert "office of the authoriser" in said
    assert "prevented" not in said


def test_a_refusal_is_told_too_and_limits_no_rescue(view: PublicView) -> None:
    said = text_of(view, area="Ropewalk", date="2018-12-04")
    assert "Nobody was deployed" in said
    assert "Why not:" in said
    assert say("letter.not_limited") in said


def test_one_that_is_under_way_says_when_it_ends_by_itself(view: PublicView) -> None:
    running = replace(view, as_of=view.cases[4].starts_at.replace(minute=30))
    assert "ends by itself at" in text_of(running, area="Foundry Row", date="2018-12-11")


def test_a_day_without_a_case_is_no_proof_that_nobody_was_there(view: PublicView) -> None:
    assert "That does not show that nobody was there" in text_of(view, area="Market Cross", date="2018-01-01")


@pytest.mark.parametrize(
    ("area", "date"),
    [
        ("Nowhere", "2018-11-30"),
        ("Market Cross", "yesterday"),
        ("<b>", ""),
        ("Market Cross", "9999-12-31"),
        ("Market Cross", "0001-01-01"),
        ("Market Cross", "1999-12-31"),
        ("Market Cross", "2101-01-01"),
    ],
)
def test_what_cannot_be_answered_is_said_and_typed_words_come_back_escaped(
    view: PublicView, contents: site.Contents, tmp_path: Path, area: str, date: str
) -> None:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=public_app(lambda: view, tmp_path, lambda _: contents))
        async with httpx.AsyncClient(transport=transport, base_url="http://public.test") as client:
            return await client.get("/letter.html", params={"area": area, "date": date})

    answer = asyncio.run(ask())
    assert answer.status_code == 400
    assert "Please correct this" in answer.text
    assert "<b>" not in answer.text


@pytest.mark.parametrize("day", ["2000-01-01", "2100-12-31"])
def test_the_first_and_the_last_day_that_it_can_answer_for(view: PublicView, day: str) -> None:
    assert "That does not show that nobody was there" in text_of(view, area="Market Cross", date=day)


def test_files_are_handed_out_with_their_types_and_saved(
    view: PublicView, contents: site.Contents, tmp_path: Path
) -> None:
    async def ask() -> dict[str, httpx.Response]:
        transport = httpx.ASGITransport(app=public_app(lambda: view, tmp_path, lambda _: contents))
        async with httpx.AsyncClient(transport=transport, base_url="http://public.test") as client:
            return {name: await client.get(f"/{name}") for name in site.FILES}

    for name, answer in asyncio.run(ask()).items():
        assert answer.status_code == 200, name
        assert answer.headers["content-type"] == site.FILES[name].kind
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_catalogue_names_a_page_for_every_reader_and_knows_no_page_that_is_not_there(
    view: PublicView, contents: site.Contents
) -> None:
    known = catalogue("en")["contents"]
    names = {path.removesuffix(".html") for path in site.builders(view, contents)}
    assert len(known["readers"]) == 9
    of_readers = {path.removesuffix(".html") for path in PATHS}
    assert set(known["names"]) == names - {"pages"} - of_readers
    assert {page for reader in known["readers"] for page in reader["pages"]} <= names


def test_words_that_the_catalogue_lacks_are_an_error() -> None:
    with pytest.raises(InputError, match="no such words"):
        say("letter.nothing")
    with pytest.raises(InputError, match="not one sentence"):
        say("guide.sections")
    with pytest.raises(InputError, match="not a list"):
        lines("letter.title")


def test_components_escape_what_was_typed_and_name_no_crown() -> None:
    field = govuk.text_input("area", "Area", "A hint", '"><script>', "Wrong")
    assert "<script>" not in field
    assert 'for="area"' in field
    assert "Wrong" in field
    assert "crown" not in field + govuk.button("Go") + govuk.error_summary("Wrong", "area")


def test_a_chart_has_a_title_a_description_and_escapes_its_labels() -> None:
    drawn = bars("x", "Uses", "A & B", [("<A>", 2.0, "2"), ("B", 0.0, "0")], limit=3.0)
    assert '<title id="x-title">Uses</title><desc id="x-told">A &amp; B</desc>' in drawn
    assert "&lt;A&gt;" in drawn
    assert drawn.count("<rect") == 2


SCORES: Mapping[str, object] = {
    "baseline": "uniform",
    "models": {
        "uniform": {"log_score": -0.2, "gain_bits_per_event": 0.0, "brier": 0.01, "calibration_slope": 1.0},
        "mixture": {
            "log_score": -0.1,
            "gain_bits_per_event": 1.5,
            "brier": 0.009,
            "calibration_slope": 0.97,
            "observed_over_predicted": 1.02,
            "reliability": [{"cells": 800, "expected": 4.0, "observed": 5.0, "low": 1.6, "high": 11.7}],
        },
    },
}


def test_scores_stand_beside_their_baseline_with_a_reliability_plot(view: PublicView, tmp_path: Path) -> None:
    (tmp_path / "track-record.json").write_text(json.dumps(SCORES))
    page = track_record(view, LaidFile(tmp_path / FILE)())
    scored = next(one for one in page.data["sections"] if one["note"])
    assert scored["table"]["rows"][0][0] == "uniform (the baseline)"
    assert scored["table"]["rows"][1][1:] == ["-0.1", "1.5", "0.009", "0.97", "1.02"]
    assert "is not one of its entries" in scored["note"]
    assert 'class="ch-dot"' in page.markup["reliability-0"]


def test_without_scores_nothing_is_claimed_and_no_cell_is_shown(view: PublicView, tmp_path: Path) -> None:
    (tmp_path / "track-record.json").write_text("[not json")
    said = json.dumps(track_record(view, LaidFile(tmp_path / FILE)()).data)
    assert "nothing here says how good its forecasts are" in said
    assert "cell" not in said
