"""What is one area to the guard: moved, cut up or made small, it has no limits of its own."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.case.casefile import CaseFile, template
from answerable.case.rarity import Authorised, rarity
from answerable.case.rarity.ground import check_size, design, number, one_area
from answerable.errors import InputError
from answerable.place import Area, Projection
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml

NOW = datetime(2018, 11, 30, tzinfo=UTC)
LIMITS = load_pack("uk.armed_patrol").settings["rarity"]
BRITAIN = Projection("EPSG:27700")
BESIDE = number("beside_m")
LEAST = number("least_radius_m")
# Places on a street of 2 km, radii from the least to a neighbourhood.
DISC = st.tuples(st.integers(0, 2000), st.integers(0, 300), st.integers(int(LEAST), 400))


def disc(x: float, y: float, radius: float) -> Area:
    return Area("", shapely.Point(530_000 + x, 190_000 + y).buffer(radius), BRITAIN)


@given(one=DISC, other=DISC)
def test_one_area_is_told_by_the_distance_of_edges_and_does_not_depend_on_the_order(
    one: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    here, there = disc(*one), disc(*other)
    gap = math.dist(one[:2], other[:2]) - one[2] - other[2]
    assert one_area(here, there) == one_area(there, here)
    # A drawn circle is a polygon within 0.5 % of its radius.
    if abs(gap - BESIDE) > 0.01 * (one[2] + other[2]):
        assert one_area(here, there) == (gap <= BESIDE)


@given(one=DISC, other=DISC, part=st.floats(0.05, 1), turn=st.floats(0, 2 * math.pi))
def test_what_lies_inside_an_area_is_one_with_it_and_with_whatever_it_is_one_with_by_itself(
    one: tuple[int, int, int], other: tuple[int, int, int], part: float, turn: float
) -> None:
    x, y, radius = one
    inner = disc(x + (1 - part) * radius * math.cos(turn) * 0.9, y, part * radius * 0.9)
    whole, there = disc(*one), disc(*other)
    assert one_area(whole, inner)
    if one_area(inner, there):
        assert one_area(whole, there)


Step = tuple[int, tuple[int, int, int]]


def permitted(steps: list[Step]) -> list[tuple[Authorised, tuple[int, int, int]]]:
    """The cases that the guard lets through, each ``hours`` after the one before (a clock may go back)."""
    passed: list[tuple[Authorised, tuple[int, int, int]]] = []
    grounds: dict[str, Area] = {}
    at = NOW
    for position, (hours, where) in enumerate(steps):
        at += timedelta(hours=hours)
        new = Authorised(str(position), at)
        grounds[new.case] = disc(*where)
        found = rarity([case for case, _ in passed], lambda a, b: one_area(grounds[a], grounds[b]), new, LIMITS)
        if found.level != "block":
            passed.append((new, where))
    return passed


def check_ceilings(passed: list[tuple[Authorised, tuple[int, int, int]]]) -> None:
    """Count again by arithmetic alone: no point of the street has more cases nearby, in any window, than permitted.

    Two areas that both reach to within half the distance of one point lie within the whole distance of each other.
    """
    near, beside = BESIDE / 2 - 5, BESIDE - 10
    for days, most in ((366, LIMITS["area_year"]["most"]), (LIMITS["overlap"]["days"], LIMITS["overlap"]["most"])):
        for first, _ in passed:
            held = [where for case, where in passed if timedelta(0) <= case.at - first.at < timedelta(days=days)]
            for cx, cy, r in held:
                assert sum(math.dist((x, y), (cx, cy)) - r - radius <= beside for x, y, radius in held) <= most
            for x in range(-400, 2500, 50):
                for y in (0, 150, 300):
                    assert sum(math.dist((x, y), (cx, cy)) - r <= near for cx, cy, r in held) <= most


HOURS = st.one_of(st.integers(0, 48), st.integers(-31 * 24, 40 * 24), st.sampled_from([28 * 24, 366 * 24]))


@given(steps=st.lists(st.tuples(HOURS, DISC), min_size=1, max_size=20))
@settings(max_examples=80)
def test_no_sequence_of_permitted_cases_exceeds_a_ceiling_however_areas_lie(steps: list[Step]) -> None:
    check_ceilings(permitted(steps))


@given(
    x=st.integers(0, 1500),
    pieces=st.integers(2, 8),
    gap=st.integers(1, int(BESIDE) - 5),
    hours=st.integers(1, 13 * 24),
)
def test_an_area_cut_into_a_row_of_small_pieces_is_blocked_at_the_third(
    x: int, pieces: int, gap: int, hours: int
) -> None:
    # Each piece is as small as can be, and the first three are near the middle one.
    row = [(hours, (x + n * (2 * int(LEAST) + gap), 0, int(LEAST))) for n in range(pieces)]
    passed = permitted(row)
    assert [where for _, where in passed[:2]] == [where for _, where in row[:2]]
    if pieces >= 3:
        assert row[2][1] not in [where for _, where in passed]
    check_ceilings(passed)


@given(start=DISC, shifts=st.lists(st.integers(-100, 100), min_size=3, max_size=8))
def test_an_area_moved_by_a_little_each_time_stays_the_same_area(
    start: tuple[int, int, int], shifts: list[int]
) -> None:
    x, y, radius = start
    assert len(permitted([(24, (x + shift, y, radius)) for shift in shifts])) == 2


def test_the_count_by_arithmetic_would_notice_a_case_too_many() -> None:
    too_many = [(Authorised(str(n), NOW + timedelta(days=n)), (120 * n, 0, 50)) for n in range(3)]
    with pytest.raises(AssertionError):
        check_ceilings(too_many)


def test_areas_far_apart_keep_limits_of_their_own() -> None:
    assert len(permitted([(24, (n * 600, 0, 100)) for n in range(4)])) == 4


@pytest.mark.parametrize(("km2", "fits"), [(math.pi * 0.05**2, True), (0.00785, False), (0.0001, False), (1.0, True)])
def test_an_area_smaller_than_a_circle_of_the_least_radius_is_refused(km2: float, fits: bool) -> None:
    if fits:
        check_size(km2, "field area")
        return
    with pytest.raises(InputError, match="too small"):
        check_size(km2, "field area")


SLIVER = {"name": "A wall", "polygon": [[-0.07, 51.6], [-0.069, 51.6], [-0.069, 51.60001], [-0.07, 51.60001]]}
POINT = {"name": "A door", "place": [-0.07, 51.6], "radius_m": 49}


@pytest.mark.parametrize("area", [SLIVER, POINT])
def test_no_case_is_opened_for_a_door_or_a_wall_but_one_on_record_can_still_be_read(area: dict[str, Any]) -> None:
    document = {**read_yaml(template(), "template"), "area": area}
    casefile = CaseFile.read(document)
    assert casefile.outline() is not None
    with pytest.raises(InputError, match="at least 7,854 square metres"):
        casefile.proposal()


def test_every_number_has_a_unit_a_status_and_a_reason() -> None:
    for name in ("beside_m", "least_radius_m"):
        entry = design()[name]
        assert entry["status"] == "design"
        assert entry["unit"]
        assert len(entry["reference"]) > 40
