"""``answerable demo``: the whole story on a simulated city, through the same calls a user has."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, note, progress


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(demo)


def demo(
    folder: Annotated[Path | None, typer.Option("--dir", help="Where to make it; a new folder if left out.")] = None,
    seed: Annotated[int, typer.Option(help="Of the simulated city.")] = 2018,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve both sites when the story is told.")] = True,
    static: Annotated[Path | None, typer.Option(help="Write the public pages here, to open by double-click.")] = None,
    as_json: Json = False,
) -> None:
    """Build a simulated city, run four cases to their ends, verify every proof, tell the story and serve it."""
    from answerable.cli.demo.story import run_demo

    where = folder or Path(tempfile.mkdtemp(prefix="answerable-demo-")) / "city"
    with progress("building the city") as told:
        done = run_demo(where, seed=seed, progress=told)
    emit(done.as_json(), as_json=as_json, text=done.text)
    if static is not None:
        from answerable.service.workspace import clock_of
        from answerable.web.static_site import write_static

        first = write_static(where / "public", static, clock_of("simulated").now())
        note(f"Open {first} in a browser.")
    if serve:
        from answerable.web.serve import serve_both

        where_to = "Public site: http://127.0.0.1:8000   Staff site: http://127.0.0.1:8001   (Ctrl-C ends both)"
        serve_both(where, ready=lambda: note(where_to))
