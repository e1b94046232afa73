"""The plan of 2018: armed patrols after serious assaults and on intelligence, with and without what was promised."""

from __future__ import annotations

import numpy as np

from answerable.lab.engine import Policy, simulate
from answerable.lab.experiments.poisoned import limits, sound_gate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.sources import draw_tips
from answerable.lab.stream import draw_stream

SIZE = 12
SHARE = 0.2
RATIOS = (300.0, 30.0, 3.0)
_SOURCES, _KNOWS = 40, 25


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Play ``size`` years of a borough group with a fifth of London's places, on the same events."""
    places = round(SHARE * parameters["london_places"])
    events = SHARE * parameters["london_injuries"]
    gate, rare = sound_gate(), limits()
    found: dict[str, list[tuple[float, ...]]] = {}
    for child in np.random.default_rng(seed).spawn(size):
        ground = make_ground(parameters, places, child, events_per_year=events)
        stream = draw_stream(ground, parameters, 1, child)
        windows = stream.hours // WINDOW_H
        tips = draw_tips(ground, stream, parameters, child, sources=_SOURCES, knows=_KNOWS)
        policies = (
            Policy("never", ),
            Policy("after every reported injury", responds=True),
            Policy("on two independent origins", tips=tips.candidates(windows, RATIOS, origins=2)),
            Policy("both, under the pack's rules and limits", responds=True,
                   tips=tips.candidates(windows, RATIOS, origins=2), gate=gate, rarity=rare),
        )  # fmt: skip
        for policy in policies:
            run = simulate(stream, ground, parameters, policy)
            saved = float(((stream.times >= 0) & ~run.happened).sum())
            row = (run.deployments, run.coincided, saved, run.confidence_lost, run.events)
            found.setdefault(policy.name, []).append(tuple(map(float, row)))
    figures, rows = {}, []
    for name, runs in found.items():
        sent, met, saved, lost, happened = np.array(runs).mean(axis=0)
        error = 1.96 * np.array(runs)[:, 2].std(ddof=1) / np.sqrt(size)
        figures[name] = {"a_year": sent, "met": met, "prevented": saved, "confidence_lost": lost, "events": happened}
        rows.append((name, f"{sent:.1f}", f"{met:.1f}", f"{saved:.2f} +/- {error:.2f}", f"{lost:,.0f}"))
    every, ruled = figures["after every reported injury"], figures["both, under the pack's rules and limits"]
    answer = (
        f"Sent after every reported injury, armed patrols would go out {every['a_year']:.0f} times a year in a fifth "
        f"of London, and with the effect assumed for patrols {every['prevented']:.0f} of {every['events']:.0f} "
        f"injuries would not happen, at {every['confidence_lost']:,.0f} person-years of lost confidence. Kept to what "
        f"was promised, a rarity, they go out {ruled['a_year']:.1f} times and prevent {ruled['prevented']:.1f}."
    )
    plain = {name: {k: float(v) for k, v in row.items()} for name, row in figures.items()}
    return Result(
        name="article-2018", title="The plan of 2018", answer=answer,
        error=f"{size} years on common random numbers; 95 % errors in the table.", figures=plain,
        head=("policy", "deployments a year", "met an event", "prevented", "person-years of confidence lost"),
        rows=tuple(rows), parameters=parameters, seed=seed, size=size,
        limits=("No effect of armed patrols on violence or on confidence has been measured: both are assumed.",),
    )  # fmt: skip
