"""A witness over HTTP: two addresses and nothing else, as C2SP tlog-witness says."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from answerable.record.witness import MAX_REQUEST_BYTES, TEXT
from answerable.service.witness_folder import WitnessFolder, open_witness
from answerable.web.listening import listen

WITNESS_PORT = 8010


def witness_app(witness: WitnessFolder) -> ASGIApp:
    """Return the witness as a site: ``POST /add-checkpoint`` for logs, ``GET /<hash>/checkpoint`` for monitors."""

    async def add_checkpoint(request: Request) -> Response:
        raw = b""
        async for part in request.stream():
            raw += part
            if len(raw) > MAX_REQUEST_BYTES:
                return Response("The request is too long.\n", 400, media_type=TEXT)
        try:
            found = await run_in_threadpool(witness.ask, raw)
        except OSError:
            return Response("The head could not be kept, so it is not cosigned.\n", 500, media_type=TEXT)
        # Set by hand, because the specification names the type without a character set.
        return Response(found.body, found.status, {"Content-Type": found.type})

    async def newest(request: Request) -> Response:
        note = await run_in_threadpool(witness.served, f"{request.path_params['log']}/checkpoint")
        if note is None:
            return Response("This witness has cosigned no head of that log.\n", 404, media_type=TEXT)
        return Response(note, headers={"Cache-Control": "no-store"}, media_type=TEXT)

    return Starlette(
        routes=[
            Route("/add-checkpoint", add_checkpoint, methods=["POST"]),
            Route("/{log}/checkpoint", newest, methods=["GET"]),
        ]
    )


def serve_witness(folder: Path, host: str, port: int, *, ready: Callable[[str], None] | None = None) -> None:
    """Serve the witness in ``folder`` until stopped; ``ready`` is told its address once it is taken."""
    import uvicorn

    with open_witness(folder, lambda: int(time.time())) as witness, listen(host, port) as taken:
        if ready:
            ready(f"http://{host}:{taken.getsockname()[1]}")
        config = uvicorn.Config(witness_app(witness), log_level="warning", server_header=False, lifespan="off")
        uvicorn.Server(config).run(sockets=[taken])
