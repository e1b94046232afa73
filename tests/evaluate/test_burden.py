"""Burden given need, place by place: cities that treat places alike, one that does not, and what cannot be compared."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError
from answerable.evaluate.burden import Place, burden_given_need
from answerable.evaluate.burden_report import read_places, with_places
from answerable.evaluate.concentration import concentration
from answerable.evaluate.fairness import Group, audit
from answerable.evaluate.fairness_report import fairness_report
from evaluate_peers import PAGE, places


def city(seed: int, *, deployments: int = 200, extra: float = 1.0, slope: float = 1.5, burst: float | None = None):
    """Three groups of 40 places; deployments rise with need, and in the first group by ``extra`` beyond it."""
    rng = np.random.default_rng(seed)
    group = np.arange(120) % 3
    hours = rng.uniform(5e4, 2e5, 120)
    rate = np.exp(rng.normal(-11 + 0.3 * group / 3, 0.8, 120))
    mean = hours * rate**slope * np.where(group == 0, extra, 1)
    mean *= deployments / mean.sum()
    seen = rng.poisson(mean if burst is None else mean * rng.gamma(burst, 1 / burst, 120))
    return [
        Place(f"ward {i}", f"fifth {group[i] + 1}", int(seen[i]), float(hours[i]), float(hours[i] * rate[i]))
        for i in range(120)
    ]


@pytest.mark.parametrize("burst", [None, 1.0])
def test_places_treated_alike_given_their_need_are_seldom_singled_out(burst) -> None:
    said = [one.band.verdict for seed in range(12) for one in burden_given_need(city(seed, burst=burst))]
    assert sum(word != "cannot tell" for word in said) <= 0.06 * 36 + 2 * math.sqrt(0.06 * 0.94 * 36)


@pytest.mark.slow
@pytest.mark.parametrize("burst", [None, 1.0])
@pytest.mark.parametrize("deployments", [50, 200])
def test_its_size_over_many_cities(burst, deployments) -> None:
    made = (city(seed, burst=burst, deployments=deployments) for seed in range(200))
    said = [one.band.verdict for places in made for one in burden_given_need(places)]
    assert sum(word != "cannot tell" for word in said) <= 0.06 * 600 + 2 * math.sqrt(0.06 * 0.94 * 600)


def test_a_group_that_bears_three_times_what_places_like_it_do_is_seen() -> None:
    found = [burden_given_need(city(seed, deployments=300, extra=3.0))[0].band for seed in range(8)]
    assert [band.verdict for band in found].count("more than its need") >= 7
    assert np.mean([math.log(band.ratio) for band in found]) == pytest.approx(math.log(3), abs=0.2)


def test_what_the_plain_ratio_calls_more_is_not_more_than_places_alike() -> None:
    # Deployments rise faster than need, everywhere alike: the neediest group bears more for its need, and no more than
    # places like it elsewhere.
    rng = np.random.default_rng(5)
    rate = np.exp(np.where(np.arange(200) % 2, rng.normal(-10, 0.7, 200), rng.normal(-11, 0.7, 200)))
    seen = rng.poisson(1000 * rate**2 / (rate**2).sum())
    made = [
        Place(f"ward {i}", "needy" if i % 2 else "other", int(seen[i]), 1e5, float(1e5 * rate[i])) for i in range(200)
    ]
    sums = [
        Group(
            g, sum(p.deployments for p in made if p.group == g), 0, 1e7, sum(p.need for p in made if p.group == g), 0, 0
        )
        for g in ("needy", "other")
    ]
    assert audit(sums)[0].for_need.verdict == "more than its need"
    assert burden_given_need(made)[0 if made[0].group == "needy" else 1].band.verdict == "cannot tell"


def test_it_is_what_pyfixest_finds() -> None:
    peer = json.loads(Path(PAGE).read_text(encoding="utf8"))["burden"]
    made = [Place(*row) for row in places()]
    for one in burden_given_need(made):
        assert one.band.ratio == pytest.approx(peer[one.group]["ratio"], rel=1e-5)
        assert one.band.low < peer[one.group]["ratio"] < one.band.high


def test_less_reporting_in_the_group_widens_the_band_and_has_a_turning_point() -> None:
    made = city(3, deployments=600, extra=2.0)
    plain, wary = (burden_given_need(made, reporting=r)[0].band for r in ((1.0, 1.0), (0.3, 1.0)))
    assert plain.verdict == "more than its need"
    assert wary.low < plain.low
    assert wary.high == pytest.approx(plain.high, rel=1e-6)
    assert wary.verdict == "cannot tell"
    assert 0.3 < plain.tipping < 1
    assert burden_given_need(made, reporting=(plain.tipping, 1.0))[0].band.low < 1


def test_a_group_without_deployments_is_no_error_and_not_certain_with_few() -> None:
    made = [Place(p.name, p.group, 0 if p.group == "fifth 1" else int(i % 9 == 1), p.person_hours, p.need)
            for i, p in enumerate(city(1))]  # fmt: skip
    band = burden_given_need(made)[0].band
    assert band.ratio == 0 == band.low
    assert 0 < band.high < math.inf
    turned = [Place(p.name, p.group, int(p.group == "fifth 1" and i % 9 == 0), p.person_hours, p.need)
              for i, p in enumerate(city(1))]  # fmt: skip
    band = burden_given_need(turned)[0].band
    assert band.ratio == math.inf == band.high
    assert band.low > 0


def test_places_like_no_others_cannot_be_compared() -> None:
    made = [Place(f"w{i}", "rich" if i < 20 else "poor", 1, 1e5, 5.0 if i < 20 else 50.0 + i) for i in range(40)]
    assert [one.band for one in burden_given_need(made)] == [None, None]


def whole(made, **given):
    groups = [
        Group(
            g, sum(p.deployments for p in made if p.group == g), 0, 1e6, sum(p.need for p in made if p.group == g), 0, 0
        )
        for g in dict.fromkeys(p.group for p in made)
    ]
    return with_places(fairness_report(audit(groups), (1.0, 1.0)), made, (1.0, 1.0))


def test_the_audit_tells_it_beside_the_rest() -> None:
    found = whole(city(2, deployments=400, extra=3.0))
    assert "fifth 1: more deployments than places alike in need elsewhere." in found.prose
    assert found.prose[-1].endswith("exclude each other.")
    labels = [row.label for row in found.table]
    assert "fifth 1: deployments given need, place by place" in labels
    assert found.numbers["fifth 1"]["given_need"][1] > 1
    assert found.numbers["fifth 1"]["for_need"]
    assert "chance singles out at least one in up to 14 of 100 audits" in found.assumptions[-1]
    json.dumps(found.as_json(), allow_nan=False)


def test_an_audit_whose_places_are_apart_says_not_assessable() -> None:
    made = [Place(f"w{i}", "rich" if i < 20 else "poor", 1, 1e5, 5.0 if i < 20 else 50.0 + i) for i in range(40)]
    found = whole(made)
    assert "rich, poor: not assessable" in " ".join(found.prose)
    assert found.numbers["rich"]["given_need"] is None


def test_places_of_other_groups_are_refused() -> None:
    made = city(1)
    groups = [Group(g, 5, 4, 1e5, 3.0, 2, 1) for g in ("fifth 1", "elsewhere")]
    with pytest.raises(InputError, match="elsewhere, fifth 2, fifth 3"):
        with_places(fairness_report(audit(groups), (1.0, 1.0)), made, (1.0, 1.0))


def test_deployments_to_the_same_streets_again_are_seen_and_few_are_not_taken_for_it() -> None:
    rng = np.random.default_rng(1)
    need = rng.gamma(2.0, 1.0, 200)
    again = concentration([40 if i < 3 else 0 for i in range(200)], need, rng=rng)
    assert again.share == 1.0 > again.high
    assert again.again == 3
    inside = 0
    for seed in range(100):
        drawn = np.random.default_rng(seed).multinomial(30, need / need.sum())
        found = concentration(drawn, need, rng=np.random.default_rng(seed + 1000), draws=400)
        inside += found.low <= found.share <= found.high
    assert inside >= 93


HEAD = "place,group,deployments,person_hours,need\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "need the columns"),
        ("place,group\na,b\n", "need the columns"),
        (HEAD + "a,b,x,1,1\n", "cannot be read"),
        (HEAD + "a,b\n", "cannot be read"),
    ],
)
def test_files_that_are_no_places(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "places.csv"
    path.write_text(text)
    with pytest.raises(InputError, match=says) as refused:
        read_places(path)
    assert "places.csv" in str(refused.value)
    with pytest.raises(InputError, match="cannot be read"):
        read_places(tmp_path / "none.csv")


GOOD = [Place(f"w{i}", "ab"[i % 2], 1, 1e5, 1.0 + i) for i in range(12)]


@pytest.mark.parametrize(
    ("made", "reporting"),
    [
        (GOOD[:6], (1, 1)),
        ([*GOOD[1:], GOOD[1]], (1, 1)),
        ([Place(p.name, "a", 1, p.person_hours, p.need) for p in GOOD], (1, 1)),
        ([Place(p.name, p.group, 0, p.person_hours, p.need) for p in GOOD], (1, 1)),
        ([*GOOD, Place("x", "a", -1, 1e5, 1.0)], (1, 1)),
        ([*GOOD, Place("x", "a", 1, 0.0, 1.0)], (1, 1)),
        ([*GOOD, Place("x", "a", 1, 1e5, 0.0)], (1, 1)),
        ([*GOOD, Place("x", "a", 1, 1e5, math.nan)], (1, 1)),
        (GOOD, (0, 1)),
        (GOOD, (1, 0.5)),
    ],
)
def test_what_it_refuses(made, reporting) -> None:
    with pytest.raises(InputError):
        burden_given_need(made, reporting=reporting)


@pytest.mark.parametrize("given", [([1, 0], [1.0]), ([0, 0], [1.0, 1.0]), ([1, 0], [0.0, 0.0]), ([-1, 2], [1.0, 1.0])])
def test_what_shows_no_concentration_is_refused(given) -> None:
    with pytest.raises(InputError):
        concentration(*given, rng=np.random.default_rng(1))


def test_on_the_command_line_with_its_page(tmp_path: Path) -> None:
    made = city(2, deployments=400, extra=3.0)
    groups, by_place, page = (tmp_path / name for name in ("groups.csv", "places.csv", "audit.html"))
    rows = [f"{p.name},{p.group},{p.deployments},{p.person_hours},{p.need}" for p in made]
    by_place.write_text(HEAD + "\n".join(rows) + "\n")
    sums = []
    for name in ("fifth 1", "fifth 2", "fifth 3"):
        inside = [p for p in made if p.group == name]
        sums.append(f"{name},{sum(p.deployments for p in inside)},0,1000000,{sum(p.need for p in inside)},0,0")
    groups.write_text("group,deployments,futile,person_hours,need,incidents,missed\n" + "\n".join(sums) + "\n")
    words = ["evaluate", "fairness", str(groups), "--places", str(by_place), "--html", str(page)]
    said = CliRunner().invoke(app, words)
    assert said.exit_code == 0
    assert "fifth 1: more deployments than places alike in need elsewhere." in said.stdout
    assert page.read_text().count("<svg") == 2
