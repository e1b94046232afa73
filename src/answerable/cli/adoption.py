"""``answerable adoption``: consult on a policy pack, decide on it in the open, renew or end it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from answerable.cli.options import HERE, Actor, Json, OwnKey, Workspace
from answerable.cli.output import emit, note, table

if TYPE_CHECKING:
    from answerable.case.adoption.commands import Command
    from answerable.service.answer import Answer

adoption = typer.Typer(no_args_is_help=True, help="Adoption: consult on a policy, decide on it in the open, renew it.")

Id = Annotated[str, typer.Argument(metavar="ADOPTION", help="The adoption's id, such as A-2018-0001.")]
Reasons = Annotated[str, typer.Option(help="Reasons, in words the public can read.")]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(adoption, name="adoption")


@adoption.command("open")
def open_one(
    file: Annotated[Path, typer.Argument(help="The proposal; its papers lie beside it.")],
    account: Actor = "policy-owner",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Open an adoption from a proposal: pack, purposes, papers, audience, measures."""
    from answerable.service.adoption import open_adoption
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        told = open_adoption(opened, file, account)
    _tell(told, as_json=as_json)


@adoption.command("publish")
def publish(adopted: Id, account: Actor = "policy-owner", workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Open the consultation. Blocked unless people can still change it, have the papers, and have the time."""
    from answerable.case.adoption.commands import Consult

    _act(workspace, adopted, Consult(), account, as_json=as_json)


@adoption.command("notify")
def notify(
    adopted: Id,
    to: Annotated[str, typer.Option(help="Who has notice: the office, never a person.")],
    how: Annotated[str, typer.Option(help="How notice was given.")] = "",
    reply: Annotated[str, typer.Option(help="What was replied; it has to be answered in the outcome.")] = "",
    account: Actor = "pcc-liaison",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Record notice to the police and crime commissioner, or the reply. Neither is a veto."""
    from answerable.case.adoption.commands import Notice

    _act(workspace, adopted, Notice(to, how, reply), account, as_json=as_json)


@adoption.command("respond")
def respond(
    adopted: Id,
    file: Annotated[
        Path | None, typer.Argument(help="CSV or YAML: id, kind, org, stance, themes, text, publish.")
    ] = None,
    received: Annotated[bool, typer.Option("--received", help="Enter what came in by the public site.")] = False,
    withhold: Annotated[
        list[str] | None, typer.Option(help="With --received: a number of which only the stance is published.")
    ] = None,
    account: Actor = "policy-owner",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Enter responses, from a file or as they came in by the public site.

    An individual's carries no name; every wrong row of a file is named and then nothing is entered.
    """
    from answerable.case.adoption.commands import Respond
    from answerable.errors import UsageError
    from answerable.service.adoption_csv import read_responses

    if (file is None) != received or (withhold and not received):
        raise UsageError(
            "Responses come from a file or from the site.", where="adoption respond", fix="Give FILE, or --received."
        )
    if file is None:
        _enter_received(workspace, adopted, account, withhold or [], as_json=as_json)
        return
    read = read_responses(file)
    if read.dropped_columns:
        note(f"left out, because nothing but known columns is kept: {', '.join(read.dropped_columns)}")
    more = {"entered": len(read.responses), "dropped_columns": list(read.dropped_columns)}
    _act(workspace, adopted, Respond(read.responses), account, as_json=as_json, more=more)


@adoption.command("received")
def received(adopted: Id, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """List what came in by the public site and is not entered yet: look at it before it is in the record for good."""
    from answerable.service.responses_inbox import FOLDER, waiting

    found = [one.model_dump(mode="json") for one in waiting(workspace / FOLDER, adopted)]
    head = ["id", "received_at", "kind", "org", "stance", "themes", "publish", "text"]
    rows = [["; ".join(one[key]) if key == "themes" else str(one[key]) for key in head] for one in found]
    emit({"waiting": found}, as_json=as_json, text=lambda: table(head, rows))


@adoption.command("reach")
def reach(
    adopted: Id,
    org: Annotated[str, typer.Argument(help="A group or body of the audience.")],
    how: Annotated[str, typer.Option(help="How it was reached, or why it was not.")],
    reached: Annotated[bool, typer.Option("--reached/--not-reached", help="Whether it was.")],
    account: Actor = "policy-owner",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Record whether a group or body was reached. Not reached is published too."""
    from answerable.case.adoption.answers import Reach, read_one
    from answerable.case.adoption.commands import Reached

    one = read_one(Reach, {"org": org, "reached": reached, "how": how}, "--how")
    _act(workspace, adopted, Reached((one,)), account, as_json=as_json)


@adoption.command("consider")
def consider(
    adopted: Id,
    file: Annotated[Path, typer.Argument(help="YAML list: theme, response, and changed_what or why_not.")],
    account: Actor = "policy-owner",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Say, theme by theme, what was made of the responses: what changed, or why nothing did."""
    from answerable.case.adoption.answers import Consideration, read_all
    from answerable.case.adoption.commands import Consider
    from answerable.policy.reading import read_yaml_file

    themes = read_all(Consideration, read_yaml_file(file), file.name)
    _act(workspace, adopted, Consider(themes), account, as_json=as_json)


@adoption.command("outcome")
def outcome(
    adopted: Id,
    statement: Annotated[str, typer.Option(help="The response to the consultation, in words.")],
    answer: Annotated[list[str] | None, typer.Option(help="NUMBER=TEXT: answers a reply to a notice.")] = None,
    pack: Annotated[Path | None, typer.Option(help="The pack as the consultation changed it: stricter.")] = None,
    account: Actor = "policy-owner",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Publish the response to the consultation. Stances and themes are counted, never typed."""
    from answerable.case.adoption.commands import Outcome

    command = Outcome(statement, _answers(answer or []))
    _act(workspace, adopted, command, account, as_json=as_json, pack_file=pack)


@adoption.command("decide")
def decide(
    adopted: Id,
    reasons: Reasons,
    adopt: Annotated[bool, typer.Option("--adopt/--reject", help="The decision; there is no default.")],
    change: Annotated[str, typer.Option(help="With --reject: what would change the answer.")] = "",
    account: Actor = "chief-officer",
    key: OwnKey = None,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Adopt or reject. Adopting is blocked, with reasons, until the consultation was fair and everything is fixed."""
    from answerable.case.adoption.commands import Adopt, Reject

    _act(workspace, adopted, Adopt(reasons) if adopt else Reject(reasons, change), account, as_json=as_json, key=key)


@adoption.command("evaluate")
def evaluate(
    adopted: Id,
    title: Annotated[str, typer.Option(help="The evaluation's title.")],
    verdict: Annotated[str, typer.Option(help="What it found, in words; that one cannot tell is an answer.")],
    file: Annotated[Path, typer.Option(help="The paper; it is hashed and published.")],
    account: Actor = "evaluator",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Publish the evaluation of the policy's period; without it nothing is renewed."""
    from answerable.service.adoption_period import publish_evaluation
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        told = publish_evaluation(opened, adopted, account, title=title, verdict=verdict, file=file)
    _tell(told, as_json=as_json)


@adoption.command("renew")
def renew(
    adopted: Id,
    reasons: Reasons,
    evaluation_due: Annotated[str, typer.Option(help="When the next evaluation is due; local time, or with offset.")],
    months: Annotated[float, typer.Option(help="For how many months, counted from now.")] = 12,
    account: Actor = "chief-officer",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Renew a policy. Blocked unless the evaluation of its period is published."""
    from answerable.service.adoption_period import renew as do
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        told = do(opened, adopted, account, reasons=reasons, months=months, evaluation_due=evaluation_due)
    _tell(told, as_json=as_json)


@adoption.command("repeal")
def repeal(
    adopted: Id,
    reasons: Reasons = "",
    account: Actor = "chief-officer",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """End a policy at once. Nothing stands in the way of that."""
    from answerable.case.adoption.commands import Repeal

    _act(workspace, adopted, Repeal(reasons), account, as_json=as_json)


@adoption.command("list")
def show_all(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """List every adoption with its state now, rejected ones like the others, and what the clock asks for."""
    from answerable.service.adopt import alarms_of
    from answerable.service.adoption_shown import list_adoptions
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found, told = list_adoptions(opened), alarms_of(opened)
    for alarm in told:
        note(f"ALARM: {alarm.says}")
    head = ["id", "state", "pack", "in_force", "sunset_at", "title"]
    rows = [
        [one["id"] or "(at once)", *(one[key] if one[key] is not None else "" for key in head[1:])] for one in found
    ]
    document = {"adoptions": found, "alarms": [alarm.as_json() for alarm in told]}
    emit(document, as_json=as_json, text=lambda: table(head, rows))


@adoption.command("show")
def show(adopted: Id, workspace: Workspace = HERE, as_json: Json = False) -> None:
    """Show one adoption: who was asked and who was not reached, what was said, what changed, whether it was fair."""
    from answerable.present.adoption import adoption_text
    from answerable.present.local_times import in_local_times
    from answerable.service.adoption_shown import show_adoption
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found, tz = show_adoption(opened, adopted), opened.settings.time_zone or "UTC"
    emit(found, as_json=as_json, text=lambda: in_local_times(adoption_text(found), tz))


@adoption.command("template")
def template() -> None:
    """Print a commented proposal to start from."""
    from answerable.case.adoption.proposal import template as skeleton

    typer.echo(skeleton(), nl=False)


def _act(
    workspace: Path,
    adopted: str,
    command: Command,
    account: str,
    *,
    as_json: bool,
    pack_file: Path | None = None,
    more: dict[str, Any] | None = None,
    key: Path | None = None,
) -> None:
    from answerable.cli.own_key import hand
    from answerable.service.adoption import act
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        opened.hand = hand(key)
        told = act(opened, adopted, command, account, pack_file=pack_file)
        tz = opened.settings.time_zone
    _tell(told, as_json=as_json, more=more, tz=tz)


def _enter_received(workspace: Path, adopted: str, account: str, withhold: list[str], *, as_json: bool) -> None:
    from answerable.service.adoption import enter_received
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        told, entered = enter_received(opened, adopted, account, withhold)
        tz = opened.settings.time_zone
    _tell(told, as_json=as_json, more={"entered": entered}, tz=tz)


def _tell(told: Answer, *, as_json: bool, more: dict[str, Any] | None = None, tz: str = "") -> None:
    """Print what came of it, times in the zone ``tz``; end with 1 where it was blocked."""
    from answerable.present.local_times import in_local_times

    document = {**told.as_json(), **(more or {})}
    emit(document, as_json=as_json, text=lambda: in_local_times(told.text(), tz or "UTC"))
    if told.blocked_by:
        raise typer.Exit(1)


def _answers(given: list[str]) -> dict[int, str]:
    from answerable.errors import UsageError

    answers = {}
    for one in given:
        number, equals, text = one.partition("=")
        if not (equals and number.strip().isdigit() and text.strip()):
            raise UsageError("An answer names the reply it answers.", where=f"--answer {one}", fix="Write 2='...'.")
        answers[int(number)] = text.strip()
    return answers
