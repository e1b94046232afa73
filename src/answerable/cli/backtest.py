"""``answerable backtest``: how good every model would have been, asked before each window of the past."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, progress, table

if TYPE_CHECKING:
    from answerable.incidents import Incidents
    from answerable.service.backtest import Plan


def register(app: typer.Typer) -> None:
    """Put the command on the command line."""
    app.command()(backtest)


def backtest(
    incidents: Annotated[
        Path | None, typer.Option(help="A file of incidents; the workspace's own if left out.")
    ] = None,
    tz: Annotated[str, typer.Option(metavar="ZONE", help="Time zone of times without one.")] = "",
    area: Annotated[Path | None, typer.Option(help="Study area as GeoJSON; the data's outline if left out.")] = None,
    train_from: Annotated[str, typer.Option(metavar="D", help="Leave out what happened before.")] = "",
    test_from: Annotated[str, typer.Option(metavar="D", help="First window; the last third if left out.")] = "",
    test_to: Annotated[str, typer.Option(metavar="D", help="End of the last window.")] = "",
    hours: Annotated[float, typer.Option(help="Length of a window.")] = 24.0,
    months: Annotated[int, typer.Option(help="1: calendar months instead, for data known to the month.")] = 0,
    cell: Annotated[int, typer.Option(help="Cell size in metres.")] = 500,
    models: Annotated[str, typer.Option(help="all, or names with commas between.")] = "all",
    predictions: Annotated[Path | None, typer.Option(help="Write every forecast as Parquet.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write the report as HTML, and as JSON beside it.")] = None,
    workers: Annotated[int, typer.Option(help="Processes to run in.")] = 1,
    refit_days: Annotated[
        int, typer.Option(help="How often models learn anew; each forecast sees all that is known.")
    ] = 28,
    keep: Annotated[Path | None, typer.Option(help="Keep finished parts here, to go on after a stop.")] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Show it on the public track record.")] = False,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Test forecast models on the past, without a look at what was not yet known."""
    import json

    from answerable.errors import UsageError
    from answerable.service.backtest import Plan
    from answerable.service.backtest import backtest as run

    if publish and incidents is not None:
        raise UsageError(
            "Only a test on the workspace's own incidents is its track record.",
            where="--publish with --incidents",
            fix="Import the file first, or leave out --publish.",
        )
    plan = Plan(
        train_from=train_from, test_from=test_from, test_to=test_to, hours=hours, months=months, cell_m=cell,
        models=tuple(name.strip() for name in models.split(",") if name.strip()), area=area, predictions=predictions,
        workers=workers, refit_days=refit_days, keep=keep,
    )  # fmt: skip
    data = _data(incidents, plan, tz, workspace)
    with progress("forecasting") as tell:
        told = run(data, plan, tell)
    if report is not None:
        from answerable.present.backtest_report import report_html

        report.write_text(report_html(told), encoding="utf8")
        report.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf8")
        note(f"wrote {report} and {report.with_suffix('.json')}")
    if publish:
        _publish(workspace, told)
    emit(told, as_json=as_json, text=lambda: _text(told))


def _publish(workspace: Path, told: dict[str, Any]) -> None:
    from answerable.service.track_record import FILE, publish_scores
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        publish_scores(opened, told)
        note(f"wrote {opened.public / FILE}: the track record shows it from now on")


def _data(file: Path | None, plan: Plan, tz: str, workspace: Path) -> Incidents:
    if file is not None:
        from answerable.clock import SystemClock
        from answerable.service.backtest import read_for_backtest

        return read_for_backtest(file, plan, tz=tz or None, now=SystemClock().now())
    from answerable.service.study import incidents_of
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        return incidents_of(opened)


def _text(told: dict[str, Any]) -> str:
    data, grid = told["data"], told["grid"]
    rows = [
        (
            name,
            _or_none(m["gain_bits_per_event"]),
            "" if m["gain_interval"] is None else "{:.3f} to {:.3f}".format(*m["gain_interval"]),
            _or_none(m["calibration_slope"]),
            _or_none(m["observed_over_predicted"]),
            f"{100 * m['hit_rate']['5']:.1f} %",
        )
        for name, m in told["models"].items()
    ]
    head = ["model", "gain, bits per incident", "95 %", "slope", "observed / predicted", "found in 5 % of the area"]
    lines = [
        f"{data['incidents']:,} incidents, {data['windows']:,} windows of {data['hours']:g} hours, "
        f"{grid['cells']:,} cells of {grid['cell_m']} m; gain is over the uniform forecast",
        "",
        table(head, rows),
    ]
    if told["mixture"]:
        m = told["mixture"]
        lines += [
            "",
            f"The mixture was {m['worse_than_best_nats']:.2f} nats worse than the best expert ({m['best_expert']}); "
            f"its bound is {m['bound_nats']:.2f}.",
        ]
    return "\n".join(lines)


def _or_none(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
