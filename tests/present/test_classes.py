"""Shades of a map: round breaks, white below the base rate, one hue and never red."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.present.classes import DARK, LIGHT, MOST_SHADES, classes


def test_breaks_are_round_and_start_at_the_base_rate() -> None:
    assert classes([0.0001, 0.0041], base=0.00019).labels() == [
        "under 0.2", "0.2 to 0.5", "0.5 to 1", "1 to 2", "2 or more",
    ]  # fmt: skip


def test_where_all_are_alike_nothing_is_shaded() -> None:
    bins = classes([0.002, 0.002], base=0.002)
    assert bins.labels() == ["all alike"]
    assert bins.of([0.002, 0.002]).tolist() == [0, 0]


def test_very_rare_events_are_counted_in_a_million() -> None:
    assert classes([2e-6, 4e-5], base=1e-6).per == 1_000_000


def test_a_narrow_range_still_has_shades() -> None:
    assert 2 <= len(classes([0.010, 0.0101, 0.02], base=0.010).labels()) <= MOST_SHADES + 1


@given(st.floats(1e-9, 0.5), st.floats(1.01, 1e5))
def test_every_map_has_few_shades_in_order_and_its_likeliest_place_is_shaded(base: float, ratio: float) -> None:
    top = min(1.0, base * ratio)
    bins = classes([base / 2, top], base)
    assert len(bins.breaks) <= MOST_SHADES
    assert list(bins.breaks) == sorted(set(bins.breaks))
    assert list(bins.shades) == sorted(set(bins.shades))
    assert len(bins.labels()) == len(bins.breaks) + 1
    assert bins.of(base / 2) == 0
    if top > base * 1.001:
        assert bins.of(top) == len(bins.breaks)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_palette_is_one_hue_of_blue_in_even_steps(palette: tuple[str, ...]) -> None:
    colours = [colorsys.rgb_to_hls(*(int(c[i : i + 2], 16) / 255 for i in (1, 3, 5))) for c in palette]
    hues = [360 * hue for hue, _, _ in colours]
    assert all(200 <= hue <= 220 for hue in hues)
    lightness = np.array([light for _, light, _ in colours])
    steps = np.abs(np.diff(lightness))
    assert (np.sign(np.diff(lightness)) == np.sign(np.diff(lightness))[0]).all()
    assert steps.min() > 0.06
