from __future__ import annotations

from pathlib import Path

import openpyxl
import polars as pl
import pytest

from answerable.errors import InputError
from answerable.incidents.files import open_file


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book["Sheet"])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_file_is_known_by_its_content_and_not_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    pl.DataFrame({"a": [1], "b": [2]}).write_parquet(path)
    assert open_file(path).columns == ("a", "b")

    book = workbook(tmp_path / "book.xlsx", One=[["a", "b"], [1, 2]]).rename(tmp_path / "book.csv")
    assert open_file(book).columns == ("a", "b")


def test_only_the_columns_asked_for_are_read_with_spreadsheet_rows(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text("a,b,c\n1,2,3\n\n,5,\n7,8,9\n", encoding="utf-8")
    frame = open_file(path).frame(["c", "a"])

    assert frame.columns == ["_row", "c", "a"]
    assert frame.rows() == [(2, "3", "1"), (5, "9", "7")]


def test_a_sheet_is_the_first_or_the_one_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", One=[["a"], [1]], Two=[["b"], [2]])

    assert open_file(path).columns == ("a",)
    assert open_file(path, sheet="Two").columns == ("b",)
    with pytest.raises(InputError, match="no sheet 'Three'"):
        open_file(path, sheet="Three")


def test_an_empty_workbook_and_an_empty_parquet_say_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no rows"):
        open_file(workbook(tmp_path / "book.xlsx", One=[["a", "b"]]))
    path = tmp_path / "none.parquet"
    pl.DataFrame({"a": []}).write_parquet(path)
    with pytest.raises(InputError, match="no rows"):
        open_file(path)


def test_categories_read_as_text(tmp_path: Path) -> None:
    path = tmp_path / "made.parquet"
    pl.DataFrame({"a": ["x", "y"]}, schema={"a": pl.Categorical}).write_parquet(path)

    assert open_file(path).frame(["a"])["a"].dtype == pl.String
