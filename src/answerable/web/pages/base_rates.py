"""Of 100 such deployments, how many would coincide with violence by pure chance: in 2018, or on a reader's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.errors import InputError
from answerable.forecast.base_rate import BaseRate, base_rate
from answerable.web.catalogue import say
from answerable.web.render import Page

# In the order of the form: name, label, hint, whether it must be whole, and a value to start from.
FIELDS = (
    (
        "events_per_year",
        say("told.base_rates.incidents_a_year_in"),
        say("told.base_rates.count_the_kind_you"),
        False,
        "4500",
    ),
    (
        "places",
        say("told.base_rates.places_in_the_city"),
        say("told.base_rates.neighbourhoods_wards_or_grid"),
        True,
        "4835",
    ),
    ("hours", say("told.base_rates.hours_of_one_deployment"), "", False, "12"),
    ("area_places", say("told.base_rates.places_covered_by_one"), "", True, "1"),
    ("lift", say("told.base_rates.times_likelier_than_a"), say("told.base_rates.means_no_skill_in"), False, "1"),
)


@dataclass(frozen=True)
class Row:
    """One size of deployment and what chance gives for it."""

    covers: str
    rate: BaseRate


@dataclass(frozen=True)
class Table:
    """One kind of incident, with where its yearly number comes from, and rows of deployments."""

    title: str
    source: str
    as_of: str
    rows: tuple[Row, ...]

    @property
    def first(self) -> Row:
        """The smallest deployment, which the first page shows."""
        return self.rows[0]


@dataclass(frozen=True)
class Calculation:
    """A reader's own figures: what was typed, the answer (None where it cannot be given) and what to correct."""

    typed: Mapping[str, str]
    rate: BaseRate | None
    problems: tuple[tuple[str, str], ...] = ()


@cache
def worked_tables() -> tuple[Table, ...]:
    """Return the tables for London in 2018, computed from the dated figures in ``web/base_rates_2018.yaml``."""
    text = files("answerable.web").joinpath("base_rates_2018.yaml").read_text(encoding="utf-8")
    document = yaml.safe_load(text)
    places = int(document["places"]["value"])
    return tuple(
        Table(
            title=raw["title"],
            source=say(
                "told.base_rates.a_year_in_places", raw=raw["events_per_year"], places=places, raw2=raw["source"]
            ),
            as_of=str(document["as_of"]),
            rows=tuple(
                Row(row["covers"], base_rate(raw["events_per_year"], places, row["hours"], row["area_places"]))
                for row in raw["rows"]
            ),
        )
        for raw in document["tables"]
    )


def page(tables: Sequence[Table], calculation: Calculation | None = None, *, served: bool = False) -> Page:
    """Return the page; with the form only where a server answers it (``served``)."""
    asked = calculation or Calculation({}, None)
    data = {
        "tables": [table_data(table) for table in tables],
        "served": served,
        "fields": [
            {
                "name": name,
                "label": label,
                "hint": hint,
                "value": asked.typed.get(name, example),
                "problem": dict(asked.problems).get(name, ""),
            }
            for name, label, hint, _, example in FIELDS
        ],
        "problems": [{"field": field, "says": says} for field, says in asked.problems],
        "result": rate_data(asked.rate) if asked.rate else None,
        "command": "answerable base-rate --events-per-year 4500 --places 4835 --hours 12 --area-places 1",
    }
    return Page("base-rates.html", say("told.base_rates.of_such_deployments"), "base_rates.html", data)


def calculate(query: Mapping[str, str]) -> Calculation:
    """Answer the form: figures as typed in, an answer or the problems out. Fields left out take their first value."""
    typed = {name: query.get(name, example).strip() for name, _, _, _, example in FIELDS}
    figures: dict[str, float] = {}
    problems: list[tuple[str, str]] = []
    for name, label, _, whole, _ in FIELDS:
        try:
            figures[name] = int(_plain(typed[name])) if whole else float(_plain(typed[name]))
        except ValueError:
            problems.append(
                (name, say("told.base_rates.enter_a_number_such", label=label, whole="whole " if whole else ""))
            )
    if problems:
        return Calculation(typed, None, tuple(problems))
    try:
        rate = base_rate(
            figures["events_per_year"],
            int(figures["places"]),
            figures["hours"],
            int(figures["area_places"]),
            figures["lift"],
        )
    except InputError as error:
        return Calculation(typed, None, ((_blamed(error), f"{error.what} {error.fix}"),))
    return Calculation(typed, rate)


def table_data(table: Table) -> dict[str, Any]:
    """Return one table as plain values."""
    return {
        "title": table.title,
        "source": table.source,
        "as_of": table.as_of,
        "rows": [{"covers": row.covers, **rate_data(row.rate)} for row in table.rows],
    }


def rate_data(rate: BaseRate) -> dict[str, Any]:
    """Return one base rate as plain values, with the number of dots of 100 that stand for it."""
    return {**rate.as_json(), "dots": round(rate.per_100), "skill_free_per_100": rate.skill_free_per_100}


def _blamed(error: InputError) -> str:
    """Return the field that an error about the figures is about, from the place it names."""
    named = (name for name, *_ in FIELDS if error.where.startswith(name.replace("_", " ")))
    ends = {"hours": "hours", "places": "area_places", "year": "events_per_year"}
    return next(named, ends.get(error.where.rpartition(" ")[2], FIELDS[0][0]))


def _plain(text: str) -> str:
    return text.replace(",", "")
