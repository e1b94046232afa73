"""Maps: well-formed, said in words too, never red, few shapes, nothing lost, and marked for what they are."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.forecast.base import Forecast
from answerable.place import Area
from answerable.present.rectangles import MOST_SHAPES, merged
from answerable.present.svg_map import area_map, cell_map

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> ET.Element:
    return ET.fromstring(picture)


def words(picture: str) -> str:
    return " ".join(element.text or "" for element in drawn(picture).iter())


def test_a_map_can_be_heard_as_well_as_seen(forecast: Forecast) -> None:
    root = drawn(cell_map(forecast, title="Night of 30 November"))
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"  # type: ignore[union-attr]
    assert title.text == "Night of 30 November"  # type: ignore[union-attr]
    assert "12 in 1,000" in description.text  # type: ignore[union-attr, operator]


def test_the_legend_counts_in_1000_and_the_base_rate_is_there(forecast: Forecast) -> None:
    said = words(cell_map(forecast, tz="Europe/London"))
    assert "Chance in 1,000, per cell and window" in said
    assert "A random 500 m cell: 6 in 1,000." in said
    assert "Fri 30 Nov 2018 20:00 to Sat 1 Dec 04:00 (Europe/London)" in said
    assert "data until 30 Nov 2018" in said
    assert re.search(r"\d+ (k?m)\b", said)


@pytest.mark.parametrize("watermark", ["SIMULATED", "REHEARSAL: real or any data, pretend people"])
def test_what_is_not_real_says_so_over_the_map_and_in_its_head(forecast: Forecast, watermark: str) -> None:
    assert cell_map(forecast, watermark=watermark).count(watermark) == 3
    assert watermark not in cell_map(forecast)


def test_no_colour_is_red(forecast: Forecast, make_area: Callable[..., Area]) -> None:
    pictures = cell_map(forecast) + area_map([(make_area("Bow", 0, 0, 500, 500), 0.2)], title="x", base=0.01)
    for colour in set(re.findall(r"#[0-9a-f]{6}", pictures)):
        red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
        assert red <= max(green, blue), colour


def test_hostile_names_stay_text(forecast: Forecast, make_area: Callable[..., Area]) -> None:
    name = '<script>alert("1")</script>&'
    for picture in (
        cell_map(forecast, areas=[make_area(name, 0, 0, 2000, 1500)], title=name, watermark=name),
        area_map([(make_area(name, 0, 0, 2000, 1500), 0.2)], title=name, watermark=name, lines=[name]),
    ):
        assert "<script" not in picture
        assert name in words(picture)


def test_where_the_areas_cover_the_grid_they_are_its_coast(forecast: Forecast, make_area: Callable[..., Area]) -> None:
    assert "clip-path" in cell_map(forecast, areas=[make_area("City", 0, 0, 2000, 1500)])
    assert "clip-path" not in cell_map(forecast, areas=[make_area("Ward", 0, 0, 500, 500)])


def test_two_maps_on_a_page_do_not_share_ids(make_forecast: Callable[..., Forecast]) -> None:
    one, other = (
        set(re.findall(r' id="([^"]+)"', cell_map(make_forecast(value), title=f"Map {value}")))
        for value in (0.001, 0.002)
    )
    assert one
    assert not one & other


def test_a_page_that_forbids_styles_gets_none_and_keeps_the_light_colours(forecast: Forecast) -> None:
    plain = cell_map(forecast, styled=False)
    assert "<style" not in plain
    assert " style=" not in plain
    assert 'class="am-s0" fill="#d6e6f3"' in plain


def test_the_same_forecast_is_drawn_the_same(forecast: Forecast) -> None:
    assert cell_map(forecast) == cell_map(forecast)


def test_a_uniform_forecast_is_drawn_without_shade_and_says_why(make_forecast: Callable[..., Forecast]) -> None:
    picture = cell_map(make_forecast(0.001))
    assert "Every cell has the same chance" in picture
    assert not re.search(r'<path[^>]*class="am-s\d', picture)


def test_a_city_of_noise_is_drawn_in_blocks_and_says_so(make_forecast: Callable[..., Forecast]) -> None:
    noise = np.random.default_rng(1).gamma(0.5, 0.002, 14_400)
    picture = cell_map(make_forecast(noise, width=120, height=120))
    assert "Drawn as means of" in picture
    assert len(re.findall(r"M\d+ \d+h\d+v\d+h", picture)) <= MOST_SHAPES


def test_areas_say_their_chance_on_hover(make_area: Callable[..., Area]) -> None:
    pairs = [(make_area("Bow", 0, 0, 2000, 1500), 0.02), (make_area("Poplar", 2000, 0, 4000, 1500), 0.003)]
    picture = area_map(pairs, title="Wards", base=0.005)
    assert "Bow: 2 in 100" in words(picture)
    assert "Poplar: 3 in 1,000" in words(picture)
    assert "Likeliest first: Bow" in words(picture)


def test_one_area_alone_can_be_drawn(make_area: Callable[..., Area]) -> None:
    assert "Bow" in words(area_map([(make_area("Bow", 0, 0, 2000, 1500), 0.0)], title="Ward"))


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))
def test_rectangles_cover_each_cell_once_with_its_own_class(height: int, width: int, seed: int) -> None:
    shades = np.random.default_rng(seed).integers(-1, 3, (height, width))
    painted = np.full(shades.shape, -1)
    for r in merged(shades):
        part = painted[r.row : r.row + r.height, r.column : r.column + r.width]
        assert (part == -1).all()
        part[:] = r.shade
    assert (painted == shades).all()
