"""The picture for an area and window: the forecast's odds times one likelihood ratio for each independent origin.

The rule about one source. Arithmetic alone would let a single well-graded report carry a picture over the threshold for
arming (``likely``, 0.55), and a single source can be mistaken, or feed whoever listens. So unless at least two
independent origins each raise the odds by a stated least, the stated probability is held at a ceiling below that
threshold (or at the forecast itself, where that is higher). Nothing is hidden: the held step stands in the waterfall
as what it is, a rule and not a finding, with the computed figure beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from answerable.errors import InputError
from answerable.intel.assumptions import number
from answerable.intel.beta_odds import Floats, quantile
from answerable.intel.circularity import Chain, chains
from answerable.intel.reach import Reach, reach
from answerable.intel.reliability import GRID, STEP, Ratio, Reliability
from answerable.intel.report import Report, check_reports
from answerable.intel.yardstick import in_words, terms_for
from answerable.place import Area, Window, stamp

_Z90 = 1.6449
_OFFSETS: Floats = np.arange(-30, 30 + STEP / 2, STEP)


@dataclass(frozen=True)
class Prior:
    """The forecast that a picture starts from: probabilities for the asked area and window, and the base rate there.

    ``low`` and ``high`` are its 90 % interval; ``model`` and ``data_until`` say where it is from. InputError where
    the probabilities are not in order strictly between 0 and 1 (the interval may touch them).
    """

    probability: float
    low: float
    high: float
    base_rate: float
    model: str
    data_until: datetime | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.low <= self.probability <= self.high <= 1 and 0 < self.probability < 1):
            raise InputError(
                "This forecast is not a probability with its interval.",
                where=f"{self.low:g}, {self.probability:g}, {self.high:g}",
                fix="Give low, probability and high in this order, between 0 and 1.",
            )
        if not 0 <= self.base_rate <= 1:
            raise InputError("This base rate is not a probability.", where=f"{self.base_rate:g}", fix="Check it.")


@dataclass(frozen=True)
class Step:
    """One step of the waterfall: its ``kind`` (base_rate, forecast, origin, rule), what it multiplies the odds by with
    its interval, the probability after it, and a sentence.
    """

    kind: str
    label: str
    probability: float
    says: str
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    refs: tuple[str, ...] = ()
    measured: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the step ready for JSON."""
        factor = None if self.ratio is None else {"value": self.ratio, "low": self.low, "high": self.high}
        return {
            "kind": self.kind, "label": self.label, "probability": self.probability, "odds_factor": factor,
            "refs": list(self.refs), "measured": self.measured, "says": self.says,
        }  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """What is known of an area and window, with its interval; ``computed`` is (probability, low, high) before the rule
    about one source. ``ancr`` is the analyst's confidence, beside the number and never multiplied with it.
    """

    probability: float
    low: float
    high: float
    computed: tuple[float, float, float]
    steps: tuple[Step, ...]
    left_out: tuple[tuple[str, str], ...]
    chains: tuple[Chain, ...]
    origins: int
    from_one_source: bool
    needs_second_origin: bool
    prior: Prior
    at: datetime
    ancr: str | None = None

    @property
    def terms(self) -> tuple[str, ...]:
        """The yardstick's term, or both neighbours where the probability falls into one of its gaps."""
        return terms_for(self.probability)

    @property
    def words(self) -> str:
        """The term in words; in a gap the number stands with both neighbours."""
        said = [in_words(term) for term in self.terms]
        return said[0] if len(said) == 1 else f"{100 * self.probability:.3g} %, between {said[0]} and {said[1]}"

    def public_json(self) -> dict[str, Any]:
        """Return what may be published of the picture: its numbers and words, without a report's reference."""
        kept = ("probability", "low", "high", "words", "terms", "ancr", "base_rate", "forecast", "computed", "origins",
                "from_one_source", "needs_second_origin", "at")  # fmt: skip
        return {name: value for name, value in self.as_json().items() if name in kept}

    def as_json(self) -> dict[str, Any]:
        """Return the picture ready for JSON, for those who may see the reports' references."""
        probability, low, high = self.computed
        return {
            "probability": self.probability, "low": self.low, "high": self.high, "words": self.words,
            "terms": list(self.terms), "ancr": self.ancr, "base_rate": self.prior.base_rate,
            "forecast": {
                "model": self.prior.model, "probability": self.prior.probability, "low": self.prior.low,
                "high": self.prior.high,
                "data_until": stamp(self.prior.data_until) if self.prior.data_until else None,
            },
            "computed": {"probability": probability, "low": low, "high": high},
            "origins": self.origins, "from_one_source": self.from_one_source,
            "needs_second_origin": self.needs_second_origin,
            "steps": [step.as_json() for step in self.steps],
            "left_out": [{"ref": ref, "why": why} for ref, why in self.left_out],
            "chains": [chain.as_json() for chain in self.chains if chain.links], "at": stamp(self.at),
        }  # fmt: skip


def make_picture(
    prior: Prior,
    reports: Sequence[Report],
    reliability: Reliability,
    *,
    area: Area,
    window: Window,
    at: datetime,
    ancr: str | None = None,
) -> Picture:
    """Return the picture of ``area`` and ``window`` at the instant ``at``.

    Formula: odds = odds(forecast) * product over origins of L_origin; the interval adds up, on the scale of log odds,
    the forecast's interval and the ratios' distributions as independent. Of an origin the first report speaks that can
    be relied on and is about this place and time; its echoes change nothing. InputError as in
    :func:`answerable.intel.report.check_reports`.
    """
    check_reports(reports, at)
    found = chains([report for report in reports if not report.expired(at)])
    left_out = [(report.ref, "It has expired.") for report in reports if report.expired(at)]
    steps = _start(prior)
    spread = _forecast_spread(prior)
    ratios: list[float] = []
    for chain in found:
        speaker, common = _speaker(chain, area, window)
        left_out += [
            (report.ref, _why_not(report, speaker, area, window)) for report in chain.reports if report is not speaker
        ]
        if speaker is None or common is None:
            continue
        step, weight = _origin_step(speaker, chain, common, reliability, steps[-1].probability, prior=prior)
        spread = np.convolve(spread, weight, mode="same")
        ratios.append(step.ratio or 1.0)
        steps.append(step)
    centre = float(np.log(prior.probability / (1 - prior.probability)))
    computed = steps[-1].probability
    low = min(computed, _chance(centre + quantile(_OFFSETS, spread, 0.05)))
    high = max(computed, _chance(centre + quantile(_OFFSETS, spread, 0.95)))
    cap = _cap(prior, ratios)
    if computed > cap:
        steps.append(_rule_step(computed, cap))
    return Picture(
        probability=min(computed, cap), low=min(low, cap), high=min(high, cap), computed=(computed, low, high),
        steps=tuple(steps), left_out=tuple(left_out), chains=found, origins=len(ratios),
        from_one_source=len(ratios) == 1,
        needs_second_origin=cap < 1 and computed > number("picture", "one_origin_ceiling"), prior=prior, at=at,
        ancr=ancr,
    )  # fmt: skip


def _start(prior: Prior) -> list[Step]:
    base = Step("base_rate", "Base rate", prior.base_rate, "What a random place and time of the same size would have.")
    factor = None
    if 0 < prior.base_rate < 1:
        factor = _odds(prior.probability) / _odds(prior.base_rate)
    says = f"The forecast of model {prior.model} for this area and window."
    return [base, Step("forecast", "Forecast", prior.probability, says, ratio=factor)]


def _speaker(chain: Chain, area: Area, window: Window) -> tuple[Report | None, Reach | None]:
    for report in sorted(chain.reports, key=lambda one: (one.received_at, bool(one.derived_from), one.ref)):
        common = reach(report, area, window) if report.usable else None
        if common is not None and common.any:
            return report, common
    return None, None


def _why_not(report: Report, speaker: Report | None, area: Area, window: Window) -> str:
    if not report.usable and report.scheme != "3x5x2":
        return f"It is graded {report.scheme}, which is not converted; it counts when it is graded again."
    if not report.usable:
        return f"Its grade {report.grade} is not to be relied on."
    if report.place is None or report.event_window is None:
        return "It names no place." if report.place is None else "It names no window."
    common = reach(report, area, window)
    if common is None or not common.any:
        return "It is about another place or another time."
    return f"It comes from the same origin as {speaker.ref}, which speaks for both." if speaker else "It is an echo."


def _origin_step(
    report: Report, chain: Chain, common: Reach, reliability: Reliability, before: float, *, prior: Prior
) -> tuple[Step, Floats]:
    ratio = reliability.ratio(f"{report.scheme} {report.grade}", prior.probability)
    value, low, high = (common.ratio(one, prior.probability) for one in (ratio.value, ratio.low, ratio.high))
    after = _chance(np.log(_odds(before)) + np.log(value))
    known = _known(ratio, reliability)
    echoes = f"; {len(chain.reports) - 1} more from the same origin add nothing" if len(chain.reports) > 1 else ""
    wide = (
        "" if common.of_report > 0.999 else f"; {100 * common.of_report:.0f} % of its place and window are asked about"
    )
    says = f"{report.ref}, grade {report.grade}: {known}{wide}{echoes}."
    step = Step("origin", f"Origin of {report.ref}", after, says, value, low, high, chain.refs, ratio.measured)
    moved = np.array([np.log(common.ratio(float(np.exp(point)), prior.probability)) for point in GRID])
    return step, _binned(moved, ratio.weight)


def _known(ratio: Ratio, reliability: Reliability) -> str:
    if ratio.measured:
        return f"{ratio.trials} outcomes of this grade"
    if reliability.outcomes:
        return f"no outcome of this grade yet, so its scheme's ratio from {reliability.outcomes} outcomes"
    return "assumed: no outcome of any grade yet"


def _cap(prior: Prior, ratios: Sequence[float]) -> float:
    voices = sum(ratio >= number("picture", "least_support") for ratio in ratios)
    return 1.0 if voices >= 2 else max(number("picture", "one_origin_ceiling"), prior.probability)


def _rule_step(computed: float, cap: float) -> Step:
    says = (
        f"Needs a second origin: fewer than two independent origins raise the odds, so the computed "
        f"{100 * computed:.3g} % is held at {100 * cap:.3g} %. This is a rule, not a finding."
    )
    return Step("rule", "One source is not enough", cap, says, ratio=_odds(cap) / _odds(computed))


def _forecast_spread(prior: Prior) -> Floats:
    """Return the forecast's distribution around its own log odds: a Normal with one spread on each side."""
    centre = np.log(_odds(prior.probability))
    down = (centre - np.log(_odds(max(prior.low, 1e-12)))) / _Z90
    up = (np.log(_odds(min(prior.high, 1 - 1e-12))) - centre) / _Z90
    side = np.where(_OFFSETS < 0, max(down, STEP / 4), max(up, STEP / 4))
    # Half of the probability lies on either side of the median, whatever the spreads.
    weight = np.exp(-0.5 * (_OFFSETS / side) ** 2) / side
    return np.asarray(weight / weight.sum())


def _binned(points: Floats, weight: Floats) -> Floats:
    """Return ``weight`` at uneven ``points`` on the even grid of offsets, each shared by its two neighbours."""
    place = np.clip((points - _OFFSETS[0]) / STEP, 0, len(_OFFSETS) - 1.000001)
    below = place.astype(int)
    share = place - below
    binned = np.zeros_like(_OFFSETS)
    np.add.at(binned, below, weight * (1 - share))
    np.add.at(binned, below + 1, weight * share)
    return binned


def _odds(probability: float) -> float:
    return probability / (1 - probability)


def _chance(log_odds: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(log_odds, -700, 700))))
