"""K15: work that takes 18 months to begin loses in an evaluation after one year and wins after five."""

from __future__ import annotations

import numpy as np

from answerable.lab.experiments.alternatives import prevented
from answerable.lab.known.answer import Answers, between
from answerable.lab.parameters import load_parameters


def years() -> Answers:
    """K15: the sign of alternative less deployments, of equal price, after one and after five years."""
    # Deployments that do as much as can be claimed for them, against slow work that does more in the long run.
    parameters = load_parameters().changed(
        patrol_effect=0.4, patrol_half_days=4, schools_effect=0.04, schools_lag_months=18
    )
    runs = [prevented(parameters, child) for child in np.random.default_rng(15).spawn(4)]
    gain = np.mean([np.subtract(run["schools"], run["deployments"]) for run in runs], axis=0)
    what = "events prevented by slow work less those by deployments, "
    yield between("K15", f"{what}1 year", "deployments must lead", -1, gain[0], -np.inf, -1e-9)
    yield between("K15", f"{what}5 years", "slow work must lead", 1, gain[4], 1e-9, np.inf)
