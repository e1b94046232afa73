"""Measure how fast the forecasts are: the self-exciting fit beside its peers, the pair kernels, a refresh, a backtest.

Every peer gets a virtual environment of its own under .venv-bench (made on the first run, minutes), and is run in a
process of its own on the same simulated self-exciting city (``forecast.city``, 10 incidents a day), in the same run as
ours, `--repeats` times, the median kept. Of a job that takes long, runs end once they have taken `--limit` seconds
together; a run that is not over by then is stopped and said to have been, and larger sizes are left out. Peers:
    ours, without the extra `fast` too     space and time, background map included
    the-hawkes-package     space and time, constant background
    bstpp                  space and time, 50 steps of its optimiser (its own example takes 15,000)
    intensify, hawkes-rs   time alone: an easier task
    pointpats              the Knox test with 99 permutations, beside ours
    predspot               next week's map at 2,500 points: weekly densities, 12 lags, a forest of 50; beside our mixture
open_cp is not on the package index.

    python benchmarks/forecast_speed.py                     all of it (a quarter of an hour on a quiet machine)
    python benchmarks/forecast_speed.py --parts kernel,city

Figures go to results/forecast_speed.json, and the table made of them to results/forecast_speed.md.
"""

# Code handed to other Pythons, and sentences of the page, are left whole.
# ruff: noqa: E501

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from forecast import BEGAN, BNG, SIDE, city, machine, table

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
HOMES = ROOT / ".venv-bench"
PEERS = {
    "the-hawkes-package": ("the-hawkes-package==1.0.0",),
    "bstpp": ("bstpp==0.1.4", "numpy<2", "scipy<1.13", "numpyro==0.13.2", "pandas<3"),
    "intensify": ("intensify",),
    "hawkes-rs": ("hawkes-rs",),
    "pointpats": ("pointpats",),
    "predspot": ("predspot==1.0.0", "numpy<2"),
}
SIZES = {"1.9k": 2_000, "9.7k": 10_000, "49k": 50_000}
# Peers that hold every pair of incidents at once: above this, they would take the machine's memory, not time.
MOST = {"bstpp": 15_000}

PEER_CODE = r"""
import json, sys, time
import numpy as np
name, file = sys.argv[1:]
data = np.load(file)
x, y, t, end = data["x"], data["y"], data["t"], float(data["end"])
began, told = time.perf_counter(), ""
if name == "intensify":
    import intensify
    began = time.perf_counter()
    fit = intensify.Hawkes(mu=5.0, kernel=intensify.ExponentialKernel(0.3, 0.3)).fit(t, T=end)
elif name == "hawkes-rs":
    from hawkes import univariate
    began = time.perf_counter()
    told = f"branching {univariate.fit(t, end).branching_ratio():.2f}"
elif name == "pointpats":
    from pointpats import Knox
    began = time.perf_counter()
    Knox(np.column_stack([x, y]), t[:, None], delta=400, tau=14, permutations=99)
elif name == "the-hawkes-package":
    from hawkes_package import Rectangle, inference
    began = time.perf_counter()
    # Its quadrature must be finer than the kernel: 160 nodes a side allow a spread of 125 m and more.
    model = inference.spatio_temporal_model(Rectangle(10.0, 10.0), n_quad=160)
    points = np.stack([x, y]) / 1000
    history = inference.History(t, points, 0.0, end)
    begin = {"mu": len(t) * 0.7 / end / 100, "alpha": 0.06, "beta": 0.2, "sigma": 0.15}
    start = [begin.get(p.name, 0.3) for p in model.spec.parameters]
    fit = inference.fit_mle(inference.SpatioTemporalLogLikelihood(model), history, start)
    told = f"converged: {fit.converged}, {fit.n_evaluations} evaluations"
elif name == "bstpp":
    import pandas as pd
    from bstpp.main import Hawkes_Model
    began = time.perf_counter()
    frame = pd.DataFrame({"X": x / 1000, "Y": y / 1000, "T": t})
    import numpyro.distributions as dist
    priors = {"a_0": dist.Normal(1, 10), "alpha": dist.Beta(20, 60), "beta": dist.HalfNormal(2.0), "sigmax_2": dist.HalfNormal(0.25)}
    model = Hawkes_Model(frame, np.array([[0, 10], [0, 10]]), end, cox_background=True, **priors)
    model.run_svi(num_steps=50, lr=0.02, num_samples=1, plot_loss=False)
    told = "50 steps, not converged"
elif name == "predspot":
    import geopandas, pandas as pd, shapely
    from predspot import Dataset, PredictionPipeline
    from predspot.crime_mapping import KDE, create_gridpoints
    from predspot.feature_engineering import AR
    from predspot.ml_modelling import Model
    from sklearn.ensemble import RandomForestRegressor
    began = time.perf_counter()
    # Ten kilometres on the equator: a degree is as long both ways.
    degrees = 1 / 111_195
    area = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 10_000 * degrees, 10_000 * degrees)], crs="EPSG:4326")
    when = pd.Timestamp("2010-01-01") + pd.to_timedelta(t, unit="D")
    crimes = pd.DataFrame({"tag": "shots", "t": when, "lon": x * degrees, "lat": y * degrees})
    points = create_gridpoints(area, resolution=0.2)
    forest = Model(RandomForestRegressor(50, random_state=1, n_jobs=2))
    pipeline = PredictionPipeline(KDE("W", points, bandwidth=0.1), AR(lags=12), forest, random_state=1)
    pipeline.fit(Dataset(crimes, area))
    told = f"next week at {len(pipeline.predict()):,} points"
print("\n" + json.dumps({"wall_s": time.perf_counter() - began, "told": told}))
"""

OUR_CODE = r"""
import json, sys, time
import numpy as np
sys.path.insert(0, sys.argv[3])
import shapely
from forecast import BNG, SIDE
from answerable.place import Area, Grid
from answerable.forecast import neighbours, pairs
from answerable.forecast.diagnosis.knox import knox
from answerable.forecast.excitation import Events, fit_single
from answerable.forecast.mixture import Mixture
from answerable.place import Window
from forecast import BEGAN, table
from datetime import timedelta
name, file = sys.argv[1:3]
data = np.load(file)
x, y, t, end = data["x"], data["y"], data["t"] * 24, float(data["end"]) * 24
if name.endswith("NumPy alone"):
    neighbours.kernels = pairs.kernels = lambda: None
else:
    # What is compiled is compiled before the clock starts, as the others' wheels are.
    near = neighbours.neighbours(x[:50], y[:50], t[:50], 750.0, 960.0, padded=True)
    neighbours.sums(near, np.ones(50), 1.0, 200.0, 120.0)
    pairs.find_pairs(x[:50], y[:50], t[:50], 750.0, 960.0).round(np.ones(50), np.ones(1600))
grid = Grid.cover(Area("j1", shapely.box(0, 0, SIDE, SIDE), BNG), 500)
began = time.perf_counter()
if name == "ours, Knox":
    knox(x, y, t, np.random.default_rng(1), distances_m=(0.0, 400.0), lags_days=(0.0, 14.0), deals=99)
    told = ""
elif name == "ours, next week":
    at = BEGAN + timedelta(hours=end)
    cells = Grid.cover(Area("j1", shapely.box(0, 0, SIDE, SIDE), BNG), 200)
    began = time.perf_counter()
    forecast = Mixture().fit(table(x, y, t), cells, at).predict(Window.of_hours(at, 168))
    told = f"next week in {len(forecast.expected):,} cells, all models"
else:
    fit = fit_single(Events(x, y, t, grid, end))
    told = f"branching {fit.branching:.3f}, {fit.spread_m:.0f} m, {fit.lag_days:.2f} days"
print("\n" + json.dumps({"wall_s": time.perf_counter() - began, "told": told}))
"""


def environment(name: str) -> str:
    """Make a peer's environment if it is not there; return its Python."""
    python = HOMES / name / "bin" / "python"
    if not python.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(HOMES / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--no-compile", *PEERS[name]], check=True)
    return str(python)


def timed(python: str, code: str, name: str, file: Path, limit: float) -> dict[str, Any]:
    """Run one fit in a process of its own; ``wall_s`` is None where it failed or was stopped, and ``told`` says which."""
    command = [python, "-W", "ignore", "-c", code, name, str(file), str(ROOT / "benchmarks")]
    if code is PEER_CODE:
        command.pop()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
    except subprocess.TimeoutExpired:
        return {"wall_s": None, "told": f"stopped after {limit:.0f} s"}
    if done.returncode:
        return {"wall_s": None, "told": f"failed: {done.stderr.strip().splitlines()[-1][:120]}"}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def fits(sizes: list[str], repeats: int, limit: float) -> list[dict[str, Any]]:
    """Fit the city at every size by ours and every peer, one after another, in turn."""
    rows: list[dict[str, Any]] = []
    ours = ("ours", "ours, NumPy alone", "ours, Knox", "ours, next week")
    given_up: set[str] = set()
    for size, n in ((size, SIZES[size]) for size in sizes):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "city.npz"
            found, _ = city(n, 10.0, 20180)
            np.savez(file, x=found[:, 0], y=found[:, 1], t=found[:, 2], end=n / 10)
            for name in (*ours, *PEERS):
                if name in given_up or n > MOST.get(name, n):
                    why = (
                        "not tried: stopped or failed at a smaller size"
                        if name in given_up
                        else "not tried: it holds all pairs at once"
                    )
                    rows.append(
                        {"size": size, "incidents": len(found), "name": name, "runs": 0, "wall_s": None, "told": why}
                    )
                    continue
                runs = job(name, name in ours, file, repeats=repeats, limit=limit)
                if runs[-1]["wall_s"] is None:
                    given_up.add(name)
                kept = (
                    runs[-1]
                    if runs[-1]["wall_s"] is None
                    else sorted(runs, key=lambda run: run["wall_s"])[len(runs) // 2]
                )
                rows.append({"size": size, "incidents": len(found), "name": name, "runs": len(runs), **kept})
                print(rows[-1], flush=True)
    return rows


def job(name: str, own: bool, file: Path, *, repeats: int, limit: float) -> list[dict[str, Any]]:
    """Run one fit up to ``repeats`` times, until the runs have taken ``limit`` seconds together or one has failed."""
    try:
        python = sys.executable if own else environment(name)
    except subprocess.CalledProcessError as error:
        return [{"wall_s": None, "told": f"not installed: {' '.join(map(str, error.cmd[3:]))} failed"}]
    runs: list[dict[str, Any]] = []
    while len(runs) < repeats and sum(run["wall_s"] for run in runs) < limit:
        runs.append(timed(python, OUR_CODE if own else PEER_CODE, name, file, limit))
        if runs[-1]["wall_s"] is None:
            break
    return runs


def kernel(repeats: int) -> dict[str, Any]:
    """Time log-likelihood and gradient over the neighbour list of 85,000 incidents, and compare with float64."""
    from answerable.forecast.neighbours import kernels, neighbours, read, sums

    rng = np.random.default_rng(1)
    n, spots = 85_000, np.random.default_rng(2).uniform(1000, 19_000, (120, 2))
    anywhere = rng.random((n, 1)) < 0.3
    where = np.where(
        anywhere, rng.uniform(0, 20_000, (n, 2)), spots[rng.integers(0, 120, n)] + rng.normal(0, 700, (n, 2))
    )
    hours = np.sort(rng.uniform(0, 4000 * 24, n))
    x, y = where.T.copy()
    build = []
    for _ in range(3):
        began = time.perf_counter()
        near = neighbours(x, y, hours, 1200.0, 150 * 24.0, padded=True)
        build.append(time.perf_counter() - began)
    mu, at = rng.uniform(1e-9, 1e-8, n), (0.3 / (2 * np.pi * 200.0**2 * 240.0), 200.0, 240.0)
    sums(near, mu, *at)
    walls = []
    for _ in range(40 * repeats):
        began = time.perf_counter()
        told = sums(near, mu, *at)
        walls.append(time.perf_counter() - began)
    began = time.perf_counter()
    exact = read(near, mu, *at)
    reference = time.perf_counter() - began
    ours = (told.log_rate, told.near, told.square, told.lag)
    return {
        "compiled": kernels() is not None, "incidents": n, "pairs": near.pairs, "build_s": min(build),
        "best_ms": min(walls) * 1e3, "median_ms": float(np.median(walls)) * 1e3, "numpy_ms": reference * 1e3,
        "error": max(abs(a / b - 1) for a, b in zip(ours, exact[1:], strict=True)),
    }  # fmt: skip


def town(n: int, days: float) -> tuple[Any, Any]:
    """A simulated city of 2,400 cells of 500 m, and ``n`` incidents of it in ``days``."""
    import shapely

    from answerable.place import Area, Grid

    found, _ = city(n, n / days, 7)
    grid = Grid.cover(Area("city", shapely.box(0, 0, 30_000, 20_000), BNG), 500)
    return table(found[:, 0] * 30_000 / SIDE, found[:, 1] * 20_000 / SIDE, found[:, 2] * 24), grid


def refresh(repeats: int) -> list[dict[str, Any]]:
    """Time seven days' forecasts by all experts: from nothing, and a day later with what was learned kept."""
    from answerable.forecast.mixture import Mixture
    from answerable.place import Window

    rows = []
    for n in (4_000, 15_000, 50_000):
        incidents, grid = town(n, 1500)
        runs = []
        for _ in range(repeats):
            at = BEGAN + timedelta(days=1400)
            began = time.perf_counter()
            fitted: Any = Mixture().fit(incidents, grid, at)
            week(fitted, at, Window)
            whole = time.perf_counter() - began
            at += timedelta(days=1)
            began = time.perf_counter()
            fitted.now.move(at)
            week(fitted, at, Window)
            runs.append((time.perf_counter() - began, whole))
        again, whole = np.median(np.array(runs), axis=0)
        rows.append({"incidents": n, "cells": len(grid), "refresh_s": float(again), "from_nothing_s": float(whole)})
    return rows


def week(fitted: Any, at: datetime, window: Any) -> None:
    """Forecast the next seven days, one by one."""
    for day in range(7):
        fitted.predict(window.of_hours(at + timedelta(days=day), 24))


def backtest(workers: int) -> dict[str, Any]:
    """Time 365 daily origins of all experts but boost on 2,400 cells, refitted every 28 days."""
    from answerable.forecast.backtest import run
    from answerable.forecast.chunk import windows_between
    from answerable.forecast.timeline import Timeline
    from answerable.forecast.verdict import verdict
    from answerable.work import Work

    incidents, grid = town(15_000, 1500)
    windows = windows_between(BEGAN + timedelta(days=1100), BEGAN + timedelta(days=1465), 24)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, Work(Path(folder), workers=workers) as work:
        told = verdict(run(Timeline.of(incidents, grid), windows, ("all",), work))
    return {"origins": len(windows), "incidents_tested": told["data"]["incidents"], "cells": len(grid), "workers": workers,
            "wall_s": time.perf_counter() - began}  # fmt: skip


def written(results: dict[str, Any]) -> str:
    """Return the page of all results."""
    lines = ["# Forecasts: speed", "", "Made by `benchmarks/forecast_speed.py`, which says what each job is.", ""]
    if "fits" in results:
        lines += ["## One self-exciting fit, ours and its peers'", "", f"{results['fits']['machine']}; medians.", "",
                  "| incidents | program | wall | runs | said |", "|---|---|---|---|---|"]  # fmt: skip
        for r in results["fits"]["rows"]:
            wall = "none" if r["wall_s"] is None else f"{r['wall_s']:.2f} s"
            lines.append(f"| {r['incidents']:,} | {r['name']} | {wall} | {r['runs']} | {r['told']} |")
        lines += ["", "intensify and hawkes-rs fit times alone and no places; pointpats and \"ours, Knox\" are the Knox test with 99 "
                  "permutations. open_cp is not on the package index; as read elsewhere: 2.6 s for its grid process at 9.7 thousand "
                  "incidents (branching 0.02 to 0.08 where 0.3 is true), 9.4 s for 99 Knox permutations at 1.9 thousand.", ""]  # fmt: skip
    if "kernel" in results:
        k = results["kernel"]
        lines += ["## Log-likelihood and gradient over the neighbour list", "",
                  f"{k['incidents']:,} incidents, {k['pairs']:,} pairs: best {k['best_ms']:.1f} ms, median {k['median_ms']:.1f} ms "
                  f"(NumPy in float64 {k['numpy_ms']:.0f} ms); largest relative error {k['error']:.0e}; list built in "
                  f"{k['build_s']:.2f} s. {k['machine']}.", ""]  # fmt: skip
    if "city" in results:
        lines += ["## A city's forecast", "", "Seven days of the mixture of all experts but `boost`. Refresh: a day later, what was "
                  "learned kept.", "", "| incidents | cells | refresh | from nothing |", "|---|---|---|---|"]  # fmt: skip
        lines += [f"| {r['incidents']:,} | {r['cells']:,} | {r['refresh_s']:.2f} s | {r['from_nothing_s']:.2f} s |"
                  for r in results["city"]["refresh"]]  # fmt: skip
        b = results["city"]["backtest"]
        lines += ["", f"Backtest of {b['origins']} daily origins, all experts but `boost`, {b['cells']:,} cells, {b['workers']} "
                  f"processes: {b['wall_s']:.0f} s. {results['city']['machine']}."]  # fmt: skip
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Run the parts asked for and write the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", default="kernel,city,fits")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--limit", type=float, default=90)
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--try", dest="attempt", type=int, default=0, help="only see that every job runs, on so many")
    asked = parser.parse_args()
    if asked.attempt:
        SIZES["try"] = asked.attempt
        fits(["try"], 1, asked.limit)
        return
    file = RESULTS / "forecast_speed.json"
    results = json.loads(file.read_text()) if file.is_file() else {}
    makers = {
        "kernel": lambda: kernel(asked.repeats),
        "city": lambda: {"refresh": refresh(asked.repeats), "backtest": backtest(min(2, os.cpu_count() or 1))},
        "fits": lambda: {"rows": fits(asked.sizes.split(","), asked.repeats, asked.limit)},
    }
    for part in asked.parts.split(","):
        where = machine()
        results[part] = makers[part]() | {"machine": where}
        file.write_text(json.dumps(results, indent=1) + "\n")
        (RESULTS / "forecast_speed.md").write_text(written(results))
        print(part, json.dumps(results[part])[:2000], flush=True)


if __name__ == "__main__":
    main()
