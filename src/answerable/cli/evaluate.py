"""``answerable evaluate``: what a programme could show, and what it did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note

if TYPE_CHECKING:
    from answerable.evaluate.summary import Summary

evaluate = typer.Typer(no_args_is_help=True, help="Evaluation: power beforehand, verdicts afterwards.")

# In percent: the margin of :mod:`answerable.evaluate.verdict`, which is not imported before it is needed.
_MARGIN = 10.0
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML page too.")]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    from answerable.cli.evaluate_trial import trial

    evaluate.add_typer(trial, name="trial")
    app.add_typer(evaluate, name="evaluate")


@evaluate.command("power")
def power(
    baseline: Annotated[
        float | None, typer.Option(help="Serious incidents per window without a deployment; or name a case.")
    ] = None,
    fall: Annotated[float, typer.Option(help="The smallest true fall that would matter, in percent.")] = 30.0,
    controls: Annotated[int, typer.Option(help="Comparable windows without a deployment, for each deployed one.")] = 1,
    a_year: Annotated[float, typer.Option(help="Deployments that the rules allow in a year.")] = 4.0,
    case_id: Annotated[
        str, typer.Option("--case", help="Take the incidents that the log expects from this case.")
    ] = "",
    html: Html = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say before the first deployment how many it would take to see an effect. Without --case it needs no data."""
    if case_id:
        from answerable.service.beforehand import beforehand
        from answerable.service.workspace import open_workspace

        with open_workspace(workspace) as opened:
            found, kind = beforehand(opened, case_id, fall=fall / 100), opened.settings.kind
        show(found, html, as_json=as_json, workspace_kind=kind)
        return
    from answerable.errors import UsageError
    from answerable.evaluate.plan import plan

    if baseline is None:
        raise UsageError("How many incidents a window?", where="--baseline", fix="Give --baseline 0.05, or --case.")
    show(plan(baseline, fall / 100, controls=controls, a_year=a_year), html, as_json=as_json)


Outcome = Annotated[str, typer.Option(help="serious, as fixed at the decision; 'any' is exploratory.")]


@evaluate.command("case")
def case(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id.")],
    outcome: Outcome = "serious",
    after_hours: Annotated[int, typer.Option(help="Hours afterwards; another number than 72 is exploratory.")] = 72,
    html: Html = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say what happened during one deployment beside what the log had expected, and what that can tell."""
    from answerable.service.evaluating import evaluate_case
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = evaluate_case(opened, case_id, outcome=outcome, after_hours=after_hours)
        kind = opened.settings.kind
    show(found, html, as_json=as_json, workspace_kind=kind)


@evaluate.command("programme")
def programme(
    a_year: Annotated[float | None, typer.Option(help="The ceiling to hold it to; the pack's if left out.")] = None,
    margin: Annotated[
        float, typer.Option(help="The change too small to matter, in percent; another than 10 is exploratory.")
    ] = _MARGIN,
    outcome: Outcome = "serious",
    publish: Annotated[
        bool, typer.Option("--publish", help="Show it on the public page; only as it was fixed beforehand.")
    ] = False,
    html: Html = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Compare all deployments with the triggered windows in which nobody was deployed."""
    from answerable.errors import UsageError
    from answerable.service.evaluating import SERIOUS, evaluate_programme
    from answerable.service.programme_published import FILE, publish_programme
    from answerable.service.workspace import open_workspace

    if publish and (a_year is not None or margin != _MARGIN or outcome != SERIOUS):
        raise UsageError(
            "Only what was fixed beforehand is published.",
            where="--publish with --a-year, --margin or --outcome",
            fix="Leave those out, or leave out --publish.",
        )
    with open_workspace(workspace) as opened:
        found = evaluate_programme(opened, a_year=a_year, margin=margin / 100, outcome=outcome)
        kind = opened.settings.kind
        if publish:
            publish_programme(opened, found)
            note(f"wrote {opened.public / FILE}: the public page on what came of it shows it from now on")
    show(found, html, as_json=as_json, workspace_kind=kind)


@evaluate.command("routine")
def routine(
    month: Annotated[str, typer.Option(help="As it stood at the end of this month, such as 2026-11.")] = "",
    html: Html = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say in seven counters, and one line, whether the exception has become routine."""
    from answerable.service.routine import routine_dashboard
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found, kind = routine_dashboard(opened, month), opened.settings.kind
    show(found, html, as_json=as_json, workspace_kind=kind)


@evaluate.command("confidence")
def confidence(
    file: Annotated[Path, typer.Argument(help="CSV of counts: area, wave, group, item, agree, answers, dont_know.")],
    margin: Annotated[float, typer.Option(help="The fall that would matter, in points.")] = 5.0,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Say whether confidence fell, question by question and group by group, against a matched area."""
    from answerable.evaluate.confidence.pulse import pulse, read_pulse

    show(pulse(read_pulse(file), margin=margin / 100), html, as_json=as_json)


@evaluate.command("areas")
def areas(
    file: Annotated[
        Path, typer.Argument(help="CSV (.gz allowed): the first column names areas, others hold per cents.")
    ],
    item: Annotated[str, typer.Option(help="The column of the question.")],
    answers: Annotated[
        int | None, typer.Option(help="Answers in each area; 120 is assumed if left out, and said so.")
    ] = None,
    design_effect: Annotated[float, typer.Option(help="What the survey's design costs: 1 for a simple sample.")] = 1.5,
    like: Annotated[
        str, typer.Option(help="A column that says which areas are alike; not one made from the same answers.")
    ] = "",
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Say what a survey can tell of each of its neighbourhoods: small-area estimates, its own noise taken out."""
    from answerable.evaluate.confidence.small_areas import ANSWERS, read_areas, small_areas

    found = small_areas(
        read_areas(file, item, like=like),
        answers=ANSWERS if answers is None else answers,
        design_effect=design_effect,
        assumed=answers is None,
    )
    show(found, html, as_json=as_json)


@evaluate.command("fairness")
def fairness(
    file: Annotated[Path, typer.Argument(help="CSV: group and what happened there; see the guide on evaluation.")],
    reporting: Annotated[
        tuple[float, float], typer.Option(help="Least and most that a group may report, relative to the others.")
    ] = (1.0, 1.0),
    places: Annotated[
        Path | None, typer.Option(help="CSV of every place and its group, for burden given need and concentration.")
    ] = None,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Say which groups of places bear deployments, or go without, net of need. Never of persons."""
    from answerable.evaluate.fairness import audit
    from answerable.evaluate.fairness_report import fairness_report, read_groups

    found = fairness_report(audit(read_groups(file), reporting=reporting), reporting)
    if places is not None:
        from answerable.evaluate.burden_report import read_places, with_places

        found = with_places(found, read_places(places), reporting)
    show(found, html, as_json=as_json)


@evaluate.command("before-after", hidden=True)
def before_after() -> None:
    """Say why there is no plain comparison of before and after."""
    from answerable.errors import UsageError
    from answerable.evaluate.refused import why_not_before_after

    what, fix = why_not_before_after()
    raise UsageError(what, where="before-after", fix=fix)


def show(found: Summary, html: Path | None, *, as_json: bool, workspace_kind: str = "") -> None:
    """Print a summary, and write it as a page where one was asked for."""
    if html is not None:
        from answerable.service.evaluation_files import write_evaluation

        write_evaluation(found, html, workspace_kind=workspace_kind)
        note(f"written: {html}")
    emit(found.as_json(), as_json=as_json, text=lambda: str(found))
