"""``answerable intel``: graded reports without persons, what became of them, and what their grades have been worth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from answerable.cli.options import HERE, Actor, Json, Workspace
from answerable.cli.output import emit, note, table

intel = typer.Typer(no_args_is_help=True, help="Graded intelligence: references and short gists, never a person.")

Zone = Annotated[str, typer.Option("--tz", metavar="ZONE", help="Zone of times without an offset.")]
Cleared = Annotated[
    str, typer.Option(metavar="REASON", help="You have read it, and what looks like a name is none: say why.")
]
Place = Annotated[str, typer.Option(metavar="AREA|LON,LAT", help="A GeoJSON file of polygons, or a point.")]
Start = Annotated[str, typer.Option("--from", metavar="TIME", help="When the window opens.")]
End = Annotated[str, typer.Option("--to", metavar="TIME", help="When it ends.")]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(intel, name="intel")


@intel.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One report as JSON ('-' for standard input).")],
    account: Actor,
    tz: Zone = "",
    cleared: Cleared = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Keep one report. The account evaluates it; who brought it cannot."""
    from answerable.errors import InputError
    from answerable.service.intel_kept import as_json as told
    from answerable.service.intelligence import add as keep
    from answerable.service.workspace import open_workspace

    try:
        text = typer.get_text_stream("stdin").read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
        document = json.loads(text)
    except (OSError, ValueError, RecursionError):
        raise InputError(
            "This is not one report as JSON.", where=str(file), fix="Check the path and the file."
        ) from None
    if not isinstance(document, dict):
        raise InputError("This is not one report.", where=str(file), fix="Use 'answerable intel import' for a list.")
    with open_workspace(workspace) as opened:
        kept = keep(opened, document, account, tz=tz, cleared=cleared)
    emit(told(kept), as_json=as_json, text=lambda: f"kept {kept.report.ref}, grade {kept.report.grade}")


@intel.command("import")
def import_reports(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or JSON (docs/schemas/intel.schema.json).")],
    account: Actor,
    tz: Zone = "",
    rejects: Annotated[Path | None, typer.Option(help="Write row numbers and reasons, never the text, here.")] = None,
    cleared: Cleared = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Import reports. Rows that look as if they named a person are held for you: told by number, kept nowhere."""
    from answerable.service.intelligence import import_file
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        done = import_file(opened, file, account, tz=tz, rejects=rejects, cleared=cleared)
    if done.rejects_file:
        note(f"wrote {done.rejects_file}")
    told = done.as_json()

    def text() -> str:
        counts = ", ".join(
            f"{told[name]} {name.replace('_', ' ')}" for name in ("kept", "already_known", "rejected", "held")
        )
        return "\n".join([f"{told['read']} rows: {counts}", *(f"  {e.where}: {e.reason}" for e in done.errors)])

    emit(told, as_json=as_json, text=text)
    if done.errors and not done.kept and not done.already_known:
        raise typer.Exit(3)


@intel.command("list")
def show(
    waiting: Annotated[bool, typer.Option(help="Only those whose outcome nobody has given yet.")] = False,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """List the reports that are kept, with their outcomes and the chains between them."""
    from answerable.intel.circularity import chains
    from answerable.service.intel_kept import as_json as told
    from answerable.service.intelligence import kept_reports
    from answerable.service.intelligence import waiting as unresolved
    from answerable.service.processing import note_processing
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = kept_reports(opened)
        note_processing(opened, "consulted", ("report", "all"), "intelligence_work")
        open_refs = {report.ref for report in unresolved(opened)}
        now = opened.clock.now()
    shown = [kept for kept in found if not waiting or kept.report.ref in open_refs]
    joined = [chain for chain in chains([kept.report for kept in shown]) if chain.links]

    def state(kept: Any) -> str:
        if kept.resolution:
            return str(kept.resolution.outcome)
        if kept.report.ref in open_refs:
            return "waits for an outcome"
        return "expired" if kept.report.expired(now) else "open"

    def text() -> str:
        head = ["ref", "scheme", "grade", "received", "place", "state"]
        rows = [
            [k.report.ref, k.report.scheme, k.report.grade, f"{k.report.received_at:%Y-%m-%d %H:%M}Z",
             k.report.place.name if k.report.place else "", state(k)]
            for k in shown
        ]  # fmt: skip
        return "\n".join([table(head, rows), *(link.says for chain in joined for link in chain.links)])

    documents = [{**told(kept), "state": state(kept)} for kept in shown]
    emit({"reports": documents, "chains": [chain.as_json() for chain in joined]}, as_json=as_json, text=text)


@intel.command()
def grade(
    ref: Annotated[str, typer.Argument(help="The report's reference.")],
    grades: Annotated[str, typer.Argument(metavar="GRADE", help="3x5x2 source and information, such as 2B.")],
    account: Actor,
    reason: Annotated[str, typer.Option(help="Why.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Grade a report again as 3x5x2; what it was stays in its history."""
    from answerable.service.intel_kept import as_json as told
    from answerable.service.intelligence import regrade
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        kept = regrade(opened, ref, grades[:1], grades[1:], account, reason=reason)
    emit(told(kept), as_json=as_json, text=lambda: f"{ref}: {kept.report.grade}, first {kept.report.first_graded}")


@intel.command()
def resolve(
    ref: Annotated[str, typer.Argument(help="A report's reference, or the subject of estimates with --estimates.")],
    outcome: Annotated[str, typer.Argument(help="materialised, refuted, nothing_found, treated or unknown.")],
    account: Actor,
    acted_on: Annotated[bool, typer.Option(help="Something was done because of it.")] = False,
    of_estimates: Annotated[bool, typer.Option("--estimates", help="Resolve the estimates of this subject.")] = False,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say what became of a report, acted on or not. A deployment in its place and window makes it 'treated'."""
    from answerable.service.intel_kept import as_json as told
    from answerable.service.intelligence import resolve_estimates, resolve_report
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        if of_estimates:
            happened = {"materialised": True, "refuted": False, "nothing_found": False}.get(outcome)
            number = resolve_estimates(opened, ref, account, happened=happened)
            emit({"subject": ref, "estimates": number}, as_json=as_json, text=lambda: f"{number} estimates resolved")
            return
        kept = resolve_report(opened, ref, outcome, account, acted_on=acted_on)
    said = kept.resolution.outcome if kept.resolution else ""
    changed = f" (said: {outcome}; a deployment took place in its window)" if said != outcome else ""
    emit(told(kept), as_json=as_json, text=lambda: f"{ref}: {said}{changed}")


@intel.command()
def reliability(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show what each grade has been worth: outcomes, and the likelihood ratio they give, with its interval."""
    from answerable.intel.reliability import summary
    from answerable.service.intelligence import estimate_scores, estimates
    from answerable.service.intelligence import reliability as measured
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = measured(opened)
        lines = summary(found)
        scores = estimate_scores(opened)
        subjects = [one.as_json() for one in estimates(opened)]
    document = {
        "scheme": found.scheme, "counted": found.outcomes, "pooled": found.pooled.as_json(), "cells": lines,
        "estimates": {**scores, "given": subjects},
    }  # fmt: skip

    def text() -> str:
        pooled = found.pooled
        basis = (
            f"{found.outcomes} outcomes"
            if found.outcomes
            else "no outcomes yet: an assumption, the same for every grade"
        )
        said = [f"Pooled likelihood ratio {pooled.value:.3g} (90 % {pooled.low:.2g} to {pooled.high:.2g}); {basis}."]
        head = ["cell", "reports", "counted", "happened", "forecast", "ratio", "90 % interval", "at a forecast of"]
        rows = [
            [line["cell"], line["reports"], line["counted"], line["happened"], line["forecast_expected"],
             line["ratio"]["value"], f"{line['ratio']['low']:g} to {line['ratio']['high']:g}", line["at_forecast"]]
            for line in lines
        ]  # fmt: skip
        said += [table(head, rows)] if rows else []
        said += [f"Estimates scored: {scores['scored']}; people {scores['human']}, computed {scores['computed']}."]
        return "\n".join(said)

    emit(document, as_json=as_json, text=text)


@intel.command()
def picture(
    account: Actor,
    place: Place,
    start: Start,
    end: End,
    radius_m: Annotated[float, typer.Option(help="Radius around a point, in metres.")] = 400,
    estimate: Annotated[float | None, typer.Option(help="Your own probability, sealed before you see ours.")] = None,
    ancr: Annotated[str, typer.Option(help="Your confidence: low, moderate or high.")] = "",
    svg: Annotated[Path | None, typer.Option(help="Draw the waterfall as SVG.")] = None,
    tz: Zone = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Show the picture of an area and window, step by step, to an analyst whose own estimate is sealed."""
    from answerable.intel.picture_text import as_text
    from answerable.present.words import frequency
    from answerable.service.intel_picture import asked
    from answerable.service.intelligence import picture_of
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        ground, window = asked(opened, place, radius_m, (start, end), tz)
        shown = picture_of(opened, ground, window, account, estimate=estimate, ancr=ancr)
        if svg is not None:
            from answerable.incidents.atomic import write_file
            from answerable.present.svg_waterfall import waterfall

            mark = "" if opened.settings.kind == "real" else f"{opened.settings.kind}: not a real decision"
            write_file(svg, waterfall(shown.picture, title=ground.name, watermark=mark).encode())
            note(f"wrote {svg}")

    def text() -> str:
        own = shown.estimate
        sealed = f"Your sealed estimate: {100 * own.probability:.3g} % ({own.words}), confidence {own.ancr}."
        return f"{sealed}\n\n{as_text(shown.picture, frequency)}"

    emit(shown.as_json(), as_json=as_json, text=text)


@intel.command()
def purge(account: Actor, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Remove every report whose retention is over, for good; what its grade was worth stays."""
    from answerable.service.intelligence import purge_due
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        gone = purge_due(opened, account)
    emit({"removed": list(gone)}, as_json=as_json, text=lambda: f"removed {len(gone)}: {', '.join(gone) or 'none'}")
