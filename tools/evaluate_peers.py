#!/usr/bin/env python3
"""Ask other people's programs what ours is asked, and time them at it.

Run in an environment with diff-diff, pysyncon and pyfixest, which are no dependencies of ours. ``python
tools/evaluate_peers.py`` writes tests/assets/evaluate/peers.json, with whose dated figures the tests compare our
estimators; ``--timings`` prints, as JSON, how long the jobs of benchmarks/evaluate.py take there.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).resolve().parent.parent / "tests" / "assets" / "evaluate" / "peers.json"
PACKAGES = ("diff-diff", "pysyncon", "pyfixest")
SEEDS = (1, 2, 3, 4, 5)
AREAS, PERIODS, START = 25, 24, 18
BIG = (39, 31, 19)
"""Areas, periods and start of the panel that is timed: the size of the tobacco panel that everybody publishes."""
RUNS = 5


def panel(seed: int, areas: int = AREAS, periods: int = PERIODS, start: int = START) -> np.ndarray:
    """A panel of random walks around levels of their own; the first area is treated and falls by 8 from the start."""
    rng = np.random.default_rng(seed)
    y = rng.normal(100, 15, (areas, 1)) + np.cumsum(rng.normal(0, 2, (areas, periods)), axis=1)
    y += np.linspace(0, 10, periods)
    y[0, start:] -= 8
    return np.asarray(np.round(y, 6))


def places() -> list[tuple[str, str, int, float, float]]:
    """Name, group, deployments, person-hours and need of 150 places in three groups, the first deployed to more."""
    rng = np.random.default_rng(11)
    group = np.arange(150) % 3
    hours = np.round(rng.uniform(5e4, 2e5, 150), 1)
    rate = np.exp(rng.normal(-11, 0.8, 150))
    need = np.round(hours * rate, 6)
    mean = hours * rate**1.4 * np.where(group == 0, 1.8, 1)
    seen = rng.poisson(mean * 400 / mean.sum())
    return [(f"ward {i}", f"fifth {group[i] + 1}", int(seen[i]), float(hours[i]), float(need[i])) for i in range(150)]


def main() -> int:
    """Write the figures of every peer for every panel, with versions and date; or print how long they take."""
    warnings.simplefilter("ignore")
    found: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in PACKAGES},
    }
    if "--timings" in sys.argv:
        print(json.dumps(found | {"jobs": _timings()}))
        return 0
    found |= {"panels": {str(seed): _peers(panel(seed)) for seed in SEEDS}, "burden": _burden()}
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    print(json.dumps(found, indent=1))
    return 0


def _peers(y: np.ndarray) -> dict[str, Any]:
    return {"sdid": _sdid(y, START), "synthetic_control": _synthetic(y, START), "did": _did(y, START)}


def _timings() -> dict[str, dict[str, Any]]:
    """Milliseconds (wall clock and processor, median of five after one to warm up) and estimate of every job."""
    areas, periods, start = BIG
    y = panel(1, areas, periods, start)
    table, frame = _long(y, start), _places()
    jobs: dict[str, Callable[[], dict[str, float]]] = {
        "sdid with all placebos": lambda: _sdid(y, start, draws=areas - 1, table=table),
        "synthetic control": lambda: _synthetic(y, start),
        "difference in differences": lambda: _did(y, start, table=table),
        "burden given need": lambda: {"estimate": _ratio(frame, "fifth 1")},
    }
    return {name: _timed(job) for name, job in jobs.items()}


def _timed(job: Callable[[], dict[str, float]]) -> dict[str, Any]:
    found = job()
    wall, processor = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        job()
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    return {"ms": statistics.median(wall), "cpu_ms": statistics.median(processor), "estimate": found["estimate"]}


def _long(y: np.ndarray, start: int) -> Any:
    import pandas as pd

    unit, period = np.meshgrid(np.arange(len(y)), np.arange(y.shape[1]), indexing="ij")
    treated = (unit == 0).astype(int)
    frame = {"unit": unit, "period": period, "y": y, "treated": treated, "after": (period >= start).astype(int)}
    table = pd.DataFrame({name: values.ravel() for name, values in frame.items()})
    table["effect"] = table["treated"] * table["after"]
    return table


def _sdid(y: np.ndarray, start: int, *, draws: int = 50, table: Any = None) -> dict[str, float]:
    from diff_diff import SyntheticDiD

    fit = SyntheticDiD(n_bootstrap=draws, seed=1).fit(
        _long(y, start) if table is None else table,
        outcome="y", treatment="treated", unit="unit", time="period", post_periods=list(range(start, y.shape[1])),
    )  # fmt: skip
    return {"estimate": float(fit.att)}


def _synthetic(y: np.ndarray, start: int) -> dict[str, float]:
    import pandas as pd
    from pysyncon import Synth

    before = pd.DataFrame(y[:, :start].T)
    others = list(range(1, len(y)))
    fit = Synth()
    fit.fit(X0=before[others], X1=before[0], Z0=before[others], Z1=before[0], custom_V=np.full(start, 1 / start))
    weights = fit.weights(round=12).to_numpy()
    gap = y[0] - weights @ y[1:]
    return {"estimate": float(gap[start:].mean()), "fit": float(np.sqrt((gap[:start] ** 2).mean()))}


def _did(y: np.ndarray, start: int, *, table: Any = None) -> dict[str, float]:
    import pyfixest

    fit = pyfixest.feols("y ~ effect | unit + period", data=_long(y, start) if table is None else table)
    return {"estimate": float(fit.coef()["effect"])}


def _places() -> Any:
    import pandas as pd

    frame = pd.DataFrame(places(), columns=["place", "group", "deployments", "hours", "need"])
    n = np.log(frame["need"] / frame["hours"])
    frame["n"] = (n - n.mean()) / n.std(ddof=0)
    return frame.assign(n2=frame["n"] ** 2, log_hours=np.log(frame["hours"]))


def _ratio(frame: Any, group: str) -> float:
    import pyfixest

    told = frame.assign(inside=(frame["group"] == group).astype(int))
    fit = pyfixest.fepois("deployments ~ n + n2 + inside", data=told, offset="log_hours", iwls_tol=1e-12)
    return float(np.exp(fit.coef()["inside"]))


def _burden() -> dict[str, dict[str, float]]:
    frame = _places()
    return {group: {"ratio": _ratio(frame, group)} for group in dict.fromkeys(frame["group"])}


if __name__ == "__main__":
    sys.exit(main())
