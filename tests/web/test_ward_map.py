"""What the drawn map says about the wards that it leaves white is true of every one of them."""

from __future__ import annotations

import re

import pytest

from answerable.service.public_view import PublicView
from answerable.web.ward_map import ward_map

_WARD = re.compile(r'<g aria-label="(?P<name>[^":]+): [^"]+"><path [^>]*class="am-(?P<shade>land|s\d)"')


def drawn(view: PublicView, base: float, chances: list[float]) -> tuple[str, dict[str, bool]]:
    """The map of the made wards with other chances: its words, and whether each ward is shaded."""
    data = view.pictures[-1].data
    areas = [{**area, "p": p} for area, p in zip(data["areas"], chances, strict=False)]
    svg = ward_map({**data, "areas": areas, "p_base": base}, watermark="", tz="UTC")
    shown = {found["name"]: found["shade"] != "land" for found in _WARD.finditer(svg)}
    assert len(shown) == len(areas)
    return re.sub(r"<[^>]+>", " ", svg), {area["name"]: shown[area["name"]] for area in areas}


@pytest.mark.parametrize(
    ("base", "chances"),
    [(0.016, [0.011, 0.018, 0.0199, 0.02, 0.06]), (0.0098, [0.004, 0.02, 0.05]), (2e-5, [1e-5, 3e-5, 9e-5])],
    ids=["likelier than the base rate and unshaded", "round", "in a million"],
)
def test_unshaded_wards_are_those_below_the_number_it_names(
    view: PublicView, base: float, chances: list[float]
) -> None:
    words, shaded = drawn(view, base, chances)
    said = re.search(r"Unshaded: under ([\d.]+) in ([\d,]+)\.", words)
    assert said, words
    most = float(said[1]) / float(said[2].replace(",", ""))
    assert list(shaded.values()) == [p >= most for p in chances]
    assert most >= base
    assert f"under {said[1]} " in words.split("Unshaded", 1)[1].split("in", 1)[1], "the legend's first class"


def test_where_no_ward_is_shaded_it_says_why(view: PublicView) -> None:
    words, shaded = drawn(view, 0.016, [0.011, 0.016])
    assert not any(shaded.values())
    assert "Base rate: 16 in 1,000. No ward is clearly likelier, so none is shaded." in words
