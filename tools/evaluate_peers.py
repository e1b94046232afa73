#!/usr/bin/env python3
"""Work out panels with other people's programs, and write what they say to tests/assets/evaluate/peers.json.

Run by hand in an environment with diff-diff, pysyncon and pyfixest, which are no dependencies of ours:
``python tools/evaluate_peers.py``. The tests compare our estimators with the dated figures.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).resolve().parent.parent / "tests" / "assets" / "evaluate" / "peers.json"
SEEDS = (1, 2, 3, 4, 5)
AREAS, PERIODS, START = 25, 24, 18


def panel(seed: int) -> np.ndarray:
    """A panel of random walks around levels of their own; the first area is treated and falls by 8 from the start."""
    rng = np.random.default_rng(seed)
    y = rng.normal(100, 15, (AREAS, 1)) + np.cumsum(rng.normal(0, 2, (AREAS, PERIODS)), axis=1)
    y += np.linspace(0, 10, PERIODS)
    y[0, START:] -= 8
    return np.asarray(np.round(y, 6))


def main() -> int:
    """Write the figures of every peer for every panel, with versions, seconds and date."""
    warnings.simplefilter("ignore")
    packages = ("diff-diff", "pysyncon", "pyfixest")
    found: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in packages},
        "panels": {str(seed): _peers(panel(seed)) for seed in SEEDS},
    }
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    print(json.dumps(found, indent=1))
    return 0


def _peers(y: np.ndarray) -> dict[str, Any]:
    return {"sdid": _sdid(y), "synthetic_control": _synthetic(y), "did": _did(y)}


def _long(y: np.ndarray) -> Any:
    import pandas as pd

    unit, period = np.meshgrid(np.arange(AREAS), np.arange(PERIODS), indexing="ij")
    treated = (unit == 0).astype(int)
    frame = {"unit": unit, "period": period, "y": y, "treated": treated, "after": (period >= START).astype(int)}
    table = pd.DataFrame({name: values.ravel() for name, values in frame.items()})
    table["effect"] = table["treated"] * table["after"]
    return table


def _sdid(y: np.ndarray) -> dict[str, float]:
    from diff_diff import SyntheticDiD

    began = time.perf_counter()
    fit = SyntheticDiD(n_bootstrap=50, seed=1).fit(
        _long(y), outcome="y", treatment="treated", unit="unit", time="period", post_periods=list(range(START, PERIODS))
    )
    return {"estimate": float(fit.att), "seconds": time.perf_counter() - began}


def _synthetic(y: np.ndarray) -> dict[str, float]:
    import pandas as pd
    from pysyncon import Synth

    before = pd.DataFrame(y[:, :START].T)
    began = time.perf_counter()
    fit = Synth()
    fit.fit(X0=before[list(range(1, AREAS))], X1=before[0], Z0=before[list(range(1, AREAS))], Z1=before[0],
            custom_V=np.full(START, 1 / START))  # fmt: skip
    weights = fit.weights(round=12).to_numpy()
    gap = y[0] - weights @ y[1:]
    found = {"estimate": float(gap[START:].mean()), "seconds": time.perf_counter() - began}
    return {**found, "fit": float(np.sqrt((gap[:START] ** 2).mean()))}


def _did(y: np.ndarray) -> dict[str, float]:
    import pyfixest

    began = time.perf_counter()
    fit = pyfixest.feols("y ~ effect | unit + period", data=_long(y))
    return {"estimate": float(fit.coef()["effect"]), "seconds": time.perf_counter() - began}


if __name__ == "__main__":
    sys.exit(main())
