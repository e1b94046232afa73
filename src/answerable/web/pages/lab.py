"""What the site says of the lab, and the one place where it asks it to work: small runs, in a child with limits."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from answerable.lab.experiments import questions, run
from answerable.lab.known import groups
from answerable.lab.parameters import load_parameters
from answerable.lab.result import MARK
from answerable.lab.scenario import scenario_names

SIZES = (2, 5, 10, 20)
"""How many replicates a run from a page may have; the command line takes more."""


def offered() -> list[dict[str, str]]:
    """Return everything that can be run by name: its name, its kind and the question it answers."""
    known = scenario_names()
    return [
        {"name": name, "kind": "scenario" if name in known else "experiment", "question": said}
        for name, said in _questions().items()
    ]


# The scenarios come with the package, and each is a file to be read and checked.
@cache
def _questions() -> dict[str, str]:
    return questions()


def known_answers() -> tuple[str, ...]:
    """Return the groups of known answers, by which the lab itself is checked."""
    return tuple(groups())


def small_run(name: str, size: int, seed: int) -> dict[str, Any]:
    """Run an experiment or a scenario and return its result as plain values, with its picture (``svg``)."""
    result = run(name, load_parameters(None), seed=seed, size=size)
    return {**result.as_json(), "size": result.size, "svg": result.svg(), "mark": MARK}


def known(name: str) -> bool:
    """Say whether there is something of that name to run: never a file, whatever was sent."""
    return name in _questions()


def shown(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a kept result what its page says; the picture goes apart."""
    names = ("experiment", "title", "answer", "monte_carlo_error", "head", "rows", "seed", "size", "limits",
             "assumptions", "parameters_dated", "watermark")  # fmt: skip
    return {name: result[name] for name in names}
