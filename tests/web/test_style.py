"""The style sheet: its colours can be read, in light and in dark, and it works without anything else."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

STYLE = files("answerable.web").joinpath("static", "style.css").read_text(encoding="utf-8")


def palette(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    return {**colours, **dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1]))} if dark else colours


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2.2 between two #rrggbb colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ink", ["ink", "quiet", "accent", "accent-deep"])
@pytest.mark.parametrize("ground", ["paper", "raised", "wash", "mark", "map-paper"])
def test_all_text_can_be_read_on_every_ground(dark: bool, ink: str, ground: str) -> None:
    colours = palette(dark)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_edges_that_carry_meaning_can_be_seen(dark: bool) -> None:
    colours = palette(dark)
    for ground in ("paper", "raised"):
        assert contrast(colours["strong-line"], colours[ground]) >= 3
    assert contrast(colours["paper"], colours["accent"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_map_has_one_hue_that_is_not_red_and_steps_evenly_from_faint_to_full(dark: bool) -> None:
    colours = palette(dark)
    shades = [colours[f"map-{i}"] for i in range(6)]
    from_land = [contrast(shade, colours["map-land"]) for shade in shades]
    assert from_land == sorted(from_land)
    for shade in shades:
        red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
        assert red < green
        assert red < blue


def test_dark_print_reduced_motion_and_narrow_screens_are_looked_after() -> None:
    for query in ("prefers-color-scheme: dark", "@media print", "prefers-reduced-motion", "max-width: 48rem"):
        assert query in STYLE
    assert ":focus-visible" in STYLE
