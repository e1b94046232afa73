"""Accounts: one person behind each, with roles; pretend ones in a rehearsal or a simulation."""

from __future__ import annotations

from answerable.case.adoption.rulebook import roles as adoption_roles
from answerable.case.event import Actor
from answerable.errors import NotAllowed, UsageError
from answerable.policy.pack import Pack
from answerable.service.workspace import Workspace
from answerable.store.protocol import Person

# An account with this role belongs to a program: it can read and prepare, and decides nothing.
SERVICE = "service"


def pretend_people(pack: Pack) -> list[Person]:
    """Return one pretend person for every role of the pack and of adoptions; the account is called after the role."""
    named = {role for allowed in pack.roles.values() for role in allowed}
    roles = sorted(named.union(*pack.separate) | adoption_roles())
    return [Person(account=role.replace("_", "-"), person=f"pretend {role}", roles=(role,)) for role in roles]


def add_person(workspace: Workspace, account: str, roles: tuple[str, ...], person: str = "") -> Person:
    """Add an account; UsageError for a role that the workspace's pack does not know."""
    known = {role for one in pretend_people(workspace.pack) for role in one.roles} | {SERVICE}
    unknown = [role for role in roles if role not in known]
    if unknown or not roles:
        raise UsageError(
            "There is no such role." if unknown else "An account needs at least one role.",
            where=", ".join(unknown) or account,
            fix=f"Use any of: {', '.join(sorted(known))}.",
        )
    new = Person(account=account, person=person or account, roles=roles)
    workspace.store.add_person(new)
    return new


def actor(workspace: Workspace, account: str) -> Actor:
    """Return who acts under ``account``; UsageError where there is no such account, NotAllowed where it is closed."""
    person = workspace.store.person(account)
    if person is None:
        known = ", ".join(p.account for p in workspace.store.people() if p.disabled_at is None)
        raise UsageError("There is no such account.", where=f"--as {account}", fix=f"Use one of: {known}.")
    if person.disabled_at is not None:
        raise NotAllowed("This account is closed.", where=account, fix="Act under an open account.")
    roles = frozenset(person.roles)
    return Actor(person=person.person, account=person.account, roles=roles, human=SERVICE not in roles)
