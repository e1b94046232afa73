from __future__ import annotations

import json

from answerable.incidents.summary import ImportSummary


def test_the_keys_that_others_rely_on_are_there_and_are_json() -> None:
    document = json.loads(json.dumps(ImportSummary("nypd", 10, 7, 1, dropped_columns=("VIC_SEX",)).as_json()))

    assert document["read"] == 10
    assert document["kept"] == 7
    assert document["rejected"] == 1
    assert document["already_known"] == 0
    assert document["dropped_columns"] == ["VIC_SEX"]


def test_sentences_say_what_happened_and_nothing_else() -> None:
    quiet = ImportSummary("nypd", 10, 10)
    full = ImportSummary(
        "chicago", 1010, 7, rejected=2, set_aside={"THEFT": 1000, "NARCOTICS": 1}, person_columns=("age",),
        dropped_columns=("age", "Beat"), not_read={"x.csv": "It holds stops."},
    )  # fmt: skip

    assert quiet.sentences() == ["Read 10 rows as nypd; kept 10 incidents."]
    said = " ".join(full.sentences())
    assert "1,001 rows were set aside as no serious violence: 1,000 THEFT, 1 NARCOTICS." in said
    assert "Left at the door: age, Beat." in said
    assert "Dropped because they describe persons: age." in said
    assert "Not read: x.csv. It holds stops." in said
