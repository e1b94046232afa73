"""A sweep gives one file wherever it runs, goes on after a kill, and refuses what cannot be meant before it starts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from answerable.cli.main import app
from answerable.errors import InputError, UsageError
from answerable.lab import load_parameters
from answerable.lab.sweep import read_sweep, run_sweep

TOWN = """\
title: A town
question: Does answering every report help in a town?
places: 60
events_per_year: 90
each_knows: 10
policies:
  - {name: never, send: [never]}
  - {name: after events, send: [after-events]}
"""
SWEEP = """\
scenario: town.yaml
replicates: 6
chunk: 2
seed: 5
vary:
  branching: [0.05, 0.3]
  patrol_effect: {low: 0, high: 0.8, steps: 2}
"""
COMMAND = "import sys; from answerable.cli.main import run; sys.exit(run())"
_WAIT_S = 90


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "town.yaml").write_text(TOWN, encoding="utf-8")
    (tmp_path / "sweep.yaml").write_text(SWEEP, encoding="utf-8")
    return tmp_path / "sweep.yaml"


@pytest.fixture
def long(file: Path) -> Path:
    """Forty chunks of a tenth of a second or so each."""
    file.write_text(SWEEP.replace("replicates: 6\nchunk: 2", "replicates: 60\nchunk: 6"), encoding="utf-8")
    return file


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "lab", "sweep", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def finished(folder: Path) -> list[Path]:
    return sorted((folder / "chunks").glob("[!.]*.npz"))


def wait_until(condition, what: str) -> None:
    end = time.monotonic() + _WAIT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)


def serial(file: Path) -> bytes:
    return run_sweep(read_sweep(file, load_parameters()), file.parent / "serial").file.read_bytes()


def test_every_point_replicate_and_policy_has_its_row_and_says_that_it_is_simulated(file) -> None:
    told = []
    plan = read_sweep(file, load_parameters())
    done = run_sweep(plan, file.parent / "out", tell=lambda *said: told.append(said[:2]))
    found = pl.read_parquet(done.file)
    assert len(found) == 4 * 6 * 2 == done.runs * 2
    assert set(found["kind"]) == {"simulated"}
    assert pl.read_parquet_metadata(done.file)["kind"] == "simulated"
    assert (found.filter(policy="never")["prevented"] == 0).all()
    # Common random numbers: without a policy nothing depends on what patrols would do.
    still = found.filter(policy="never")
    by_effect = [still.filter(patrol_effect=effect)["events"].to_list() for effect in (0.0, 0.8)]
    assert by_effect[0] == by_effect[1]
    helped = found.filter(policy="after events", patrol_effect=0.8)["prevented"].sum()
    assert helped > found.filter(policy="after events", patrol_effect=0.0)["prevented"].sum()
    assert (12, 12) in told


def test_finished_chunks_are_not_run_again_and_a_changed_sweep_is_another(file) -> None:
    plan, out = read_sweep(file, load_parameters()), file.parent / "out"
    first = run_sweep(plan, out)
    made = {path: path.stat().st_mtime_ns for path in finished(out)}
    again = run_sweep(plan, out)
    assert (first.before, again.before, again.chunks) == (0, 12, 12)
    assert {path: path.stat().st_mtime_ns for path in finished(out)} == made
    other = read_sweep(file, load_parameters().changed(reporting=0.6))
    assert run_sweep(other, out).before == 0


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_a_killed_sweep_goes_on_where_it_was(long) -> None:
    out = long.parent / "out"
    killed = start(str(long), "--out", str(out), "--workers", "2")
    wait_until(lambda: len(finished(out)) >= 3, "three chunks")
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(_WAIT_S)
    # Workers whose master is gone end with it.
    wait_until(lambda: not group_lives(killed.pid), "the end of its workers")
    killed.communicate()
    made = {path: path.stat().st_mtime_ns for path in finished(out)}
    assert 3 <= len(made) < 40
    assert not (out / "results.parquet").exists()
    done = start(str(long), "--out", str(out), "--workers", "2", "--json")
    said, complained = done.communicate(timeout=_WAIT_S)
    assert done.returncode == 0, complained
    assert json.loads(said)["finished_before"] == len(made)
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert (out / "results.parquet").read_bytes() == serial(long)


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_a_lost_worker_is_named_and_costs_nothing_that_was_finished(long) -> None:
    out = long.parent / "out"
    running = start(str(long), "--out", str(out), "--workers", "2")
    wait_until(lambda: len(finished(out)) >= 2, "two chunks")
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text(encoding="ascii").split()
    worker = next(pid for pid in map(int, children) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes())
    os.kill(worker, signal.SIGKILL)
    _, complained = running.communicate(timeout=_WAIT_S)
    assert running.returncode == UsageError.exit_code
    assert "A worker was lost" in complained
    kept = len(finished(out))
    plan = read_sweep(long, load_parameters())
    assert run_sweep(plan, out).before == kept >= 2


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is of POSIX")
def test_a_cluster_that_loses_a_worker_gives_the_same_file(long) -> None:
    """A real scheduler and two workers, each a process of its own; one is killed in the middle."""
    where = long.parent / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": long.parent}
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--no-show", "--port", "0",
            "--host", "127.0.0.1", "--scheduler-file", str(where)]  # fmt: skip
    work = [sys.executable, "-m", "distributed.cli.dask_worker", "--scheduler-file", str(where), "--no-nanny",
            "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]  # fmt: skip
    running = [subprocess.Popen(dask, **quiet)]
    try:
        wait_until(where.is_file, "a scheduler")
        running += [subprocess.Popen([*work, "--name", str(k)], **quiet) for k in range(2)]
        address = json.loads(where.read_text(encoding="utf-8"))["address"]
        out = long.parent / "out"
        sweep = start(str(long), "--out", str(out), "--cluster", address, "--json")
        running.append(sweep)
        wait_until(lambda: len(finished(out)) >= 3 or sweep.poll() is not None, "three chunks")
        assert sweep.poll() is None, sweep.communicate()
        running[1].kill()
        said, complained = sweep.communicate(timeout=_WAIT_S)
        assert sweep.returncode == 0, complained
        assert json.loads(said)["chunks"] == 40
        assert (out / "results.parquet").read_bytes() == serial(long)
    finally:
        for process in running:
            process.kill()
            process.wait()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "no address"])
def test_a_cluster_that_is_not_there_is_named(file, address) -> None:
    impatient = os.environ | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "lab", "sweep", str(file), "--cluster", address],
        capture_output=True, text=True, env=impatient, check=False, timeout=_WAIT_S,
    )  # fmt: skip
    assert done.returncode == UsageError.exit_code, done.stderr
    assert "the cluster cannot be reached" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_without_dask_the_extra_is_named(file, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"answerable\[cluster\]"):
        run_sweep(read_sweep(file, load_parameters()), file.parent / "out", cluster="tcp://127.0.0.1:9")


WRONG = {
    "a billion runs": ("replicates: 6", "replicates: 1000000000", "runs can be meant"),
    "a grid without end": ("steps: 2", "steps: 1000000000000", "points"),
    "an unknown scenario": ("town.yaml", "no-such", "There is no scenario"),
    "an unknown parameter": ("branching", "branchings", "no such parameter"),
    "a branching ratio of 1": ("[0.05, 0.3]", "[0.05, 1.0]", "must stay below 1"),
    "a negative rate": ("[0.05, 0.3]", "[-0.05, 0.3]", "must not be negative"),
    "a probability over 1": ("high: 0.8", "high: 1.8", "cannot exceed 1"),
    "nothing to vary": ("branching: [0.05, 0.3]", "branching: []", "vary"),
    "a word for a number": ("[0.05, 0.3]", "[low, high]", "vary.branching"),
    "not a number": ("[0.05, 0.3]", "[.nan, 0.3]", "branching"),
    "an unknown entry": ("seed: 5", "seeds: 5", "There is no entry 'seeds'"),
    "no replicates": ("replicates: 6", "replicates: 0", "replicates"),
}


@pytest.mark.parametrize("defect", WRONG)
def test_what_cannot_be_meant_is_named_before_anything_starts(file, defect) -> None:
    old, new, said = WRONG[defect]
    file.write_text(SWEEP.replace(old, new), encoding="utf-8")
    failed = CliRunner().invoke(app, ["lab", "sweep", str(file)]).exception
    assert isinstance(failed, InputError | UsageError)
    assert said in str(failed)
    assert not file.with_suffix("").exists()


def test_a_sweep_may_not_vary_what_its_scenario_sets(file) -> None:
    (file.parent / "town.yaml").write_text(f"{TOWN}change: {{branching: 0.1}}\n", encoding="utf-8")
    with pytest.raises(InputError, match="sets what is to be varied"):
        read_sweep(file, load_parameters())


def test_a_folder_that_cannot_be_written_is_named(file) -> None:
    with pytest.raises(UsageError, match="no writing here"):
        run_sweep(read_sweep(file, load_parameters()), Path("/proc/no-such"))
