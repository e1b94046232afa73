"""Reports that reach a case without having been taken in one by one are looked at all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from answerable.intel.grading import Regrade
from answerable.intel.held import HeldText, hold_report
from answerable.intel.place import Place
from answerable.intel.report import Hypothesis, Report

AT = datetime(2018, 11, 30, 15, tzinfo=UTC)
PLACE = Place("Victoria Park Estate", (-0.13, 51.55), 300.0)
SOUND = Report(
    ref="R-1", source="1", information="A", handling="P", origin_key="k-7f31", received_at=AT, place=PLACE,
    gist="Reprisal shooting expected on the Victoria Park Estate this evening.",
)  # fmt: skip


def test_a_report_about_a_place_alone_is_not_held() -> None:
    hold_report(SOUND)
    hold_report(replace(SOUND, place=None, gist="Group expected to come to the estate armed."))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"gist": "Call 07700 900123 before going."}, "gist"),
        ({"public_text": "A grey van, AB12 CDE, was seen."}, "public_text"),
        ({"hypotheses": (Hypothesis("feud", "account @someone_there"),)}, "hypotheses"),
        ({"regrades": (Regrade(("1", "B", "P"), AT, "evaluator", "born 1/2/1990"),)}, "regrades"),
        ({"conditions": ("ask sgt@example.org first",)}, "conditions"),
    ],
)
def test_whatever_field_it_stands_in_and_without_repeating_it(change: dict[str, object], field: str) -> None:
    with pytest.raises(HeldText) as caught:
        hold_report(replace(SOUND, **change), "case.yaml, report R-1")  # type: ignore[arg-type]
    assert f"case.yaml, report R-1, field {field}" in str(caught.value)
    assert not any(text in str(caught.value) for text in ("07700", "AB12", "someone", "1990", "example"))
