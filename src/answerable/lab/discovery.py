"""What a deployment discovers: low-harm incidents that are seen only because somebody stands there.

They are never an outcome and never an input of a forecast; an experiment that feeds them back shows why. Each depends
on the luck of the stream, the place and the hour alone, so that two policies that deploy alike discover alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.engine import Played
from answerable.lab.parameters import Parameters

_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MOST = 400


def discovered(run: Played, parameters: Parameters) -> NDArray[np.int64]:
    """Return how many low-harm incidents each deployment of ``run`` discovers (int64[deployments]), Poisson.

    Their mean is ``discovered_per_hour`` times ``patrol_hours``.
    """
    from scipy.special import pdtr

    mean = parameters["discovered_per_hour"] * parameters["patrol_hours"]
    ladder = pdtr(np.arange(_MOST), mean)
    return np.searchsorted(ladder, _uniform(run), side="right").astype(np.int64)


def discovered_by_place(run: Played, parameters: Parameters, places: int) -> NDArray[np.int64]:
    """Return the discovered incidents of each of ``places`` places (int64[places])."""
    return np.bincount(run.place, discovered(run, parameters), minlength=places).astype(np.int64)


def _uniform(run: Played) -> NDArray[np.float64]:
    """Return a number from 0 to 1 for each deployment: Steele, Lea and Flood's SplitMix of luck, hour and place."""
    luck = np.uint64(int(run.stream.marks[0, 0] * 2**53)) if len(run.stream) else np.uint64(0)
    mixed = luck + run.time.astype(np.uint64) * np.uint64(10**7) + run.place.astype(np.uint64) + _GOLDEN
    for shift, factor in zip((30, 27), _MIX, strict=True):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * factor
    mixed ^= mixed >> np.uint64(31)
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / 2**53)
