"""Public confidence: published survey sizes, the index, small areas, changes by group, and what may be published."""

from __future__ import annotations

import itertools
import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.errors import InputError
from answerable.evaluate.confidence.change import Change, Wave, by_group, change
from answerable.evaluate.confidence.fay_herriot import fay_herriot
from answerable.evaluate.confidence.index import Item, index, part_scores, parts
from answerable.evaluate.confidence.publishing import shown_share, suppressed
from answerable.evaluate.confidence.survey import interviews_needed, margin, smallest_change

shares = st.floats(0.02, 0.98)


class TestSizes:
    def test_published_margins(self) -> None:
        assert [round(100 * margin(n), 1) for n in (20, 100, 400, 3200)] == [21.9, 9.8, 4.9, 1.7]

    @pytest.mark.parametrize(("points", "needed"), [(2, 9490), (5, 1530), (10, 385)])
    def test_published_interviews(self, points, needed) -> None:
        assert interviews_needed(0.6, -points / 100) == pytest.approx(needed, rel=0.002)
        assert interviews_needed(0.6, -points / 100, design_effect=1.5) == pytest.approx(1.5 * needed, rel=0.002)

    def test_a_borough_s_quarter_sees_only_twenty_points(self) -> None:
        assert round(100 * smallest_change(100), 1) == 19.8
        assert round(100 * smallest_change(400), 1) == 9.9

    def test_the_number_needed_sees_it(self) -> None:
        rng = np.random.default_rng(5)
        n = interviews_needed(0.6, -0.05)
        one, other = rng.binomial(n, 0.6, 4000) / n, rng.binomial(n, 0.55, 4000) / n
        z = (one - other) / np.sqrt(one * (1 - one) / n + other * (1 - other) / n)
        assert np.mean(np.abs(z) > 1.96) == pytest.approx(0.8, abs=0.025)

    @pytest.mark.parametrize(
        "call",
        [
            lambda: margin(0),
            lambda: margin(10, 1.2),
            lambda: margin(10, design_effect=0.5),
            lambda: interviews_needed(0.6, 0),
            lambda: interviews_needed(0.6, 0.5),
        ],
    )
    def test_what_is_refused(self, call) -> None:
        with pytest.raises(InputError):
            call()


class TestIndex:
    @pytest.mark.realdata
    def test_london_s_neighbourhoods_of_2016(self, shared_data) -> None:
        rows = pl.read_csv(shared_data / "london_confidence" / "perceptions_2016.csv.gz").to_dicts()
        assert len(rows) == 106
        scored = 0
        for row in rows:
            items = {
                name: Item(row[name] / 100, 120)
                for part in parts()
                for name in part.items
                if isinstance(row.get(name), int)
            }
            scores = part_scores(items)
            if len(scores) == len(parts()):
                whole = index(scores)
                assert min(s.score for s in scores.values()) <= whole.score <= max(s.score for s in scores.values())
                assert whole.low < whole.score < whole.high
                scored += 1
        assert scored >= 100

    def test_a_part_is_the_mean_of_its_items_and_names_what_was_not_asked(self) -> None:
        found = part_scores({"treat_fairly": Item(0.8, 100)})["fairness"]
        assert found.score == pytest.approx(80)
        assert found.missing == ("respect",)
        assert "effectiveness" not in part_scores({"treat_fairly": Item(0.8, 100)})

    def test_more_questions_to_the_same_people_are_not_more_people(self) -> None:
        one = part_scores({"treat_fairly": Item(0.7, 100)})["fairness"]
        two = part_scores({"treat_fairly": Item(0.7, 100), "respect": Item(0.7, 100)})["fairness"]
        assert (one.low, one.high) == pytest.approx((two.low, two.high))

    def test_an_index_of_fewer_parts_is_another_index(self) -> None:
        with pytest.raises(InputError, match="cooperation"):
            index(part_scores({"treat_fairly": Item(0.7, 100)}))

    @pytest.mark.parametrize("item", [Item(1.2, 10), Item(0.5, 0), Item(0.5, 5, -1)])
    def test_items_that_are_none(self, item) -> None:
        with pytest.raises(InputError):
            part_scores({"listen": item})


class TestSmallAreas:
    def drawn(self, rng, areas=60, between=4.0):
        x = rng.normal(size=areas)
        truth = 60 + 5 * x + between * rng.normal(size=areas)
        d = rng.uniform(4, 40, areas)
        return x, truth, truth + np.sqrt(d) * rng.normal(size=areas), d

    def test_it_is_nearer_to_the_truth_than_the_survey_alone(self) -> None:
        rng = np.random.default_rng(1)
        ours = alone = held = count = 0.0
        for _ in range(60):
            x, truth, direct, d = self.drawn(rng)
            found = fay_herriot(direct, d, x[:, None])
            ours += ((found.estimate - truth) ** 2).mean()
            alone += ((direct - truth) ** 2).mean()
            held += (np.abs(found.estimate - truth) <= 1.96 * found.se).sum()
            count += len(truth)
        assert ours < 0.6 * alone
        assert held / count == pytest.approx(0.95, abs=0.015)

    def test_the_regression_and_the_spread_are_found(self) -> None:
        rng = np.random.default_rng(2)
        fits = [fay_herriot(y, d, x[:, None]) for x, _, y, d in (self.drawn(rng, 200) for _ in range(30))]
        assert np.mean([f.between for f in fits]) == pytest.approx(4.0, abs=0.3)
        assert np.mean([f.coefficients for f in fits], axis=0) == pytest.approx([60, 5], abs=0.3)

    def test_where_areas_do_not_differ_all_say_the_mean(self) -> None:
        rng = np.random.default_rng(3)
        d = np.full(40, 25.0)
        found = fay_herriot(50 + 0.2 * rng.normal(size=40), d)
        assert found.between == 0
        assert np.ptp(found.estimate) < 1e-9

    @settings(max_examples=40)
    @given(seed=st.integers(0, 2**31), areas=st.integers(5, 40))
    def test_estimates_lie_between_survey_and_regression(self, seed, areas) -> None:
        rng = np.random.default_rng(seed)
        x, _, direct, d = self.drawn(rng, areas)
        found = fay_herriot(direct, d, x[:, None])
        fitted = np.column_stack([np.ones(areas), x]) @ found.coefficients
        low, high = np.minimum(direct, fitted), np.maximum(direct, fitted)
        assert ((found.estimate >= low - 1e-9) & (found.estimate <= high + 1e-9)).all()
        assert ((found.own >= 0) & (found.own <= 1)).all()
        assert np.isfinite(found.se).all()

    @pytest.mark.parametrize(
        "given",
        [
            ([1.0, 2.0], [1.0, 1.0]),
            ([1.0, 2.0, 3.0, np.nan], [1.0] * 4),
            ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0, 0.0]),
            ([1.0, 2.0, 3.0, 4.0], [1.0, 1.0]),
        ],
    )
    def test_what_is_refused(self, given) -> None:
        with pytest.raises(InputError):
            fay_herriot(*given)


class TestChange:
    def test_a_pulse_of_six_hundred_cannot_tell_a_small_fall(self) -> None:
        found = change(Wave(0.57, 600), Wave(0.60, 600))
        assert found.verdict == "cannot tell"

    def test_a_large_fall_is_lower(self) -> None:
        assert change(Wave(0.45, 600), Wave(0.60, 600)).verdict == "lower"

    def test_large_surveys_can_say_that_it_did_not_fall(self) -> None:
        found = change(Wave(0.60, 8000), Wave(0.60, 8000), before=Wave(0.60, 8000), matched_before=Wave(0.60, 8000))
        assert found.verdict == "not lower by more than the margin"

    def test_what_happened_everywhere_is_not_put_down_to_the_deployment(self) -> None:
        found = change(Wave(0.50, 5000), Wave(0.50, 5000), before=Wave(0.60, 5000), matched_before=Wave(0.60, 5000))
        assert found.change == pytest.approx(0)

    def test_its_interval_holds_no_change_as_often_as_it_should(self) -> None:
        rng = np.random.default_rng(4)
        drawn = rng.binomial(200, 0.6, (2000, 4)) / 200
        held = 0
        for a, b, c, d in drawn:
            found = change(
                Wave(a, 200), Wave(b, 200), before=Wave(c, 200), matched_before=Wave(d, 200), design_effect=1.0
            )
            held += found.low <= 0 <= found.high
        assert held / 2000 == pytest.approx(0.95, abs=0.015)

    def test_the_worst_group_decides_and_no_mean_hides_it(self) -> None:
        fine, open_, worse = (
            Change(0.0, -0.01, 0.01, v) for v in ("not lower by more than the margin", "cannot tell", "lower")
        )
        assert by_group({"all": fine, "few": worse, "some": open_}) == ("lower", ("few",))
        assert by_group({"all": fine, "some": open_}) == ("cannot tell", ("some",))
        assert by_group({"all": fine})[0] == "not lower by more than the margin"
        with pytest.raises(InputError):
            by_group({})

    @pytest.mark.parametrize(
        "call",
        [
            lambda: change(Wave(0.5, 100), Wave(0.5, 100), before=Wave(0.5, 100)),
            lambda: change(Wave(1.5, 100), Wave(0.5, 100)),
            lambda: change(Wave(0.5, 0), Wave(0.5, 100)),
            lambda: change(Wave(0.5, 100), Wave(0.5, 100), margin=0),
        ],
    )
    def test_what_is_refused(self, call) -> None:
        with pytest.raises(InputError):
            call()


tables = st.integers(2, 5).flatmap(
    lambda rows: st.integers(2, 5).flatmap(
        lambda columns: st.lists(
            st.lists(st.one_of(st.integers(0, 6), st.integers(0, 300)), min_size=columns, max_size=columns),
            min_size=rows,
            max_size=rows,
        )
    )
)


class TestPublishing:
    @pytest.mark.parametrize(
        ("share", "answers", "shown"),
        [
            (0.6, 49, "too few answers"),
            (0.5, 90, "too few answers"),
            (0.6, 400, "60 % (55 to 65)"),
            (0.02, 60, "2 % (0 to 6)"),
        ],
    )
    def test_shares(self, share, answers, shown) -> None:
        assert shown_share(share, answers) == shown

    @settings(max_examples=150)
    @given(numbers=tables)
    def test_no_small_count_can_be_had_by_differencing(self, numbers) -> None:
        table = {f"r{i}": {f"c{j}": n for j, n in enumerate(row)} for i, row in enumerate(numbers)}
        shown = suppressed(table)
        for row, column in itertools.product(table, table["r0"]):
            if table[row][column] in range(1, 5):
                assert shown[row][column] is None
            elif shown[row][column] is not None:
                assert shown[row][column] == table[row][column]
        lines = [[(r, c) for c in table[r]] for r in table] + [[(r, c) for r in table] for c in table["r0"]]
        for line in lines:
            hidden = [table[r][c] for r, c in line if shown[r][c] is None]
            # The attacker knows the total and all that is shown.
            assert len(hidden) != 1
            assert not hidden or sum(hidden) >= 5 or len(hidden) == len(line)

    def test_a_table_without_small_counts_is_left_alone(self) -> None:
        table = {"a": {"x": 0, "y": 7}, "b": {"x": 12, "y": 5}}
        assert suppressed(table) == table

    @pytest.mark.parametrize("table", [{"a": {"x": 1}, "b": {"y": 1}}, {"a": {"x": -1}}])
    def test_tables_that_are_none(self, table) -> None:
        with pytest.raises(InputError):
            suppressed(table)

    def test_nothing_is_nothing(self) -> None:
        assert suppressed({}) == {}
        assert math.isfinite(margin(50))
