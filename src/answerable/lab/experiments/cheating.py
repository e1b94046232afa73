"""Which ways of cheating the record are found out, how often and how soon: ten kinds against the real checks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

import answerable.lab.cheating as room
from answerable.lab.chart import Bar
from answerable.lab.cheating.kinds import HONEST, KINDS, PROOF, found_out
from answerable.lab.parameters import Parameter, Parameters
from answerable.lab.result import Result

SIZE = 20
_MEASURED = (
    "The checks are the monitor, the verifier, the comparison with outside counts and the sighting check of this "
    "release, run on a log of real statements, commitments and signed heads.",
    "A deployment that is in no count and that nobody asks about is found by nobody.",
)


def with_cheating(parameters: Parameters) -> Parameters:
    """Return the city's parameters with those of the people outside; its own values stay as they are."""
    text = Path(str(room.__file__)).with_name("cheating.yaml").read_text(encoding="utf-8")
    mine = {name: _parameter(name, raw) for name, raw in yaml.safe_load(text)["parameters"].items()}
    return replace(parameters, entries={**mine, **parameters.entries})


def _parameter(name: str, raw: dict[str, Any]) -> Parameter:
    low, high = raw["range"]
    return Parameter(name, float(raw["value"]), float(low), float(high), raw["unit"], raw["source"], raw["status"])


def exact(k: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share of ``k`` in ``n`` (Clopper and Pearson 1934, Biometrika 26)."""
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
    return low, high


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Play each of ten kinds of cheating, and none, in ``size`` cities."""
    full = with_cheating(parameters)
    runs = {kind: [found_out(kind, full, child) for child in np.random.default_rng(seed).spawn(size)] for kind in KINDS}
    figures = {kind: _figures(found, size) for kind, found in runs.items()}
    rows = tuple((kind, *_row(one)) for kind, one in figures.items())
    worst = {kind: figures[kind]["rate"] for kind in KINDS if kind not in PROOF and kind != HONEST}
    least = min(worst, key=lambda kind: worst[kind])
    answer = (
        f"Of the ten kinds, the {len(PROOF)} that something published contradicts are found in "
        f"{100 * min(figures[kind]['rate'] for kind in PROOF):.0f} of 100 cities, within "
        f"{max(figures[kind]['delay_90'] or 0 for kind in PROOF):.0f} days. What leaves no trace in the log depends on "
        f"people outside, of whom it is assumed how many ask: '{least}' is found in {100 * worst[least]:.0f} of 100. "
        f"Where nobody cheats there is a false alarm in {100 * figures[HONEST]['rate']:.0f} of 100."
    )
    return Result(
        name="cheating", title="Cheating the record, ten ways", answer=answer,
        error=f"{size} cities for each kind; exact 95 % intervals in the table.", figures=figures,
        head=("what is done", "found, of 100", "95 % interval", "days until then (median, 9 of 10)", "mostly by"),
        rows=rows, parameters=full, seed=seed, size=size, limits=_MEASURED,
        bars=tuple(
            Bar(kind, 100 * one["rate"], span=(100 * one["low"], 100 * one["high"])) for kind, one in figures.items()
        ),
        axes=("", "found, of 100 cities, with the exact 95 % interval"),
    )  # fmt: skip


def _figures(found: list[tuple[float, str]], size: int) -> dict[str, Any]:
    days: NDArray[np.float64] = np.array([one[0] for one in found])
    noticed = days[np.isfinite(days)]
    low, high = exact(len(noticed), size)
    middle, late = (float(np.quantile(noticed, q)) if len(noticed) else None for q in (0.5, 0.9))
    by = Counter(one[1] for one in found if one[1])
    return {
        "rate": len(noticed) / size, "low": low, "high": high, "delay_median": middle, "delay_90": late,
        "by": dict(by.most_common()),
    }  # fmt: skip


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    by = next(iter(one["by"]), "-")
    when = "-" if one["delay_median"] is None else f"{one['delay_median']:.1f}, {one['delay_90']:.1f}"
    return f"{100 * one['rate']:.0f}", f"{100 * one['low']:.0f} to {100 * one['high']:.0f}", when, by
