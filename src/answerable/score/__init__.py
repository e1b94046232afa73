"""Scores: how good a forecast was. Proper scores decide; hit rates describe; every figure can be worked out by hand.

Counts and forecasts are arrays of one shape, ``(cells,)`` or ``(windows, cells)``. Nothing here is random but the
bootstrap, which takes its generator. NaN is never skipped: it is an InputError.
"""

from answerable.score.bootstrap import Interval, block_bootstrap
from answerable.score.brier import brier_score
from answerable.score.calibration import ReliabilityBand, calibration_slope, observed_over_predicted, reliability
from answerable.score.coverage import covered
from answerable.score.hit_rate import best_hit_rate, hit_rate, pai, pei
from answerable.score.log_score import information_gain, poisson_log_score, total_log_score

__all__ = [
    "Interval", "ReliabilityBand", "best_hit_rate", "block_bootstrap", "brier_score", "calibration_slope",
    "covered", "hit_rate", "information_gain", "observed_over_predicted", "pai", "pei", "poisson_log_score",
    "reliability", "total_log_score",
]  # fmt: skip
