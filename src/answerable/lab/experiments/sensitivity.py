"""Which assumptions move the answer most? Morris screening by SALib: one number is moved at a time, from many points.

Reference: Morris 1991, Technometrics 33; the mean absolute effect as in Campolongo, Cariboni and Saltelli 2007.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import UsageError
from answerable.lab.chart import Bar
from answerable.lab.engine import Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.stream import draw_stream

SIZE = 40
PLACES, EVENTS = 300, 1200
FACTORS = (
    "branching", "trigger_days", "same_place", "place_sigma", "week_peak", "reporting", "patrol_effect",
    "patrol_half_days", "displacement", "confidence_hit", "confidence_half_weeks",
)  # fmt: skip
WORDS = {
    "branching": "how many events one event sets off", "trigger_days": "how soon further events follow",
    "same_place": "how many of them lie in the same place", "place_sigma": "how much places differ",
    "week_peak": "how busy the busiest hour is", "reporting": "how much is reported",
    "patrol_effect": "what a patrol prevents while it is there", "patrol_half_days": "how long a patrol's effect lasts",
    "displacement": "how much moves next door", "confidence_hit": "what a deployment costs in confidence",
    "confidence_half_weeks": "how slowly confidence recovers",
}  # fmt: skip
"""The factors as a reader would say them."""
OUTPUTS = ("coincide, of 100", "prevented, of 100", "person-years of confidence, per 100")
_LEVELS = 4


def problem(parameters: Parameters) -> dict[str, Any]:
    """Return what SALib is asked: the factors, each over its plausible range."""
    entries = parameters.entries
    bounds = [[entries[name].low, entries[name].high] for name in FACTORS]
    return {"num_vars": len(FACTORS), "names": list(FACTORS), "bounds": bounds}


def respond(parameters: Parameters, seed: int) -> NDArray[np.float64]:
    """Return the three outputs of responding to every report for a year; the same seed is the same luck."""
    rng = np.random.default_rng(seed)
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, 1, rng)
    run = simulate(stream, ground, parameters, Policy("respond", responds=True))
    n = max(run.deployments, 1)
    saved = ((stream.times >= 0) & ~run.happened).sum()
    return np.array([100 * run.coincided / n, 100 * saved / n, 100 * run.confidence_lost / n])


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Walk ``size`` trajectories through the plausible ranges of eleven parameters.

    UsageError where SALib, which the extra ``lab`` brings, is not installed.
    """
    sample, analyze = _salib("sample.morris"), _salib("analyze.morris")
    asked = problem(parameters)
    points = sample.sample(asked, size, num_levels=_LEVELS, seed=seed)
    steps = len(FACTORS) + 1
    # Along one trajectory all luck is the same: what differs is what was moved.
    found = np.array(
        [respond(parameters.changed(**_values(point)), seed + k // steps) for k, point in enumerate(points)]
    )
    screened = [
        analyze.analyze(asked, points, found[:, k], num_levels=_LEVELS, conf_level=0.95, seed=seed)
        for k in range(len(OUTPUTS))
    ]
    mean = np.array([np.asarray(one["mu_star"], dtype=float) for one in screened]).T
    error = np.array([np.asarray(one["mu_star_conf"], dtype=float) for one in screened]).T
    return _result(mean, error, parameters, seed, size)


def _values(point: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(FACTORS, point.tolist(), strict=True))


def _result(
    mean: NDArray[np.float64], error: NDArray[np.float64], parameters: Parameters, seed: int, size: int
) -> Result:
    first = {out: [FACTORS[i] for i in np.argsort(-mean[:, k], kind="stable")] for k, out in enumerate(OUTPUTS)}
    order = [FACTORS.index(name) for name in first[OUTPUTS[0]]]
    rows = tuple(
        (_told(FACTORS[i]), *(f"{mean[i, k]:.2f} +/- {error[i, k]:.2f}" for k in range(len(OUTPUTS)))) for i in order
    )
    said = [[WORDS[name] for name in first[out]] for out in OUTPUTS]
    answer = (
        f"How often a response coincides with further violence depends most on {said[0][0]} and on {said[0][1]}; what "
        f"it prevents on {said[1][0]} and on {said[1][1]}; what it costs in confidence on {said[2][0]}. These are the "
        "numbers to measure first. Several are assumptions."
    )
    return Result(
        name="sensitivity", title="Which assumptions matter", answer=answer,
        error=f"{size} trajectories by SALib; bootstrap 95 % errors of the mean absolute effects in the table.",
        figures={name: dict(zip(OUTPUTS, map(float, mean[i]), strict=True)) for i, name in enumerate(FACTORS)}
        | {"ranking": first},
        head=("parameter, over its plausible range", *OUTPUTS), rows=rows, parameters=parameters, seed=seed, size=size,
        bars=tuple(Bar(WORDS[FACTORS[i]], float(mean[i, 0]), float(error[i, 0])) for i in order),
        axes=("", "mean absolute effect on how many of 100 responses coincide"),
    )  # fmt: skip


def _told(name: str) -> str:
    return f"{WORDS[name]} ({name})"


def _salib(module: str) -> Any:
    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError as error:
        raise UsageError(
            "The ranking of assumptions needs SALib, which is not installed.",
            where="lab run sensitivity",
            fix="Install the extra: pip install 'answerable[lab]'.",
        ) from error
