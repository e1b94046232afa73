"""A mapping file: how a user's own columns become incidents, written once as YAML and remembered by the workspace.

Its JSON schema is published in ``docs/schemas/mapping.schema.json``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from answerable.errors import InputError
from answerable.incidents.persons import is_person_column
from answerable.incidents.sources.base import ISO, WGS84, Known, Source, When, Where, lookup, number

Column = Annotated[str, Field(min_length=1, description="The name of a column, as the file spells it.")]
Severity = Literal["fatal", "injury", "threat", "unknown", "none"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WhenMapping(_Strict):
    """Where the time stands, how it is written, and how exact it is."""

    date: Column
    time: Column | None = Field(None, description="A column of times of day or of hours, where they stand apart.")
    format: str = Field(
        ISO, description="How the date part is written, in strptime codes; any time of day after it is understood."
    )
    precision: Literal["minute", "hour", "day", "month"] = "minute"
    tz: str | None = Field(None, description="IANA name of the zone, for times written without an offset.")


class WhereMapping(_Strict):
    """Where the place stands: longitude and latitude, or easting and northing with the name of their projection."""

    lon: Column | None = None
    lat: Column | None = None
    easting: Column | None = None
    northing: Column | None = None
    crs: str | None = Field(None, description="The projection of easting and northing, such as EPSG:27700.")
    precision: Literal["point", "intersection", "snapped", "area"] = "point"

    @model_validator(mode="after")
    def _one_pair(self) -> WhereMapping:
        degrees, metres = (self.lon, self.lat), (self.easting, self.northing)
        if (None in degrees) == (None in metres) or any(degrees) == any(metres):
            raise ValueError("name either lon and lat, or easting and northing")
        if (self.crs is None) != (None in metres):
            raise ValueError("easting and northing need a crs such as EPSG:27700; lon and lat need none")
        return self


class ClassMapping(_Strict):
    """A class taken from a column (as it is, or by a table of values), or the same for all rows."""

    always: str | None = None
    column: Column | None = None
    values: dict[str, str] = Field(default_factory=dict, description="What each value of the column becomes.")
    otherwise: str = Field("unknown", description="What a value that is not in the table becomes.")

    @model_validator(mode="after")
    def _one_way(self) -> ClassMapping:
        if (self.always is None) == (self.column is None):
            raise ValueError("give either always or column")
        return self

    def expression(self) -> pl.Expr:
        """Return the class as an expression over the file's columns."""
        if self.column is None:
            return pl.lit(self.always)
        return (
            lookup(self.column, self.values, self.otherwise) if self.values else pl.col(self.column).str.strip_chars()
        )


class OnlyMapping(_Strict):
    """Which rows are serious violence: those whose column holds one of the values (in any case)."""

    column: Column
    values: list[str] = Field(min_length=1)


class KnownMapping(_Strict):
    """The column that tells when a row was known, and how it is written."""

    column: Column
    format: str = ISO


class Mapping(_Strict):
    """How the columns of one kind of file become incidents. What is not named here is dropped at the door."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="A short name; it becomes the incidents' source.")
    title: str = ""
    when: WhenMapping
    where: WhereMapping
    id: Column | None = Field(None, description="The column of the incident's own id; made from the row if missing.")
    rows: Literal["incidents", "victims"] = Field("incidents", description="victims: rows of one id are merged.")
    kind: ClassMapping = ClassMapping(always="unknown")
    severity: ClassMapping = ClassMapping(always="unknown")
    origin: ClassMapping = ClassMapping(always="reported")
    n_harmed: Column | None = Field(None, description="The number of persons hurt in the row.")
    only: OnlyMapping | None = None
    known: KnownMapping | None = None
    delay_hours: float = Field(24, ge=0, description="How long after the event it is usually known to the force.")
    encoding: str | None = Field(None, description="Of a CSV file that is not UTF-8, such as cp1252.")
    sheet: str | None = Field(None, description="Of a workbook, if it is not the first.")

    @model_validator(mode="after")
    def _no_persons(self) -> Mapping:
        if self.rows == "victims" and self.id is None:
            raise ValueError("rows of victims can only be merged by an id")
        persons = [column for column in self.columns if is_person_column(column)]
        if persons:
            raise ValueError(f"columns that describe persons are never imported: {', '.join(persons)}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that this mapping names."""
        return self.to_source().allowed

    def to_source(self) -> Source:
        """Return the layout that this mapping describes."""
        where = self.where
        pair = (where.lon, where.lat) if where.lon is not None else (where.easting, where.northing)
        source = Source(
            name=self.name,
            title=self.title or self.name,
            identified_by=(),
            when=When(self.when.date, self.when.time, (_date_part(self.when.format),), self.when.precision),
            where=Where(str(pair[0]), str(pair[1]), where.crs or WGS84, where.precision),
            tz=self.when.tz,
            delay=timedelta(hours=self.delay_hours),
            kind=self.kind.expression(),
            severity=self.severity.expression(),
            origin=self.origin.expression(),
            n_harmed=number(self.n_harmed) if self.n_harmed else None,
            numbers=(self.n_harmed,) if self.n_harmed else (),
            id=self.id,
            victims=self.rows == "victims",
            known=Known(self.known.column, (_date_part(self.known.format),)) if self.known else None,
            set_aside=_others(self.only) if self.only else None,
        )
        # The user named each of these columns, so each must be there.
        return replace(source, identified_by=source.allowed)

    def as_yaml(self) -> str:
        """Return the mapping as a YAML document with what differs from the defaults."""
        return yaml.safe_dump(self.model_dump(exclude_defaults=True), sort_keys=False, allow_unicode=True)


def _date_part(written: str) -> str:
    """Keep the date of a format such as "%d/%m/%Y %H:%M"; times of day are understood without being described."""
    cut = min((written.find(code) for code in ("%H", "%I", "%T", "%R") if code in written), default=len(written))
    return written[:cut].rstrip(" T") or ISO


def _others(only: OnlyMapping) -> pl.Expr:
    value = pl.col(only.column).str.strip_chars()
    kept = value.str.to_lowercase().is_in([name.lower() for name in only.values])
    return pl.when(~kept.fill_null(value=False)).then(pl.coalesce(value, pl.lit("no type")))


def load_mapping(path: Path) -> Mapping:
    """Read a mapping file; InputError, naming the field, where it is not valid."""
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(
            "This mapping file cannot be read.", where=f"{path}: {error}", fix="Write it as YAML (UTF-8)."
        ) from error
    return parse_mapping(document, str(path))


def parse_mapping(document: Any, name: str) -> Mapping:
    """Return the mapping a document describes; InputError, naming the first wrong field, where it is not valid."""
    try:
        return Mapping.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "the whole file"
        raise InputError(
            f"This mapping is not valid: {first['msg'].removeprefix('Value error, ')}.",
            where=f"{name}, {field}",
            fix="See the guide to mapping files, or start from the guess that --preview prints.",
        ) from error


def mapping_schema() -> dict[str, Any]:
    """Return the JSON schema of a mapping file, as published in ``docs/schemas``."""
    schema = Mapping.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Answerable mapping file"} | {
        key: value for key, value in schema.items() if key != "title"
    }
