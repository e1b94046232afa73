from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.incidents.library import IncidentLibrary
from answerable.incidents.preview import preview


def test_a_known_layout_is_named_and_its_first_rows_are_shown(write, now: datetime) -> None:
    path = write("occurred_at,lon,lat", "2016-05-01T20:00:00,-73.9,40.7", "2016-05-02T20:00:00,,", "soon,1,1")
    seen = preview(path, tz="America/New_York", now=now)

    assert (seen.layout, seen.mapping, seen.guessed) == ("points", None, False)
    assert seen.rows["lon"].to_list() == [pytest.approx(-73.9, abs=1e-4), None]
    assert seen.rejects.select("row", "value").rows() == [(4, "soon")]


def test_an_unknown_layout_is_guessed_with_its_first_rows_and_failures(write, now: datetime) -> None:
    path = write(
        "Ref,Incident date,Eastings,Northings,Suspect name", "1,25/12/2016 20:15,530034,180380,x",
        "2,soon,530034,180380,x", "3,later,530034,180380,x", name="Our file.csv",
    )  # fmt: skip
    seen = preview(path, tz="Europe/London", now=now)

    assert seen.guessed
    assert seen.mapping is not None
    assert seen.mapping.name == "our-file"
    assert seen.rows.height == 1
    assert seen.rejects["row"].to_list() == [3, 4]
    assert seen.summary.person_columns == ("Suspect name",)
    assert json.loads(json.dumps(seen.as_json()))["rows"][0]["occurred_from"] == "2016-12-25T20:15:00.000000+00:00"


def test_a_guess_that_was_accepted_is_remembered_by_its_columns(write, read, tmp_path: Path, now: datetime) -> None:
    library = IncidentLibrary(tmp_path / "data")
    lines = ("Ref,Incident date,Eastings,Northings", "1,25/12/2016 20:15,530034,180380")
    path = write(*lines)
    guess = preview(path, tz="Europe/London", now=now).mapping
    assert guess is not None
    library.remember(guess, ["Northings", "Ref", "Incident date", "Eastings"])

    assert read(path, tz="Europe/London", remembered=library.recall).summary.layout == "made"
    seen = preview(path, tz="Europe/London", now=now, remembered=library.recall)
    assert (seen.guessed, seen.mapping) == (False, guess)
    assert library.recall(["other"]) is None


def test_a_preview_refuses_what_an_import_refuses(write, now: datetime) -> None:
    path = write("Type,Date,Latitude,Longitude,Object of search", "a,2018-05-01T10:00Z,51,0,c")

    with pytest.raises(InputError, match="never a model input"):
        preview(path, now=now)


def test_a_stated_mapping_is_used_and_shown(write, tmp_path: Path, now: datetime) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text("name: x\nwhen: {date: a, tz: UTC}\nwhere: {lon: b, lat: c}\n", encoding="utf-8")
    seen = preview(write("a,b,c", "2018-05-01T10:00,-0.1,51.5"), mapping=mapping, now=now)

    assert (seen.layout, seen.guessed, seen.rows.height) == ("x", False, 1)


def test_a_guess_of_a_file_in_another_encoding_remembers_the_encoding(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "own.csv"
    text = "Référence,Date,Longitude,Latitude\n1,25/12/2016 20:15,-0.1,51.5\n"
    path.write_bytes(text.encode("cp1252"))
    seen = preview(path, encoding="cp1252", tz="Europe/London", now=now)

    assert seen.mapping is not None
    assert seen.mapping.encoding == "cp1252"
    assert "encoding: cp1252" in seen.mapping.as_yaml()
    again = preview(path, mapping=seen.mapping, tz="Europe/London", now=now)
    assert again.rows.height == seen.rows.height == 1
