"""Experiments, one file each: a question, the city that answers it, and how sure the answer is."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.errors import InputError, UsageError

if TYPE_CHECKING:
    from answerable.lab.parameters import Parameters
    from answerable.lab.result import Result

NAMES = {
    "base-rates": "Of 100 such deployments, how many would coincide with serious violence?",
    "decision-curves": "At which value of a hit is deploying better than never deploying?",
    "information": "What is a source worth?",
    "feedback": "Does the system feed on what its own patrols discover, and does the repair work?",
    "reporting": "Who is patrolled too much or too little where reporting differs?",
    "poisoned": "How many invented reports does it take to bring a deployment to a rival's street?",
    "routine": "How long until the guard blocks a programme that becomes routine?",
    "designs": "What do the evaluation designs say when the truth is known?",
    "alternatives": "Deployments or slower work, over one, three and five years?",
    "cheating": "Which ways of cheating the record are found out, how often, and how soon?",
    "sensitivity": "Which assumptions move the answer most?",
}
MOST = 100_000


def questions() -> dict[str, str]:
    """Return everything that can be run by name, experiments and scenarios, with the question each answers."""
    from answerable.lab.scenario import load_scenario, scenario_names

    return {**{name: load_scenario(name).question for name in scenario_names()}, **NAMES}


def run(name: str, parameters: Parameters, *, seed: int | None = None, size: int | None = None) -> Result:
    """Run the experiment or scenario ``name``, or the scenario in a file (``size``: replicates).

    Each has a default size that takes less than two minutes. UsageError for an unknown name, InputError for a size
    that cannot be meant or a file that cannot be used: all before anything starts.
    """
    from answerable.lab.scenario import is_file, load_scenario, scenario_names

    if size is not None and not 2 <= size <= MOST:
        raise InputError(
            f"A size is 2 to {MOST:,} replicates.", where=f"size {size}", fix="Leave it out to begin with."
        )
    if name in NAMES:
        module = import_module(f"answerable.lab.experiments.{name.replace('-', '_')}")
        result: Result = module.experiment(parameters, 1 if seed is None else seed, size or module.SIZE)
        return result
    if not is_file(name) and name not in scenario_names():
        known = ", ".join((*scenario_names(), *NAMES))
        raise UsageError(f"There is no experiment '{name}'.", where="lab run", fix=f"Known: {known}.")
    from answerable.lab.playing import run_scenario

    scenario = load_scenario(name, parameters)
    title = Path(name).stem
    many, luck = size or scenario.replicates, scenario.seed if seed is None else seed
    return run_scenario(title, scenario, parameters, seed=luck, size=many)
