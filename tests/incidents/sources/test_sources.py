from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from answerable.errors import InputError
from answerable.incidents.persons import is_person_column
from answerable.incidents.sources import Source, layouts, recognise, refused, sources


def test_names_are_unique() -> None:
    names = [layout.name for layout in layouts()]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_no_source_lets_a_person_column_through(source: Source) -> None:
    # Whether an officer fired is asked only to leave such rows out.
    let_through = [column for column in source.allowed if is_person_column(column)]

    assert let_through == []


@pytest.mark.parametrize("source", [s for s in sources() if s.automatic], ids=lambda source: source.name)
def test_every_source_recognises_its_own_columns_in_any_order_and_spelling(source: Source) -> None:
    columns = [column.lower().replace(" ", "_") for column in reversed(source.identified_by)]

    assert recognise([*columns, "something_else"]) is source
    assert refused(columns) is None


@pytest.mark.parametrize("source", [s for s in sources() if s.tz], ids=lambda source: source.name)
def test_every_zone_exists(source: Source) -> None:
    assert ZoneInfo(str(source.tz)).key == source.tz


def test_columns_that_say_nothing_are_not_recognised() -> None:
    assert recognise(["date", "lon", "lat"]) is None


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("dc_gunfire_2010/events.csv.gz", "no absolute coordinates and no calendar"),
        ("london_monthly_2010_2018/ward_month.parquet", "counts by ward or borough"),
        ("london_monthly_2010_2018/borough_month.parquet", "counts by ward or borough"),
        ("london_lsoa_year_2011_2018/lsoa_year.parquet", "counts by small area"),
        ("london_homicide/homicide_date_borough_2006_2011.csv.gz", "a borough but no point"),
        ("london_homicide/homicide_month_borough_2003_2018.csv.gz", "a borough but no point"),
    ],
)
def test_data_without_a_place_is_refused_with_what_it_is_good_for(
    read, shared_data: Path, name: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as raised:
        read(shared_data / name)

    assert raised.value.exit_code == 3
    assert raised.value.fix.startswith("They ")
