"""Run the sites: the public one from ``public/`` alone, the staff one from the workspace, each a process of its own."""

from __future__ import annotations

import gc
import multiprocessing
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from starlette.types import ASGIApp

from answerable.clock import SystemClock
from answerable.errors import AnswerableError, UsageError
from answerable.record.errors import RecordError
from answerable.service.responses_inbox import FOLDER as RESPONSES
from answerable.service.settings import FILE as SETTINGS
from answerable.service.settings import read_settings
from answerable.service.starting import refuse_unsafe_start
from answerable.service.workspace import clock_of, open_workspace
from answerable.web.listening import listen
from answerable.web.staff_settings import read_staff_settings

PUBLIC_PORT, STAFF_PORT = 8000, 8001
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
Ready = Callable[[str], None]


def serve_public(workspace: Path, host: str, port: int, *, ready: Ready | None = None) -> None:
    """Serve the public site of a workspace until stopped.

    Of the workspace it reads only the public folder; answers to consultations are put into ``responses/`` beside it.

    ``ready`` is told the address once it is taken. UsageError where it cannot be.
    """
    app = _public(workspace)
    _run(app, _taken(host, port, ready))


def serve_staff(workspace: Path, host: str, port: int, *, ready: Ready | None = None) -> None:
    """Serve the staff site until stopped.

    UsageError for an address that others can reach where ``staff.toml`` does not name the TLS address that leads to it.
    """
    kind = read_settings(workspace).kind
    if host not in _LOOPBACK and not read_staff_settings(workspace, kind).origin:
        raise UsageError(
            "Without an address of its own behind TLS the staff site answers on this machine only.",
            where=f"--host {host}",
            fix='Write origin = "https://..." into staff.toml of the workspace, or use 127.0.0.1.',
        )
    # A time that this kind of workspace cannot be told is refused before anything is served.
    clock_of(kind)
    with open_workspace(workspace) as opened:
        refuse_unsafe_start(opened)
    _run_staff(workspace, _taken(host, port, ready))


def serve_both(workspace: Path, *, ready: Callable[[], None] | None = None) -> None:
    """Serve the public site on port 8000 and the staff site on 8001 until one of them stops or Ctrl-C.

    ``ready`` is called once both addresses are taken. UsageError where one of them cannot be.
    """
    app = _public(workspace)
    with listen("127.0.0.1", PUBLIC_PORT) as public, listen("127.0.0.1", STAFF_PORT) as private:
        if ready:
            ready()
        staff = multiprocessing.get_context("spawn").Process(target=_beside, args=(workspace, private), daemon=True)
        staff.start()
        private.close()
        try:
            _run(app, public)
        finally:
            staff.terminate()
            staff.join()


def _public(workspace: Path) -> ASGIApp:
    from answerable.web.app import public_app
    from answerable.web.contents import ContentsReader
    from answerable.web.making import Maker
    from answerable.web.reading import PublicReader
    from answerable.web.site import warm

    public = workspace / "public"
    # The kind is in the log's origin line, so that the public folder alone says whether this is a simulation.
    clock = clock_of(PublicReader(public, SystemClock())().kind)
    made, contents = Maker(), ContentsReader(public)
    read = PublicReader(public, clock, watch=SystemClock(), prepare=lambda view: made.prepare(view, contents(view)))
    # A folder without a record, or without its rules, is better told of now than to the first visitor; and what takes
    # long the first time, such as reading a template, is done before there is one.
    warm(read(), contents)
    # The record stays as it was read: looking through it for what can be thrown away would stop all visitors each time.
    gc.freeze()
    # A copy of the public folder is no workspace: nobody would ever enter what was answered there.
    inbox = workspace / RESPONSES if (workspace / SETTINGS).is_file() else None
    return public_app(read, public, contents, made, inbox)


def _beside(workspace: Path, listening: socket.socket) -> None:
    # In a terminal Ctrl-C reaches every process at once: this one has nothing to add.
    with suppress(KeyboardInterrupt):
        _run_staff(workspace, listening)


def _run_staff(workspace: Path, listening: socket.socket) -> None:
    from answerable.service.beating import Beating
    from answerable.service.case_board import CaseBoard
    from answerable.web.desk import public_reader
    from answerable.web.staff import staff_app

    clock = clock_of(read_settings(workspace).kind)
    read, board = public_reader(workspace, clock), CaseBoard()
    # A record that cannot be read is told of on every page, and staff can still work.
    with suppress(AnswerableError, RecordError, OSError):
        read()
        with open_workspace(workspace, clock) as opened:
            board.cases(opened)
    app = staff_app(workspace, clock, read=read, board=board)
    # As above: what was read of thousands of cases is not looked through for what can be thrown away.
    gc.freeze()
    with Beating(workspace, clock):
        _run(app, listening)


def _taken(host: str, port: int, ready: Ready | None) -> socket.socket:
    listening = listen(host, port)
    if ready:
        ready(f"http://{f'[{host}]' if ':' in host else host}:{listening.getsockname()[1]}")
    return listening


def _run(app: ASGIApp, listening: socket.socket) -> None:
    import uvicorn

    # A page is some milliseconds of work in many short pieces: beside a thread that looks through a long record it
    # would wait the usual 5 ms for each of them.
    sys.setswitchinterval(0.0001)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    # Ctrl-C is how a site is meant to end.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
