"""Pictures of an evaluation: they parse, keep to their sheet, say the same in words, and hold no markup of others."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.evaluate.chart import Lines, Range, Ranges
from answerable.evaluate.plan import plan
from answerable.evaluate.summary import Summary
from answerable.present.document_writers import document_html, document_text
from answerable.present.evaluation import evaluation_document
from answerable.present.evaluation_chart import chart_svg

numbers = st.floats(0, 1e6)
ends = st.one_of(numbers, st.just(math.inf))


def places(svg: str) -> list[float]:
    """Every place across the sheet at which something is drawn."""
    return [float(value) for value in re.findall(r'\b(?:x|x1|x2|cx)="(-?[\d.]+)"', svg)]


@given(rows=st.lists(st.tuples(numbers, numbers, ends), min_size=1, max_size=6), ratio=st.booleans())
def test_whatever_the_estimates_they_are_drawn_on_the_sheet(rows, ratio) -> None:
    made = Ranges("<b>", "times", tuple(Range("a & b", v, lo, hi) for v, lo, hi in rows), 1.0, ratio)
    svg = chart_svg(made)
    ElementTree.fromstring(svg)
    assert all(0 <= x <= 860 for x in places(svg))
    assert "<b>" not in svg


@given(points=st.lists(st.tuples(st.floats(0.5, 1e5), st.floats(-50, 1e4)), min_size=1, max_size=9), log=st.booleans())
def test_whatever_the_curve_it_is_drawn_on_the_sheet(points, log) -> None:
    svg = chart_svg(Lines("curve", "days", "cases", {"one": sorted(points)}, mark=7.0, mark_label="here", log_x=log))
    ElementTree.fromstring(svg)
    assert all(0 <= x <= 860 for x in places(svg))


def test_an_estimate_of_nothing_is_said_not_drawn() -> None:
    svg = chart_svg(Ranges("none", "times", (Range("none", math.nan, 0.0, math.inf),), 1.0, ratio=True))
    assert "nothing to compare" in svg
    assert "nan" not in svg.lower()


def test_the_plan_s_page_holds_its_picture_and_says_it_in_words() -> None:
    found = plan(0.05, 0.3)
    document = evaluation_document(found)
    page = document_html(document)
    assert page.count("<svg ") == 1
    assert "10 years at the ceiling: 40" in page
    assert "<script" not in page
    assert "a true fall of 30 %: from" in document_text(document)
    (picture,) = [b for s in document.as_json()["sections"] for p in s["parts"] for b in p["blocks"]
                  if b["block"] == "picture"]  # fmt: skip
    assert picture["data"]["chart"] == "lines"
    assert "svg" not in picture


@pytest.mark.parametrize("high", [2.0, math.inf])
def test_a_summary_with_a_picture_reads_back_as_json(high) -> None:
    made = Ranges("ratios", "times", (Range("one", 1.0, 0.5, high),), 1.0, ratio=True)
    said = Summary("t", "m", (), ("p",), charts=(made,)).as_json()["charts"][0]
    assert said["rows"][0]["high"] == (2.0 if math.isfinite(high) else None)
