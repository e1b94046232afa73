"""``answerable evaluate trial``: a trial between two unarmed responses, drawn by lot, sealed in the log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.evaluate import Html, show
from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit

trial = typer.Typer(no_args_is_help=True, help="A trial of two unarmed responses for refused and lapsed cases.")

File = Annotated[Path, typer.Argument(metavar="PROTOCOL.yaml", help="name, arms, outcome, horizon_days, ...")]
Baseline = Annotated[float, typer.Option(help="Outcomes a case, under the better-known response.")]
Cases = Annotated[float, typer.Option("--cases-a-year", help="Refused and lapsed cases a year that would enter.")]
Name = Annotated[str, typer.Argument(help="The trial's name.")]


@trial.command("design")
def show_design(file: File, baseline: Baseline, cases: Cases, html: Html = None, as_json: Json = False) -> None:
    """Say what a trial could show, before it begins. Needs no workspace."""
    from answerable.evaluate.trial import design
    from answerable.service.trials import read_protocol

    show(design(read_protocol(file), baseline=baseline, cases_a_year=cases), html, as_json=as_json)


@trial.command("open")
def open_(
    file: File,
    baseline: Baseline,
    cases: Cases,
    account: Actor = "evaluator",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Draw a seed, and log its fingerprint, the protocol and what the trial could show."""
    from answerable.service.trials import open_trial, read_protocol
    from answerable.service.workspace import open_workspace

    protocol = read_protocol(file)
    with open_workspace(workspace) as opened:
        said = open_trial(opened, protocol, account, baseline=baseline, cases_a_year=cases)
    emit({"trial": protocol.name, "power": said}, as_json=as_json, text=lambda: f"{protocol.name} is open. {said}")


@trial.command("draw")
def draw_(
    name: Name,
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="A refused or lapsed case.")],
    account: Actor = "evaluator",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Enter a refused or lapsed case and draw which of the two responses it gets; the draw is sealed in the log."""
    from answerable.service.trials import draw
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        arm = draw(opened, name, case_id, account)
    emit({"trial": name, "case": case_id, "response": arm}, as_json=as_json, text=lambda: f"{case_id}: {arm}")


@trial.command("end")
def end_(name: Name, account: Actor = "evaluator", workspace: Workspace = HERE, as_json: Json = False) -> None:
    """End a trial by publishing its seed, so that anyone can repeat every draw."""
    from answerable.service.trials import end_trial
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        end_trial(opened, name, account)
    emit({"trial": name, "ended": True}, as_json=as_json, text=lambda: f"{name} has ended; its seed is published.")


@trial.command("show")
def show_(name: Name, html: Html = None, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Say what a trial showed, after repeating every draw."""
    from answerable.service.trials import trial_result
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found, kind = trial_result(opened, name), opened.settings.kind
    show(found, html, as_json=as_json, workspace_kind=kind)
