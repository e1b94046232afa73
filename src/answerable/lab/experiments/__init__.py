"""Experiments, one file each: a question, the city that answers it, and how sure the answer is."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from answerable.errors import InputError, UsageError

if TYPE_CHECKING:
    from answerable.lab.parameters import Parameters
    from answerable.lab.result import Result

NAMES = {
    "article-2018": "The plan of 2018: armed patrols after assaults and on intelligence, with and without its promises",
    "base-rates": "Of 100 such deployments, how many would coincide with serious violence?",
    "decision-curves": "At which value of a hit is deploying better than never deploying?",
    "information": "What is a source worth?",
    "feedback": "Does the system feed on what its own patrols discover, and does the repair work?",
    "reporting": "Who is patrolled too much or too little where reporting differs?",
    "poisoned": "How many invented reports does it take to bring a deployment to a rival's street?",
    "routine": "How long until the guard blocks a programme that becomes routine?",
    "designs": "What do the evaluation designs say when the truth is known?",
    "alternatives": "Deployments or slower work, over one, three and five years?",
    "sensitivity": "Which assumptions move the answer most?",
}
MOST = 100_000


def run(name: str, parameters: Parameters, *, seed: int = 1, size: int | None = None) -> Result:
    """Run the experiment ``name`` (``size``: replicates; each has a default that takes less than two minutes).

    UsageError for an unknown name, InputError for a size that cannot be meant.
    """
    if name not in NAMES:
        raise UsageError(f"There is no experiment '{name}'.", where="lab run", fix=f"Known: {', '.join(NAMES)}.")
    if size is not None and not 2 <= size <= MOST:
        raise InputError(
            f"A size is 2 to {MOST:,} replicates.", where=f"size {size}", fix="Leave it out to begin with."
        )
    module = import_module(f"answerable.lab.experiments.{name.replace('-', '_')}")
    result: Result = module.experiment(parameters, seed, size or module.SIZE)
    return result
