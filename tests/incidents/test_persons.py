from __future__ import annotations

import pytest

from answerable.incidents.persons import is_person_column


@pytest.mark.parametrize(
    "column",
    ["PERP_AGE_GROUP", "VIC_RACE", "Gender", "Age range", "Self-defined ethnicity", "latino", "offender_injured",
     "victimName", "First name", "suspect_id", "Date of birth", "name", "victim_ethnicity_nibrs", "wound"],
)  # fmt: skip
def test_columns_about_persons_are_known_by_their_names(column: str) -> None:
    assert is_person_column(column)


@pytest.mark.parametrize(
    "column",
    ["LSOA name", "ward_name", "n_victims", "Location", "Crime type", "Last outcome category", "page", "stage",
     "PRECINCT", "Message", "n_fatal", "Passage"],
)  # fmt: skip
def test_other_columns_are_not(column: str) -> None:
    assert not is_person_column(column)
