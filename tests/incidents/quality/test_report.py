"""A report can be read as sentences, as a table and as JSON, and it never calls sound data bad."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import polars as pl
import pytest

from answerable.errors import InputError
from answerable.incidents.quality import Check, QualityReport, quality_report
from answerable.incidents.quality.thresholds import thresholds
from answerable.incidents.table import Incidents

Sound = Callable[..., pl.DataFrame]
Table = Callable[..., Incidents]


@pytest.mark.parametrize("seed", range(8))
def test_sound_data_have_nothing_to_look_at(sound: Sound, table: Table, seed: int) -> None:
    report = quality_report(table(sound(seed=seed)))
    assert report.level == "ok", report.prose()
    assert all(check.says and not check.cannot_tell for check in report)


def test_the_report_is_plain_json_and_names_the_data(sound: Sound, table: Table) -> None:
    incidents = table(sound(500))
    document = json.loads(json.dumps(quality_report(incidents).as_json()))
    assert document["incidents"] == len(incidents)
    assert document["data_hash"] == incidents.data_hash
    assert {"name", "title", "count", "share", "expected", "level", "says", "where"} == set(document["checks"][0])


def test_the_prose_puts_the_worst_first_and_says_once_what_cannot_be_told() -> None:
    def check(name: str, level: str, says: str) -> Check:
        return Check(name, name.title(), None, None, None, level, says)  # type: ignore[arg-type]

    report = QualityReport(
        3,
        "",
        (
            check("fine", "ok", "All is well."),
            check("hours", "look", "Cannot tell: no times."),
            check("rounds", "look", "Cannot tell: no times."),
            check("odd", "look", "This is odd."),
            check("bad", "wrong", "This is bad."),
        ),
    )
    assert report.level == "wrong"
    assert report.prose().splitlines() == [
        "3 incidents were checked.",
        "Wrong: This is bad.",
        "To look at: This is odd.",
        "Cannot tell: no times. (hours, rounds)",
        "As expected: fine.",
    ]


def test_a_notebook_shows_a_table_with_the_markup_of_others_defused() -> None:
    report = QualityReport(1, "", (Check("a", "A", 1, 1.0, 0.0, "look", "kind <script> & more"),))
    assert "kind &lt;script&gt; &amp; more" in report._repr_html_()


def test_no_incidents_is_an_error(sound: Sound, table: Table) -> None:
    with pytest.raises(InputError, match="no incidents"):
        quality_report(table(sound(5).clear()))


def test_a_check_that_is_not_there_is_a_key_error(sound: Sound, table: Table) -> None:
    with pytest.raises(KeyError):
        quality_report(table(sound(50)))["sorcery"]


def test_only_the_newest_version_of_an_incident_is_judged(sound: Sound, table: Table) -> None:
    first = sound(300)
    revised = first.head(100).with_columns(known_at=pl.col("known_at") + pl.duration(days=1), x=None, y=None)
    report = quality_report(table(pl.concat([first, revised.cast(dict(first.schema))])))
    assert report.incidents == 300
    assert report["missing_places"].count == 100
    assert report["duplicates"].count == 0


def test_every_threshold_has_its_unit_status_and_source() -> None:
    from importlib.resources import files

    import yaml

    document = yaml.safe_load(files("answerable.incidents.quality").joinpath("thresholds.yaml").read_text("utf-8"))
    assert document["dated"]
    assert len(thresholds()) == len(document["thresholds"]) > 20
    for name, entry in document["thresholds"].items():
        assert set(entry) == {"value", "unit", "status", "source"}, name
        assert all(entry.values()), name
        assert entry["status"] in {"design", "measured", "literature", "assumption"}, name


def test_fifteen_thousand_incidents_take_a_moment(sound: Sound, table: Table) -> None:
    incidents = table(sound(15_000))
    quality_report(table(sound(100)))
    start = time.process_time()
    quality_report(incidents)
    # 0.15 s of processor time on the machine this was written on; the room is for slower ones.
    assert time.process_time() - start < 1.5
