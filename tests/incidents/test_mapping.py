from __future__ import annotations

import json
from datetime import UTC, date, datetime
from datetime import time as clock
from pathlib import Path

import openpyxl
import pytest
from pyproj import Transformer

from answerable.errors import InputError
from answerable.incidents.mapping import load_mapping, mapping_schema, parse_mapping

FORCE = """
name: our-force
when: {date: Date, time: Time, format: "%d/%m/%Y", tz: Europe/London}
where: {easting: E, northing: N, crs: "EPSG:27700"}
id: Ref
kind: {column: Offence, values: {GBH: serious assault, Murder: homicide}}
severity: {column: Offence, values: {gbh: injury, murder: fatal}}
only: {column: Offence, values: [GBH, Murder]}
"""
HEADER = "Ref,Date,Time,E,N,Offence,Suspect DOB"


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "map.yaml"
    path.write_text(FORCE, encoding="utf-8")
    return path


def test_a_mapping_reads_eastings_and_apart_times(read, mapping: Path) -> None:
    reading = read(
        HEADER, "7,30/11/2018,20:15,530034,180380,GBH,x", "8,30/11/2018,,530034,180380,Murder,x",
        "9,30/11/2018,,530034,180380,Shoplifting,x", mapping=mapping,
    )  # fmt: skip

    first, second = reading.incidents.frame.sort("incident_id").rows(named=True)
    assert first["occurred_from"] == datetime(2018, 11, 30, 20, 15, tzinfo=UTC)
    assert (first["kind"], first["severity"], first["source"]) == ("serious assault", "injury", "our-force")
    assert (second["precision"], second["severity"]) == ("day", "fatal")
    # There and back by way of degrees may cost a metre.
    assert first["x"] == pytest.approx(530_034, abs=1)
    assert first["y"] == pytest.approx(180_380, abs=1)
    assert reading.summary.set_aside == {"Shoplifting": 1}
    assert reading.summary.person_columns == ("Suspect DOB",)


def test_eastings_may_be_in_any_named_projection(read, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(
        'name: feet\nwhen: {date: d, precision: day, tz: America/New_York}\n'
        'where: {easting: X, northing: Y, crs: "EPSG:2263"}\n', encoding="utf-8",
    )  # fmt: skip
    lon, lat = Transformer.from_crs("EPSG:2263", "EPSG:4326", always_xy=True).transform(1_000_000, 200_000)
    reading = read("d,X,Y", "2016-05-01,1000000,200000", mapping=path)

    x, y = reading.incidents.points()
    back = reading.incidents.projection.inverse(x + 0.5, y + 0.5)
    assert back[0][0] == pytest.approx(lon, abs=2e-5)
    assert back[1][0] == pytest.approx(lat, abs=2e-5)


def test_swapped_eastings_and_degrees_under_a_grid_are_errors(read, mapping: Path) -> None:
    with pytest.raises(InputError, match="Easting and northing look swapped"):
        read(HEADER, "7,30/11/2018,20:15,180380,530034,GBH,x", mapping=mapping)
    with pytest.raises(InputError, match="outside the area where EPSG:27700 is used"):
        read(HEADER, "7,30/11/2018,20:15,-0.1,51.5,GBH,x", mapping=mapping)


def test_one_point_off_the_grid_is_one_rejected_row(read, mapping: Path) -> None:
    good = "{},30/11/2018,20:15,530034,180380,GBH,x"
    reading = read(HEADER, good.format(1), good.format(2), "3,30/11/2018,20:15,5,99999999,GBH,x", mapping=mapping)

    assert reading.rejects.select("row", "column").rows() == [(4, "E")]


def test_a_workbook_reads_like_its_text(tmp_path: Path, read, mapping: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append([7, date(2018, 11, 30), clock(20, 15), 530034, 180380, "GBH", "x"])
    path = tmp_path / "made.xlsx"
    book.save(path)

    typed = read(path, mapping=mapping)
    text = read(HEADER, "7,30/11/2018,20:15,530034,180380,GBH,x", mapping=mapping)

    assert typed.incidents.data_hash == text.incidents.data_hash
    assert typed.summary.dropped_columns == ("Suspect DOB",)


def test_victims_are_merged_where_the_mapping_says_so(read, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(
        "name: victims\nrows: victims\nid: case\nwhen: {date: at, tz: Europe/London}\nwhere: {lon: lon, lat: lat}\n"
        "severity: {column: outcome, values: {died: fatal, hurt: injury}}\n", encoding="utf-8",
    )  # fmt: skip
    reading = read(
        "case,at,lon,lat,outcome", "1,2018-05-01T20:00,-0.1,51.5,hurt", "1,2018-05-01T20:00,-0.1,51.5,died",
        "2,2018-05-02T20:00,-0.1,51.5,hurt", mapping=path,
    )  # fmt: skip

    assert reading.incidents.frame.select("incident_id", "severity", "n_harmed").rows() == [
        ("1", "fatal", 2),
        ("2", "injury", 1),
    ]
    assert reading.summary.merged == 1


def test_no_mapping_brings_in_a_column_about_persons(mapping: Path) -> None:
    mapping.write_text(FORCE.replace("column: Offence, values: {GBH", "column: Suspect ethnicity, values: {GBH"))

    with pytest.raises(InputError, match="describe persons are never imported: Suspect ethnicity"):
        load_mapping(mapping)


def test_no_mapping_brings_in_a_stop_and_search_file(read, tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text("name: x\nwhen: {date: Date}\nwhere: {lon: Longitude, lat: Latitude}\n", encoding="utf-8")

    with pytest.raises(InputError, match="never a model input"):
        read("Type,Date,Latitude,Longitude,Legislation,Object of search", "a,2018-05-01T10:00Z,51,0,b,c", mapping=path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("crs: \"EPSG:27700\"", ""), "need a crs"),
        (("easting: E, northing: N", "lon: E, northing: N"), "name either lon and lat"),
        (("name: our-force", "name: Our Force"), "pattern"),
        (("id: Ref", "identifier: Ref"), "not permitted"),
        (("when: {date: Date, ", "when: {"), "Field required"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_names_the_field(mapping: Path, change: tuple[str, str], complaint: str) -> None:
    mapping.write_text(FORCE.replace(*change), encoding="utf-8")

    with pytest.raises(InputError, match=complaint) as raised:
        load_mapping(mapping)
    assert "map.yaml, " in raised.value.where


def test_a_mapping_that_is_no_yaml_is_refused(mapping: Path) -> None:
    mapping.write_text("name: [", encoding="utf-8")

    with pytest.raises(InputError, match="cannot be read"):
        load_mapping(mapping)


def test_a_column_that_the_mapping_names_and_the_file_lacks_is_named(read, mapping: Path) -> None:
    with pytest.raises(InputError, match="needs columns that this file lacks: Time"):
        read(HEADER.replace(",Time", ""), "7,30/11/2018,530034,180380,GBH,x", mapping=mapping)


def test_an_encoding_named_in_the_mapping_is_used(read, tmp_path: Path) -> None:
    table, path = tmp_path / "made.csv", tmp_path / "map.yaml"
    table.write_bytes("at,lon,lat,type\n2018-05-01,-0.1,51.5,agressão\n".encode("cp1252"))
    path.write_text(
        "name: x\nencoding: cp1252\nwhen: {date: at, precision: day, tz: Europe/London}\n"
        "where: {lon: lon, lat: lat}\nkind: {column: type}\n", encoding="utf-8",
    )  # fmt: skip

    assert read(table, mapping=path).incidents.frame["kind"].item() == "agressão"


def test_a_mapping_survives_being_written_and_read(mapping: Path, tmp_path: Path) -> None:
    first = load_mapping(mapping)
    again = tmp_path / "again.yaml"
    again.write_text(first.as_yaml(), encoding="utf-8")

    assert load_mapping(again) == first


def test_the_published_schema_is_current(root: Path) -> None:
    published = json.loads((root / "docs" / "schemas" / "mapping.schema.json").read_text("utf-8"))

    assert published == mapping_schema(), "write mapping_schema() to docs/schemas/mapping.schema.json"


def test_a_document_that_is_no_mapping_is_an_error() -> None:
    with pytest.raises(InputError, match="not valid"):
        parse_mapping(["not", "a", "mapping"], "x.yaml")
