"""The rolling backtest: how good every model would have been, had it been asked before each window of the past.

1. The test period is cut into stretches; for each one the experts learn at its first window and forecast every window
   from what was known when it opened (``chunk``). Stretches need nothing of each other and run in parallel.
2. The mixture's weights go through all windows in order, each from outcomes that were known by then (``mixing``).
3. Every stretch is scored on the truth, the newest version of every incident (``tally``), in parallel again, and its
   forecasts are written if asked for.

Every cell counts, empty ones too. A stretch's forecasts live in a file between the steps and are never all in memory.
Units are kept by a key that names data, grid, windows and models: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from answerable.errors import InputError, UsageError
from answerable.forecast.chunk import FEWEST_INCIDENTS, experts, months_between, most_windows, race, stretches
from answerable.forecast.mixing import Mixed, Told, lateness, mix, probabilities
from answerable.forecast.tally import BINNED, MIXTURES, How, Mixing, tally
from answerable.forecast.timeline import Timeline, instant, microseconds
from answerable.place import Window
from answerable.work import Arrays, Pending, Work, read_arrays

Floats = NDArray[np.float64]
Progress = Callable[[int, int, str], None]

REFIT = timedelta(days=28)
WARM = timedelta(days=84)
_WARM_MONTHS = timedelta(days=367)
UNIFORM = "uniform"
# Left out of "all": an expert that must be asked for by name (it needs an extra, and minutes).
OPTIONAL = ("boost",)
_VERSION = "4"
_LATEST_SHARE = 0.95


@dataclass(frozen=True, eq=False)
class Outcome:
    """A finished backtest: the arrays of :func:`answerable.forecast.tally.tally` for all windows, and the weights.

    ``raced`` are the experts in the mixture's order, ``shown`` the models scored; ``wait`` is how long after a window
    its outcome was taken as known, ``late`` how many windows too late that is for the next one; ``warmed`` how many
    windows before the test were warmed up on.
    """

    timeline: Timeline
    windows: tuple[Window, ...]
    raced: tuple[str, ...]
    shown: tuple[str, ...]
    sums: Arrays
    mixed: Mixed
    wait: timedelta
    warmed: int = 0
    late: int = 0


def run(
    timeline: Timeline,
    windows: list[Window],
    asked: tuple[str, ...],
    work: Work,
    *,
    refit: timedelta = REFIT,
    warm: timedelta = WARM,
    predictions: Path | None = None,
    progress: Progress | None = None,
) -> Outcome:
    """Backtest the models ``asked`` for on ``windows``, one after another; write every forecast to ``predictions``.

    UsageError for an unknown model; InputError where there is no window, or nothing known at the first.
    """
    raced, shown = chosen(asked)
    if not windows:
        raise InputError("There is no window to test.", where="test period", fix="Choose a longer one.")
    before = warming(timeline, windows, warm) if len(raced) > 1 else []
    most = most_windows(len(timeline.grid), len(raced))
    warm_cut = stretches(before, refit, most)
    cut = [*warm_cut, *stretches(windows, refit, most)]
    n_warm, first_cut = len(before), len(warm_cut)
    key = _key(timeline, cut, raced)
    done = _Counter(2 * len(cut) - first_cut, progress)
    handed = [work.submit(race, f"{key}-race-{i:04d}", (timeline, raced, s)) for i, s in enumerate(cut)]
    files = [done.after(unit, "forecasting") for unit in handed]
    wait = waiting_time(timeline, [*before, *windows][0])
    told, truth = _told(timeline, [*before, *windows], cut, files, wait)
    mixed = mix(told, restart=n_warm)
    mixed = replace(mixed, log_probability=probabilities(truth, mixed.scale, mixed.slope)).since(n_warm)
    cut, files = cut[first_cut:], files[first_cut:]
    suffix = f"{_digest('-'.join(shown))[:8]}{'-p' if predictions else ''}"
    units = []
    first = 0
    for i, (stretch, file) in enumerate(zip(cut, files, strict=True)):
        span = slice(first, first + len(stretch))
        first += len(stretch)
        mixing = Mixing(mixed.weights[span], mixed.shared[span], mixed.scale[span], mixed.slope[span])
        parts = work.folder / f"{key}-{suffix}-part-{i:04d}" if predictions else None
        units.append(
            work.submit(tally, f"{key}-{suffix}-tally-{i:04d}",
                        (timeline, raced, stretch, file, How(mixing, shown, parts)))
        )  # fmt: skip
    sums = _joined([_read(done, unit) for unit in units], [len(s) for s in cut])
    if predictions:
        _gather(sorted(work.folder.glob(f"{key}-{suffix}-part-*.parquet")), predictions)
    return Outcome(timeline, tuple(windows), raced, shown, sums, mixed, wait, n_warm, lateness(told.ready))


def chosen(asked: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the experts to race and the models to show: ``all`` is every expert but optional ones, and mixtures; more
    can be named beside it.

    A mixture is one of all experts whatever else is asked for; the uniform model is always raced, as the reference.
    """
    known = tuple(name for name in experts() if name not in OPTIONAL)
    named = [name for one in asked for name in ((*known, *MIXTURES) if one == "all" else (one,))]
    shown = tuple(dict.fromkeys(named))
    unknown = [name for name in shown if name not in (*experts(), *MIXTURES)]
    if unknown or not shown:
        raise UsageError(
            "There is no such forecast model.",
            where=", ".join(unknown) or "--models",
            fix=f"Use all, or some of: {', '.join((*experts(), *MIXTURES))}.",
        )
    wanted = (name for name in shown if name not in MIXTURES)
    mixed = known if any(name in MIXTURES for name in shown) else ()
    raced = tuple(sorted({UNIFORM, *wanted, *mixed}))
    return raced, shown if UNIFORM in shown else (*shown, UNIFORM)


def warming(timeline: Timeline, windows: list[Window], warm: timedelta) -> list[Window]:
    """Return windows like those tested, ending where the test begins, on which the mixture's weights warm up.

    As many as fit into ``warm`` (for calendar months, into a year), leave at least as much known history before them,
    and find at least ten incidents known when they open.
    """
    step, start = windows[0].end - windows[0].start, windows[0].start
    known = timeline.known(start)
    if not known.any():
        return []
    half = (start - instant(int(timeline.first[known].min()))) / 2
    if step > timedelta(days=27):
        found = months_between(start - min(_WARM_MONTHS, half), start, timeline.incidents.manifest.tz or "UTC")
        found = found if step < timedelta(days=32) else []
    elif any(window.end - window.start != step for window in windows[:13]):
        found = []
    else:
        found = [Window(start - i * step, start - (i - 1) * step) for i in range(int(min(warm, half) / step), 0, -1)]
    while found and timeline.known(found[0].start).sum() < FEWEST_INCIDENTS:
        found.pop(0)
    return found


def waiting_time(timeline: Timeline, first: Window) -> timedelta:
    """Return how long after a window its outcome is taken as known: the 95th percentile, among what was known when
    ``first`` opens, of the time from the end of an incident's own window to its being known.

    Windows are those of the length of ``first`` before it; the middle of an incident puts it into one. To look sooner
    would be to learn from windows that seem empty.
    """
    known = timeline.known(first.start)
    if not known.any():
        return timedelta(0)
    start, step = microseconds(first.start), (first.end - first.start) // timedelta(microseconds=1)
    # A window holds its start and not its end.
    ends = start - (start - timeline.middle[known] - 1) // step * step
    delay = float(np.quantile(timeline.known_from[known] - ends, _LATEST_SHARE))
    return timedelta(microseconds=max(0.0, delay))


def _told(
    timeline: Timeline, windows: list[Window], cut: list[tuple[Window, ...]], files: list[Path], wait: timedelta
) -> tuple[Told, Told]:
    """Return what the experts said with the outcomes as they were known in time, and with the truth."""
    starts = np.array([microseconds(w.start) for w in windows])
    known_by = np.array([microseconds(w.end + wait) for w in windows])
    ready = np.searchsorted(known_by, starts, side="right")
    # The window whose opening first finds the outcome known; those at the end of the test never matter.
    read_at = [int(np.searchsorted(starts, at, side="left")) for at in known_by]
    rows: list[tuple[Floats, ...]] = []
    number = 0
    for stretch, file in zip(cut, files, strict=True):
        arrays = read_arrays(file)
        for i, window in enumerate(stretch):
            at = windows[read_at[number]].start if read_at[number] < len(windows) else None
            then = timeline.counts(window.start, window.end, at) if at is not None else None
            true = timeline.counts(window.start, window.end)
            share = arrays["share"][i]
            rows.append((arrays["level"][i], arrays["norm"][i], _hits(share, true if then is None else then),
                         _hits(share, true)))  # fmt: skip
            number += 1
    level, norm, hits, true_hits = (np.array(column) for column in zip(*rows, strict=True))
    told = Told(level, norm, hits[:, :-1], hits[:, -1], ready)
    return told, Told(level, norm, true_hits[:, :-1], true_hits[:, -1], ready)


def _hits(share: NDArray[np.float32], count: NDArray[np.int64]) -> Floats:
    """Return the sum over incidents of the log share of their cell, by expert, and at the end the incidents."""
    hit = np.flatnonzero(count)
    return np.append(np.log(share[:, hit].astype(float)) @ count[hit], count.sum())


def _joined(stretches_of: list[Arrays], lengths: list[int]) -> Arrays:
    first = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    for offset, arrays in zip(first, stretches_of, strict=True):
        arrays["window"] = arrays["window"] + offset
    summed = (*BINNED, "seconds")
    joined = {name: np.sum([a[name] for a in stretches_of], axis=0) for name in summed}
    return joined | {
        name: np.concatenate([a[name] for a in stretches_of]) for name in stretches_of[0] if name not in summed
    }


def _gather(parts: list[Path], out: Path) -> None:
    """Put the parts together into one file, whole or not at all."""
    part = out.with_name(f".{out.name}.part")
    pl.scan_parquet(parts).sink_parquet(part)
    part.replace(out)


class _Counter:
    def __init__(self, total: int, progress: Progress | None) -> None:
        self.done, self.total, self.progress = 0, total, progress

    def after(self, unit: Pending, what: str) -> Path:
        path = unit.path()
        self.done += 1
        if self.progress:
            self.progress(self.done, self.total, what)
        return path


def _read(done: _Counter, unit: Pending) -> Arrays:
    done.after(unit, "scoring")
    return unit.result()


def _key(timeline: Timeline, cut: list[tuple[Window, ...]], raced: tuple[str, ...]) -> str:
    grid = timeline.grid
    words = [_VERSION, timeline.incidents.data_hash, grid.projection.crs, str(grid.cell_m), *raced]
    words += [f"{w.start.isoformat()}/{w.end.isoformat()}" for stretch in cut for w in (stretch[0], stretch[-1])]
    words += [str(len(cut)), hashlib.sha256(grid.columns.tobytes() + grid.rows.tobytes()).hexdigest()]
    return _digest("\n".join(words))[:16]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
