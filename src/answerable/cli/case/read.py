"""``answerable case show``, ``list`` and ``template``: looking at cases, and beginning one."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, table


def register(case: typer.Typer) -> None:
    """Put the verbs in the group."""
    case.command("list")(show_all)
    case.command()(show)
    case.command()(template)


def show_all(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """List every case with its state now, refused and blocked ones like the others."""
    from answerable.service.cases import list_cases
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = list_cases(opened)
    head = ["id", "state", "area", "title"]
    emit(found, as_json=as_json, text=lambda: table(head, [[c[k] for k in head] for c in found]))


def show(
    case: Annotated[str, typer.Argument(help="The case's id.")], workspace: Workspace = HERE, as_json: Json = False
) -> None:
    """Show one case: its state, its rules with reasons, its events."""
    from answerable.service.cases import show_case
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = show_case(opened, case)
    emit(found, as_json=as_json, text=lambda: _text(found))


def template() -> None:
    """Print a commented case file to start from."""
    from answerable.case.casefile import template as skeleton

    typer.echo(skeleton(), nl=False)


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['id']}  {found['state']}  {found['title']}", f"{found['area']}, {found['window']}", ""]
    for finding in found["findings"]:
        answer = {True: "holds", False: "FAILS", None: "NOT KNOWN"}[finding["holds"]]
        lines.append(f"  {finding['rule']}  {answer}: {finding['reason']}")
    lines += ["", *(f"  {e['at']}  {e['kind']} by {e['office']}{_because(e)}" for e in found["events"])]
    return "\n".join(lines)


def _because(event: dict[str, Any]) -> str:
    data = event["data"]
    if event["kind"] == "blocked":
        return f" at {data['transition']}: {', '.join(data['rules'])}. {data['not_limited']}"
    return f": {data['reasons']}" if data.get("reasons") else ""
