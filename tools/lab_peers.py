#!/usr/bin/env python3
"""Work out net benefit and a reliability decomposition with other people's programs, for src/.../lab/known/peers.json.

Run by hand in an environment with dcurves and model-diagnostics, which are no dependencies of ours:
``python tools/lab_peers.py``. The known answers of the lab compare ours with the dated figures.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).resolve().parent.parent / "src" / "answerable" / "lab" / "known" / "peers.json"
THRESHOLDS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.35)
ROWS, SEED = 4000, 11


def forecasts() -> tuple[np.ndarray, np.ndarray]:
    """Rare events with forecasts that rank them well and are too sure, to three decimals (so that many are equal)."""
    rng = np.random.default_rng(SEED)
    true = rng.beta(0.6, 12, ROWS)
    p = np.round(np.clip(true**1.3 * 2.2, 0.001, 0.999), 3)
    return p, (rng.random(ROWS) < true).astype(int)


def main() -> int:
    """Write the figures of both peers, with versions and date."""
    p, y = forecasts()
    found: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in ("dcurves", "model-diagnostics")},
        "rows": ROWS,
        "seed": SEED,
        "thresholds": THRESHOLDS,
        "net_benefit": _net_benefit(p, y),
        "decomposition": _decomposition(p, y),
    }
    PAGE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    print(json.dumps(found, indent=1))
    return 0


def _net_benefit(p: np.ndarray, y: np.ndarray) -> dict[str, list[float]]:
    import pandas as pd
    from dcurves import dca

    curve = dca(data=pd.DataFrame({"p": p, "y": y}), outcome="y", modelnames=["p"], thresholds=list(THRESHOLDS))
    return {
        name: [
            float(curve[(curve.model == name) & np.isclose(curve.threshold, t)].net_benefit.iloc[0]) for t in THRESHOLDS
        ]
        for name in ("p", "all")
    }


def _decomposition(p: np.ndarray, y: np.ndarray) -> dict[str, float]:
    from model_diagnostics.scoring import SquaredError, decompose

    row = decompose(y_obs=y, y_pred=p, scoring_function=SquaredError())
    return {name: float(row[name][0]) for name in ("miscalibration", "discrimination", "uncertainty", "score")}


if __name__ == "__main__":
    sys.exit(main())
