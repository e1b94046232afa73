"""A change in a treated area against a control where counts are small, or scatter in a way that nobody has measured.

Two answers that rest on no distribution of size: the exact conditional test of four counts, for incidents that come one
by one; and the rank of the newest period among the earlier ones of the same areas, for incidents that come in bursts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from answerable.errors import InputError
from answerable.evaluate.wdd import FEWEST, Pair, dispersion_of, wdd

Floats = NDArray[np.float64]
FEWEST_PERIODS = 20
"""With fewer, even the most extreme period of all is not rarer than one in twenty."""
_TIE = 1e-9


@dataclass(frozen=True)
class ChangeTest:
    """A change in events against a control (``estimate``), its two-sided ``p``, and which ``method`` gave it."""

    estimate: float
    p: float
    method: str


def exact_change(treated: Pair, control: Pair) -> ChangeTest:
    """Return whether the treated area's count changed by another factor than the control's.

    Formula: given the events of each area and of each period, the treated count after is hypergeometric if both changed
    by one factor; p sums all outcomes that are no likelier than the one seen. Units: events, (before, after). No event
    in an area or in a period: p 1. Errors: InputError for counts that are not whole or below 0. Reference: Fisher,
    Statistical Methods for Research Workers, 1934, 21.02.

    >>> round(exact_change((3, 1), (2, 9)).p, 4)
    0.0769
    """
    from scipy.special import gammaln

    (t0, t1), (c0, c1) = treated, control
    if any(count < 0 or count != int(count) for count in (t0, t1, c0, c1)):
        raise InputError(
            "Counts are whole numbers of 0 or more.", where=f"{treated}, {control}", fix="Give the events themselves."
        )
    mine, others, after = t0 + t1, c0 + c1, t1 + c1
    k = np.arange(max(0, after - others), min(mine, after) + 1)

    def choose(n: float, among: Floats) -> Floats:
        found: Floats = gammaln(n + 1) - gammaln(among + 1) - gammaln(n - among + 1)
        return found

    log = choose(mine, k) + choose(others, after - k) - choose(mine + others, np.array(after, dtype=float))
    seen = log[int(t1 - k[0])]
    p = float(min(1.0, np.exp(log[log <= seen + _TIE]).sum()))
    return ChangeTest(float((t1 - t0) - (c1 - c0)), p, "exact conditional")


def ranked_change(treated: ArrayLike, control: ArrayLike) -> ChangeTest:
    """Return how the last period's difference between treated and control ranks among those of all periods.

    Formula: d = treated - control in each period; p is the share of periods, the last included, whose d lies as far
    from the mean of all the others. It is right whatever the counts' distribution, as long as periods could change
    places; a trend of its own in one area breaks that. The estimate is the last difference less the mean of the earlier
    ones. Shapes: (periods,), equal periods. NaN: refused. Errors: InputError for other shapes or fewer than 20 periods.
    Reference: Abadie, Diamond and Hainmueller, American Journal of Political Science 59, 2015 (placebos in time).

    >>> ranked_change([*[3, 4] * 12, 0], [*[4, 3] * 12, 4]).p
    0.04
    """
    t, c = np.asarray(treated, dtype=float), np.asarray(control, dtype=float)
    if t.shape != c.shape or t.ndim != 1 or not (np.isfinite([t, c]).all() and (t >= 0).all() and (c >= 0).all()):
        raise InputError(
            "A rank needs counts of the treated and of a control area for the same periods.",
            where=f"{t.shape}, {c.shape}",
            fix="Give every period of both, without gaps.",
        )
    n = len(t)
    if n < FEWEST_PERIODS:
        raise InputError(
            f"Not assessable: a rank among {n} periods can never be rare.",
            where=f"{n} periods",
            fix=f"Give at least {FEWEST_PERIODS} periods in all.",
        )
    d = t - c
    off = d - (d.sum() - d) / (n - 1)
    p = float((np.abs(off) >= abs(off[-1]) - _TIE).mean())
    return ChangeTest(float(off[-1]), p, f"rank among {n} periods")


def change_test(treated: Pair, control: Pair, *, earlier: ArrayLike | None = None) -> ChangeTest:
    """Return whether the treated area changed against the control, by the test that its counts allow.

    From ten events on, the weighted displacement difference with the scatter measured on ``earlier`` periods, shape (2,
    periods), treated first, at least 24; below, their rank. Without earlier periods nobody knows how the counts
    scatter: then the exact test, which holds for incidents that come one by one. Errors: as those tests.
    """
    if earlier is None:
        return exact_change(treated, control)
    periods = np.asarray(earlier, dtype=float)
    if sum(treated) + sum(control) < FEWEST:
        both = np.column_stack([periods, [[treated[0], treated[1]], [control[0], control[1]]]])
        return ranked_change(both[0], both[1])
    from scipy.special import ndtr

    local = wdd(treated, control, dispersion=dispersion_of(periods)).local
    p = 2 * float(ndtr(-abs(local.z))) if math.isfinite(local.z) else 1.0
    return ChangeTest(local.estimate, p, "weighted displacement difference, measured scatter")
