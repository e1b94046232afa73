"""Measure how good and how fast the forecasts are, on the shared tracks and in a simulated city whose truth is known.

Each track is one rolling backtest with daily windows, every model, refitted every 28 days, as the command makes it:
    nyc      New York shootings 2014 to 2016, learned from 2006 on, 500 m, inside the boroughs
    chicago  Chicago shootings, July to December 2022, learned from January 2022 on, 500 m
    dc       Washington acoustic gunfire, the last 165 days of 2010, 250 m (places and times as published)
    j1       a simulated self-exciting city (6 a day, 30 % triggered, 150 m and 5 days), 300 test days, 500 m,
             beside the oracle: the true intensity given all earlier incidents
    others   other years and windows of New York and Chicago, whose outcomes come late: how far behind the best expert
    speed    the self-exciting fit of that city at 10 a day: 49 thousand and a million incidents

    python benchmarks/forecast.py                      all of it (a quarter of an hour on a quiet machine)
    python benchmarks/forecast.py --tracks dc,j1       some of it; the others' figures stay as they were

Figures go to results/forecast.json, and the table made of them to results/forecast.md. No constant of any model was
chosen on a test period named here.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from scipy.special import ndtr

from answerable.forecast.backtest import run
from answerable.forecast.chunk import windows_between
from answerable.forecast.excitation import Events, fit_single
from answerable.forecast.timeline import Timeline
from answerable.forecast.verdict import verdict
from answerable.incidents import Incidents, Manifest
from answerable.incidents.table import SCHEMA
from answerable.place import Area, Grid, Projection
from answerable.service.backtest import Plan, backtest, read_for_backtest
from answerable.work import Work

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("ANSWERABLE_SHARED_DATA") or HERE.parent.parent / "shared" / "data")
RESULTS = HERE / "results"
BNG = Projection("EPSG:27700")
BEGAN = datetime(2010, 1, 1, tzinfo=UTC)
SIDE = 10_000
_THREE_YEARS = Plan(test_from="2014-01-01", test_to="2017-01-01")
_SECOND_HALF = Plan(test_from="2022-07-01", test_to="2023-01-01")


def city(n: int, per_day: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the simulated city's incidents (x, y, day), in order of time, and its five spots."""
    rng = np.random.default_rng(seed)
    days = n / per_day
    first = rng.poisson(per_day * 0.7 * days)
    spots = rng.uniform(0.15 * SIDE, 0.85 * SIDE, (5, 2))
    around = spots[rng.integers(0, 5, first)] + rng.normal(0, 700, (first, 2))
    place = np.where(rng.random((first, 1)) < 0.3, rng.uniform(0, SIDE, (first, 2)), around)
    generations = [np.column_stack([place, rng.uniform(0, days, first)])]
    while len(generations[-1]):
        parents = np.repeat(generations[-1], rng.poisson(0.3, len(generations[-1])), axis=0)
        moved = np.column_stack([rng.normal(0, 150, (len(parents), 2)), rng.exponential(5, len(parents))])
        generations.append(parents + moved)
    found = np.concatenate(generations)
    found = found[((found[:, :2] >= 0) & (found[:, :2] < SIDE)).all(1) & (found[:, 2] < days)]
    return found[np.argsort(found[:, 2])], spots


def table(x: np.ndarray, y: np.ndarray, hours: np.ndarray) -> Incidents:
    """Return places in metres and times in hours as incidents, each known when it has happened."""
    when = pl.Series([BEGAN + timedelta(seconds=round(h * 3600)) for h in hours.tolist()])
    frame = pl.DataFrame({
        "incident_id": [str(i) for i in range(len(x))], "occurred_from": when, "occurred_to": when,
        "precision": "minute", "x": x.astype(np.int32), "y": y.astype(np.int32), "place_precision": "point",
        "kind": "shooting", "severity": "unknown", "n_harmed": None, "origin": "reported", "known_at": when,
        "source": "benchmark",
    })  # fmt: skip
    return Incidents(frame.cast(dict(SCHEMA)).select(list(SCHEMA)), Manifest("EPSG:27700", "", "UTC"))


def nyc(plan: Plan = _THREE_YEARS) -> dict[str, Any]:
    """New York, as the command does it, learned from 2006 on."""
    folder = DATA / "nyc_shootings_2006_2016"
    plan = replace(plan, train_from="2006-01-01", area=folder / "boroughs.geojson.gz")
    return backtest(read_for_backtest(folder / "incidents.csv.gz", plan, tz=None, now=datetime.now(UTC)), plan)


def chicago(plan: Plan = _SECOND_HALF) -> dict[str, Any]:
    """Chicago in 2022, its second half where nothing else is asked for."""
    file = DATA / "chicago_shootings_2022" / "events.csv.gz"
    return backtest(read_for_backtest(file, plan, tz="America/Chicago", now=datetime.now(UTC)), plan)


def dc() -> dict[str, Any]:
    """Washington's last 165 days."""
    raw = pl.read_csv(DATA / "dc_gunfire_2010" / "events.csv.gz").sort("t_hours")
    x, y = (400_000 + raw[name].to_numpy() * 1000 for name in ("x_km", "y_km"))
    made = table(x, y, raw["t_hours"].to_numpy())
    end = BEGAN + timedelta(hours=float(raw["t_hours"].max()))  # type: ignore[arg-type]
    start = (end - timedelta(days=165)).replace(minute=0, second=0, microsecond=0)
    return backtest(made, Plan(test_from=start.isoformat(), test_to=end.isoformat(), cell_m=250))


def oracle(found: np.ndarray, spots: np.ndarray, grid: Grid, day: float, per_day: float) -> np.ndarray:
    """Return the true expectation of each cell on the day after ``day``, given all incidents before."""

    def mass(points: np.ndarray, sd: float) -> tuple[np.ndarray, np.ndarray]:
        edges = np.arange(SIDE // 500 + 1) * 500.0
        return tuple(np.diff(ndtr((edges - points[:, i, None]) / sd), axis=1) for i in (0, 1))  # type: ignore[return-value]

    across, up = mass(spots, 700)
    image = 0.7 * per_day * (0.3 / (SIDE // 500) ** 2 + 0.7 / 5 * up.T @ across)
    past = found[(found[:, 2] < day) & (found[:, 2] > day - 60)]
    across, up = mass(past, 150)
    age = day - past[:, 2]
    image += 0.3 * (up * (np.exp(-age / 5) - np.exp(-(age + 1) / 5))[:, None]).T @ across
    return grid.from_raster(image)


def j1() -> dict[str, Any]:
    """The simulated city beside its oracle."""
    per_day = 6.0
    found, spots = city(8_753, per_day, 20180)
    grid = Grid.cover(Area("j1", shapely.box(0, 0, SIDE, SIDE), BNG), 500)
    line = Timeline.of(table(found[:, 0], found[:, 1], found[:, 2] * 24), grid)
    last = int(found[-1, 2])
    windows = windows_between(BEGAN + timedelta(days=last - 300), BEGAN + timedelta(days=last), 24)
    with tempfile.TemporaryDirectory() as folder, Work(Path(folder)) as work:
        outcome = run(line, windows, ("all",), work)
    report = verdict(outcome)
    score = 0.0
    for i, window in enumerate(windows):
        true = oracle(found, spots, grid, last - 300 + i, per_day)
        count = line.counts(window.start, window.end)
        score += float(count @ np.log(true) - true.sum()) - float(outcome.sums["factorial"][i])
    even = report["models"]["uniform"]["log_score"]
    gain = (score - even) / report["data"]["incidents"] / np.log(2)
    shares = {n: m["gain_bits_per_event"] / gain for n, m in report["models"].items()}
    return report | {"oracle": {"gain_bits_per_event": gain, "share_of_oracle": shares}}


def others() -> dict[str, Any]:
    """How far the mixture was behind its best expert in other years and windows, in nats, beside log K."""
    years = {f"New York {y}, days": ("nyc", f"{y}-01-01", f"{y + 1}-01-01", 24.0) for y in range(2007, 2014)}
    asked = years | {
        "New York 2010 to 2013, two days": ("nyc", "2010-01-01", "2014-01-01", 48.0),
        "New York 2014 to 2015, 8 hours": ("nyc", "2014-01-01", "2016-01-01", 8.0),
        "Chicago, April to December 2022, days": ("chicago", "2022-04-01", "2023-01-01", 24.0),
        "Chicago, July to December 2022, 8 hours": ("chicago", "2022-07-01", "2023-01-01", 8.0),
    }
    rows = []
    for name, (data, begins, ends, hours) in asked.items():
        plan = Plan(test_from=begins, test_to=ends, hours=hours)
        told = (nyc if data == "nyc" else chicago)(plan)["mixture"]
        rows.append({
            "track": name, "nats": told["worse_than_best_nats"], "log_k": float(np.log(len(told["experts"]))),
            "bound": told["bound_nats"], "late": told["outcomes_late_by_windows"], "best": told["best_expert"],
        })  # fmt: skip
    return {"rows": rows}


def fit_once(n: int) -> dict[str, float]:
    """Fit the self-exciting city once: for a process of its own, so that its peak memory is the fit's."""
    found, _ = city(n, 10.0, 20180)
    grid = Grid.cover(Area("j1", shapely.box(0, 0, SIDE, SIDE), BNG), 500)
    events = Events(found[:, 0], found[:, 1], found[:, 2] * 24, grid, n / 10 * 24)
    began, cpu = time.perf_counter(), time.process_time()
    fit = fit_single(events)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {
        "incidents": len(found), "pairs": fit.pairs, "wall_s": time.perf_counter() - began,
        "cpu_s": time.process_time() - cpu, "peak_gb": peak, "branching": fit.branching, "spread_m": fit.spread_m,
        "lag_days": fit.lag_days,
    }  # fmt: skip


def speed(repeats: int) -> dict[str, Any]:
    """Fit at two sizes, in new processes, and keep the median run of each."""
    out = {}
    for n, times in ((50_000, repeats), (1_000_000, max(1, repeats // 3))):
        runs = [
            json.loads(
                subprocess.run([sys.executable, __file__, "--fit", str(n)], check=True, capture_output=True).stdout
            )
            for _ in range(times)
        ]
        out[str(n)] = sorted(runs, key=lambda r: r["wall_s"])[len(runs) // 2] | {"runs": times}
    return out


def written(results: dict[str, Any]) -> str:
    """Return the page of all results."""
    lines = [
        "# Forecasts: accuracy and speed", "",
        "Made by `benchmarks/forecast.py`, which says what each track is. Gain is in bits per incident with 95 % "
        "intervals from drawing days again (2,000 times, paired).", "",
    ]  # fmt: skip
    for name in ("nyc", "chicago", "dc", "j1"):
        if name not in results:
            continue
        told = results[name]
        lines += [
            f"## {name}", "",
            f"{told['data']['incidents']:,} incidents in {told['data']['windows']:,} windows, "
            f"{told['grid']['cells']:,} cells of {told['grid']['cell_m']} m; "
            f"{told['machine']}; {told['seconds']:.0f} s in one process.", "",
            "| model | gain over uniform | over kde_300 | slope | observed / predicted | in 1 % | in 5 % | of oracle |",
            "|---|---|---|---|---|---|---|---|",
        ]  # fmt: skip
        oracle_share = told.get("oracle", {}).get("share_of_oracle", {})
        for model, m in told["models"].items():
            over = m["gain_over"]["kde_300"]
            slope = "none" if m["calibration_slope"] is None or model == "uniform" else f"{m['calibration_slope']:.2f}"
            share = f"{100 * oracle_share[model]:.1f} %" if oracle_share else ""
            low, high = m["gain_interval"]
            lines.append(
                f"| `{model}` | {m['gain_bits_per_event']:.3f} [{low:.3f}, {high:.3f}] | {over['bits']:+.3f} "
                f"[{over['low']:+.3f}, {over['high']:+.3f}] | {slope} | {m['observed_over_predicted']:.2f} | "
                f"{100 * m['hit_rate']['1']:.1f} % | {100 * m['hit_rate']['5']:.1f} % | {share} |"
            )
        mixture = told["mixture"]
        lines += ["", f"Mixture: {mixture['worse_than_best_nats']:.2f} nats worse than the best of "
                  f"{len(mixture['experts'])} experts ({mixture['best_expert']}) over the whole test; "
                  f"bound {mixture['bound_nats']:.2f}.", ""]  # fmt: skip
    if "others" in results:
        lines += [
            "## Other years and windows: nats behind the best expert", "",
            "| track | behind | ln K | bound | windows late | best expert |", "|---|---|---|---|---|---|",
        ]  # fmt: skip
        lines += [
            f"| {r['track']} | {r['nats']:.2f} | {r['log_k']:.2f} | {r['bound']:.2f} | {r['late']} | {r['best']} |"
            for r in results["others"]["rows"]
        ]
        lines += ["", f"Below 0 the mixture was better than all of its experts. {results['others']['machine']}.", ""]
    if "speed" in results:
        lines += ["## Self-exciting fit", "", "| incidents | pairs | wall | CPU | peak memory | branching (0.3) "
                  "| spread (150 m) | lag (5 days) | runs |", "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
        lines += [
            f"| {r['incidents']:,} | {r['pairs']:,} | {r['wall_s']:.1f} s | {r['cpu_s']:.1f} s | "
            f"{r['peak_gb']:.2f} GB | "
            f"{r['branching']:.3f} | {r['spread_m']:.0f} m | {r['lag_days']:.2f} | {r['runs']} |"
            for name, r in results["speed"].items() if name != "machine"
        ]  # fmt: skip
        lines += ["", f"{results['speed']['machine']}."]
    return "\n".join(lines).rstrip() + "\n"


def machine() -> str:
    """Say what this was measured on, how busy it was, and when."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{os.cpu_count()} cores, load {load:.1f}, Python {platform.python_version()}, {datetime.now(UTC):%d %B %Y}"


def main() -> None:
    """Run the tracks asked for and write the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tracks", default="nyc,chicago,dc,j1,others,speed")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--fit", type=int, default=0)
    asked = parser.parse_args()
    if asked.fit:
        print(json.dumps(fit_once(asked.fit)))
        return
    file = RESULTS / "forecast.json"
    results = json.loads(file.read_text()) if file.is_file() else {}
    makers = {
        "nyc": nyc,
        "chicago": chicago,
        "dc": dc,
        "j1": j1,
        "others": others,
        "speed": lambda: speed(asked.repeats),
    }
    for name in asked.tracks.split(","):
        began, where = time.perf_counter(), machine()
        results[name] = makers[name]() | {"machine": where}
        if "models" in results[name]:
            results[name]["seconds"] = time.perf_counter() - began
            for model in results[name]["models"].values():
                del model["hit_curve"], model["reliability"]
        file.write_text(json.dumps(results, indent=1) + "\n")
        (RESULTS / "forecast.md").write_text(written(results))
        print(f"{name}: {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
