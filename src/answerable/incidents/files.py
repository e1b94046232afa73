"""Opens a file that a user brings: CSV (also .gz), Parquet or XLSX, by its content and not by its name.

Only the columns asked for are ever read; what is not on the allow-list does not enter memory as values.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from answerable.errors import InputError
from answerable.incidents.text import CheckedText, Progress


@dataclass(frozen=True)
class OpenFile:
    """A table that has been opened: ``columns`` as the file spells them, ``first_row`` the number of its first row.

    Rows are numbered as a spreadsheet shows them: in CSV and XLSX the header is row 1.
    """

    path: Path
    sha256: str
    columns: tuple[str, ...]
    first_row: int
    _read: Callable[[list[int]], pl.DataFrame]

    def frame(self, wanted: Sequence[str]) -> pl.DataFrame:
        """Return the columns ``wanted`` with their row numbers (``_row``); rows that are empty in all are left out."""
        frame = self._read([self.columns.index(name) for name in wanted])
        rows = frame.with_row_index("_row", self.first_row)
        return rows.filter(~pl.all_horizontal(pl.col(list(wanted)).is_null())) if wanted else rows


def open_file(
    path: Path, *, encoding: str | None = None, sheet: str | None = None, progress: Progress | None = None
) -> OpenFile:
    """Open ``path``; InputError where it is missing, a folder, empty, damaged or not a table."""
    if path.is_dir():
        raise InputError(
            "This is a folder, not a file.",
            where=str(path),
            fix="Name the files; only a download folder of data.police.uk can be given whole.",
        )
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise InputError(
            "This file cannot be opened.", where=f"{path}: {error.strerror}", fix="Check its path."
        ) from error
    if start.startswith(b"PAR1"):
        return _named(path, *_parquet(path), first_row=1)
    if start.startswith(b"PK\x03\x04") and _is_workbook(path):
        return _named(path, *_workbook(path, sheet), first_row=2)
    text = CheckedText(path, encoding=encoding, progress=progress)
    return _named(path, text.columns, text.frame, first_row=2)


# A damaged Parquet file can make the reader panic, which is no Exception.
_UNREADABLE = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
_Read = Callable[[list[int]], pl.DataFrame]


def _named(path: Path, columns: tuple[str, ...], read: _Read, *, first_row: int) -> OpenFile:
    for position, name in enumerate(columns):
        if name and name in columns[:position]:
            raise InputError(
                f"Two columns are named {name!r}.",
                where=f"{path.name}, row 1, column {position + 1}",
                fix="Give each column a name of its own.",
            )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return OpenFile(path, digest, columns, first_row, read)


def _parquet(path: Path) -> tuple[tuple[str, ...], _Read]:
    try:
        lazy = pl.scan_parquet(path)
        columns = tuple(lazy.collect_schema().names())
        rows = lazy.select(pl.len()).collect().item()
    except _UNREADABLE as error:
        raise InputError("This Parquet file is damaged.", where=path.name, fix="Download it again.") from error
    if not rows:
        raise InputError("The file has columns but no rows.", where=path.name, fix="Check the export and try again.")

    def read(positions: list[int]) -> pl.DataFrame:
        try:
            frame = lazy.select([columns[position] for position in positions]).collect()
        except _UNREADABLE as error:
            raise InputError("This Parquet file is damaged.", where=path.name, fix="Download it again.") from error
        return frame.with_columns(pl.col(pl.Categorical).cast(pl.String), pl.col(pl.Enum).cast(pl.String))

    return columns, read


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        # What cannot be opened as an archive is no workbook; it is read as a table, which says what is wrong with it.
        return False


def _workbook(path: Path, sheet: str | None) -> tuple[tuple[str, ...], _Read]:
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
        if sheet is not None and sheet not in book.sheet_names:
            raise InputError(
                f"There is no sheet {sheet!r}.", where=path.name, fix=f"Its sheets are {', '.join(book.sheet_names)}."
            )
        opened = book.load_sheet(sheet if sheet is not None else 0)
    except fastexcel.FastExcelError as error:
        raise InputError("This workbook cannot be read.", where=path.name, fix="Save it again as XLSX.") from error
    columns = tuple(column.name.strip() for column in opened.available_columns())
    if not columns or not opened.height:
        raise InputError("The first sheet has no rows.", where=path.name, fix="Name the sheet in a mapping file.")

    def read(positions: list[int]) -> pl.DataFrame:
        part = book.load_sheet(opened.name, use_columns=sorted(positions), schema_sample_rows=None)
        frame = part.to_polars()
        frame.columns = [columns[position] for position in sorted(positions)]
        return frame.select([columns[position] for position in positions])

    return columns, read
