"""One stretch of a rolling backtest: every expert's forecast for consecutive windows, from what was known at each.

Experts learn at the first origin of the stretch and are moved along from there. What comes back is all that the mixture
needs: shares (float32, so that a stretch of a large city stays small), levels, and the normalisers of sharpened copies.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import cast

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.forecast.base import models
from answerable.forecast.now import Expert, Now, Shape
from answerable.forecast.timeline import Timeline
from answerable.forecast.uniform import Uniform
from answerable.place import Window, local
from answerable.work import Arrays

Floats = NDArray[np.float64]

# Exponents that a recalibrated copy may raise a forecast's shares to: below 1 flatter, above 1 sharper.
SLOPES = np.round(np.arange(0.6, 1.51, 0.1), 1)
FEWEST_INCIDENTS = 10
# Shares of cells held at once, windows times experts times cells: 400 MB.
MOST_SHARES = 100_000_000


def experts() -> dict[str, Expert]:
    """Return every model that can be moved along, by name."""
    made = {name: make() for name, make in models().items()}
    return {name: cast(Expert, one) for name, one in made.items() if hasattr(one, "learn")}


def race(timeline: Timeline, names: tuple[str, ...], windows: tuple[Window, ...]) -> Arrays:
    """Forecast each window, when it opens, by each expert; they learn when the first one opens.

    Arrays: ``share`` (windows, experts, cells) float32; ``level``, ``cv`` (windows, experts); ``norm`` (windows,
    experts, slopes), the sum of shares to each power of :data:`SLOPES`; ``seconds`` (2, experts), to learn and to
    predict. An expert that cannot learn from so little, or on so fine a grid, answers as the uniform one.
    InputError where nothing is known, or the data cannot answer for such windows.
    """
    known = experts()
    now = Now.begin(timeline, windows[0].start)
    now.history.check(windows[0], windows[0].start)
    seconds = np.zeros((2, len(names)))
    shapes: list[Shape] = []
    for e, name in enumerate(names):
        began = time.perf_counter()
        shapes.append(_learned(known[name], now))
        seconds[0, e] = time.perf_counter() - began
    share = np.zeros((len(windows), len(names), len(timeline.grid)), np.float32)
    level, cv = np.zeros((2, len(windows), len(names)))
    norm = np.zeros((len(windows), len(names), len(SLOPES)))
    for i, window in enumerate(windows):
        now.move(window.start)
        levels = {seasonal: now.level(window, seasonal=seasonal) for seasonal in (False, True)}
        for e, name in enumerate(names):
            began = time.perf_counter()
            told = shapes[e].share(now, window).astype(np.float32)
            unmoved = i > 0 and np.array_equal(share[i - 1, e], told)
            share[i, e], norm[i, e] = told, norm[i - 1, e] if unmoved else powers(told)
            level[i, e], cv[i, e] = levels[known[name].seasonal].expected, levels[known[name].seasonal].cv
            seconds[1, e] += time.perf_counter() - began
    return {"share": share, "level": level, "cv": cv, "norm": norm, "seconds": seconds}


def powers(share: NDArray[np.float32]) -> Floats:
    """Return the sum over cells of the shares to each power of :data:`SLOPES`, shape (slopes,)."""
    logs = np.log(share.astype(float))
    now, step = np.exp(SLOPES[0] * logs), np.exp(0.1 * logs)
    sums = []
    for _ in SLOPES:
        sums.append(now.sum())
        now = now * step
    return np.array(sums)


def _learned(expert: Expert, now: Now) -> Shape:
    if len(now.history) < FEWEST_INCIDENTS:
        return Uniform()
    try:
        return expert.learn(now)
    except InputError:
        # Only the size of the grid can stop an expert here; the others carry on, and the report names it.
        return Uniform()


def most_windows(cells: int, experts_raced: int) -> int:
    """Return how many windows may be forecast in one go, so that their shares stay in memory.

    >>> most_windows(3706, 9), most_windows(5_000_000, 9)
    (2998, 2)
    """
    return max(1, MOST_SHARES // (cells * experts_raced))


def windows_between(start: datetime, end: datetime, hours: float) -> list[Window]:
    """Return all windows of ``hours`` that lie wholly in ``[start, end)``, one after another."""
    n = int((end - start) / timedelta(hours=hours) + 1e-9)
    return [Window.of_hours(start + i * timedelta(hours=hours), hours) for i in range(n)]


def months_between(start: datetime, end: datetime, tz: str) -> list[Window]:
    """Return the calendar months of the zone ``tz`` that lie wholly in ``[start, end)``."""
    first = local(start, tz).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found: list[Window] = []
    while True:
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        if following.astimezone(UTC) > end:
            return found
        if first.astimezone(UTC) >= start:
            found.append(Window(first.astimezone(UTC), following.astimezone(UTC)))
        first = following


def stretches(windows: list[Window], refit: timedelta, most: int = 10**9) -> list[tuple[Window, ...]]:
    """Cut windows into stretches that last ``refit`` (one window at least, ``most`` at most): experts learn at the
    start of each.
    """
    cut: list[list[Window]] = []
    for window in windows:
        if not cut or window.start >= cut[-1][0].start + refit or len(cut[-1]) >= most:
            cut.append([])
        cut[-1].append(window)
    return [tuple(stretch) for stretch in cut]
