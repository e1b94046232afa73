"""Windows are compared with windows like them: beside their trigger and hour, with as much violence to be expected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from answerable.evaluate.programme import Window

FEWEST = 30
"""Fewer windows with a logged expectation are not split: their thirds would hold too few of either kind to compare."""
BANDS = ("little", "some", "most")


def in_bands(windows: Sequence[Window]) -> list[Window]:
    """Return the windows with the third of the logged expectations that theirs falls into added to their stratum.

    Whoever refuses may well refuse where less is to be expected, and a comparison that left that out would take it for
    an effect. Windows without a logged expectation keep their stratum; so do all where fewer than 30 have one. The rule
    looks at nothing that happened in a window, so that it is fixed beforehand.
    """
    logged = [one.logged for one in windows if one.logged is not None]
    if len(logged) < FEWEST:
        return list(windows)
    ends = np.quantile(logged, [1 / 3, 2 / 3])
    return [
        one
        if one.logged is None
        else replace(one, stratum=f"{one.stratum}, {BANDS[int(np.searchsorted(ends, one.logged))]} expected")
        for one in windows
    ]
