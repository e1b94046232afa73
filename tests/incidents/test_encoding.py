"""A file in another encoding, from the command line to the table."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from answerable.errors import InputError
from answerable.incidents.files import open_file
from answerable.incidents.mapping import parse_mapping
from answerable.incidents.text import CheckedText

LINES = "when,lon,lat,Straße\n2018-05-01T20:00:00,-0.1,51.5,Größe\n2018-05-02T20:00:00,-0.2,51.6,Fuß\n"
MAPPING = parse_mapping({"name": "m", "when": {"date": "when"}, "where": {"lon": "lon", "lat": "lat"}}, "made")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_the_same_table_is_read_from_every_encoding_that_is_named(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(LINES.encode(encoding))
    file = open_file(path, encoding=encoding)
    assert file.columns == ("when", "lon", "lat", "Straße")
    assert file.frame(["Straße"])["Straße"].to_list() == ["Größe", "Fuß"]


@pytest.mark.parametrize(
    ("encoding", "named"), [("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"), ("utf-16", "utf-16")]
)
def test_utf_16_is_recognised_with_its_byte_order(tmp_path: Path, encoding: str, named: str) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(LINES.encode(encoding))
    with pytest.raises(InputError, match="UTF-16") as raised:
        CheckedText(path)
    assert f"--encoding {named}," in raised.value.fix


@pytest.mark.parametrize("content", [b"\0", b"a\0", b"\0\0\0\0\0\0", b"a,b\n1,\0\n", b"ab\0cd\0ef"])
def test_bytes_with_a_few_nuls_are_not_taken_for_utf_16(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(content)
    with pytest.raises(InputError) as raised:
        CheckedText(path)
    assert "UTF-16" not in raised.value.what


def test_the_option_goes_before_what_the_mapping_says(read, tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(LINES.encode("utf-16"))
    wrong = MAPPING.model_copy(update={"encoding": "cp1252"})
    assert read(path, mapping=wrong, encoding="utf-16", tz="Europe/London").summary.kept == 2
    with pytest.raises(InputError):
        read(path, mapping=wrong, tz="Europe/London")


def test_the_wrong_encoding_is_said_to_be_wrong(tmp_path: Path, now: datetime) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes(LINES.encode("cp1252"))
    with pytest.raises(InputError, match="not utf-8") as raised:
        CheckedText(path, encoding="utf-8")
    assert "--encoding" in raised.value.fix
