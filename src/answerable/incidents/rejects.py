"""Rows that cannot be imported: counted, kept apart with the reason, and never silently mended."""

from __future__ import annotations

import polars as pl

from answerable.errors import InputError

REJECTS = pl.Schema(
    {"file": pl.String(), "row": pl.Int64(), "column": pl.String(), "value": pl.String(), "reason": pl.String()}
)
MISSING = ("", "na", "n/a", "#n/a", "nan", "null", "none", "(null)", "unknown")


def missing(column: str) -> pl.Expr:
    """Say which values of a text column stand for no value."""
    text = pl.col(column).str.strip_chars().str.to_lowercase()
    return pl.col(column).is_null() | text.is_in(MISSING)


def problem(column: str, condition: pl.Expr, reason: str) -> pl.Expr:
    """Return the expression that holds column, value and reason where ``condition`` holds, and null elsewhere."""
    found = pl.struct(column=pl.lit(column), value=pl.col(column).cast(pl.String, strict=False), reason=pl.lit(reason))
    return pl.when(condition).then(found)


def split(frame: pl.DataFrame, *problems: pl.Expr) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with none of ``problems``, and the others as rejects (the first problem of each).

    ``frame`` carries ``_file`` and ``_row``.
    """
    marked = frame.with_columns(_problem=pl.coalesce(problems))
    bad = marked.filter(pl.col("_problem").is_not_null())
    rejects = bad.select(
        pl.col("_file").alias("file"),
        pl.col("_row").cast(pl.Int64).alias("row"),
        *[pl.col("_problem").struct.field(name).alias(name) for name in ("column", "value", "reason")],
    )
    return marked.filter(pl.col("_problem").is_null()).drop("_problem"), rejects


def check_share(rejects: pl.DataFrame, rows: int, name: str) -> None:
    """Raise InputError where half or more of a file's ``rows`` fail: then the layout is wrong, not the rows."""
    if rejects.height * 2 < rows or rejects.is_empty():
        return
    first = rejects.sort("row").row(0, named=True)
    raise InputError(
        f"{rejects.height:,} of {rows:,} rows cannot be imported; the first because {first['reason']}: "
        f"{first['value']!r}.",
        where=f"{name}, row {first['row']}, column {first['column']}",
        fix="Check the layout with --preview, or describe the columns in a mapping file (--mapping).",
    )
