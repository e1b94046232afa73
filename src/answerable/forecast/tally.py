"""What a backtest keeps of a stretch: sums that every score can be worked out from, never the cells themselves.

Per window and model: the expected total, the sum of log expectations at incidents, the sums behind the Brier score, the
spread. Per incident and model: how many cells stood higher and how many as high, from which the hit rate at any area
follows. Per model: cells, expected and observed incidents, and cells with any, in bins of a fiftieth of the log
expectation, from which calibration slope, reliability and the decision curve follow.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.forecast.mixing import combine
from answerable.forecast.timeline import Timeline
from answerable.place import Grid, Window
from answerable.work import Arrays, read_arrays

Floats = NDArray[np.float64]

BIN = 0.02
LOWEST = -40.0
BINS = 2300
BINNED = ("cells", "expected", "observed", "happened")
MIXTURES = ("mixture", "fixed_share")
_ROWS_PER_PART = 2_000_000


class Mixing(NamedTuple):
    """A stretch's part of the weights: see :class:`answerable.forecast.mixing.Mixed`."""

    weights: Floats
    shared: Floats
    scale: Floats
    slope: NDArray[np.int64]


class How(NamedTuple):
    """What to do with a stretch: the weights, the models to score (experts or mixtures), and where to write to.

    ``parts`` is a path without ending, or None where no forecasts are written.
    """

    mixing: Mixing
    shown: tuple[str, ...]
    parts: Path | None


def tally(
    timeline: Timeline,
    names: tuple[str, ...],
    windows: tuple[Window, ...],
    raced: Path,
    how: How,
) -> Arrays:
    """Score one stretch, and write its forecasts where that is asked for.

    ``names`` are the experts raced, ``raced`` the file of what they said. Arrays by window and model:
    ``total``, ``hits``, ``brier``, ``cv``; by window ``seen``, ``factorial``, ``hit_cells``; by incident ``window``,
    ``number``, and by incident and model ``above``, ``equal``; by model ``cells``, ``expected``, ``observed``,
    ``happened`` in bins.
    """
    told = read_arrays(raced)
    mixing, shown, parts = how
    n, m, cells = len(windows), len(shown), len(timeline.grid)
    by_window = {name: np.zeros((n, m)) for name in ("total", "hits", "brier", "cv")}
    single = {name: np.zeros(n) for name in ("seen", "factorial", "hit_cells")}
    binned = {name: np.zeros((m, BINS)) for name in BINNED}
    ranks: list[Floats] = []
    writer = PartWriter(parts, timeline.grid, shown) if parts else None
    for i, window in enumerate(windows):
        count = timeline.counts(window.start, window.end)
        hit = np.flatnonzero(count)
        single["seen"][i], single["hit_cells"][i] = count.sum(), len(hit)
        single["factorial"][i] = sum(np.log(np.arange(1, c + 1)).sum() for c in count[hit])
        here = Mixing(*(part[i] for part in mixing))
        expected = np.empty((m, cells))
        for k, name in enumerate(shown):
            expected[k], by_window["cv"][i, k] = _expected(name, names, told, i, here)
            _add((by_window, binned), (i, k), expected[k], count, hit)
        ranks.extend(_ranks(expected, hit, count, i))
        if writer:
            writer.add(window, expected)
    if writer:
        writer.close()
    kept = np.array(ranks).reshape(-1, 2 + 2 * m)
    incident = {"window": kept[:, 0], "number": kept[:, 1], "above": kept[:, 2 : 2 + m], "equal": kept[:, 2 + m :]}
    return by_window | single | binned | incident | {"seconds": told["seconds"]}


def _expected(name: str, names: tuple[str, ...], told: Arrays, i: int, here: Mixing) -> tuple[Floats, float]:
    if name not in MIXTURES:
        e = names.index(name)
        return told["level"][i, e] * told["share"][i, e].astype(float), float(told["cv"][i, e])
    weights = here.weights if name == "mixture" else here.shared
    level, cv, k = told["level"][i], told["cv"][i], len(names)
    mean = combine(
        told["share"][i].astype(float), level, weights, scale=here.scale, slope=here.slope, norm=told["norm"][i]
    )
    # The count's spread is that of the mixture of the experts' counts: within each, and between them.
    levels = np.concatenate([level, here.scale * level])
    within = weights @ (np.square(np.concatenate([cv, cv]) * levels) + np.square(levels))
    whole = float(weights @ levels)
    if len(weights) != 2 * k:
        raise ValueError("two weights for each expert")
    return mean, float(np.sqrt(max(within - whole**2, 0.0)) / whole)


def _add(
    sums: tuple[dict[str, Floats], dict[str, Floats]],
    at_: tuple[int, int],
    m: Floats,
    count: NDArray[np.int64],
    hit: NDArray[np.int64],
) -> None:
    (by_window, binned), (i, k) = sums, at_
    p = -np.expm1(-m)
    by_window["total"][i, k] = m.sum()
    by_window["hits"][i, k] = count[hit] @ np.log(m[hit])
    by_window["brier"][i, k] = p @ p - 2 * p[hit].sum() + len(hit)
    at = np.clip(((np.log(m) - LOWEST) / BIN).astype(np.int64), 0, BINS - 1)
    binned["cells"][k] += np.bincount(at, minlength=BINS)
    binned["expected"][k] += np.bincount(at, m, minlength=BINS)
    binned["observed"][k] += np.bincount(at[hit], count[hit], minlength=BINS)
    binned["happened"][k] += np.bincount(at[hit], minlength=BINS)


def _ranks(expected: Floats, hit: NDArray[np.int64], count: NDArray[np.int64], i: int) -> list[Floats]:
    found = []
    for cell in hit:
        own = expected[:, cell, None]
        above, equal = (expected > own).sum(axis=1), (expected == own).sum(axis=1)
        found.append(np.concatenate([[i, count[cell]], above, equal]))
    return found


class PartWriter:
    """Writes forecasts as Parquet files of at most two million rows, so that no stretch is ever held as a table."""

    def __init__(self, parts: Path, grid: Grid, shown: tuple[str, ...]) -> None:
        self.parts, self.shown, self.cells = parts, shown, len(grid)
        lon, lat = grid.projection.inverse(*grid.centres)
        self.places = pl.DataFrame({"cell_id": grid.ids, "lon": lon.round(6), "lat": lat.round(6)})
        self.held: list[pl.DataFrame] = []
        self.written = 0

    def add(self, window: Window, expected: Floats) -> None:
        """Take in one window's forecasts, shape (models, cells)."""
        instant = pl.Datetime("us", "UTC")
        for name, values in zip(self.shown, expected, strict=True):
            m = values.astype(np.float32)
            self.held.append(
                self.places.select(
                    pl.lit(name).alias("model"),
                    pl.lit(window.start).cast(instant).alias("issued_at"),
                    pl.lit(window.start).cast(instant).alias("window_from"),
                    pl.lit(window.end).cast(instant).alias("window_to"),
                    pl.all(),
                    pl.Series("expected", m),
                    pl.Series("p", -np.expm1(-m.astype(float)).astype(np.float64)).cast(pl.Float32),
                )
            )
        if len(self.held) * self.cells >= _ROWS_PER_PART:
            self.close()

    def close(self) -> None:
        """Write what is held."""
        if self.held:
            path = self.parts.with_name(f"{self.parts.name}-{self.written:04d}.parquet")
            pl.concat(self.held, rechunk=False).write_parquet(path)
            self.held.clear()
            self.written += 1
