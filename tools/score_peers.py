#!/usr/bin/env python3
"""Score small sets of forecasts with other people's programs, and write what they say to tests/assets/score/peers.json.

Run in an environment with scikit-learn, scoringrules, dcurves and model-diagnostics, which are no dependencies of ours:
``make oracles`` makes one and runs this in it. The tests compare our scores with the dated figures; the forecasts and
outcomes that were scored stand in the file too. A page made by the same versions is left as it is.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

PAGE = Path(__file__).resolve().parent.parent / "tests" / "assets" / "score" / "peers.json"
PACKAGES = ("scikit-learn", "scoringrules", "dcurves", "model-diagnostics")
SEEDS = (1, 2, 3)
THRESHOLDS = (0.02, 0.05, 0.1, 0.2, 0.4)


def made(seed: int) -> dict[str, list[float]]:
    """Probabilities with their outcomes, with ties, and counts with forecasts of mean and relative spread."""
    rng = np.random.default_rng(seed)
    p = np.round(rng.beta(0.7, 6.0, 300).clip(0.001, 0.99), 2).clip(0.005, 0.99)
    mean = np.round(rng.gamma(2.0, 2.0, 60) + 0.05, 3)
    cv = np.round(rng.uniform(0.1, 1.2, 60), 3)
    return {
        "p": p.tolist(),
        "happened": (rng.random(300) < p ** rng.uniform(0.7, 1.3)).astype(float).tolist(),
        "mean": mean.tolist(),
        "cv": cv.tolist(),
        "count": rng.poisson(mean * rng.gamma(1 / cv**2, cv**2)).astype(float).tolist(),
    }


def main() -> int:
    """Write the figures of every peer for every set, with versions and date."""
    versions = {name: version(name) for name in PACKAGES}
    if PAGE.is_file() and json.loads(PAGE.read_text(encoding="utf8"))["versions"] == versions:
        print(f"{PAGE.name} is of these versions already")
        return 0
    sets = [made(seed) for seed in SEEDS]
    found: dict[str, Any] = {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "python": sys.version.split()[0],
        "versions": versions,
        "thresholds": THRESHOLDS,
        "sets": [one | {"peers": _peers({k: np.array(v) for k, v in one.items()})} for one in sets],
    }
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(json.dumps(found, indent=1) + "\n", encoding="utf8")
    print(f"wrote {PAGE}")
    return 0


def _peers(one: dict[str, Any]) -> dict[str, Any]:
    return _sklearn(one) | _scoringrules(one) | _dcurves(one) | _decomposed(one)


def _sklearn(one: dict[str, Any]) -> dict[str, Any]:
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import PoissonRegressor
    from sklearn.metrics import brier_score_loss, log_loss, mean_poisson_deviance

    slope = PoissonRegressor(alpha=0, solver="newton-cholesky", tol=1e-10, max_iter=1000)
    slope.fit(np.log(one["mean"])[:, None], one["count"])
    return {
        "brier": float(brier_score_loss(one["happened"], one["p"])),
        "log_loss": float(log_loss(one["happened"], one["p"])),
        "poisson_deviance": float(mean_poisson_deviance(one["count"], one["mean"])),
        "isotonic": IsotonicRegression().fit_transform(one["p"], one["happened"]).tolist(),
        "calibration_slope": float(slope.coef_[0]),
    }


def _scoringrules(one: dict[str, Any]) -> dict[str, Any]:
    import scoringrules

    size = 1 / one["cv"] ** 2
    spread = scoringrules.crps_negbinom(one["count"], size, size / (size + one["mean"]))
    return {
        "crps_negative_binomial": np.asarray(spread).tolist(),
        "crps_poisson": np.asarray(scoringrules.crps_poisson(one["count"], one["mean"])).tolist(),
        "brier_each": np.asarray(scoringrules.brier_score(one["happened"], one["p"])).tolist(),
        "log_each": np.asarray(scoringrules.log_score(one["happened"], one["p"])).tolist(),
    }


def _dcurves(one: dict[str, Any]) -> dict[str, Any]:
    import pandas as pd
    from dcurves import dca

    told = dca(
        data=pd.DataFrame({"p": one["p"], "happened": one["happened"].astype(int)}),
        outcome="happened",
        modelnames=["p"],
        thresholds=list(THRESHOLDS),
    )
    by_model = {name: part.sort_values("threshold") for name, part in told.groupby("model")}
    return {
        "net_benefit": by_model["p"]["net_benefit"].tolist(),
        "net_benefit_everywhere": by_model["all"]["net_benefit"].tolist(),
    }


def _decomposed(one: dict[str, Any]) -> dict[str, Any]:
    from model_diagnostics.scoring import SquaredError, decompose

    row = decompose(one["happened"], one["p"], scoring_function=SquaredError(), functional="mean")
    parts = ("miscalibration", "discrimination", "uncertainty", "score")
    return {"decomposition": {name: float(row[name][0]) for name in parts}}


if __name__ == "__main__":
    sys.exit(main())
