"""The record as files: CSV, GeoJSON and Parquet of cases and entries, and a calendar of what ends and closes when."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from answerable.case.adoption.answers import Response
from answerable.place import stamp
from answerable.present.writers import formula_safe
from answerable.service.public_view import PublicCase, PublicView
from answerable.web.catalogue import say
from answerable.web.ics import calendar
from answerable.web.pages.cases import standing

CASE_COLUMNS = {
    "id": say("told.files.number_of_the_case"),
    "title": say("told.files.its_title"),
    "area": say("told.files.name_of_its_area"),
    "km2": say("told.files.size_of_the_area"),
    "starts_at": say("told.files.start_of_the_authority"),
    "ends_at": say("told.files.its_end_utc"),
    "trigger": say("told.files.what_it_was_put"),
    "state": say("told.files.where_it_stood_when"),
    "standing": say("told.files.as_the_register_says"),
    "urgent": say("told.files.whether_it_was_authorised"),
    "authorised_at": say("told.files.when_it_was_authorised"),
    "started_at": say("told.files.when_officers_were_deployed"),
    "ended_at": say("told.files.when_it_was_over"),
    "overdue": say("told.files.how_many_accounts_are"),
    "entries": say("told.files.how_many_entries_of"),
}
_INSTANTS = ("starts_at", "ends_at", "authorised_at", "started_at", "ended_at")
_ENTRY_COLUMNS = ("index", "case", "kind", "at", "office", "proof")


@dataclass(frozen=True)
class Download:
    """One file: its media type, what it holds, and how it is made of a view of the record."""

    kind: str
    says: str
    make: Callable[[PublicView], bytes]


def case_rows(view: PublicView) -> list[dict[str, Any]]:
    """Return one row per case under :data:`CASE_COLUMNS`; instants as they are, None where there is none."""
    return [_case_row(case) for case in view.cases]


def _case_row(case: PublicCase) -> dict[str, Any]:
    return {
        "id": case.id,
        "title": case.title,
        "area": case.area_name,
        "km2": float(case.area_km2),
        "starts_at": case.starts_at,
        "ends_at": case.ends_at,
        "trigger": case.trigger,
        "state": case.state,
        "standing": standing(case),
        "urgent": case.urgent,
        "authorised_at": case.authorised_at,
        "started_at": case.started_at,
        "ended_at": case.ended_at,
        "overdue": sum(duty.overdue for duty in case.duties),
        "entries": len(case.events),
    }


def cases_csv(view: PublicView) -> bytes:
    """Return the cases as CSV; no text in it can start a formula."""
    return _csv(tuple(CASE_COLUMNS), (row.values() for row in case_rows(view)))


def cases_parquet(view: PublicView) -> bytes:
    """Return the cases as Parquet, with times in UTC and the types of the codebook."""
    import polars as pl

    texts, instant = ("id", "title", "area", "trigger", "state", "standing"), pl.Datetime("us", "UTC")
    schema: dict[str, Any] = {name: pl.String() for name in texts} | dict.fromkeys(_INSTANTS, instant)
    schema |= {"km2": pl.Float64(), "urgent": pl.Boolean(), "overdue": pl.Int64(), "entries": pl.Int64()}
    buffer = io.BytesIO()
    pl.DataFrame(case_rows(view), schema={name: schema[name] for name in CASE_COLUMNS}).write_parquet(buffer)
    return buffer.getvalue()


def cases_geojson(view: PublicView) -> bytes:
    """Return the cases as GeoJSON: with the outline of the ward of that name where a picture has published one."""
    outlines = _outlines(view)
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "properties": {name: _text(value) if isinstance(value, datetime) else value for name, value in row.items()},
            "geometry": outlines.get(row["area"]),
        }
        for row in case_rows(view)
    ]
    return _json({"type": "FeatureCollection", "features": features})


def wards_geojson(view: PublicView) -> bytes:
    """Return the newest published picture as GeoJSON: chance, interval and base rate of each ward."""
    data = view.pictures[-1].data if view.pictures else {"areas": [], "p_base": None, "window": None}
    outlines, kept = _outlines(view), ("name", "p", "p_low", "p_high", "expected")
    features = [
        {
            "type": "Feature",
            "properties": {name: area[name] for name in kept} | {"p_base": data["p_base"]},
            "geometry": outlines[str(area["name"])],
        }
        for area in data["areas"]
    ]
    return _json({"type": "FeatureCollection", "window": data["window"], "features": features})


def entries_csv(view: PublicView) -> bytes:
    """Return every published entry as CSV, in the order of the log, with the path of its proof."""
    told = [(case.id, event) for case in view.cases for event in case.events]
    told += [(name, event) for name, events in view.adoptions.items() for event in events]
    seen = {event.index for _, event in told}
    told += [("", event) for event in (*view.policies, *view.pictures) if event.index not in seen]
    rows = [(e.index, case, e.kind, e.at, e.office, e.proof) for case, e in sorted(told, key=lambda one: one[1].index)]
    return _csv(_ENTRY_COLUMNS, rows)


def answers_csv(view: PublicView) -> bytes:
    """Return every response that is in the record as CSV; words only where they may be published."""
    told = [
        (name, event.at, one)
        for name, events in view.adoptions.items()
        for event in events
        if event.kind == "respond"
        for one in event.data["responses"]
    ]
    columns = ("id", "kind", "org", "stance", "themes", "text")
    rows = [
        (name, at, *("; ".join(one["themes"]) if key == "themes" else one.get(key, "") for key in columns))
        for name, at, one in told
    ]
    return _csv(("adoption", "entered_at", *columns), rows)


def responses_csv(_view: PublicView) -> bytes:
    """Return the empty form in which responses to a consultation can be handed in."""
    return _csv(tuple(Response.model_fields), ())


FILES: Mapping[str, Download] = {
    "cases.csv": Download("text/csv; charset=utf-8", say("told.files.every_case_one_row"), cases_csv),
    "entries.csv": Download("text/csv; charset=utf-8", say("told.files.every_published_entry_with"), entries_csv),
    "cases.parquet": Download("application/vnd.apache.parquet", say("told.files.every_case_with_types"), cases_parquet),
    "cases.geojson": Download("application/geo+json", say("told.files.every_case_with_its"), cases_geojson),
    "wards.geojson": Download("application/geo+json", say("told.files.the_newest_published_picture"), wards_geojson),
    "calendar.ics": Download("text/calendar; charset=utf-8", say("told.files.what_starts_ends_closes"), calendar),
    "answers.csv": Download("text/csv; charset=utf-8", say("told.files.every_response"), answers_csv),
    "responses.csv": Download("text/csv; charset=utf-8", say("told.files.a_form_for_responses"), responses_csv),
}


def _outlines(view: PublicView) -> dict[str, Any]:
    areas = view.pictures[-1].data["areas"] if view.pictures else ()
    return {str(area["name"]): {"type": "Polygon", "coordinates": [area["polygon"]]} for area in areas}


def _csv(head: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_text(value) for value in row] for row in rows)
    return out.getvalue().encode()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return stamp(value)
    return formula_safe(value) if isinstance(value, str) else str(value)


def _json(document: Any) -> bytes:
    return (json.dumps(document, ensure_ascii=False) + "\n").encode()
