"""Knows a column about persons by its name, so that a summary can say that it was dropped for that reason."""

from __future__ import annotations

import re

_ABOUT_PERSONS = {
    "age", "ages", "sex", "gender", "race", "ethnic", "ethnicity", "ethnicities", "latino", "latina", "hispanic",
    "nationality", "religion", "dob", "birth", "birthdate", "birthday", "surname", "forename", "firstname", "lastname",
    "suspect", "suspects", "perp", "perpetrator", "offender", "offenders", "nominal", "nominals", "arrestee",
    "detainee", "wound", "phone", "telephone", "email", "passport", "disability", "occupation", "alias",
}  # fmt: skip
_NAMED = {
    "first", "last", "middle", "full", "given", "family", "victim", "vic", "suspect", "person", "officer", "witness",
}  # fmt: skip


def is_person_column(column: str) -> bool:
    """Say whether a column's name shows that it describes persons.

    >>> [
    ...     name
    ...     for name in ("VIC_AGE_GROUP", "Officer-defined ethnicity", "LSOA name", "n_victims")
    ...     if is_person_column(name)
    ... ]
    ['VIC_AGE_GROUP', 'Officer-defined ethnicity']
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column)
    words = set(re.findall(r"[a-z]+", spaced.lower()))
    if words & _ABOUT_PERSONS:
        return True
    return words == {"name"} or ("name" in words and bool(words & _NAMED))
