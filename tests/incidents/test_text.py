from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError, UsageError
from answerable.incidents import text
from answerable.incidents.text import CheckedText

CELLS = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters='",\n\r ;'), max_size=12)


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_wrote_is_counted_and_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], line_end: str
) -> None:
    path = tmp_path_factory.mktemp("text") / "made.csv"
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerows([["a", "b", "c"], *rows])
    path.write_bytes(buffer.getvalue().encode())

    checked = CheckedText(path)

    assert checked.rows == len(rows)
    read = checked.frame([2, 0])
    assert read.columns == ["c", "a"]
    assert [list(values) for values in read.rows()] == [[row[2], row[0]] for row in rows]


def test_rows_are_counted_over_the_edges_of_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "_BLOCK", 7)
    path = tmp_path / "small.csv"
    path.write_text('a,b\n1,"two\nlines"\n3,4\n\n5,"six ""6"""\n', encoding="utf-8")

    assert CheckedText(path).rows == 3

    path.write_text("a,b\n1,2\n3,4\n5,6,7\n", encoding="utf-8")
    with pytest.raises(InputError, match="Row 4 has 3 fields"):
        CheckedText(path)


def test_semicolons_tabs_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    for mark in ";\t|":
        path = tmp_path / "made.csv"
        path.write_bytes(b"\xef\xbb\xbf" + f"lon{mark}lat\n1{mark}2\n".encode())
        assert CheckedText(path).columns == ("lon", "lat")
        assert CheckedText(path).frame([1]).rows() == [("2",)]


def test_another_encoding_is_read_only_when_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_bytes("place,lon\ncafé,1\n".encode("cp1252"))

    with pytest.raises(InputError, match="not UTF-8"):
        CheckedText(path)
    assert CheckedText(path, encoding="cp1252").frame([0]).item() == "café"
    with pytest.raises(UsageError, match="not a known encoding"):
        CheckedText(path, encoding="klingon")
    with pytest.raises(InputError, match="not ascii"):
        CheckedText(path, encoding="ascii")


def test_progress_is_told_in_bytes(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    told: list[tuple[int, int, str]] = []

    CheckedText(path, progress=lambda *step: told.append(step))

    assert told == [(8, 8, "checking made.csv")]
