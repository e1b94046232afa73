"""Play a scenario: one city-year (or several) after another, each policy on the same stream of events."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from answerable.lab.chart import Bar
from answerable.lab.engine import Action, Candidates, Policy, ranked, simulate
from answerable.lab.experiments.poisoned import limits, sound_gate
from answerable.lab.ground import Ground, make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.rates import YEAR_HOURS
from answerable.lab.result import Result
from answerable.lab.scenario import PolicyText, Scenario
from answerable.lab.sources import draw_tips
from answerable.lab.stream import draw_stream, profile

MEASURES = ("deployments", "met", "prevented", "confidence_lost", "events", "refused_by_rules", "refused_by_limits")
RATIOS = (300.0, 30.0, 3.0)
"""Likelihood ratios taken for grades, near those of the default sources (.30 / .00036 and .10 / .002)."""


def play(scenario: Scenario, parameters: Parameters, seed: int, replicate: int) -> NDArray[np.float64]:
    """Return the measures of each policy in one replicate (float64[policies, MEASURES]), over all its years.

    The same ``seed`` and ``replicate`` are the same luck, whatever the parameters and wherever it runs.
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(replicate,)))
    city = parameters.changed(**scenario.change) if scenario.change else parameters
    places, events = scenario.city(city)
    ground = make_ground(city, places, rng, events_per_year=events, beside=scenario.beside())
    stream = draw_stream(ground, city, scenario.years, rng)
    tips = draw_tips(ground, stream, city, rng, sources=scenario.sources, knows=scenario.each_knows)
    windows = stream.hours // WINDOW_H
    busy = profile(city, 0, windows * WINDOW_H).reshape(-1, WINDOW_H).sum(axis=1)
    known = _counts(ground, city, rng) if any(policy.a_year for policy in scenario.policies) else None
    found = []
    for text in scenario.policies:
        told = tips.candidates(windows, RATIOS, origins=text.origins) if "on-reports" in text.send else None
        policy, action = _policy(text, told, _plan(text, known, busy)), _action(text, ground, city)
        run = simulate(stream, ground, city, policy, action=action)
        saved = float(((stream.times >= 0) & ~run.happened).sum())
        found.append((
            run.deployments, run.coincided, saved, run.confidence_lost, run.events, run.refused_by_rules,
            run.refused_by_rarity,
        ))  # fmt: skip
    return np.array(found, dtype=np.float64)


def _counts(ground: Ground, parameters: Parameters, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the events reported in the year before, by place: what a force would rank its hot spots by."""
    past = draw_stream(ground, parameters, 1, rng)
    seen = simulate(past, ground, parameters, Policy("never"))
    there = seen.reported & seen.happened
    return np.bincount(seen.places[there], minlength=len(ground)).astype(np.float64)


def _plan(text: PolicyText, counts: NDArray[np.float64] | None, busy: NDArray[np.float64]) -> Candidates | None:
    """Return the hot spots of all the years, those of the busiest windows first; None where none are asked for."""
    if text.a_year is None or counts is None:
        return None
    return ranked(counts, round(text.a_year * len(busy) * WINDOW_H / YEAR_HOURS), busy)


def _policy(text: PolicyText, tips: Candidates | None, planned: Candidates | None) -> Policy:
    return Policy(
        text.name, planned=planned, responds="after-events" in text.send, tips=tips, threshold=text.at_least,
        gate=sound_gate(pack=text.under) if text.under else None, rarity=limits(text.under) if text.under else None,
    )  # fmt: skip


def _action(text: PolicyText, ground: Ground, parameters: Parameters) -> Action | None:
    if not text.instead:
        return None
    share = np.zeros(len(ground))
    worst = np.argsort(-ground.background, kind="stable")[: text.in_places]
    share[worst] = parameters[f"{text.instead}_effect"]
    return Action(share, parameters[f"{text.instead}_lag_months"])


def run_scenario(name: str, scenario: Scenario, parameters: Parameters, *, seed: int, size: int) -> Result:
    """Play ``size`` replicates and return what each policy did, a year, with its Monte Carlo error."""
    runs = np.array([play(scenario, parameters, seed, k) for k in range(size)]) / scenario.years
    mean, error = runs.mean(axis=0), 1.96 * runs.std(axis=0, ddof=1) / np.sqrt(size)
    names = [policy.name for policy in scenario.policies]
    figures = {
        policy: {
            **{one: float(mean[k, m]) for m, one in enumerate(MEASURES)},
            "error": {one: float(error[k, m]) for m, one in enumerate(MEASURES)},
        }
        for k, policy in enumerate(names)
    }
    rows = tuple(
        (policy, f"{mean[k, 0]:.1f}", f"{mean[k, 1]:.1f} +/- {error[k, 1]:.1f}",
         f"{mean[k, 2]:.2f} +/- {error[k, 2]:.2f}", f"{mean[k, 3]:,.0f} +/- {error[k, 3]:,.0f}")
        for k, policy in enumerate(names)
    )  # fmt: skip
    places, _ = scenario.city(parameters)
    return Result(
        name=name, title=scenario.title, answer=_answer(scenario, mean, places),
        error=f"{size} simulated runs on common random numbers; 95 % errors in the table.", figures=figures,
        head=("policy", "deployments a year", "met an event", "prevented", "person-years of confidence lost"),
        rows=rows, parameters=parameters.changed(**scenario.change), seed=seed, size=size,
        limits=tuple(scenario.limits) or ("Effects on violence and on confidence are assumed, not measured.",),
        bars=tuple(Bar(policy, float(mean[k, 2]), float(error[k, 2])) for k, policy in enumerate(names)),
        axes=("", "events prevented a year, with 95 % error"),
    )  # fmt: skip


def _answer(scenario: Scenario, mean: NDArray[np.float64], places: int) -> str:
    """Return the paragraph: how often each policy deploys, what it prevents and what it costs."""
    told = [
        f"'{policy.name}' means {row[0]:.1f} deployments, {row[2]:.1f} events prevented and {row[3]:,.0f} person-years "
        "of confidence lost"
        for policy, row in zip(scenario.policies, mean, strict=True)
        if policy.send != ["never"] or policy.instead
    ][:4]
    return (
        f"A year in a city of {places:,} places, which has {mean[:, 4].max():,.0f} events where least is prevented: "
        f"{'; '.join(told) or 'nothing is sent'}. The effects of patrols and of other work are assumed."
    )
