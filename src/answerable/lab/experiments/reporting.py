"""Who is patrolled too much or too little where reporting differs between places and need does not."""

from __future__ import annotations

import numpy as np

from answerable.lab.chart import Bar
from answerable.lab.engine import Policy, ranked, simulate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.stream import draw_stream, profile

SIZE = 20
PLACES, EVENTS, A_YEAR, FIFTHS = 500, 1500, 365, 5


def burden(parameters: Parameters, rng: np.random.Generator) -> np.ndarray:
    """Return deployments over need by fifth of reporting, lowest first (float64[2, 5]): on reports, and on the truth.

    1 is a fifth's share of the city's true events.
    """
    spread = parameters.changed(reporting_spread=max(parameters["reporting_spread"], 0.6), patrol_effect=0.0)
    ground = make_ground(spread, PLACES, rng, events_per_year=EVENTS)
    past = draw_stream(ground, spread, 3, rng)
    stream = draw_stream(ground, spread, 1, rng)
    seen = simulate(past, ground, spread, Policy("never"))
    reported = np.bincount(seen.places[seen.reported], minlength=PLACES).astype(float)
    true = np.bincount(past.places, minlength=PLACES).astype(float)
    busy = profile(spread, 0, stream.hours // WINDOW_H * WINDOW_H).reshape(-1, WINDOW_H).sum(axis=1)
    fifth = np.argsort(np.argsort(ground.reporting)) * FIFTHS // PLACES
    need = np.bincount(fifth, ground.background)
    rows = []
    for scores in (reported, true):
        run = simulate(stream, ground, spread, Policy("hot spots", planned=ranked(scores, A_YEAR, busy)))
        sent = np.bincount(fifth[run.place], minlength=FIFTHS)
        rows.append(sent / sent.sum() / (need / need.sum()))
    return np.array(rows)


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Patrol the hot spots of ``size`` cities, by what was reported and by what was true."""
    runs = np.array([burden(parameters, child) for child in np.random.default_rng(seed).spawn(size)])
    mean, error = runs.mean(axis=0), 1.96 * runs.std(axis=0, ddof=1) / np.sqrt(size)
    names = ("reports least", "second", "third", "fourth", "reports most")
    rows = tuple(
        (name, f"{mean[0, k]:.2f} +/- {error[0, k]:.2f}", f"{mean[1, k]:.2f} +/- {error[1, k]:.2f}")
        for k, name in enumerate(names)
    )
    answer = (
        f"Where reporting differs, the fifth of places that reports least gets {mean[0, 0]:.2f} of the deployments its "
        f"violence would ask for, the fifth that reports most {mean[0, 4]:.2f}. Had everything been reported it would "
        f"be {mean[1, 0]:.2f} and {mean[1, 4]:.2f}. Both errors are harms: one is over-policing, the other neglect."
    )
    return Result(
        name="reporting", title="Deployments over need, by how much is reported", answer=answer,
        error=f"{size} cities; 95 % errors in the table.",
        figures={"on_reports": mean[0].tolist(), "on_truth": mean[1].tolist(), "names": list(names)},
        bars=tuple(
            Bar(f"{name}, from {record}", float(mean[k, i]), float(error[k, i]))
            for i, name in enumerate(names)
            for k, record in enumerate(("reports", "the truth"))
        ),
        axes=("", "deployments over need (1 is even), with 95 % error"),
        head=("fifth of places that", "hot spots from reports", "hot spots from the truth"), rows=rows,
        parameters=parameters, seed=seed, size=size,
        limits=("Reporting and violence are independent of each other here; in real places they are not.",),
    )  # fmt: skip
