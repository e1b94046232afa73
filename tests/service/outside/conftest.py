"""Witnesses as real processes on loopback, which a test can kill, and a workspace that asks them."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from answerable.clock import FixedClock
from answerable.record.keys import Key
from answerable.service.witness_folder import make_witness, open_witness
from answerable.web.listening import listen
from answerable.web.witness import witness_app

_START = "from answerable.web.witness import serve_witness; from pathlib import Path; import sys; "
_START += "serve_witness(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]), ready=lambda url: print(url, flush=True))"


@dataclass
class RunningWitness:
    """A witness in a process of its own; ``url`` stays the same when it is started again."""

    folder: Path
    keys: tuple[Key, ...]
    url: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def vkey(self) -> str:
        return self.keys[0].vkey

    @property
    def name(self) -> str:
        return self.keys[0].name

    def start(self) -> RunningWitness:
        port = self.url.rpartition(":")[2] or "0"
        command = [sys.executable, "-c", _START, str(self.folder), port]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url, "the witness did not start"
        for _ in range(200):
            with contextlib.suppress(httpx.TransportError):
                httpx.get(f"{self.url}/none/checkpoint", timeout=1)
                return self
            time.sleep(0.02)
        raise AssertionError("the witness does not answer")

    def kill(self) -> None:
        """End it as a power cut would: at once, without a word."""
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def ask(self, body: str) -> httpx.Response:
        return httpx.post(f"{self.url}/add-checkpoint", content=body.encode(), timeout=10)


@pytest.fixture
def new_witness(tmp_path: Path) -> Iterator[Callable[..., RunningWitness]]:
    """Makes a witness of that name for the logs with these keys, and starts it; all are ended afterwards."""
    made: list[RunningWitness] = []

    def make(name: str, *vkeys: str) -> RunningWitness:
        folder = tmp_path / "witnesses" / name
        folder.parent.mkdir(exist_ok=True)
        made.append(RunningWitness(folder, make_witness(folder, f"{name}.example/witness", vkeys)))
        return made[-1].start()

    yield make
    for one in made:
        one.kill()


@pytest.fixture
def timed_witness(tmp_path: Path, clock: FixedClock) -> Iterator[Callable[..., RunningWitness]]:
    """Makes a witness that answers on loopback too, in this process, and tells the time by the test's clock."""
    with contextlib.ExitStack() as stack:

        def make(name: str, *vkeys: str) -> RunningWitness:
            folder = tmp_path / "timed" / name
            folder.parent.mkdir(exist_ok=True)
            keys = make_witness(folder, f"{name}.example/witness", vkeys)
            opened = stack.enter_context(open_witness(folder, lambda: int(clock.now().timestamp())))
            taken = stack.enter_context(listen("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(witness_app(opened), log_level="warning", lifespan="off"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(setattr, server, "should_exit", True)
            return RunningWitness(folder, keys, f"http://127.0.0.1:{taken.getsockname()[1]}")

        yield make


@pytest.fixture
def ask_witnesses() -> Callable[..., None]:
    """Writes into a workspace's settings which witnesses it asks, and how many of them must have signed."""

    def write(folder: Path, quorum: int, *witnesses: Any, more: str = "") -> None:
        path = folder / "answerable.toml"
        kept = path.read_text(encoding="utf8").split("\n[witnesses]")[0]
        lines = [f"\n[witnesses]\nquorum = {quorum}\ntimeout_s = 5\n{more}"]
        named = [(one.folder.name, one.vkey, one.url) for one in witnesses]
        lines += [f'[[witness]]\nname = "{name}"\nvkey = "{vkey}"\nurl = "{url}"\n' for name, vkey, url in named]
        path.write_text(kept + "\n".join(lines), encoding="utf8")

    return write
