"""The waterfall: well-formed, complete for those who cannot see it, and on the scale of log odds."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest

from answerable.intel.picture import Picture, Prior, make_picture
from answerable.intel.place import Place
from answerable.intel.reliability import measure
from answerable.intel.report import Report
from answerable.place import Projection, Window
from answerable.present.svg_waterfall import place, waterfall

NOW = datetime(2018, 11, 30, 18, tzinfo=UTC)


@pytest.fixture
def picture() -> Picture:
    window = Window.of_hours(NOW, 4)
    ground = Place("the estate", place=(-0.07, 51.6), radius_m=400)
    reports = [Report(ref, "1", "A", "P", ref, NOW, window, place=ground) for ref in ("R-1", "R-2", "R-3")]
    area = ground.area(Projection("EPSG:27700"))
    prior = Prior(0.03, 0.01, 0.08, 0.001, "long_run")
    return make_picture(prior, reports, measure([]), area=area, window=window, at=NOW)


def test_it_is_drawn_with_every_step_said_in_words(picture: Picture) -> None:
    drawn = waterfall(picture, title="<Estate> & more", watermark="rehearsal")
    root = ET.fromstring(drawn)
    texts = [element.text or "" for element in root.iter() if element.tag.endswith(("text", "desc"))]
    for words in ("Base rate", "Forecast", "Origin of R-1", "Origin of R-3", "Result", "REHEARSAL", "likely"):
        assert any(words in text for text in texts), words
    assert "<Estate> & more" in texts[1] + texts[0] + "".join(texts)
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_one_ratio_is_one_length_wherever_it_starts() -> None:
    def after(p: float) -> float:
        odds = 5 * p / (1 - p)
        return odds / (1 + odds)

    lengths = [place(after(p)) - place(p) for p in (0.001, 0.05, 0.5)]
    assert lengths == pytest.approx([lengths[0]] * 3)
    assert math.isclose(place(0), place(1e-4))
