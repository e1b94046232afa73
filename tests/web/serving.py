"""A site of ours on a free port of this machine, for tests that drive a real browser."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from answerable.web.listening import listen


@contextmanager
def running(app: ASGIApp, name: str = "127.0.0.1") -> Iterator[str]:
    """Serve ``app`` and give its address, under ``name``: a passkey is bound to one, and takes no number."""
    taken = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://{name}:{taken.getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)
    taken.close()
