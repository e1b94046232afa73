"""``answerable case``: one file per group of verbs."""

from __future__ import annotations

import typer

from answerable.cli.case import account, consult, decide, ending, prepare, read, run

case = typer.Typer(no_args_is_help=True, help="Deployment cases: open, decide, review, end, account for, show.")

for verbs in (read, prepare, consult, decide, run, ending, account):
    verbs.register(case)
