"""Delimited text, checked before it is believed: encoding, line length, quotation marks, fields per row.

A file is read once in blocks and never held whole while it is checked, so that one endless line fails at once.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError, UsageError

# A row of an incident file has a few hundred bytes; a row beyond a mebibyte is not a row.
LONGEST_ROW = 1 << 20
_BLOCK = 4 << 20
_SEPARATORS = ",;\t|"
# How much of a file's start shows whether it is UTF-16, and how far beyond an odd byte the guess of its encoding looks.
_HEAD, _SEEN_AFTER = 256, 4096
_NEWLINE, _RETURN, _QUOTE = b"\n"[0], b"\r"[0], b'"'[0]
_NOT_TABLES = (
    (b"\x89PNG", "a picture (PNG)"), (b"\xff\xd8\xff", "a picture (JPEG)"), (b"GIF8", "a picture (GIF)"),
    (b"%PDF", "a PDF document"), (b"PK\x03\x04", "a ZIP archive"), (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls)"),
    (b"<", "a web page or XML"), (b"{", "JSON"), (b"[", "JSON"), (b"SQLite format 3", "a database"),
)  # fmt: skip

Progress = Callable[[int, int, str], None]


class CheckedText:
    """A delimited text file (plain or gzip) that has passed its checks.

    ``columns`` are as the file spells them; ``rows`` counts its records below the header, blank lines left out.
    InputError, with row and column, where the file is no table or its rows do not hold together.
    """

    def __init__(self, path: Path, *, encoding: str | None = None, progress: Progress | None = None) -> None:
        self.path = path
        self._kept: list[bytes] | None = [] if encoding or _is_gzip(path) else None
        checker = _Checker(path.name)
        for block in _decoded(_blocks(path, progress), encoding, path.name):
            checker.feed(block)
            if self._kept is not None:
                self._kept.append(block)
        checker.close()
        self.columns = checker.columns
        self.rows = checker.rows
        self._separator = checker.separator

    def frame(self, positions: list[int]) -> pl.DataFrame:
        """Return the columns at ``positions`` as text, every other column unread, blank lines as rows of nulls."""
        source = self.path if self._kept is None else io.BytesIO(b"".join(self._kept))
        ordered = sorted(positions)
        try:
            frame = pl.read_csv(source, separator=self._separator, columns=ordered, infer_schema=False)
        except pl.exceptions.PolarsError as error:
            raise InputError(
                "This file cannot be read as a table.",
                where=f"{self.path.name}: {str(error).splitlines()[0]}",
                fix="Export it again as CSV (UTF-8).",
            ) from error
        frame.columns = [self.columns[position] for position in ordered]
        return frame.select([self.columns[position] for position in positions])


class _Checker:
    """Counts fields of every record in blocks of bytes; knows where in the file it is when something is wrong."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.columns: tuple[str, ...] = ()
        self.separator = ","
        self.rows = 0
        self._records = 0
        self._rest = b""

    def feed(self, block: bytes) -> None:
        data = self._rest + block
        if not self._records and not self._rest:
            data = _without_mark(data, self.name)
        end = self._check(data)
        self._rest = data[end:]
        if len(self._rest) > LONGEST_ROW:
            raise self._too_long(self._rest, self._records + 1)

    def close(self) -> None:
        if self._rest:
            rest = self._rest + b"\n"
            if self._check(rest) < len(rest):
                raise self._unclosed(self._records + 1)
        if not self._records:
            raise InputError("The file is empty.", where=self.name, fix="Check the download and try again.")
        if not self.rows:
            raise InputError(
                "The file has a header but no rows.", where=self.name, fix="Check the export and try again."
            )

    def _check(self, data: bytes) -> int:
        """Check the whole records in ``data``; return where the first unfinished one starts."""
        codes = np.frombuffer(data, np.uint8)
        outside = _outside_quotes(codes) if b'"' in data else None
        ends = _positions(codes == _NEWLINE, outside)
        if not len(ends):
            return 0
        starts = np.concatenate(([0], ends[:-1] + 1))
        lengths = ends - starts
        if lengths.max() > LONGEST_ROW:
            worst = int(lengths.argmax())
            raise self._too_long(data[starts[worst] : ends[worst]], self._records + worst + 1)
        stop = int(ends[-1]) + 1
        if not self._records:
            self._read_header(data[: ends[0]])
        self._check_bytes(data[:stop], starts)
        self._check_fields(codes, outside, starts, ends)
        self._records += len(ends)
        return stop

    def _read_header(self, line: bytes) -> None:
        text = line.decode("utf-8", errors="replace").strip("\r\n")
        if "\r" in text:
            raise InputError(
                "The lines of this file end with a lone carriage return.",
                where=self.name,
                fix="Save it again with ordinary line ends.",
            )
        self.separator = max(_SEPARATORS, key=lambda mark: (text.count(mark), mark == ","))
        self.columns = tuple(name.strip() for name in self._names(text))
        if not any(self.columns):
            raise InputError(
                "The first line, which should name the columns, is empty.",
                where=f"{self.name}, row 1",
                fix="Delete the empty lines above the header.",
            )

    def _names(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self.separator), [])
        except csv.Error as error:
            raise InputError(
                "The first line, which should name the columns, cannot be read.",
                where=f"{self.name}, row 1",
                fix="Write the header as one plain line.",
            ) from error

    def _check_bytes(self, data: bytes, starts: NDArray[np.int64]) -> None:
        nul = data.find(b"\0")
        if nul >= 0:
            raise InputError(
                "This file holds NUL bytes, which no text table has.",
                where=self._where(data, nul, starts),
                fix="Export it again as plain CSV (UTF-8).",
            )
        if data.isascii():
            return
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(
                "This text is not UTF-8.",
                where=self._where(data, error.start, starts),
                fix=_how_to_read(data[: error.start + _SEEN_AFTER]),
            ) from error

    def _check_fields(
        self,
        codes: NDArray[np.uint8],
        outside: NDArray[np.bool_] | None,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> None:
        marks = _positions(codes == ord(self.separator), outside)
        fields = np.searchsorted(marks, ends) - np.searchsorted(marks, starts) + 1
        lengths = ends - starts
        blank = (lengths == 0) | ((lengths == 1) & (codes[starts] == _RETURN))
        wrong = np.flatnonzero((fields != len(self.columns)) & ~blank)
        if len(wrong):
            row, found = self._records + int(wrong[0]) + 1, int(fields[wrong[0]])
            raise InputError(
                f"Row {row} has {found} field{'s' if found != 1 else ''}, but the header has {len(self.columns)}.",
                where=f"{self.name}, row {row}, column {min(found, len(self.columns))}",
                fix="Put text that holds a separator or a quotation mark in quotation marks, or export the file again.",
            )
        self.rows += int((~blank).sum()) - (0 if self._records else 1)

    def _where(self, data: bytes, position: int, starts: NDArray[np.int64]) -> str:
        record = int(np.searchsorted(starts, position, side="right")) - 1
        number = data.count(self.separator.encode(), int(starts[record]), position)
        column = self.columns[number] if self._records + record and number < len(self.columns) else str(number + 1)
        return f"{self.name}, row {self._records + record + 1}, column {column}"

    def _too_long(self, line: bytes, row: int) -> InputError:
        if b'"' in line and not _outside_quotes(np.frombuffer(line, np.uint8))[-1]:
            return self._unclosed(row)
        if b"\0" in line[:_BLOCK]:
            return InputError(
                "This file holds NUL bytes, which no text table has.",
                where=f"{self.name}, row {row}, column 1",
                fix="Export it again as plain CSV (UTF-8).",
            )
        column = line.count(self.separator.encode()) + 1
        return InputError(
            f"Row {row} is longer than {LONGEST_ROW:,} bytes, so this is not a table of incidents.",
            where=f"{self.name}, row {row}, column {column}",
            fix="Check that the file is complete and has one incident on each line.",
        )

    def _unclosed(self, row: int) -> InputError:
        return InputError(
            f"A quotation mark that opens in row {row} is never closed.",
            where=f"{self.name}, row {row}",
            fix="Close it, or write a quotation mark inside a text twice.",
        )


def _outside_quotes(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    # Parity survives the wrap-around of uint8, and a doubled mark inside a text toggles twice.
    return np.asarray(np.cumsum(codes == _QUOTE, dtype=np.uint8) & 1 == 0)


def _positions(found: NDArray[np.bool_], outside: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    return np.flatnonzero(found if outside is None else found & outside)


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _blocks(path: Path, progress: Progress | None) -> Iterator[bytes]:
    total = path.stat().st_size
    with path.open("rb") as raw:
        zipped = _is_gzip(path)
        stream: BinaryIO | gzip.GzipFile = gzip.GzipFile(fileobj=raw) if zipped else raw
        try:
            while block := stream.read(_BLOCK):
                yield block
                if progress:
                    progress(raw.tell(), total, f"checking {path.name}")
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(
                "This compressed file is damaged or cut short.", where=path.name, fix="Download it again."
            ) from error


def _decoded(blocks: Iterator[bytes], encoding: str | None, name: str) -> Iterator[bytes]:
    if encoding is None:
        yield from blocks
        return
    try:
        # Codecs that do not give text (base64, zip) are known too, but fail here.
        "".encode(encoding)
        decoder = codecs.getincrementaldecoder(encoding)()
    except (LookupError, ValueError) as error:
        raise UsageError(
            "This is not a known encoding of text.", where=encoding, fix="Use utf-8, utf-16 or cp1252, for example."
        ) from error
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeDecodeError as error:
        raise InputError(
            f"This text is not {encoding}.", where=name, fix="Name the right one with --encoding, or save it as UTF-8."
        ) from error


def _without_mark(data: bytes, name: str) -> bytes:
    """Drop a UTF-8 byte order mark; InputError where the first bytes are those of something else."""
    wide = _utf_16(data)
    if wide:
        raise InputError(
            "This file is UTF-16, not UTF-8.",
            where=f"{name}, row 1, column 1",
            fix=f"Import it with --encoding {wide}, or save it as UTF-8.",
        )
    data = data.removeprefix(codecs.BOM_UTF8)
    start = data[:64].lstrip()
    for mark, what in _NOT_TABLES:
        if start.startswith(mark):
            raise InputError(
                f"This is {what}, not a table.",
                where=f"{name}, row 1, column 1",
                fix="Give a CSV, Parquet or XLSX file.",
            )
    return data


def _utf_16(data: bytes) -> str:
    """Return the name of the encoding where a file's first bytes are UTF-16: by its mark, or by every second byte."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = data[:_HEAD]
    first, second = head[::2].count(0), head[1::2].count(0)
    if len(head) < 4 or min(first, second) > 0 or max(first, second) < 0.8 * (len(head) // 2):
        return ""
    return "utf-16-le" if second else "utf-16-be"


def _how_to_read(data: bytes) -> str:
    """Say what to do about text that is not UTF-8: the encoding that Windows writes, where these bytes fit it."""
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return "Save the file as UTF-8, or name its encoding with --encoding (for example mac-roman)."
    return (
        "Windows programs write cp1252: import it with --encoding cp1252, and see with --preview that it reads right. "
        "Or save it as UTF-8."
    )
