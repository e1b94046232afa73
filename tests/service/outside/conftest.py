"""Witnesses as real processes on loopback, which a test can kill, and a workspace that asks them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from answerable.clock import FixedClock
from answerable.service.witness_folder import make_witness, open_witness
from answerable.web.listening import listen
from answerable.web.witness import witness_app
from witness_server import WitnessServer, ask_of


@pytest.fixture
def new_witness(tmp_path: Path) -> Iterator[Callable[..., WitnessServer]]:
    """Makes a witness of that name for the logs with these keys, and starts it; all are ended afterwards."""
    made: list[WitnessServer] = []

    def make(name: str, *vkeys: str) -> WitnessServer:
        folder = tmp_path / "witnesses" / name
        folder.parent.mkdir(exist_ok=True)
        made.append(WitnessServer(folder, make_witness(folder, f"{name}.example/witness", vkeys)))
        return made[-1].start()

    yield make
    for one in made:
        one.kill()


@pytest.fixture
def timed_witness(tmp_path: Path, clock: FixedClock) -> Iterator[Callable[..., WitnessServer]]:
    """Makes a witness that answers on loopback too, in this process, and tells the time by the test's clock."""
    with contextlib.ExitStack() as stack:

        def make(name: str, *vkeys: str) -> WitnessServer:
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
            return WitnessServer(folder, keys, f"http://127.0.0.1:{taken.getsockname()[1]}")

        yield make


@pytest.fixture
def ask_witnesses() -> Callable[..., None]:
    """Writes into a workspace's settings which witnesses it asks, and how many of them must have signed."""

    def write(folder: Path, quorum: int, *witnesses: WitnessServer, more: str = "") -> None:
        ask_of(folder, quorum, witnesses, more)

    return write
