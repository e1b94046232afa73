"""How long the estimators take on the jobs of their targets, and beside other people's programs on the same jobs.

diff-diff, pysyncon and pyfixest are no dependencies of this project: they live in ``.venv-bench-evaluate``, made on the
first run (some minutes and 700 MB), and are timed there in the same run. Takes about a minute after that. Writes the
table in ``results/evaluate.md`` when called with ``--write``.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from answerable.evaluate.burden import Place, burden_given_need
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
from evaluate_peers import BIG, RUNS, panel, places
from oracles import environment

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "evaluate.md"
PEERS = ROOT / ".venv-bench-evaluate"
PEER_PACKAGES = ("diff-diff==3.13.0", "pysyncon==1.7.0", "pyfixest==0.60.0")
AREAS, PERIODS, START = BIG

Job = Callable[[], object]


def main() -> None:
    rng = np.random.default_rng(1)
    tobacco = Panel.of(panel(1, AREAS, PERIODS, START), np.arange(AREAS) == 0, START)
    blocks = np.column_stack([np.ones(9642), rng.poisson(0.3, (9642, 57))]).astype(float)
    triggers = rng.poisson(0.05, 5000), rng.random(5000) < 0.4, rng.integers(0, 60, 5000)
    lot = assign(90, 20, 8, rng=rng)
    counts = rng.poisson(0.1, (90, 20))
    jobs: list[tuple[str, float, Job]] = [
        ("displacement difference", 5, lambda: wdd((207, 110), (308, 318), (178, 157), (150, 140))),
        ("exact comparison of 127 and 116", 5, lambda: compare_rates(127, 333, 116, 365)),
        ("E-test of 127 and 116", 5, lambda: e_test(127, 116)),
        ("synthetic DiD, 39 areas x 31 periods", 20, lambda: sdid(tobacco)),
        ("the same with all 38 placebos", 500, lambda: placebo(tobacco, sdid)),
        ("calibration, 9,642 blocks x 58", 1000, lambda: calibrate_weights(blocks[39:], blocks[:39].sum(axis=0))),
        ("trigger-matched, 5,000 triggers, 2,000 permutations", 2000, lambda: trigger_matched(*triggers, rng=rng)),
        ("crossover, 90 days x 20 places, 2,000 lots", 2000, lambda: crossover_test(counts, lot, rng=rng)),
        ("power table of 12 rows", 1000, power_table),
        ("what a programme could show", 2000, lambda: plan(0.05, 0.3)),
    ]  # fmt: skip
    rows = []
    for name, target, job in jobs:
        wall, processor = milliseconds(job)
        rows.append(f"| {name} | {wall:,.1f} | {processor:,.1f} | {target:,.0f} |")
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}"
    )
    head = [
        "# Evaluation: how long it takes",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; {machine}; median of {RUNS} runs after one to warm up, in milliseconds: by the "
        "clock, and of the processor.",
        "",
        "| job | clock | processor | target |",
        "|---|---|---|---|",
    ]
    table = "\n".join([*head, *rows, "", *peers_beside(tobacco)]) + "\n"
    print(table)
    if "--write" in sys.argv:
        RESULTS.write_text(table, encoding="utf8")


def peers_beside(tobacco: Panel) -> list[str]:
    """The same jobs by other people's programs, in an environment of their own, timed now."""
    python = environment(PEERS, [sys.executable], PEER_PACKAGES)
    script = [str(python), str(ROOT / "tools" / "evaluate_peers.py"), "--timings"]
    told = json.loads(subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    wards = [Place(*row) for row in places()]
    ours: dict[str, tuple[str, Job, Callable[[], float]]] = {
        "sdid with all placebos": ("diff-diff", lambda: placebo(tobacco, sdid), lambda: sdid(tobacco).estimate),
        "synthetic control": (
            "pysyncon", lambda: synthetic_control(tobacco), lambda: synthetic_control(tobacco).estimate
        ),
        "difference in differences": ("pyfixest", lambda: did(tobacco), lambda: did(tobacco).estimate),
        "burden given need": ("pyfixest", lambda: burden_given_need(wards), lambda: first_ratio(wards)),
    }  # fmt: skip
    lines = [
        f"The same jobs by {', '.join(f'{name} {number}' for name, number in told['versions'].items())}, in the same "
        f"run and timed in the same way: a panel of {AREAS} areas x {PERIODS} periods, and {len(wards)} places. "
        f"diff-diff draws {AREAS - 1} placebos, ours counts all of them twice: for the spread, and for the rank. Ours "
        "fits burden given need for all three groups, with intervals and tipping points; pyfixest fits one. pysyncon's "
        "optimiser stops early, so its estimate differs; a test holds that ours fits the time before no worse.",
        "",
        "| job | ours, clock | ours, processor | peer, clock | peer, processor | by | estimates |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, (peer, job, estimate) in ours.items():
        wall, processor = milliseconds(job)
        theirs = told["jobs"][name]
        lines.append(
            f"| {name} | {wall:,.2f} | {processor:,.2f} | {theirs['ms']:,.0f} | {theirs['cpu_ms']:,.0f} | {peer} | "
            f"{estimate():.3f}, {theirs['estimate']:.3f} |"
        )
    return lines


def first_ratio(wards: list[Place]) -> float:
    band = burden_given_need(wards)[0].band
    return float("nan") if band is None else band.ratio


def power_table() -> list[int]:
    return [deployments_needed(baseline, fall) for baseline in (0.05, 0.2, 1) for fall in (0.14, 0.3, 0.5, 0.7)]


def milliseconds(job: Job) -> tuple[float, float]:
    """Median milliseconds by the clock and of the processor."""
    job()
    wall, processor = [], []
    for _ in range(RUNS):
        began, used = time.perf_counter(), time.process_time()
        job()
        wall.append(1000 * (time.perf_counter() - began))
        processor.append(1000 * (time.process_time() - used))
    return statistics.median(wall), statistics.median(processor)


if __name__ == "__main__":
    main()
