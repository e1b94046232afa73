"""Did it move nearby? The same comparison with triggered windows, for the rings around and the hours after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.trigger_matched import Matched, trigger_matched


@dataclass(frozen=True)
class Displaced:
    """The comparison for what happened ``nearby`` (rings, and the hours after) and for both together (``total``)."""

    nearby: Matched
    total: Matched

    def moved(self, here: Matched) -> bool:
        """Say whether what was less ``here`` was more nearby, and altogether not less."""
        return here.high < 1 and self.nearby.low > 1 and self.total.high >= 1


def displaced(
    here: Sequence[int],
    nearby: Sequence[int | None],
    deployed: Sequence[bool],
    strata: Sequence[str],
    *,
    rng: np.random.Generator,
    permutations: int = 2000,
) -> Displaced | None:
    """Return how nearby counts of deployed windows compare with those of other triggered ones; None where unknown.

    Shapes: one of each per window. Windows whose surroundings were not counted (None) are left out of this comparison.
    None too where no stratum then holds both kinds of window. Reference: Bowers and Johnson 2003, for the idea.
    """
    kept = [i for i, count in enumerate(nearby) if count is not None]
    if not kept:
        return None
    around = [int(nearby[i] or 0) for i in kept]
    which, where = [deployed[i] for i in kept], [strata[i] for i in kept]
    try:
        first = trigger_matched(around, which, where, rng=rng, permutations=permutations)
        both = [here[i] + count for i, count in zip(kept, around, strict=True)]
        return Displaced(first, trigger_matched(both, which, where, rng=rng, permutations=permutations))
    except InputError:
        return None
