"""How many invented reports it takes to bring a deployment to a rival's street."""

from __future__ import annotations

import numpy as np

from answerable.errors import InputError
from answerable.lab.chart import Curve
from answerable.lab.engine import Candidates, Gate, Policy, simulate
from answerable.lab.ground import make_ground
from answerable.lab.kernel import WINDOW_H
from answerable.lab.parameters import Parameters
from answerable.lab.result import Result
from answerable.lab.rules import compile_rules
from answerable.lab.stream import draw_stream
from answerable.policy.examples import examples_path
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml_file

SIZE = 40
PLACES, EVENTS, ATTEMPTS = 400, 370, (1, 2, 4, 8, 16)
EXAMPLE = "uk.armed_patrol"
RULES = ("a threshold of 20 in 100", "two origins, one accomplice needed", "the armed-patrol pack's limits")


def sound_gate(on: str = "authorise", pack: str = EXAMPLE) -> Gate:
    """Return the rules of ``pack`` at a transition, with the facts of its own sound example.

    InputError where the pack has none: the lab then cannot tell what its cases look like.
    """
    loaded = load_pack(pack)
    examples = read_yaml_file(examples_path(loaded))
    if "sound" not in examples:
        raise InputError("This pack has no sound example.", where=pack, fix="Add one named 'sound' to its examples.")
    return Gate(compile_rules(loaded, on), examples["sound"])


def limits(pack: str = EXAMPLE) -> dict[str, dict[str, float]]:
    """Return the rarity limits of ``pack``; none where it has none."""
    return next((dict(rule.values["rarity"]) for rule in load_pack(pack).rules if "rarity" in rule.values), {})


def brought(parameters: Parameters, reports: int, rng: np.random.Generator, gate: Gate) -> tuple[int, ...]:
    """Return how many deployments ``reports`` invented nights in one street bring there, by rule, in one year."""
    ground = make_ground(parameters, PLACES, rng, events_per_year=EVENTS)
    stream = draw_stream(ground, parameters, 1, rng)
    windows = stream.hours // WINDOW_H
    target = int(rng.integers(PLACES))
    nights = np.sort(rng.choice(windows, reports, replace=False)).astype(np.int64)
    street = np.full(reports, target, dtype=np.int64)
    # A good grade from one source; from two, their ratios multiply.
    tips = Candidates.of(nights, street, np.full(reports, 300.0), windows)
    pairs = Candidates.of(nights[::2], street[::2], np.full(len(nights[::2]), 9e4), windows)
    policies = (
        Policy(RULES[0], tips=tips, threshold=0.2),
        Policy(RULES[1], tips=pairs if reports > 1 else Candidates.none(windows), threshold=0.2),
        Policy(RULES[2], tips=pairs if reports > 1 else Candidates.none(windows), gate=gate, rarity=limits()),
    )
    return tuple(simulate(stream, ground, parameters, policy).deployments for policy in policies)


def experiment(parameters: Parameters, seed: int, size: int) -> Result:
    """Attack ``size`` streets with 1 to 16 invented reports in a year."""
    gate = sound_gate()
    means, errors = [], []
    for reports in ATTEMPTS:
        runs = np.array(
            [brought(parameters, reports, child, gate) for child in np.random.default_rng(seed).spawn(size)]
        )
        means.append(runs.mean(axis=0))
        errors.append(1.96 * runs.std(axis=0, ddof=1) / np.sqrt(size))
    rows = tuple(
        (str(n), *(f"{m:.2f} +/- {e:.2f}" for m, e in zip(mean, error, strict=True)))
        for n, mean, error in zip(ATTEMPTS, means, errors, strict=True)
    )
    last = means[-1]
    answer = (
        f"Sixteen invented reports in a year bring {last[0]:.1f} deployments to a rival's street where a threshold "
        f"alone decides. Where two origins are needed it takes an accomplice for each, and brings {last[1]:.1f}. The "
        f"rarity limits end it at {last[2]:.1f}, whatever is invented: the cap is what bounds the harm, not the "
        f"grading."
    )
    curves = tuple(
        Curve(rule, tuple((float(n), float(mean[k])) for n, mean in zip(ATTEMPTS, means, strict=True)))
        for k, rule in enumerate(RULES)
    )
    return Result(
        name="poisoned", title="What an attack with invented reports brings", answer=answer,
        error=f"{size} streets for each point; 95 % errors in the table.",
        figures={
            str(n): dict(zip(RULES, map(float, mean), strict=True)) for n, mean in zip(ATTEMPTS, means, strict=True)
        },
        head=("invented reports", *RULES), rows=rows, parameters=parameters, seed=seed, size=size, curves=curves,
        axes=("invented reports in a year", "deployments to the street"),
        limits=("Reports are taken at a good grade from the start. People who doubt them are left out.",),
    )  # fmt: skip
