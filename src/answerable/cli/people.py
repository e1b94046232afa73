"""``answerable people``: the accounts of a workspace and what each may do."""

from __future__ import annotations

from typing import Annotated

import typer

from answerable.cli.options import HERE, Json, Workspace
from answerable.cli.output import emit, note, table

people = typer.Typer(no_args_is_help=True, help="Accounts: one person behind each, with roles.")


@people.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    role: Annotated[list[str], typer.Option(help="A role; repeat for several.")],
    holds: Annotated[
        list[str] | None,
        typer.Option(help="A function with the end of its accreditation (sfc:2019-06-30), or a rank; repeatable."),
    ] = None,
    person: Annotated[str, typer.Option(help="The person behind it, where that person has another account.")] = "",
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Add an account: its roles, and what it holds, from which the rules learn who decides."""
    from answerable.service.people import add_person
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        new = add_person(opened, name, tuple(role), person, tuple(holds or ()))
    document = {"account": new.account, "person": new.person, "roles": list(new.roles)}
    emit(document, as_json=as_json, text=lambda: f"added {new.account}: {', '.join(new.roles)}")


@people.command("hold")
def hold(
    name: Annotated[str, typer.Argument(help="The account's name.")],
    holding: Annotated[str, typer.Argument(help="A function with the end of its accreditation, or a rank.")],
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Give an account a function or a rank, or renew one until a later date; what it held before stays on record."""
    from answerable.service.people import give_holding
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        held = give_holding(opened, name, holding)
    emit({"account": name, "holds": held}, as_json=as_json, text=lambda: f"{name} holds {held}")


@people.command("invite")
def invite(
    name: Annotated[str, typer.Argument(help="The account's name; it has no passkey yet.")],
    port: Annotated[int, typer.Option(help="The port of a staff site that is for this machine alone.")] = 8001,
    workspace: Workspace = HERE,
    as_json: Json = False,
) -> None:
    """Print a link by which the person behind an account adds its first passkey; it works once, for a day."""
    from answerable.clock import SystemClock
    from answerable.service.workspace import open_workspace
    from answerable.web.sessions import FILE, Sessions
    from answerable.web.sign_in_invited import make_invitation
    from answerable.web.staff_settings import read_staff_settings

    with open_workspace(workspace) as opened:
        token = make_invitation(opened, Sessions(workspace / FILE, SystemClock()), name)
        settings = read_staff_settings(workspace, opened.settings.kind)
    link = f"{settings.origin or f'http://localhost:{port}'}/invite-{token}.html"
    note("Hand it over in person or by a way you trust: whoever opens it first becomes this account.")
    emit({"account": name, "link": link}, as_json=as_json, text=lambda: link)


@people.command("list")
def show(workspace: Workspace = HERE, as_json: Json = False) -> None:
    """List the accounts."""
    from answerable.service.people import all_people
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        found = all_people(opened)
    rows = [[p.account, p.person, ", ".join(roles), "closed" if p.disabled_at else "open"] for p, roles in found]
    emit(
        [{"account": a, "person": p, "roles": r.split(", "), "state": s} for a, p, r, s in rows],
        as_json=as_json,
        text=lambda: table(["account", "person", "roles", "state"], rows),
    )


@people.command("disable")
def disable(name: Annotated[str, typer.Argument(help="The account's name.")], workspace: Workspace = HERE) -> None:
    """Close an account: it can act no more, and what it did stays."""
    from answerable.service.workspace import open_workspace

    with open_workspace(workspace) as opened:
        opened.store.disable_person(name, opened.clock.now())
    note(f"closed {name}")
