"""Sources and their reports: rates as the parameters say, echoes with one origin, grades that mostly fit."""

from __future__ import annotations

import numpy as np
import pytest

from answerable.errors import InputError
from answerable.lab.ground import make_ground
from answerable.lab.sources import ECHO, MALICIOUS, draw_tips
from answerable.lab.stream import draw_stream


@pytest.fixture
def made(parameters):
    def make(sources=60, knows=30, years=2, **changes):
        rng = np.random.default_rng(3)
        mine = parameters.changed(**changes)
        ground = make_ground(mine, 200, rng, events_per_year=1500)
        stream = draw_stream(ground, mine, years, rng)
        return ground, stream, draw_tips(ground, stream, mine, rng, sources=sources, knows=knows)

    return make


ONLY_HONEST = {"mistaken": 0, "malicious": 0, "echo": 0, "honest": 1}


def test_an_honest_source_with_no_false_reports_is_always_right(made) -> None:
    _, _, tips = made(**ONLY_HONEST, honest_false=0, blur=0)
    assert len(tips) > 100
    assert tips.true.all()


def test_a_report_that_comes_after_the_decision_is_none(made) -> None:
    _, _, early = made(**ONLY_HONEST, honest_false=0, blur=0, lead_hours=10_000)
    _, _, late = made(**ONLY_HONEST, honest_false=0, blur=0, lead_hours=12)
    # An event lies anywhere in its twelve hours: of exponential leads of twelve, 1 - 1/e come before the decision.
    assert len(late) / len(early) == pytest.approx(1 - np.exp(-1), abs=0.08)
    assert len(made(**ONLY_HONEST, honest_false=0, blur=0, lead_hours=0.001)[2]) < 5


def test_blur_moves_the_place_next_door_as_often_as_it_says(made) -> None:
    _, _, tips = made(**ONLY_HONEST, honest_false=0, blur=0.4)
    assert tips.true.mean() == pytest.approx(0.6, abs=0.08)


def test_false_reports_come_at_the_rate_per_place_and_window(made) -> None:
    _, stream, tips = made(sources=50, knows=20, **ONLY_HONEST, honest_hit=0, honest_false=0.002, blur=0)
    expected = 50 * 20 * (stream.hours // 12) * 0.002
    assert len(tips) == pytest.approx(expected, abs=4 * np.sqrt(expected))


def test_malicious_sources_name_few_places_and_pass_for_good_ones(made) -> None:
    _, _, tips = made(sources=10, mistaken=0, malicious=1, echo=0, honest=0, malicious_false=0.05, grade_diagonal=1)
    assert (tips.kind == MALICIOUS).all()
    assert max(len(np.unique(tips.place[tips.source == s])) for s in np.unique(tips.source)) <= 4
    assert (tips.grade == 0).all()
    assert tips.true.mean() < 0.2


def test_an_echo_has_the_origin_of_whom_it_repeats_and_counts_once(made) -> None:
    _, stream, tips = made(honest=0.5, mistaken=0, malicious=0, echo=0.5)
    repeated = tips.source != tips.origin
    assert repeated.any()
    assert (tips.kind != ECHO).all()
    windows = stream.hours // 12
    alone = tips.candidates(windows, (10.0, 10.0, 10.0))
    every = len(np.unique(np.column_stack([tips.window, tips.place]), axis=0))
    assert len(alone.places) == every
    two = tips.candidates(windows, (10.0, 10.0, 10.0), origins=2)
    pairs = {}
    for w, p, o in zip(tips.window.tolist(), tips.place.tolist(), tips.origin.tolist(), strict=True):
        pairs.setdefault((w, p), set()).add(o)
    assert len(two.places) == sum(len(o) >= 2 for o in pairs.values())
    assert two.ratios.min() >= 100 - 1e-9


def test_grades_fit_as_often_as_the_diagonal_says(made) -> None:
    _, _, tips = made(honest=0.5, mistaken=0.5, malicious=0, echo=0)
    fits = np.array([0, 1, 0])[tips.kind]
    assert (tips.grade == fits).mean() == pytest.approx(0.87, abs=0.03)


def test_nobody_to_ask_is_refused(made) -> None:
    with pytest.raises(InputError, match="source"):
        made(sources=0)
    with pytest.raises(InputError, match="source"):
        made(knows=0)
