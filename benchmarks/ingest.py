"""Measure the bulk scan of police.uk files against pandas 3 doing the same job, and against the floor of a bare read.

The job: read the file; reject a bad month, an unknown crime type, a missing place and a place out of bounds, each
counted; turn month, type, outcome and Crime ID into numbers; project every place to whole metres of the British
National Grid and its 250 m cell; write the good rows as Parquet (zstd, level 1); count by month, cell and type, and
write that too. Every engine runs in a process of its own and must report the same counts; peak memory is the process's.

    python benchmarks/ingest.py                      the figures of results/ingest.md (about ten minutes)
    python benchmarks/ingest.py --rows 1000000       a first impression
    python benchmarks/ingest.py --growth             also three times the rows, for the growth of memory

pandas and pyarrow are no dependency of this project: they live in .venv-bench, made here from requirements/bench.txt.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CELL_M = 250
MONTH_NAMES = [f"{year}-{month:02d}" for year in range(2010, 2100) for month in range(1, 13)][11:]
NAMES = {
    "answerable": "`scan_street`",
    "pandas": "pandas, its own reader",
    "pandas-pyarrow": "pandas, pyarrow reader",
    "floor": "Polars, one column read, nothing else",
}


def run_answerable(source: Path, out: Path) -> Callable[[], dict[str, Any]]:
    """Run the scan; what is returned reads the counts back, after the measurement."""
    from answerable.incidents.scan import count_repeats, scan_street

    summary = scan_street(source, out, cell_m=CELL_M)

    def result() -> dict[str, Any]:
        import polars as pl

        start = time.perf_counter()
        count_repeats(out)
        second_pass = time.perf_counter() - start
        counts = pl.read_parquet(out / "counts" / "*.parquet").select("month", "cell", "kind", "n")
        return {
            "read": summary.read,
            "rejected": list(summary.rejected.values()),
            "groups": counts.height,
            "digest": _digest(*(counts[name].to_numpy() for name in counts.columns)),
            "written": _size(out),
            "second_pass": second_pass,
        }

    return result


def run_floor(source: Path, _: Path) -> Callable[[], dict[str, Any]]:
    """Read one column of the file with the engine the scan uses: nothing that reads the file can be faster."""
    import polars as pl

    header = source.open().readline().strip().split(",")
    lazy = pl.scan_csv(source, schema=dict.fromkeys(header, pl.String))
    read = lazy.select(pl.col("Month").str.len_bytes().count() + pl.col("Month").null_count())
    rows = read.collect(engine="streaming").item()
    return lambda: {"read": rows}


def run_pandas(source: Path, out: Path, reader: str = "c") -> Callable[[], dict[str, Any]]:
    """Do the same job the way a good pandas user would: vectorised throughout, everything in memory."""
    import numpy as np
    import pandas as pd
    from answerable_codes import OUTCOMES, TYPES
    from pyproj import Transformer

    out.mkdir()
    text = ["Crime ID", "Month", "Crime type", "Last outcome category"]
    dtypes = dict.fromkeys(text, "str") | {"Longitude": "float64", "Latitude": "float64"}
    frame = pd.read_csv(source, usecols=list(dtypes), dtype=dtypes, engine=reader)
    n = len(frame)
    month = pd.Index(MONTH_NAMES).get_indexer(frame["Month"])
    kind = pd.Index(TYPES).get_indexer(frame["Crime type"])
    outcome = pd.Index(OUTCOMES).get_indexer(frame["Last outcome category"]) + 1
    outcome = np.where((outcome == 0) & frame["Last outcome category"].notna(), 255, outcome)
    lon, lat = frame["Longitude"].to_numpy(), frame["Latitude"].to_numpy()
    near = (lon > -12) & (lon < 6) & (lat > 48) & (lat < 63)
    bad = [month < 0, kind < 0, np.isnan(lon) | np.isnan(lat), ~near]
    reasons = np.select(bad, [0, 1, 2, 3], 4)
    passing = np.flatnonzero(reasons == 4)
    x, y = (np.floor(v) for v in Transformer.from_pipeline(_pipeline()).transform(lon[passing], lat[passing]))
    on_grid = (x >= 0) & (x < 700_000) & (y >= 0) & (y < 1_300_000)
    reasons[passing[~on_grid]] = 3
    passing, x, y = passing[on_grid], x[on_grid].astype("int32"), y[on_grid].astype("int32")
    crime_id = frame["Crime ID"].iloc[passing]
    known = crime_id.notna().to_numpy()
    # The quickest way found from hexadecimal text to numbers: one text, one decode.
    digits = np.zeros(len(passing), "uint64")
    digits[known] = np.frombuffer(bytes.fromhex("".join(crime_id[known].str[:16])), ">u8")
    rows = pd.DataFrame(
        {
            "crime_id": pd.array(digits, dtype="UInt64"),
            "month": (month[passing] + 2010 * 12 + 11).astype("int16"),
            "kind": kind[passing].astype("uint8"),
            "outcome": outcome[passing].astype("uint8"),
            "x": x,
            "y": y,
            "cell": (y // CELL_M * 65_536 + x // CELL_M).astype("uint32"),
        }
    )
    rows.loc[~known, "crime_id"] = pd.NA
    rows.to_parquet(out / "rows.parquet", compression="zstd", compression_level=1, index=False)
    counts = rows.groupby(["month", "cell", "kind"]).size().reset_index(name="n")
    counts.to_parquet(out / "counts.parquet", compression="zstd", compression_level=1, index=False)
    return lambda: {
        "read": n,
        "rejected": np.bincount(reasons, minlength=5)[:4].tolist(),
        "groups": len(counts),
        "digest": _digest(*(counts[name].to_numpy() for name in ("month", "cell", "kind", "n"))),
        "written": _size(out),
    }


ENGINES: dict[str, Callable[[Path, Path], Callable[[], dict[str, Any]]]] = {
    "answerable": run_answerable,
    "pandas": run_pandas,
    "pandas-pyarrow": lambda source, out: run_pandas(source, out, "pyarrow"),
    "floor": run_floor,
}


def _pipeline() -> str:
    return os.environ["ANSWERABLE_BENCH_PIPELINE"]


def _digest(*columns: Any) -> str:
    import hashlib

    whole = hashlib.sha256()
    for column in columns:
        whole.update(column.astype("int64").tobytes())
    return whole.hexdigest()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def child(engine: str, source: Path, out: Path) -> None:
    """Import, then do the job once under the clock, and print what was measured as JSON."""
    if engine.startswith("pandas"):
        import pandas  # noqa: F401
        import pyarrow.parquet  # noqa: F401
        import pyproj  # noqa: F401
    else:
        import polars  # noqa: F401

        import answerable.incidents.scan  # noqa: F401
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    result = ENGINES[engine](source, out)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    # Kilobytes on Linux, bytes on macOS.
    peak = after.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": peak, **result()}))


def measure(engine: str, source: Path, python: Path, folder: Path) -> dict[str, Any]:
    """Run one engine once in a process of its own, in an empty folder that is removed again."""
    from answerable.place.projection import _NATIONAL_GRID_PIPELINE

    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    environment = os.environ | {"ANSWERABLE_BENCH_PIPELINE": _NATIONAL_GRID_PIPELINE, "PYTHONPATH": str(folder)}
    command = [str(python), str(HERE / "ingest.py"), "--child", engine, str(source), str(out)]
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    shutil.rmtree(out, ignore_errors=True)
    return dict(json.loads(done.stdout))


def peer_python() -> Path:
    """Return the Python that has pandas, making its environment the first time."""
    folder = ROOT / ".venv-bench"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print("Making .venv-bench (pandas, pyarrow) ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        locked = ["--require-hashes", "-r", str(ROOT / "requirements" / "bench.txt")]
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *locked], check=True)
    return python


def compare(rows: int, points: int, runs: dict[str, int], folder: Path, peer: Path) -> dict[str, list[dict[str, Any]]]:
    """Make one file and run each engine as often as asked, in turns, so that a busy minute hits them all."""
    from make_police_uk import make

    from answerable.incidents.street import OUTCOMES, TYPES

    source = folder / "street.csv"
    print(f"Making {rows:,} rows ...", file=sys.stderr)
    make(source, rows, points=points)
    (folder / "answerable_codes.py").write_text(f"TYPES = {list(TYPES)!r}\nOUTCOMES = {list(OUTCOMES)!r}\n")
    found: dict[str, list[dict[str, Any]]] = {engine: [] for engine, n in runs.items() if n}
    for turn in range(max(runs.values())):
        for engine, results in found.items():
            if turn < runs[engine]:
                python = peer if engine.startswith("pandas") else Path(sys.executable)
                results.append(measure(engine, source, python, folder))
                print(f"  {engine}: {results[-1]['wall']:.2f} s", file=sys.stderr)
    full = [r for engine, results in found.items() if engine != "floor" for r in results]
    for name in ("read", "rejected", "groups", "digest"):
        if any(result[name] != full[0][name] for result in full):
            raise SystemExit(f"the engines do not agree on {name}: {[result[name] for result in full]}")
    source.unlink()
    return found


def table(title: str, found: dict[str, list[dict[str, Any]]]) -> str:
    """Write one comparison as a Markdown section: medians, with the range of the wall time."""
    ours = statistics.median(r["wall"] for r in found["answerable"])
    result = found["answerable"][0]
    good = result["read"] - sum(result["rejected"])
    rejected = " / ".join(f"{n:,}" for n in result["rejected"])
    lines = [
        f"## {title}",
        "",
        f"{result['read']:,} rows read, {good:,} kept; rejected {rejected}",
        "(bad month / unknown crime type / missing place / place out of bounds);",
        f"{result['groups']:,} counts by month, cell and type. Every engine agrees on all of them.",
        "",
        "| engine | runs | wall s, median (range) | CPU s | rows/s | peak MB | written MB | wall, ours = 1 |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for engine, results in found.items():
        wall = [r["wall"] for r in results]
        middle = statistics.median(wall)
        cpu, peak = (statistics.median(r[key] for r in results) for key in ("cpu", "peak_mb"))
        written = f"{results[0]['written'] / 1e6:,.0f}" if "written" in results[0] else ""
        lines.append(
            f"| {NAMES[engine]} | {len(results)} | {middle:.2f} ({min(wall):.2f} to {max(wall):.2f}) | {cpu:.1f} "
            f"| {result['read'] / middle / 1e6:.2f} M | {peak:,.0f} | {written} | {middle / ours:.2f} |"
        )
    again = statistics.median(r["second_pass"] for r in found["answerable"])
    lines += ["", f"Second pass, repeated Crime IDs over the slim Parquet: {again:.2f} s, not in the figures above."]
    return "\n".join([*lines, ""])


def machine(peer: Path) -> str:
    """Say what it ran on: date, cores, memory, processor, load before, versions."""
    model = platform.processor() or platform.machine()
    if (info := Path("/proc/cpuinfo")).exists():
        model = next((li.split(":", 1)[1].strip() for li in info.read_text().splitlines() if "model name" in li), model)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    ours = {name: importlib.metadata.version(name) for name in ("polars", "numpy", "pyproj")}
    names = "pandas", "pyarrow", "numpy", "pyproj"
    ask = f"import importlib.metadata as m; print(*(n + ' ' + m.version(n) for n in {names}), sep=', ')"
    theirs = subprocess.run([str(peer), "-c", ask], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC. {os.cpu_count()} cores ({model}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, load before: {os.getloadavg()[0]:.2f}"
        f"{' (busy: read the CPU seconds, not the wall)' if os.getloadavg()[0] > 0.5 else ''}.\n"
        f"Python {platform.python_version()}, {', '.join(f'{k} {v}' for k, v in ours.items())}. Peer: {theirs}."
    )


def main() -> None:
    """Read the command line, measure, print and write the tables."""
    parser = argparse.ArgumentParser(description="Measure the bulk scan against pandas.")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5, help="runs of the scan and of the floor")
    parser.add_argument("--peer-runs", type=int, default=3, help="runs of each pandas reader")
    parser.add_argument("--growth", action="store_true", help="scan three times the rows as well")
    parser.add_argument("--write", type=Path, default=HERE / "results" / "ingest.md", help="where the tables go")
    parser.add_argument("--child", nargs=3, metavar=("ENGINE", "SOURCE", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        engine, source, out = given.child
        child(engine, Path(source), Path(out))
        return
    peer = peer_python()
    parts = ["# The bulk scan of police.uk files", "", machine(peer), "Written by `benchmarks/ingest.py`.", ""]
    runs = {"floor": given.runs, "answerable": given.runs, "pandas-pyarrow": given.peer_runs, "pandas": given.peer_runs}
    with tempfile.TemporaryDirectory(prefix="answerable-ingest-") as name:
        folder = Path(name)
        found = compare(given.rows, 750_000, runs, folder, peer)
        parts.append(table("Places as published: 750,000 map points", found))
        distinct = compare(given.rows, 0, runs | {"floor": 0}, folder, peer)
        parts.append(table("Every place different (no such file exists)", distinct))
        if given.growth:
            alone = {"answerable": 1}
            big = compare(3 * given.rows, 750_000, alone, folder, peer)["answerable"][0]["peak_mb"]
            small = statistics.median(r["peak_mb"] for r in found["answerable"])
            parts.append(
                f"Three times the rows: peak {big:,.0f} MB against {small:,.0f} MB, {big / small:.2f} times as much.\n"
            )
    text = "\n".join(parts)
    print(text)
    given.write.parent.mkdir(exist_ok=True)
    given.write.write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
