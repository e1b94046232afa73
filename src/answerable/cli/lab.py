"""``answerable lab``: try a claim in a simulated city, and find known figures again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, note, progress, table

lab = typer.Typer(no_args_is_help=True, help="Try a claim in a simulated city, where the truth is known.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(lab, name="lab")


@lab.command("list")
def list_(as_json: Json = False) -> None:
    """List the scenarios, the experiments and the known answers."""
    from answerable.lab.experiments import questions
    from answerable.lab.known import groups
    from answerable.lab.scenario import scenario_names

    asked = questions()

    def text() -> str:
        rows = [[name, "scenario" if name in scenario_names() else "experiment", said] for name, said in asked.items()]
        shown = table(["name", "kind", "the question"], rows)
        return f"{shown}\n\nKnown answers (lab reproduce): all, {', '.join(groups())}."

    document = {"experiments": asked, "scenarios": list(scenario_names()), "known_answers": list(groups())}
    emit(document, as_json=as_json, text=text)


@lab.command()
def run(
    name: Annotated[str, typer.Argument(help="What 'answerable lab list' names, or a scenario file (.yaml).")],
    seed: Annotated[int | None, typer.Option(min=0, help="The same seed gives the same result.")] = None,
    size: Annotated[int | None, typer.Option(help="Replicates; each has its own default.")] = None,
    parameters: Annotated[Path | None, typer.Option(help="Your own copy of the parameters (YAML).")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as one HTML page.")] = None,
    as_json: Json = False,
) -> None:
    """Run an experiment or a scenario: its answer in a paragraph, its figures, their error and what is assumed."""
    from answerable.lab.experiments import run as run_experiment
    from answerable.lab.parameters import load_parameters

    if report is not None and not report.parent.is_dir():
        _cannot_write(report, "There is no such folder.")
    result = run_experiment(name, load_parameters(parameters), seed=seed, size=size)
    if report is not None:
        _write(report, result.html())
    emit(result.as_json(), as_json=as_json, text=result.text)


@lab.command()
def sweep(
    file: Annotated[Path, typer.Argument(help="What to vary, in which scenario, how often (YAML).")],
    out: Annotated[Path | None, typer.Option(help="Folder of the results (default: beside FILE, by its name).")] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=256, help="Processes (default: one a core).")] = None,
    cluster: Annotated[str, typer.Option(help="Address of a Dask scheduler that sees the same folder.")] = "",
    parameters: Annotated[Path | None, typer.Option(help="Your own copy of the parameters (YAML).")] = None,
    as_json: Json = False,
) -> None:
    """Run a scenario under every combination of some parameters. Given again after a stop, it goes on where it was."""
    from answerable.lab.parameters import load_parameters
    from answerable.lab.sweep import read_sweep, run_sweep

    plan = read_sweep(file, load_parameters(parameters))
    folder = out if out is not None else file.with_suffix("")
    note(f"{len(plan.points):,} points, {plan.runs:,} runs in {len(plan.chunks):,} chunks.")
    many = workers or (1 if cluster else min(os.cpu_count() or 1, len(plan.chunks)))
    with progress("sweeping") as tell:
        done = run_sweep(plan, folder, workers=many, cluster=cluster, tell=tell)
    document = {
        "kind": "simulated", "file": str(done.file), "points": done.points, "runs": done.runs, "chunks": done.chunks,
        "finished_before": done.before,
    }  # fmt: skip
    emit(
        document,
        as_json=as_json,
        text=lambda: (
            "Simulated city: nothing here happened anywhere.\n"
            f"{done.runs:,} runs at {done.points:,} points in {done.file} "
            f"({done.before} of {done.chunks} chunks were there before)."
        ),
    )


@lab.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="A group of known answers, or all.")] = "all",
    page: Annotated[Path | None, typer.Option(help="Write the answers as a page in Markdown.")] = None,
    as_json: Json = False,
) -> None:
    """Find published figures again. Ends with 1 where one does not hold."""
    from answerable.lab.known import left_out
    from answerable.lab.known import page as as_page
    from answerable.lab.known import reproduce as find

    if name == "all":
        for why in left_out().values():
            note(why)
    answers = find(name)
    if page is not None:
        _write(page, as_page(answers))

    def text() -> str:
        rows = [[a.name, f"{a.published:.4g}", f"{a.ours:.4g}", "yes" if a.holds else "NO"] for a in answers]
        return table(["what", "published", "ours", "holds"], rows)

    document: dict[str, Any] = {answer.name: _finite(answer.as_json()) for answer in answers}
    emit(document, as_json=as_json, text=text)
    if not all(answer.holds for answer in answers):
        raise typer.Exit(1)


def _finite(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with bounds that are no number left open (null)."""
    return {k: None if isinstance(v, float) and v in (float("inf"), -float("inf")) else v for k, v in answer.items()}


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        _cannot_write(path, str(error))
    note(f"Written: {path}")


def _cannot_write(path: Path, why: str) -> NoReturn:
    from answerable.errors import UsageError

    raise UsageError("The file cannot be written.", where=f"{path}: {why}", fix="Choose another place.")
