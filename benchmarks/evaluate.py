"""How long the estimators take on the jobs of their targets, and beside other people's programs.

Writes the table in ``results/evaluate.md`` when called with ``--write``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from answerable.evaluate.calibrate import calibrate_weights
from answerable.evaluate.crossover import assign, crossover_test
from answerable.evaluate.panel import Panel
from answerable.evaluate.plan import plan
from answerable.evaluate.power import deployments_needed
from answerable.evaluate.rates import compare_rates, e_test
from answerable.evaluate.synthetic import did, placebo, sdid, synthetic_control
from answerable.evaluate.trigger_matched import trigger_matched
from answerable.evaluate.wdd import wdd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from evaluate_peers import AREAS, SEEDS, START, panel
from evaluate_peers import PAGE as PEERS

RUNS = 5
RESULTS = Path(__file__).parent / "results" / "evaluate.md"


def main() -> None:
    rng = np.random.default_rng(1)
    panel = Panel.of(
        rng.normal(100, 10, (39, 1)) + np.cumsum(rng.normal(0, 3, (39, 31)), axis=1), np.arange(39) == 0, 19
    )
    blocks = np.column_stack([np.ones(9642), rng.poisson(0.3, (9642, 57))]).astype(float)
    triggers = rng.poisson(0.05, 5000), rng.random(5000) < 0.4, rng.integers(0, 60, 5000)
    lot = assign(90, 20, 8, rng=rng)
    counts = rng.poisson(0.1, (90, 20))
    jobs: list[tuple[str, float, Callable[[], object]]] = [
        ("displacement difference", 5, lambda: wdd((207, 110), (308, 318), (178, 157), (150, 140))),
        ("exact comparison of 127 and 116", 5, lambda: compare_rates(127, 333, 116, 365)),
        ("E-test of 127 and 116", 5, lambda: e_test(127, 116)),
        ("synthetic DiD, 39 areas x 31 periods", 20, lambda: sdid(panel)),
        ("the same with all 38 placebos", 500, lambda: placebo(panel, sdid)),
        ("calibration, 9,642 blocks x 58", 1000, lambda: calibrate_weights(blocks[39:], blocks[:39].sum(axis=0))),
        ("trigger-matched, 5,000 triggers, 2,000 permutations", 2000, lambda: trigger_matched(*triggers, rng=rng)),
        ("crossover, 90 days x 20 places, 2,000 lots", 2000, lambda: crossover_test(counts, lot, rng=rng)),
        ("power table of 12 rows", 1000, power_table),
        ("what a programme could show", 2000, lambda: plan(0.05, 0.3)),
    ]  # fmt: skip
    peers = peers_beside()
    rows = [f"| {name} | {milliseconds(job):,.1f} | {target:,.0f} |" for name, target, job in jobs]
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}"
    )
    head = [
        "# Evaluation: how long it takes",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine}; median of {RUNS} runs after one to warm up, in milliseconds.",
        "",
        "| job | ours | target |",
        "|---|---|---|",
    ]
    table = "\n".join([*head, *rows, "", *peers]) + "\n"
    print(table)
    if "--write" in sys.argv:
        RESULTS.write_text(table, encoding="utf8")


def peers_beside() -> list[str]:
    """The same panels by other people's programs, as they were timed when their figures were written."""
    told = json.loads(PEERS.read_text(encoding="utf8"))
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    made = [Panel.of(panel(seed), np.arange(AREAS) == 0, START) for seed in SEEDS]
    ours = {"sdid": sdid, "synthetic_control": synthetic_control, "did": did}
    lines = [
        f"Five panels of {AREAS} areas x 24 periods, one fit each, beside {versions} (timed {told['date']}, same kind "
        "of machine; diff-diff's includes 50 placebo draws). Milliseconds, median.",
        "",
        "| estimator | ours | peer | estimates differ by at most |",
        "|---|---|---|---|",
    ]
    for name, estimator in ours.items():
        theirs = [told["panels"][str(seed)][name] for seed in SEEDS]
        taken = statistics.median(milliseconds(lambda one=one, by=estimator: by(one)) for one in made)
        apart = max(abs(estimator(one).estimate - peer["estimate"]) for one, peer in zip(made, theirs, strict=True))
        peer_ms = 1000 * statistics.median(peer["seconds"] for peer in theirs)
        lines.append(f"| {name.replace('_', ' ')} | {taken:.2f} | {peer_ms:.0f} | {apart:.3f} |")
    return lines


def power_table() -> list[int]:
    return [deployments_needed(baseline, fall) for baseline in (0.05, 0.2, 1) for fall in (0.14, 0.3, 0.5, 0.7)]


def milliseconds(job: Callable[[], object]) -> float:
    job()
    taken = []
    for _ in range(RUNS):
        began = time.perf_counter()
        job()
        taken.append(1000 * (time.perf_counter() - began))
    return statistics.median(taken)


if __name__ == "__main__":
    main()
