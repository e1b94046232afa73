"""Which rows are one incident: victim rows merged, ids made where the publisher gives none, repeated ids told apart."""

from __future__ import annotations

import hashlib

import polars as pl

from answerable.incidents.sources.base import Source
from answerable.incidents.table import SEVERITIES

_CONTENT = ("occurred_from", "occurred_to", "_lon", "_lat", "kind", "severity")


def own_id(source: Source) -> pl.Expr:
    """Return the expression for the publisher's own id of a row, null where it gives none."""
    if source.id is None:
        return pl.lit(None, pl.String)
    stripped = pl.col(source.id).str.strip_chars()
    own = pl.when(stripped != "").then(stripped)
    return pl.col(source.id_within) + "/" + own if source.id_within else own


def made_within(source: Source) -> pl.Expr:
    """Return the expression for what tells apart two rows without an id that are alike in time, place and class."""
    if not source.made_id_with:
        return pl.lit("")
    return pl.concat_str([pl.col(name).fill_null("") for name in source.made_id_with], separator="|")


def identify(frame: pl.DataFrame, *, victims: bool) -> pl.DataFrame:
    """Return ``frame`` with a unique ``incident_id`` (made where it is null) and ``_repeated``, one row per incident.

    A made id is a digest of time, place and class, so that the same row has it in every download; the same row twice
    is counted on (``-2``, ``-3``), as is a publisher's id that stands on several rows. ``victims``: such rows are
    victims of one incident and are merged instead.
    """
    if victims:
        nameless = pl.col("incident_id").is_null()
        frame = pl.concat([_merged(frame.filter(~nameless)), frame.filter(nameless)])
    return _numbered(_with_made_ids(frame).with_columns(_repeated=False))


def _merged(frame: pl.DataFrame) -> pl.DataFrame:
    """Merge victim rows: the gravest row stands for the incident, the harmed are added up."""
    harmed = pl.when(pl.col("n_harmed").is_not_null().any()).then(pl.col("n_harmed").sum())
    gravity = pl.col("severity").replace_strict(list(SEVERITIES), range(len(SEVERITIES)), default=len(SEVERITIES))
    return (
        frame.with_columns(_gravity=gravity)
        .with_columns(n_harmed=harmed.over("incident_id"), _latest=pl.col("_known").max().over("incident_id"))
        .sort("_gravity", maintain_order=True)
        .unique("incident_id", keep="first", maintain_order=True)
        .sort("_file_number", "_row")
        .with_columns(_known=pl.col("_latest"))
        .drop("_gravity", "_latest")
    )


def _with_made_ids(frame: pl.DataFrame) -> pl.DataFrame:
    nameless = frame.filter(pl.col("incident_id").is_null())
    if nameless.is_empty():
        return frame
    content = pl.concat_str(
        pl.col("occurred_from").dt.epoch("us"),
        pl.col("occurred_to").dt.epoch("us"),
        (pl.col("_lon") * 1e6).round().cast(pl.Int64),
        (pl.col("_lat") * 1e6).round().cast(pl.Int64),
        "kind",
        "severity",
        "_within",
        separator="|",
        ignore_nulls=True,
    )
    texts = nameless.select(content).to_series().to_list()
    made = pl.Series("incident_id", [_digest(text) for text in texts], pl.String)
    return pl.concat([frame.filter(pl.col("incident_id").is_not_null()), nameless.with_columns(made)])


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=10).hexdigest()


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    """Tell rows of one id apart by a number, in an order that does not depend on the order of the file."""
    if not frame["incident_id"].is_duplicated().any():
        return frame
    ordered = frame.sort("incident_id", *_CONTENT, maintain_order=True)
    nth = pl.int_range(1, pl.len() + 1).over("incident_id")
    suffix = pl.when(nth > 1).then(pl.format("-{}", nth)).otherwise(pl.lit(""))
    return ordered.with_columns(pl.col("incident_id") + suffix, _repeated=nth > 1).sort("_file_number", "_row")
