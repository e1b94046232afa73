#!/usr/bin/env python3
"""A PostgreSQL server for a while: made from the system's binaries, on this machine alone, gone when it is let go of.

``python tools/postgres_server.py`` runs one until Ctrl-C and prints its address. Tests, benchmarks and the fault rounds
use it too. PostgreSQL refuses to run as root, so root runs it as the user ``postgres``.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

START_SECONDS = 60
QUICKER = ("shared_buffers=32MB", "max_connections=60", "log_min_messages=fatal")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine, None where there is none."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    folders.sort(key=lambda folder: float(folder.parent.name))
    if not folders and (found := shutil.which("initdb")):
        folders = [Path(found).resolve().parent]
    return folders[-1] if folders else None


@dataclass
class Server:
    """A server on ``port``, its data in ``folder``; ``url`` is the address of its first database."""

    programs: Path
    folder: Path
    port: int
    log: Path = field(init=False)
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.log = self.folder / "log"

    @property
    def url(self) -> str:
        """The address to connect to, as the one who may do everything."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def make(self) -> None:
        """Make the data folder."""
        made = [str(self.programs / "initdb"), "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust"]
        self._run([*made, "-E", "UTF8", "--no-locale", "--no-sync"])

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = [part for one in QUICKER for part in ("-c", one)]
        place = ["-D", str(self.folder / "data"), "-p", str(self.port), "-k", str(self.folder)]
        command = [*_as_nobody(), str(self.programs / "postgres"), *place, "-h", "127.0.0.1", *settings]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, start_new_session=True)
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > end or self.process.poll() is not None:
                    raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text()[-2000:]}") from None
                time.sleep(0.05)

    def kill(self) -> None:
        """End the server and all its processes at once, as a crash would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            # What the killed server leaves would keep a new one from starting while its number is taken again.
            (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """End the server without waiting for those who are connected."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(START_SECONDS)

    def _run(self, command: list[str]) -> None:
        done = subprocess.run([*_as_nobody(), *command], capture_output=True, cwd=self.folder, check=False)
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr.decode()}")


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """Run a new server in a folder of its own; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="answerable-postgres-"))
    server = Server(programs, folder, _free_port())
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        server.make()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_nobody() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def main() -> int:
    """Run a server until Ctrl-C."""
    programs = binaries()
    if programs is None:
        print("There is no PostgreSQL here: make system.", file=sys.stderr)
        return 1
    with running(programs) as server:
        print(server.url, flush=True)
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    return 0


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    sys.exit(main())
