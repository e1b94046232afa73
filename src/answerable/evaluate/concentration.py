"""The same streets again: how far deployments gather in few places, beside what need and chance alone would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError

TOP = 0.1
DRAWS = 2000


@dataclass(frozen=True)
class Concentration:
    """The share of deployments in the tenth of places that saw most, and the range that need and chance would give.

    ``places`` is how many that tenth are; ``again`` how many places were deployed to more than once.
    """

    share: float
    low: float
    high: float
    places: int
    again: int


def concentration(
    deployments: Sequence[int],
    need: Sequence[float],
    *,
    rng: np.random.Generator,
    top: float = TOP,
    draws: int = DRAWS,
    level: float = 0.95,
) -> Concentration:
    """Return how far ``deployments`` gather, and how far as many of them would if each went where need is, by lot.

    A few deployments always gather in few places, so the share alone says nothing: it is held against ``draws`` of as
    many deployments, each place as likely as its share of need. Shapes: (places,). Errors: InputError for other shapes,
    no deployment, or need below 0 everywhere.
    """
    n, likely = np.asarray(deployments), np.asarray(need, dtype=float)
    fits = n.ndim == 1 and n.shape == likely.shape and len(n) > 1 and (n >= 0).all() and (likely >= 0).all()
    if not (fits and n.sum() and np.isfinite(likely).all() and likely.sum() > 0):
        raise InputError(
            "Every place has its deployments and its need, and somebody was deployed somewhere.",
            where=f"{n.shape}, {likely.shape}",
            fix="Give places without a deployment too.",
        )
    count = max(1, round(top * len(n)))
    drawn = np.sort(rng.multinomial(int(n.sum()), likely / likely.sum(), size=draws), axis=1)[:, -count:].sum(axis=1)
    tail = (1 - level) / 2
    low, high = (float(np.quantile(drawn, q, method="inverted_cdf")) / int(n.sum()) for q in (tail, 1 - tail))
    return Concentration(float(np.sort(n)[-count:].sum() / n.sum()), low, high, count, int((n > 1).sum()))
