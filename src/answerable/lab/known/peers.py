"""K11: net benefit and the parts of the Brier score, beside dcurves and model-diagnostics on the same forecasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.lab.known.answer import Answers, near
from answerable.score.brier import brier_score
from answerable.score.corp import corp
from answerable.score.decision import act_everywhere, net_benefit

_EQUAL = 1e-9


def peers() -> dict[str, Any]:
    """Return the figures of the other programs, dated, with their versions (written by tools/lab_peers.py)."""
    document: dict[str, Any] = json.loads(Path(__file__).with_name("peers.json").read_text(encoding="utf8"))
    return document


def forecasts(rows: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return forecasts of rare events, and whether each came: what the other programs were given too."""
    rng = np.random.default_rng(seed)
    true = rng.beta(0.6, 12, rows)
    p = np.round(np.clip(true**1.3 * 2.2, 0.001, 0.999), 3)
    return np.asarray(p, dtype=np.float64), (rng.random(rows) < true).astype(np.int64)


def scores() -> Answers:
    """K11: equal to a thousand-millionth; the three parts give the score itself."""
    given = peers()
    p, y = forecasts(given["rows"], given["seed"])
    thresholds = given["thresholds"]
    curves = f"dcurves {given['versions']['dcurves']}"
    for ours, name, what in (
        (net_benefit(p, y, thresholds), "p", "net benefit of a forecast"),
        (act_everywhere(y, thresholds), "all", "net benefit of acting everywhere"),
    ):
        for threshold, value, theirs in zip(thresholds, ours, given["net_benefit"][name], strict=True):
            yield near("K11", f"{what} at {threshold:g}", curves, theirs, value, _EQUAL)
    found, theirs = corp(p, y, np.random.default_rng(0), draws=1), given["decomposition"]
    source = f"model-diagnostics {given['versions']['model-diagnostics']}"
    for part in ("miscalibration", "discrimination", "uncertainty"):
        yield near("K11", f"Brier score: {part}", source, theirs[part], getattr(found, part), _EQUAL)
    whole = found.miscalibration - found.discrimination + found.uncertainty
    yield near("K11", "Brier score from its parts", "the score itself", brier_score(p, y), whole, 1e-12)
