"""Sweeps: one scenario under every combination of some parameters, in chunks that are never run twice.

Replicate k has the same luck at every point and on every backend, so that points differ by their parameters alone and
a sweep gives the same file wherever it ran.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import product
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field, model_validator

from answerable.errors import InputError, UsageError
from answerable.lab.parameters import Parameters
from answerable.lab.playing import MEASURES, play
from answerable.lab.result import MARK
from answerable.lab.scenario import Scenario, Written, in_city, load_scenario, read_written
from answerable.work import Arrays, Pending, Work

if TYPE_CHECKING:
    import polars as pl

MOST_RUNS = 1_000_000
MOST_POINTS = 10_000
RESULTS, CHUNKS = "results.parquet", "chunks"

Tell = Callable[[int, int, str], None]


class Steps(Written):
    """``steps`` values from ``low`` to ``high``, evenly apart, both included."""

    low: float
    high: float
    steps: Annotated[int, Field(ge=2)]


class SweepText(Written):
    """A sweep as it was written: what is varied, by the names of the city's parameters, and how often."""

    scenario: str
    vary: Annotated[dict[str, Annotated[list[float], Field(min_length=1)] | Steps], Field(min_length=1, max_length=8)]
    replicates: Annotated[int, Field(ge=2)] = 20
    chunk: Annotated[int, Field(ge=1, le=10_000)] = 10
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1

    @model_validator(mode="after")
    def _can_be_meant(self) -> SweepText:
        points = prod(one.steps if isinstance(one, Steps) else len(one) for one in self.vary.values())
        if points > MOST_POINTS or points * self.replicates > MOST_RUNS:
            raise ValueError(
                f"this sweep has {points:,} points and {points * self.replicates:,} runs; at most {MOST_POINTS:,} "
                f"points and {MOST_RUNS:,} runs can be meant"
            )
        return self

    def points(self) -> Iterator[dict[str, float]]:
        """Yield every combination of the values, the last name varying fastest."""
        values = [
            np.linspace(one.low, one.high, one.steps).tolist() if isinstance(one, Steps) else one
            for one in self.vary.values()
        ]
        yield from (dict(zip(self.vary, point, strict=True)) for point in product(*values))


@dataclass(frozen=True)
class Plan:
    """A sweep whose every point was checked: nothing in it can fail for what was written."""

    text: SweepText
    scenario: Scenario
    points: tuple[tuple[dict[str, float], Parameters], ...]

    @property
    def chunks(self) -> list[tuple[int, int, int]]:
        """Point, first and one past the last replicate of every chunk, in order."""
        starts = range(0, self.text.replicates, self.text.chunk)
        return [
            (point, first, min(first + self.text.chunk, self.text.replicates))
            for point in range(len(self.points))
            for first in starts
        ]

    @property
    def runs(self) -> int:
        """How many replicates there are in all."""
        return len(self.points) * self.text.replicates


@dataclass(frozen=True)
class Swept:
    """What a sweep left: the ``file`` of results, how many chunks were run now and how many were there ``before``."""

    file: Path
    points: int
    runs: int
    chunks: int
    before: int


def read_sweep(path: Path, parameters: Parameters) -> Plan:
    """Read a sweep and check all of it: its scenario, every parameter's name and every value at every point.

    UsageError or InputError names what cannot be meant, before anything starts.
    """
    text = read_written(path, SweepText)
    scenario = load_scenario(text.scenario, parameters, beside=path.parent)
    clash = sorted(set(scenario.change) & set(text.vary))
    if clash:
        raise InputError(
            "The scenario sets what is to be varied.", where=f"{path.name}: {', '.join(clash)}", fix="Drop one."
        )
    base = in_city(path, scenario, parameters)
    points = []
    for values in text.points():
        try:
            points.append((values, base.changed(**values)))
        except (InputError, UsageError) as error:
            raise InputError(error.what, where=f"{path.name}: vary: {error.where}", fix=error.fix or "") from error
    return Plan(text, scenario.model_copy(update={"change": {}}), tuple(points))


def run_sweep(plan: Plan, folder: Path, *, workers: int = 1, cluster: str = "", tell: Tell | None = None) -> Swept:
    """Run what is not there yet and write ``folder``/results.parquet, the same whatever ran where.

    A chunk that is finished is kept in ``folder``/chunks and never run again. UsageError where a worker was lost and
    took the pool with it, or the cluster cannot be reached.
    """
    try:
        (folder / CHUNKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            "There is no writing here.", where=f"{folder}: {error.strerror}", fix="Name another."
        ) from error
    chunks = plan.chunks
    keys = [_key(plan, *chunk) for chunk in chunks]
    before = sum((folder / CHUNKS / f"{key}.npz").is_file() for key in keys)
    try:
        with Work((folder / CHUNKS).resolve(), workers=workers, cluster=cluster) as work:
            pending = list(_submitted(plan, work, keys, tell if workers == 1 and not cluster else None))
            arrays = [_finished(one, k, len(pending), tell) for k, one in enumerate(pending, 1)]
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(
            "A worker was lost before its chunk was finished, or the cluster cannot be reached.",
            where=f"{type(error).__name__}: {error}"[:300],
            fix="Give the same command again: finished chunks are kept.",
        ) from error
    file = folder / RESULTS
    _write(plan, arrays, file)
    return Swept(file, len(plan.points), plan.runs, len(chunks), before)


def run_chunk(scenario: str, parameters: Parameters, seed: int, first: int, last: int) -> Arrays:
    """Play the replicates from ``first`` up to ``last`` at one point: ``measures`` float64[replicates, policies, 7]."""
    read = Scenario.model_validate_json(scenario)
    return {"measures": np.array([play(read, parameters, seed, k) for k in range(first, last)])}


def _submitted(plan: Plan, work: Work, keys: list[str], tell: Tell | None) -> Iterator[Pending]:
    scenario = plan.scenario.model_dump_json()
    for k, (key, (point, first, last)) in enumerate(zip(keys, plan.chunks, strict=True), 1):
        _, parameters = plan.points[point]
        yield work.submit(run_chunk, key, (scenario, parameters, plan.text.seed, first, last))
        if tell is not None:
            tell(k, len(keys), f"chunk {k} of {len(keys)}")


def _finished(pending: Pending, k: int, total: int, tell: Tell | None) -> np.ndarray:
    measures = pending.result()["measures"]
    if tell is not None:
        tell(k, total, f"chunk {k} of {total}")
    return np.asarray(measures)


def _key(plan: Plan, point: int, first: int, last: int) -> str:
    """Return the name of a chunk: everything its result depends on, hashed, and where it stands, readable."""
    _, parameters = plan.points[point]
    says = {
        "scenario": plan.scenario.model_dump(mode="json"), "seed": plan.text.seed, "version": version("answerable"),
        "areas": hashlib.sha256(Path(plan.scenario.areas).read_bytes()).hexdigest() if plan.scenario.areas else "",
        "values": {name: one.value for name, one in sorted(parameters.entries.items())},
    }  # fmt: skip
    digest = hashlib.sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()[:20]
    return f"{digest}-{first}-{last}"


def _write(plan: Plan, arrays: list[np.ndarray], file: Path) -> None:
    part = file.with_name(f".{file.name}.part")
    _table(plan, arrays).write_parquet(part, metadata={"kind": "simulated", "watermark": MARK})
    part.replace(file)


def _table(plan: Plan, arrays: list[np.ndarray]) -> pl.DataFrame:
    """Return one row for each point, replicate and policy; every row says that it is simulated."""
    import polars as pl

    measures = np.concatenate(arrays)
    many, policies = measures.shape[0], len(plan.scenario.policies)
    point = np.repeat(np.arange(len(plan.points)), plan.text.replicates * policies)
    varied = {name: np.array([values[name] for values, _ in plan.points])[point] for name in plan.text.vary}
    flat = measures.reshape(many * policies, len(MEASURES))
    return pl.DataFrame(
        {
            "kind": ["simulated"] * (many * policies),
            "point": point,
            **varied,
            "replicate": np.tile(np.repeat(np.arange(plan.text.replicates), policies), len(plan.points)),
            "policy": [policy.name for policy in plan.scenario.policies] * many,
            "years": [plan.scenario.years] * (many * policies),
            **{name: flat[:, k] for k, name in enumerate(MEASURES)},
        }
    )
