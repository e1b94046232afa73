"""The command line as a whole: every group of commands, put together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from typer.models import CommandInfo

from answerable.cli import (
    adoption,
    article,
    backtest,
    backup,
    base_rate,
    brief,
    check,
    demo,
    evaluate,
    evidence,
    forecast,
    gate,
    incidents,
    indicator,
    intel,
    lab,
    own_key,
    people,
    policy,
    processing,
    rarity,
    record,
    record_outside,
    witness,
    workspace,
)
from answerable.cli.case import case
from answerable.cli.options import WORKSPACE_VARIABLE

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="An exceptional police deployment answers five questions, and anyone can check the answers.",
    epilog="Exit codes: 0 done; 1 a check did not hold or a step was blocked; 2 wrong usage; 3 bad input data; "
    "4 integrity alarm. Every reading command takes --json.",
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"answerable {version('answerable')}")
        raise typer.Exit


@app.callback()
def top(
    workspace_folder: Annotated[
        Path | None, typer.Option("--workspace", help="The workspace's folder.", envvar=WORKSPACE_VARIABLE)
    ] = None,
    version: Annotated[  # noqa: ARG001
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Hand the workspace named before the command on to the command."""
    if workspace_folder is not None:
        os.environ[WORKSPACE_VARIABLE] = str(workspace_folder)


_GROUPS = (
    demo, article, base_rate, check, workspace, backup, processing, incidents, forecast, backtest, intel, policy,
    adoption, rarity, brief, evidence, evaluate, indicator, lab, record, record_outside, witness, gate, own_key,
)  # fmt: skip
for group in _GROUPS:
    group.register(app)
app.add_typer(case, name="case")
app.add_typer(people.people, name="people")


def app_for(words: Sequence[str]) -> typer.Typer:
    """Return the command line as far as ``words`` need it: to put all of it together takes a fifth of a second."""
    first = words[0] if words else ""
    part = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    part.registered_callback = app.registered_callback
    part.registered_groups = [one for one in app.registered_groups if one.name == first]
    part.registered_commands = [one for one in app.registered_commands if _name(one) == first]
    return part if part.registered_groups or part.registered_commands else app


def _name(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")
