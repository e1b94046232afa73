"""The one seam to many cores: units of work with a key, whose results are kept, so that a stopped job goes on.

``submit(fn, key, args)`` runs ``fn(*args)`` here, in a pool of processes, or on a Dask cluster (where Dask is
installed). A unit returns named arrays; they are written to ``folder`` under its key and moved into place in one
step, so that a unit is either finished or not there. A key that is there already is not run again: the key must name
everything the result depends on. Nothing else in this house starts a process or imports Dask.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from answerable.errors import UsageError

Arrays = dict[str, NDArray[Any]]
Unit = Callable[..., Arrays]

_KEY = re.compile(r"[A-Za-z0-9._-]{1,200}")
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Pending:
    """A unit handed in: its result is a file that is there once :meth:`path` returns."""

    file: Path
    future: Future[None] | None

    def path(self) -> Path:
        """Wait until the unit is finished and return the file of its arrays; its error is raised here."""
        if self.future is not None:
            self.future.result()
        return self.file

    def result(self) -> Arrays:
        """Wait, and return the unit's arrays."""
        return read_arrays(self.path())


class Work(AbstractContextManager["Work"]):
    """A place to hand units to: ``workers`` processes (1: this one), or a Dask scheduler's address in ``cluster``."""

    def __init__(self, folder: Path, *, workers: int = 1, cluster: str = "") -> None:
        if workers < 1:
            raise UsageError("There must be at least one worker.", where=f"{workers}", fix="Give 1 or more.")
        self.folder = folder
        self.workers = workers
        self.cluster = cluster
        self._pool: Any = None
        folder.mkdir(parents=True, exist_ok=True)

    def submit(self, fn: Unit, key: str, args: tuple[Any, ...]) -> Pending:
        """Hand in a unit; UsageError for a key that is no file name. What is finished already is not run again."""
        if not _KEY.fullmatch(key):
            raise UsageError("This is no key.", where=key, fix="Use letters, digits, dots, dashes and underscores.")
        file = self.folder / f"{key}.npz"
        if file.is_file():
            return Pending(file, None)
        if self.workers == 1 and not self.cluster:
            run_unit(fn, file, args)
            return Pending(file, None)
        return Pending(file, self._executor().submit(run_unit, fn, file, args))

    def _executor(self) -> Any:
        if self._pool is None:
            self._pool = _dask(self.cluster) if self.cluster else _processes(self.workers)
        return self._pool

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True) if not self.cluster else self._pool.close()


def run_unit(fn: Unit, file: Path, args: tuple[Any, ...]) -> None:
    """Run a unit and put its arrays in place, whole or not at all."""
    arrays = fn(*args)
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    with part.open("wb") as out:
        np.savez(out, allow_pickle=False, **arrays)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def read_arrays(file: Path) -> Arrays:
    """Return the arrays of a finished unit."""
    with np.load(file, allow_pickle=False) as stored:
        return {name: stored[name] for name in stored.files}


def _processes(workers: int) -> ProcessPoolExecutor:
    # Workers are started anew (a forked Polars can hang), each on one thread: their number is the parallelism.
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(_ONE_THREAD)
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_master)
    for future in [pool.submit(os.getpid) for _ in range(workers)]:
        future.result()
    for name, value in before.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)
    return pool


def _end_with_master() -> None:
    """End this worker when the process that started it is gone: killed, it cannot say that there is no more to do."""

    def watch() -> None:
        master = multiprocessing.parent_process()
        if master is not None:
            master.join()
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _dask(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise UsageError(
            "A cluster needs Dask, which is not installed.",
            where=address,
            fix="Install the extra: pip install 'answerable[cluster]'.",
        ) from error
    return distributed.Client(address)
