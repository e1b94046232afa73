"""What a deployment would take, and what the same officer-hours would do elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from answerable.case.casefile import CaseFile
from answerable.case.machine import Case
from answerable.case.resources import officer_hours
from answerable.case.sections import public_sections
from answerable.errors import InputError

Change = Callable[..., CaseFile]
SCHOOLS = {
    "option": "schools_or_youth_engagement",
    "why_insufficient": "It cannot act within hours.",
    "takes": {"unit": "an afternoon in a school", "officer_hours": 6, "src": "Schools team rota"},
}


def test_six_officers_for_four_hours_are_four_afternoons_in_a_school(with_changes: Change) -> None:
    casefile = with_changes(alternatives=[SCHOOLS])
    assert officer_hours(casefile) == 24
    sections = public_sections(casefile)
    assert sections["resources"] == {
        "armed_officers": 2, "unarmed_officers": 4, "hours": 4.0, "officer_hours": 24.0,
    }  # fmt: skip
    (schools,) = sections["alternatives"]
    assert schools["takes"] == {**SCHOOLS["takes"], "units": 4.0}  # type: ignore[dict-item]
    assert schools["rating"] == "no_clear_evidence", "what it costs stands beside how good its evidence is"


def test_what_nobody_says_is_not_worked_out(with_changes: Change) -> None:
    bare = {name: value for name, value in SCHOOLS.items() if name != "takes"}
    assert "takes" not in public_sections(with_changes(alternatives=[bare]))["alternatives"][0]
    sections = public_sections(with_changes(alternatives=[SCHOOLS], support=None))
    assert "resources" not in sections
    assert "units" not in sections["alternatives"][0]["takes"]


@pytest.mark.parametrize(
    ("takes", "named"),
    [
        ({"unit": "a visit", "officer_hours": 0, "src": "rota"}, "officer_hours"),
        ({"unit": "a visit", "officer_hours": 6}, "src"),
        ({"unit": "", "officer_hours": 6, "src": "rota"}, "unit"),
        ({"unit": "a visit", "officer_hours": 6, "src": "rota", "pounds": 200}, "pounds"),
    ],
)
def test_a_figure_without_its_source_or_its_size_is_refused(
    with_changes: Change, takes: dict[str, Any], named: str
) -> None:
    with pytest.raises(InputError) as caught:
        with_changes(alternatives=[{**SCHOOLS, "takes": takes}])
    assert named in f"{caught.value.what} {caught.value.where}"


def test_it_is_published_when_the_case_is_assessed(walk: Callable[..., Case]) -> None:
    assessed = walk("open", "submit", "assess").events[-1].data
    assert assessed["resources"]["officer_hours"] == 24.0
    takes = {one["option"]: one.get("takes") for one in assessed["alternatives"]}
    assert takes["schools_or_youth_engagement"]["units"] == 4.0
    assert takes["do_nothing"] is None
