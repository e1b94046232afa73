"""How much a grade has been worth: a likelihood ratio for each cell of source and information, learned from outcomes.

What is known of a resolved report is its cell, the forecast p for its place and window when it came in, and whether the
event came. By Bayes' rule in odds,

    P(event | report) / P(no event | report) = p / (1 - p) * L,    L = P(report | event) / P(report | no event),

so outcomes tell L of a cell although they never tell its two parts: for those one would have to count the places and
windows about which nobody reported. The model is a Beta-binomial in three levels:

1. scheme: log L0 ~ Normal (the pooled ratio, assumptions.yaml);
2. cell: at the scheme's usual prior odds o, P(event | report) ~ Beta, centred in log odds on log(o L0) with spread t,
   t one of a few values, equally likely beforehand (empirical Bayes with its own uncertainty carried along);
3. band of forecast risk: log L of the cell in a band ~ Normal around the cell's, with a small fixed spread;

and the outcomes of a cell in a band are Bernoulli with odds p / (1 - p) * L, each report with its own p. Where all
reports of a scheme have one p and there is one band this is the textbook Beta-binomial, and a test compares the two.
Everything is summed on a grid: no sampling, the same answer every time.

It takes the forecast at its word. A forecast that is too low by a factor of two makes every ratio too high by as much.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import InputError
from answerable.intel.assumptions import assumptions, number
from answerable.intel.beta_odds import beta_with, normal, quantile, weights
from answerable.intel.outcome import Trial

Floats = NDArray[np.float64]

STEP = 0.05
GRID: Floats = np.arange(-7, 10 + STEP / 2, STEP)
_LEVELS: Floats = np.arange(-4, 7.01, 0.25)
_USUAL_PRIOR = 0.01


@dataclass(frozen=True)
class Settings:
    """The model's fixed numbers: log of the pooled ratio and its spread, spreads between cells and bands, bands."""

    centre: float
    centre_spread: float
    cell_spreads: tuple[float, ...]
    band_spread: float
    edges: tuple[float, ...]
    interval: float

    @classmethod
    def assumed(cls) -> Settings:
        """Return the numbers of assumptions.yaml."""
        given = assumptions()["reliability"]
        pooled = given["pooled_ratio"]
        return cls(
            centre=float(np.log(pooled["value"])),
            centre_spread=float(np.log(pooled["high"] / pooled["low"]) / (2 * 1.6449)),
            cell_spreads=tuple(given["spread_between_cells"]["values"]),
            band_spread=number("reliability", "spread_between_bands"),
            edges=tuple(given["bands"]["edges"]),
            interval=number("reliability", "interval"),
        )

    def band(self, prior: float) -> int:
        """Return the number of the band that a forecast lies in, from 0."""
        return int(np.searchsorted(self.edges, prior, side="right"))

    def band_words(self, band: int) -> str:
        """Return a band's bounds as text, such as ``0.01 to 0.03``."""
        edges = (0.0, *self.edges, 1.0)
        return f"{edges[band]:g} to {edges[band + 1]:g}"


@dataclass(frozen=True, eq=False)
class Ratio:
    """A likelihood ratio: its median ``value`` with the interval ``low`` to ``high``, and its whole distribution.

    ``weight`` is the probability of each log ratio of :data:`GRID`, shape (m,). ``trials`` of the cell lie in all
    bands, ``here`` of them in the band asked about.
    """

    cell: str
    band: str
    trials: int
    here: int
    weight: Floats
    interval: float = 0.9

    @cached_property
    def value(self) -> float:
        """The median."""
        return float(np.exp(quantile(GRID, self.weight, 0.5)))

    @cached_property
    def low(self) -> float:
        """Lower end of the interval."""
        return float(np.exp(quantile(GRID, self.weight, (1 - self.interval) / 2)))

    @cached_property
    def high(self) -> float:
        """Upper end of the interval."""
        return float(np.exp(quantile(GRID, self.weight, (1 + self.interval) / 2)))

    @property
    def measured(self) -> bool:
        """Whether any outcome of this cell stands behind it; if not, it is the pooled ratio of its scheme."""
        return self.trials > 0

    def as_json(self) -> dict[str, Any]:
        """Return the ratio ready for JSON, to three figures."""
        numbers = {name: float(f"{getattr(self, name):.3g}") for name in ("value", "low", "high")}
        counts = {"trials": self.trials, "trials_in_band": self.here, "measured": self.measured}
        return {"cell": self.cell, "band": self.band, **numbers, **counts}


class Reliability:
    """What the outcomes say of every cell of one scheme; made by :func:`measure`."""

    def __init__(self, scheme: str, trials: Sequence[Trial], settings: Settings) -> None:
        self.scheme = scheme
        self.settings = settings
        self.trials = tuple(trials)
        self._counted = [t for t in trials if t.happened is not None and t.prior is not None]
        priors = np.array([_inside(t.prior) for t in self._counted]) if self._counted else np.array([_USUAL_PRIOR])
        self._usual = float(np.log(priors / (1 - priors)).mean())
        self._likelihood = {cell: self._by_band(cell) for cell in sorted({t.cell for t in self._counted})}
        self._kernel = _blur(settings.band_spread)
        self._levels, self._beforehand = self._hyper()
        self._evidence = {cell: self._log_evidence(cell) for cell in self._likelihood}

    @property
    def outcomes(self) -> int:
        """How many outcomes could be counted: seen or not seen, with a forecast from when the report came in."""
        return len(self._counted)

    def ratio(self, cell: str, prior: float) -> Ratio:
        """Return the likelihood ratio of ``cell`` at a forecast risk of ``prior``: its band's, shrunk to the cell's and
        the scheme's. InputError where ``prior`` is not a probability strictly between 0 and 1.
        """
        if not 0 < prior < 1:
            raise InputError("A forecast of 0 or 1 leaves nothing to learn.", where=f"{prior}", fix="Give it between.")
        band = self.settings.band(prior)
        own = self._likelihood.get(cell, {})
        others = self._product(likelihood for number, likelihood in own.items() if number != band)
        level = self._weight_without(cell)
        mixed = np.einsum("h,hm->m", level, self._levels * others[None, :])
        shape = self._kernel @ mixed
        if band in own:
            shape = shape * own[band]
        counted = [t for t in self._counted if t.cell == cell]
        here = sum(self.settings.band(_inside(t.prior)) == band for t in counted)
        weight = normal(shape[None, :])[0]
        return Ratio(cell, self.settings.band_words(band), len(counted), here, weight, self.settings.interval)

    @cached_property
    def pooled(self) -> Ratio:
        """The scheme's own ratio over all its cells."""
        level = self._weight_without("").reshape(-1, len(_LEVELS)).sum(axis=0)
        weight = np.interp(GRID, _LEVELS, level, left=0, right=0)
        return Ratio(self.scheme, "all", self.outcomes, self.outcomes, weight / weight.sum(), self.settings.interval)

    def _by_band(self, cell: str) -> dict[int, Floats]:
        found: dict[int, list[Trial]] = {}
        for trial in self._counted:
            if trial.cell == cell:
                found.setdefault(self.settings.band(_inside(trial.prior)), []).append(trial)
        return {band: _likelihood(trials) for band, trials in found.items()}

    def _hyper(self) -> tuple[Floats, Floats]:
        """Return the cell's distribution on the grid for each setting of the upper level, and the settings' weights."""
        s = self.settings
        spreads, levels = (m.ravel() for m in np.meshgrid(s.cell_spreads, _LEVELS, indexing="ij"))
        a, b = beta_with(self._usual + levels, spreads)
        beforehand = np.exp(-0.5 * ((levels - s.centre) / s.centre_spread) ** 2)
        return weights(self._usual + GRID, a, b), beforehand / beforehand.sum()

    def _product(self, likelihoods: Any) -> Floats:
        product = np.ones_like(GRID)
        for likelihood in likelihoods:
            product = product * (self._kernel @ likelihood)
            product = product / product.max()
        return product

    def _log_evidence(self, cell: str) -> Floats:
        return np.log(np.maximum(self._levels @ self._product(self._likelihood[cell].values()), 1e-300))

    def _weight_without(self, cell: str) -> Floats:
        """Return the weights of the upper level after the outcomes of every other cell, shape (h,)."""
        log_weight = np.log(np.maximum(self._beforehand, 1e-300)) + sum(
            e for name, e in self._evidence.items() if name != cell
        )
        weight = np.exp(log_weight - log_weight.max())
        return np.asarray(weight / weight.sum())


def measure(trials: Sequence[Trial], *, scheme: str = "3x5x2", settings: Settings | None = None) -> Reliability:
    """Return what ``trials`` say of the cells of ``scheme``; trials of other schemes are left out.

    A trial without a forecast, or whose outcome a deployment or ignorance hides, is counted and teaches nothing. With
    no outcome at all every cell has the assumed ratio with its wide interval.
    """
    own = [trial for trial in trials if trial.cell.split(" ")[0] == scheme]
    return Reliability(scheme, own, settings or Settings.assumed())


def summary(reliability: Reliability) -> list[dict[str, Any]]:
    """Return one line for each cell with trials: counts by outcome, what the forecasts expected, and its ratio."""
    lines = []
    for cell in sorted({trial.cell for trial in reliability.trials}):
        trials = [trial for trial in reliability.trials if trial.cell == cell]
        counted = [trial for trial in trials if trial.happened is not None and trial.prior is not None]
        outcomes: Mapping[str, int] = {
            name: sum(trial.outcome == name for trial in trials) for name in sorted({trial.outcome for trial in trials})
        }
        typical = float(np.median([_inside(trial.prior) for trial in counted])) if counted else _USUAL_PRIOR
        line = {
            "cell": cell,
            "reports": len(trials),
            "outcomes": dict(outcomes),
            "counted": len(counted),
            "happened": sum(bool(trial.happened) for trial in counted),
            "forecast_expected": round(sum(_inside(trial.prior) for trial in counted), 4),
            "at_forecast": round(typical, 6),
            "ratio": reliability.ratio(cell, typical).as_json(),
        }
        lines.append(line)
    return lines


def _likelihood(trials: Sequence[Trial]) -> Floats:
    priors = np.array([_inside(trial.prior) for trial in trials])
    odds = np.log(priors / (1 - priors))[:, None] + GRID[None, :]
    happened = np.array([bool(trial.happened) for trial in trials])[:, None]
    log_likelihood = (happened * odds - np.logaddexp(0, odds)).sum(axis=0)
    return np.asarray(np.exp(log_likelihood - log_likelihood.max()))


def _blur(spread: float) -> Floats:
    """Return the matrix (m, m) that spreads a distribution on the grid by a Normal; the identity for no spread."""
    if spread == 0:
        return np.eye(len(GRID))
    return normal(np.exp(-0.5 * ((GRID[:, None] - GRID[None, :]) / spread) ** 2))


def _inside(prior: float | None) -> float:
    """Return a forecast kept off 0 and 1, where no outcome could be explained."""
    return float(np.clip(prior or 0.0, 1e-6, 1 - 1e-6))
