"""City-years a second of the lab's engines, beside Mesa, SimPy and salabim doing the same job, in one run.

The job: 5,000 places with log-normal rates, 3,000 events a year with triggering, and every twelve hours a decision
about each place in which an event was reported since the last one: how likely another is there, and a deployment, if
the rules allow it, that lowers the rate there for twelve hours. The peers' rules are a yearly limit alone; ours are the
armed-patrol pack's compiled rules and rarity limits, which is more. Each peer runs in an environment of its own
(``.venv-bench-NAME``, made on the first run), one at a time; the first city-year of each does not count. Takes about a
minute of CPU.

Writes ``results/lab.md`` when called with ``--write``; ``--quick`` leaves the peers out.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from answerable.lab.driven import START, real_engine
from answerable.lab.engine import Candidates, Gate, Policy, simulate
from answerable.lab.fast import COMPILED
from answerable.lab.ground import make_ground
from answerable.lab.parameters import load_parameters
from answerable.lab.reference import simulate_hourly
from answerable.lab.stream import Stream, draw_stream
from answerable.policy.pack import load_pack

ROOT = Path(__file__).resolve().parent.parent
RESULTS = Path(__file__).parent / "results" / "lab.md"
PLACES, EVENTS = 5000, 3000
PEERS = {"simpy": 2, "salabim": 2, "mesa": 1}
"""City-years that count, by peer; of Mesa's, which takes as long as thousands of ours, a twentieth is lived."""


def main() -> None:
    began = os.getloadavg()[0]
    rows = ours()
    if "--quick" not in sys.argv:
        rows += [peer(name, years) for name, years in PEERS.items()]
    table = page(rows, began)
    print(table)
    if "--write" in sys.argv:
        RESULTS.write_text(table, encoding="utf8")


def ours() -> list[tuple[str, float, float, str]]:
    """Return a row for each of our own engines: seconds of CPU and of the clock for one city-year, and a note."""
    parameters = load_parameters()
    ground = make_ground(parameters, PLACES, np.random.default_rng(0), events_per_year=EVENTS)
    real = real_engine(load_pack("uk.armed_patrol"))
    gate = Gate(real.table, real.sound(START))
    respond = Policy("rules", responds=True, gate=gate, rarity=real.limits)
    counts: dict[str, list[int]] = {"proposed": [], "deployments": []}

    def drawn(seed: np.random.SeedSequence) -> Stream:
        return draw_stream(ground, parameters, 1, np.random.default_rng(seed))

    def one(seed: np.random.SeedSequence, *, driven: bool = False) -> None:
        stream = drawn(seed)
        # Ten graded reports a year strong enough to pass the pack's threshold, so that all its rules are gone through.
        windows = stream.hours // 12
        chosen = np.arange(10, windows, windows // 10)
        tips = Candidates.of(chosen, stream.places[chosen], np.full(len(chosen), 1e6), windows)
        policy = Policy(respond.name, responds=True, tips=tips, gate=gate, rarity=real.limits)
        run = simulate(stream, ground, parameters, policy, real=real if driven else None)
        counts["proposed"].append(run.proposed)
        counts["deployments"].append(run.deployments)

    fast = timed(one, 200)
    proposed, sent = (float(np.mean(counts[name])) for name in ("proposed", "deployments"))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    note = f"{proposed:,.0f} cases decided and {sent:.1f} deployments a year; {memory:.0f} MB at most"
    rows = [("event-driven, compiled rules" if COMPILED else "event-driven, plain Python", *fast, note)]
    slow = timed(lambda seed: one(seed, driven=True), 2)
    rows.append(("the same, driven by the real engine", *slow, "the machine, the pack and the guard decide each case"))
    hourly = timed(
        lambda seed: simulate_hourly(
            make_ground(parameters, 500, np.random.default_rng(0), events_per_year=EVENTS / 10), parameters, 8760,
            np.random.default_rng(seed), responds=True,
        ),
        1,
    )  # fmt: skip
    rows.append(("hourly reference (500 places, 300 events)", *hourly, "a tenth of the job"))
    return rows


def timed(work: Callable[[np.random.SeedSequence], object], years: int) -> tuple[float, float]:
    """Return seconds of CPU and of the clock for one city-year, after one that does not count."""
    first, *seeds = np.random.SeedSequence(1).spawn(years + 1)
    work(first)
    cpu, clock = time.process_time(), time.perf_counter()
    for seed in seeds:
        work(seed)
    return (time.process_time() - cpu) / years, (time.perf_counter() - clock) / years


def peer(name: str, years: int) -> tuple[str, float, float, str]:
    """Return the row of another program, run in an environment of its own."""
    home = ROOT / f".venv-bench-{name}"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run(
            [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "numpy", PACKAGES[name]], check=True
        )
    script = Path(__file__).parent / "lab_peers" / f"{name}_city.py"
    said = subprocess.run([python, script, str(years)], check=True, capture_output=True, text=True).stdout
    found = json.loads(said.strip().splitlines()[-1])
    note = f"{found['events']:,.0f} events and {found['deployments']:,.0f} deployments a year"
    return f"{name} {found['version']}", found["cpu"], found["clock"], note


PACKAGES = {"simpy": "simpy==4.1.2", "salabim": "salabim==26.0.9", "mesa": "mesa==3.3.1"}


def page(rows: list[tuple[str, float, float, str]], load: float) -> str:
    """Return the table in Markdown."""
    first = rows[0][1]
    lines = [
        "# The lab's engines",
        "",
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, load before: {load:.2f}, after: {os.getloadavg()[0]:.2f}.",
        f"Written by `benchmarks/lab.py`: {PLACES:,} places, {EVENTS:,} events a year, a decision every twelve "
        "hours, on one core. Rates are by CPU time, since other work ran on the machine; the clock stands beside. "
        "Mesa lived a twentieth of a year; its figures are multiplied by twenty.",
        "",
        "| engine | city-years a second | s of CPU each | s of the clock each | times ours | of note |",
        "|---|---|---|---|---|---|",
        *(f"| {what} | {1 / cpu:,.3g} | {cpu:.4g} | {clock:.4g} | {cpu / first:,.0f} | {note} |"
          for what, cpu, clock, note in rows),
        "",
    ]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    main()
