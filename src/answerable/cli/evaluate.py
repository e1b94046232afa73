"""``answerable evaluate``: what a programme could show, and what it did."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit

evaluate = typer.Typer(no_args_is_help=True, help="Evaluation: power beforehand, verdicts afterwards.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(evaluate, name="evaluate")


@evaluate.command("power")
def power(
    baseline: Annotated[float, typer.Option(help="Serious incidents per window without a deployment.")],
    fall: Annotated[float, typer.Option(help="The smallest true fall that would matter, in percent.")] = 30.0,
    controls: Annotated[int, typer.Option(help="Comparable windows without a deployment, for each deployed one.")] = 1,
    a_year: Annotated[float, typer.Option(help="Deployments that the rules allow in a year.")] = 4.0,
    as_json: Json = False,
) -> None:
    """Say before the first deployment how many it would take to see an effect. Needs no data."""
    from answerable.evaluate.plan import plan

    found = plan(baseline, fall / 100, controls=controls, a_year=a_year)
    emit(found.as_json(), as_json=as_json, text=lambda: str(found))


@evaluate.command("case")
def case(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say what happened during one deployment beside what the log had expected, and what that can tell."""
    from answerable.service.evaluating import evaluate_case
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = evaluate_case(opened, case_id)
    emit(found.as_json(), as_json=as_json, text=lambda: str(found))


@evaluate.command("programme")
def programme(
    a_year: Annotated[float | None, typer.Option(help="The ceiling to hold it to; the pack's if left out.")] = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Compare all deployments with the triggered windows in which nobody was deployed."""
    from answerable.service.evaluating import evaluate_programme
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = evaluate_programme(opened, a_year=a_year)
    emit(found.as_json(), as_json=as_json, text=lambda: str(found))


@evaluate.command("confidence")
def confidence(
    file: Annotated[Path, typer.Argument(help="CSV of counts: area, wave, group, item, agree, answers, dont_know.")],
    margin: Annotated[float, typer.Option(help="The fall that would matter, in points.")] = 5.0,
    as_json: Json = False,
) -> None:
    """Say whether confidence fell, question by question and group by group, against a matched area."""
    from answerable.evaluate.confidence.pulse import pulse, read_pulse

    found = pulse(read_pulse(file), margin=margin / 100)
    emit(found.as_json(), as_json=as_json, text=lambda: str(found))


@evaluate.command("before-after", hidden=True)
def before_after() -> None:
    """Say why there is no plain comparison of before and after."""
    from answerable.errors import UsageError
    from answerable.evaluate.refused import why_not_before_after

    what, fix = why_not_before_after()
    raise UsageError(what, where="before-after", fix=fix)
