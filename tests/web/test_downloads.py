"""Downloads: what a spreadsheet, a map or a calendar gets is what the pages show, and nothing in it runs."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import polars as pl

from answerable.place import read_stamp
from answerable.service.public_view import PublicView
from answerable.web import site
from answerable.web.downloads import CASE_COLUMNS, FILES, answers_csv, cases_csv, entries_csv
from answerable.web.ics import fold
from answerable.web.render import Frame, html


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_every_case_is_one_row_with_what_the_register_says(full_view: PublicView) -> None:
    rows = table(cases_csv(full_view))
    assert [row["id"] for row in rows] == [case.id for case in full_view.cases]
    assert list(rows[0]) == list(CASE_COLUMNS)
    first = full_view.cases[0]
    assert read_stamp(rows[0]["starts_at"]) == first.starts_at
    assert {row["state"] for row in rows} >= {"REFUSED", "WITHDRAWN"}
    assert {row["standing"] for row in rows if row["state"] == "REFUSED"} == {"refused"}
    assert "blocked" in {row["standing"] for row in rows}


def test_no_text_of_the_record_can_start_a_formula(full_view: PublicView) -> None:
    odd = replace(full_view.cases[0], title='=HYPERLINK("http://x")', area_name="@SUM(A1)")
    row = table(cases_csv(replace(full_view, cases=(odd,))))[0]
    assert row["title"] == '\'=HYPERLINK("http://x")'
    assert row["area"] == "'@SUM(A1)"


def test_csv_and_parquet_say_the_same(full_view: PublicView) -> None:
    rows = table(cases_csv(full_view))
    frame = pl.read_parquet(io.BytesIO(FILES["cases.parquet"].make(full_view)))
    assert frame["id"].to_list() == [row["id"] for row in rows]
    assert frame["starts_at"].to_list() == [case.starts_at for case in full_view.cases]
    assert frame.schema["km2"] == pl.Float64()


def test_every_published_entry_is_listed_once_in_the_order_of_the_log(full_view: PublicView) -> None:
    rows = table(entries_csv(full_view))
    numbers = [int(row["index"]) for row in rows]
    assert numbers == sorted(set(numbers))
    told = {e.index for case in full_view.cases for e in case.events} | {e.index for e in full_view.pictures}
    assert told <= set(numbers)


def test_geojson_has_an_outline_only_where_a_ward_of_that_name_was_published(view: PublicView) -> None:
    ward = view.pictures[0].data["areas"][0]
    cases = (replace(view.cases[0], area_name=ward["name"]), replace(view.cases[1], area_name="Elsewhere"))
    features = json.loads(FILES["cases.geojson"].make(replace(view, cases=cases)))["features"]
    assert features[0]["geometry"]["coordinates"] == [ward["polygon"]]
    assert features[1]["geometry"] is None
    wards = json.loads(FILES["wards.geojson"].make(view))["features"]
    assert len(wards) == len(view.pictures[0].data["areas"])
    assert all({"p", "p_low", "p_high", "p_base"} <= set(one["properties"]) for one in wards)


def test_the_calendar_has_authorities_and_what_is_due_and_folds_its_lines(full_view: PublicView) -> None:
    text = FILES["calendar.ics"].make(full_view).decode()
    assert text.startswith("BEGIN:VCALENDAR\r\n")
    assert text.endswith("END:VCALENDAR\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:[SIMULATED] Authority of case 2018-0001\\, Market Cross" in whole
    assert "Due on case 2018-0010: the evaluation" in whole
    uids = [line for line in whole.split("\r\n") if line.startswith("UID:")]
    assert len(uids) == len(set(uids)) > 3


def test_folding_breaks_no_character() -> None:
    line = "SUMMARY:" + "é" * 90
    parts = list(fold(line))
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert all(len(part.encode()) <= 75 for part in parts)


def test_a_served_site_names_the_document_for_programs_and_a_folder_has_none(
    view: PublicView, contents: site.Contents
) -> None:
    made = {
        told.served: html(site.builders(view, told)["downloads.html"](), Frame.of(view)).decode()
        for told in (contents, replace(contents, served=True))
    }
    assert 'href="openapi.json"' in made[True]
    assert "lists all addresses of this site that can be asked" in made[True]
    assert "openapi" not in made[False]


def test_an_empty_record_still_makes_every_file(empty_view: PublicView) -> None:
    made = {name: one.make(replace(empty_view, adoptions={})) for name, one in FILES.items()}
    assert table(made["cases.csv"]) == []
    assert json.loads(made["wards.geojson"])["features"] == []
    assert b"id,kind" in made["responses.csv"]


def test_responses_are_handed_out_with_the_words_that_may_be_published(full_view: PublicView) -> None:
    rows = list(csv.DictReader(io.StringIO(answers_csv(full_view).decode())))
    assert [(row["id"], row["stance"], row["themes"], row["text"]) for row in rows] == [
        ("1", "oppose", "fear", "Never."),
        ("2", "support", "hours", ""),
    ]
