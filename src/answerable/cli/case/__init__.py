"""``answerable case``: one file per group of verbs."""

from __future__ import annotations

import typer

from answerable.cli.case import decide, prepare, read, run

case = typer.Typer(no_args_is_help=True, help="Deployment cases: open, decide, end, show.")

for verbs in (read, prepare, decide, run):
    verbs.register(case)
