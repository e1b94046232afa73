"""The published base rates, the sentences a stranger reads, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.forecast.base_rate import base_rate, likelihood_ratio

LONDON = 4835


def test_a_place_and_night_in_london_coincides_with_a_knife_injury_once_in_785() -> None:
    rate = base_rate(4500, LONDON, 12)
    assert round(rate.deployments_per_incident) == 785
    assert round(rate.per_100, 2) == 0.13
    assert rate.per_100 == rate.skill_free_per_100


def test_and_with_a_homicide_once_in_26145() -> None:
    assert round(base_rate(135, LONDON, 12).deployments_per_incident) == 26_145


@pytest.mark.parametrize(("area", "hours", "per_100"), [(8, 12, 1.0), (8, 48, 4.0), (25, 12, 3.1), (25, 72, 17)])
def test_wider_areas_and_longer_windows_coincide_by_size_alone(area: int, hours: float, per_100: float) -> None:
    assert base_rate(4500, LONDON, hours, area).per_100 == pytest.approx(per_100, rel=0.03)


@pytest.mark.parametrize(("target", "ratio"), [(5, 1.5), (10, 3.2), (20, 7.1), (50, 28)])
def test_what_evidence_must_weigh_from_a_hot_spot_prior(target: int, ratio: float) -> None:
    assert likelihood_ratio(0.034, target / 100) == pytest.approx(ratio, rel=0.02)


def test_the_likelihood_ratio_starts_from_the_lifted_probability() -> None:
    rate = base_rate(4500, LONDON, 12, lift=27.2)
    assert rate.per_100 == pytest.approx(3.4, abs=0.01)
    assert rate.likelihood_ratio_for["20"] == pytest.approx(likelihood_ratio(rate.p, 0.2))
    assert rate.skill_free_per_100 == pytest.approx(0.127, abs=0.001)


rates = st.builds(
    base_rate,
    st.floats(0.1, 1e5),
    st.integers(30, 10_000),
    st.floats(0.5, 8760),
    st.integers(1, 30),
    st.floats(0.01, 1e4),
)


@given(rates)
def test_every_figure_stays_a_figure(rate: object) -> None:
    assert 0 < rate.per_100 <= 100  # type: ignore[attr-defined]
    assert rate.deployments_per_incident >= 1  # type: ignore[attr-defined]
    assert all(np.isfinite(ratio) and ratio >= 0 for ratio in rate.likelihood_ratio_for.values())  # type: ignore[attr-defined]


@given(rates)
def test_no_sentence_says_nothing_in_a_hundred_or_prevented(rate: object) -> None:
    told = " ".join(rate.sentences())  # type: ignore[attr-defined]
    assert "about 0" not in told
    assert "nan" not in told
    assert not re.search(r"\bprevents\b|\bwould prevent\b", told)


def test_a_stranger_reads_what_would_be_found() -> None:
    told = base_rate(4500, LONDON, 12).sentences()
    assert told[0] == (
        "Of 100 such deployments at a random place and time, fewer than 1 would coincide with an incident "
        "(0.13 of 100, or 1 in 785); more than 99 would find nothing."
    )
    assert told[1].startswith("The city's year holds 3,530,000 such places and windows, and 4,500 incidents")
    assert "about 785 deployments; at one a day that is 2.1 years" in told[2]
    assert "196 times likelier" in told[3]


def test_with_skill_the_figure_without_it_stands_beside() -> None:
    told = base_rate(4500, LONDON, 12, lift=30).sentences()
    assert "about 3.8 would coincide" in told[0]
    assert told[1] == "At a random place and time it would be fewer than 1."


def test_a_whole_city_for_a_year_is_no_surprise_and_no_overflow() -> None:
    rate = base_rate(4500, LONDON, 8760, LONDON)
    assert rate.per_100 == 100
    assert rate.likelihood_ratio_for["50"] < 1e-200
    assert len(rate.sentences()) == 2


def test_the_json_has_the_keys_that_others_rely_on() -> None:
    document = base_rate(135, LONDON, 12).as_json()
    assert set(document) >= {"per_100", "skill_free_per_100", "deployments_per_incident", "likelihood_ratio_for"}
    assert set(document["likelihood_ratio_for"]) == {"5", "10", "20", "50"}


@pytest.mark.parametrize(
    ("figures", "what"),
    [
        ((0, 10, 12), "above 0"),
        ((-1, 10, 12), "above 0"),
        ((np.nan, 10, 12), "above 0"),
        ((np.inf, 10, 12), "above 0"),
        ((10, 0, 12), "above 0"),
        ((10, 10, 0), "above 0"),
        ((10, 10, 12, 0), "above 0"),
        ((10, 10, 12, 1, -2), "above 0"),
        ((10, 10, 8761), "longer than a year"),
        ((10, 10, 12, 11), "more places than the city"),
        ((1e-9, 10_000, 1), "too rare"),
    ],
)
def test_figures_that_cannot_be_are_refused(figures: tuple[float, ...], what: str) -> None:
    with pytest.raises(InputError, match=what):
        base_rate(*figures)  # type: ignore[arg-type]


@pytest.mark.parametrize("p", [0.0, 1.0, np.nan])
def test_no_evidence_leads_from_or_to_certainty(p: float) -> None:
    with pytest.raises(InputError):
        likelihood_ratio(p, 0.5)


def figures(cell: str) -> float:
    """The figure in a cell of the page: "4,500", "1 in 785", "4.0 of 100", "3.4 %"."""
    return float(re.sub(r"^1 in | of 100$| %$|,", "", cell))


def rows_of(page: str, columns: int) -> list[list[str]]:
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == columns and row[-1][-1].isdigit()]


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "known-answers" / "base-rates.md").read_text(encoding="utf-8")


def test_the_page_of_known_answers_gives_our_rates_beside_the_published_ones(page: str) -> None:
    rows = rows_of(page, 8)
    assert len(rows) == 7
    for _, *inputs, per_100, deployments, published in rows:
        events, places, hours, area = map(figures, inputs)
        rate = base_rate(events, int(places), hours, int(area))
        assert f"{rate.per_100:.2g}" == per_100
        assert f"{rate.deployments_per_incident:,.0f}" == deployments
        ours = rate.deployments_per_incident if published.startswith("1 in") else rate.per_100
        assert ours == pytest.approx(figures(published), rel=0.03)


def test_and_our_likelihood_ratios(page: str) -> None:
    rows = rows_of(page, 4)
    assert len(rows) == 8
    for prior, target, ratio, published in rows:
        ours = likelihood_ratio(figures(prior) / 100, figures(target) / 100)
        assert f"{ours:.3g}" == ratio
        assert ours == pytest.approx(figures(published), rel=0.02)
