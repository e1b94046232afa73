"""``answerable record monitor`` and ``record reconcile``: the record held against what is seen outside it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit
from answerable.cli.record import record


def register(app: typer.Typer) -> None:
    """Put nothing more on the command line: the commands below belong to the group ``record``."""


@record.command("monitor")
def monitor(
    where: Annotated[str, typer.Argument(metavar="URL|FOLDER", help="Where the public record is.")],
    policy: Annotated[Path | None, typer.Option(help="The policy file you trust; else the record's own.")] = None,
    state: Annotated[Path, typer.Option(help="Where you keep what you have seen.")] = Path("monitor.json"),
    open_days: Annotated[int, typer.Option(min=1, help="Days after which an entry must be opened.")] = 31,
    stale_minutes: Annotated[int, typer.Option(min=1, help="How old the newest head may be.")] = 1500,
    every: Annotated[int, typer.Option(min=0, help="Look again after so many seconds; 0 looks once.")] = 0,
    as_json: Json = False,
) -> None:
    """Watch a log from outside: that it only grows, and opens what it promised. Ends with 4 on an alarm."""
    from answerable.record.monitor_entries import Limits
    from answerable.service.monitoring import evidence_path, told
    from answerable.service.monitoring import monitor as look

    limits = Limits(open_seconds=open_days * 86_400, stale_seconds=stale_minutes * 60)
    while True:
        seen = look(where, policy, state, int(time.time()), limits)
        document = told(seen, state)
        said = [str(one) for one in seen.alarms]
        said += [f"Evidence that anyone can check: {evidence_path(state)}"] if seen.fork else []
        calm = f"{document['size']} entries, {seen.new} new; {document['waiting']} wait for their opening. No alarm."
        emit(document, as_json=as_json, text=lambda said=said, calm=calm: "\n".join(said or [calm]))  # type: ignore[misc]
        if seen.alarms:
            raise typer.Exit(4)
        if not every:
            return
        time.sleep(every)


@record.command("reconcile")
def reconcile(
    file: Annotated[Path, typer.Argument(help="CSV with the columns day and armed_deployments, one row a day.")],
    source: Annotated[str, typer.Option(help="Where the counts come from, as the public will read it.")],
    actor: Actor = "auditor",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Compare a force's own counts with the record and publish what stays unexplained. Ends with 1 where any does."""
    from answerable.service.reconcile import publish_reconciliation
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = publish_reconciliation(opened, file, source, actor)
    emit(found.as_json(), as_json=as_json, text=found.text)
    raise typer.Exit(1 if found.unexplained else 0)
