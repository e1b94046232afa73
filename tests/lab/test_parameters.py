"""The city's numbers: sourced, dated, and refused when impossible."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from answerable.errors import InputError, UsageError
from answerable.lab import Parameters, load_parameters
from answerable.lab import parameters as module


def test_every_number_has_a_unit_a_source_and_a_value_inside_its_plausible_range(parameters: Parameters) -> None:
    assert parameters.dated
    for entry in parameters.entries.values():
        assert entry.low <= entry.value <= entry.high, entry.name
        assert all((entry.unit, entry.source)), entry.name


def test_a_report_can_list_what_nobody_measured(parameters: Parameters) -> None:
    names = {p.name for p in parameters.assumptions()}
    assert "week_peak" in names
    assert "branching" not in names


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"events_per_year": -1.0}, "negative"),
        ({"reporting": 1.2}, "cannot exceed 1"),
        ({"branching": 1.0}, "below 1"),
        ({"trigger_days": 0.0}, "above 0"),
        ({"week_peak": 0.9}, "mean hour"),
        ({"fatal": 0.7, "injury": 0.6}, "add up"),
        ({"place_sigma": float("nan")}, "negative"),
    ],
)
def test_an_impossible_number_is_refused_by_name(parameters: Parameters, change: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        parameters.changed(**change)
    assert next(iter(change)) in str(caught.value)


def test_an_unknown_name_is_refused_and_the_known_ones_are_shown(parameters: Parameters) -> None:
    with pytest.raises(UsageError, match="branching"):
        parameters.changed(brnching=0.2)


def test_a_reader_can_bring_a_file_of_their_own_and_a_broken_one_is_named(tmp_path: Path) -> None:
    ours = yaml.safe_load((Path(module.__file__).parent / "parameters.yaml").read_text())
    ours["parameters"]["branching"]["value"] = 0.3
    mine = tmp_path / "mine.yaml"
    mine.write_text(yaml.safe_dump(ours))
    assert load_parameters(mine)["branching"] == 0.3
    del ours["parameters"]["branching"]["source"]
    mine.write_text(yaml.safe_dump(ours))
    with pytest.raises(InputError, match=r"mine\.yaml.*source"):
        load_parameters(mine)
    mine.write_text("- nothing")
    with pytest.raises(InputError):
        load_parameters(mine)
