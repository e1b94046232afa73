"""``answerable lab``: try a claim in a simulated city, and find known figures again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, note, table

lab = typer.Typer(no_args_is_help=True, help="Try a claim in a simulated city, where the truth is known.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(lab, name="lab")


@lab.command("list")
def list_(as_json: Json = False) -> None:
    """List the experiments and the known answers."""
    from answerable.lab.experiments import NAMES
    from answerable.lab.known import groups

    def text() -> str:
        asked = table(["experiment", "the question"], [[name, said] for name, said in NAMES.items()])
        return f"{asked}\n\nKnown answers (lab reproduce): all, {', '.join(groups())}."

    emit({"experiments": dict(NAMES), "known_answers": list(groups())}, as_json=as_json, text=text)


@lab.command()
def run(
    name: Annotated[str, typer.Argument(help="An experiment (see 'answerable lab list').")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same result.")] = 1,
    size: Annotated[int | None, typer.Option(help="Replicates; each experiment has its own default.")] = None,
    parameters: Annotated[Path | None, typer.Option(help="Your own copy of the parameters (YAML).")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as one HTML page.")] = None,
    as_json: Json = False,
) -> None:
    """Run one experiment: its answer in a paragraph, its figures, its Monte Carlo error and what it assumes."""
    from answerable.lab.experiments import run as run_experiment
    from answerable.lab.parameters import load_parameters

    result = run_experiment(name, load_parameters(parameters), seed=seed, size=size)
    if report is not None:
        _write(report, result.html())
    emit(result.as_json(), as_json=as_json, text=result.text)


@lab.command()
def reproduce(
    name: Annotated[str, typer.Argument(help="A group of known answers, or all.")] = "all",
    page: Annotated[Path | None, typer.Option(help="Write the answers as a page in Markdown.")] = None,
    as_json: Json = False,
) -> None:
    """Find published figures again. Ends with 1 where one does not hold."""
    from answerable.lab.known import page as as_page
    from answerable.lab.known import reproduce as find

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
    from answerable.errors import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(
            "The file cannot be written.", where=f"{path}: {error}", fix="Choose another place."
        ) from error
    note(f"Written: {path}")
