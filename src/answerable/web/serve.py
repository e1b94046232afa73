"""Run the sites: the public one from ``public/`` alone, the staff one from the workspace, each a process of its own."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

from answerable.clock import SystemClock
from answerable.errors import UsageError
from answerable.service.public_view import read_public_view
from answerable.service.settings import read_settings
from answerable.web.contents import contents_of

PUBLIC_PORT, STAFF_PORT = 8000, 8001
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve_public(workspace: Path, host: str, port: int) -> None:
    """Serve the public site of a workspace until stopped. Of the workspace it opens only the public folder."""
    import uvicorn

    from answerable.web.app import public_app

    public = workspace / "public"
    clock = SystemClock()
    contents = contents_of(public, read_public_view(public, clock.now()))
    app = public_app(lambda: read_public_view(public, clock.now()), public, contents)
    uvicorn.run(app, host=host, port=port, log_level="warning")


def serve_staff(workspace: Path, host: str, port: int) -> None:
    """Serve the staff site until stopped; UsageError for an address that others can reach, since it has no sign-in."""
    import uvicorn

    from answerable.web.staff import staff_app

    if host not in _LOOPBACK:
        raise UsageError(
            "The staff site has no sign-in yet, so it answers on this machine only.",
            where=f"--host {host}",
            fix="Use 127.0.0.1; the public site (--public) may be served to anyone.",
        )
    read_settings(workspace)
    uvicorn.run(staff_app(workspace, SystemClock()), host=host, port=port, log_level="warning")


def serve_both(workspace: Path) -> None:
    """Serve the public site on port 8000 and the staff site on 8001 until one of them stops or Ctrl-C."""
    staff = multiprocessing.get_context("spawn").Process(
        target=serve_staff, args=(workspace, "127.0.0.1", STAFF_PORT), daemon=True
    )
    staff.start()
    try:
        serve_public(workspace, "127.0.0.1", PUBLIC_PORT)
    finally:
        staff.terminate()
        staff.join()
