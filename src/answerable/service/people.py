"""Accounts: one person behind each, with roles; pretend ones in a rehearsal or a simulation."""

from __future__ import annotations

import json
import unicodedata

from answerable.case.adoption.rulebook import roles as adoption_roles
from answerable.case.event import Actor
from answerable.case.holds import check_holding, known_holdings
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.intel.names import undisguised
from answerable.policy.pack import Pack
from answerable.service.processing import readers
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine, Person

# An account with this role belongs to a program: it can read and prepare, and decides nothing.
SERVICE = "service"
# The kind of document in which it is kept what an account was given to hold later: one version for each thing.
_HOLDING = "holding"
# What pretend people hold beside the role they are named after, as far as the pack knows of it; it never runs out.
_PRETEND = {
    "authoriser": ("sfc", "superintendent"),
    "urgent_authoriser": ("tfc", "inspector"),
    "chief_officer": ("authoriser", "sfc", "assistant_chief_constable"),
}
# Control, format, surrogate and private characters, and separators of lines: none of them belongs in a name.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def pretend_people(pack: Pack) -> list[Person]:
    """Return one pretend person for every role of the pack and of adoptions, and for each that reads the log of
    processing; the account is called after the role.
    """
    found = []
    for role in sorted(_roles(pack) | readers()):
        holds = [word for word in _PRETEND.get(role, ()) if word in {*known_holdings(pack.catalogue), *_roles(pack)}]
        found.append(Person(account=role.replace("_", "-"), person=f"pretend {role}", roles=(role, *holds)))
    return found


def _roles(pack: Pack) -> set[str]:
    named = {role for allowed in pack.roles.values() for role in allowed}
    return named.union(*pack.separate) | adoption_roles()


def add_person(
    workspace: Workspace, account: str, roles: tuple[str, ...], person: str = "", holds: tuple[str, ...] = ()
) -> Person:
    """Add an account; who has one already keeps the name under which the first was added.

    ``holds`` are the functions, each until the date its accreditation runs out, and the ranks that decide what the
    account may decide (``answerable.case.holds``); :func:`give_holding` adds to them later. Names that differ only
    in case, spacing, form of letters or look-alike letters are one name. UsageError for a role that the workspace's
    pack does not know, or for a program's role beside others; InputError for a name with characters that cannot be
    seen, or like that of an account that is there.
    """
    known = _roles(workspace.pack) | readers() | {SERVICE}
    held = tuple(check_holding(one, workspace.pack.catalogue) for one in holds)
    unknown = [role for role in roles if role not in known]
    if unknown or not roles:
        raise UsageError(
            "There is no such role." if unknown else "An account needs at least one role.",
            where=", ".join(unknown) or account,
            fix=f"Use any of: {', '.join(sorted(known))}.",
        )
    if SERVICE in roles and {*roles, *held} != {SERVICE}:
        raise UsageError(
            "An account of a program has no other role.",
            where=f"{SERVICE} with {', '.join(role for role in (*roles, *held) if role != SERVICE)}",
            fix="Add one account for the program and another for the person.",
        )
    for name, of_what in ((account, "account"), (person, "person")):
        if any(unicodedata.category(one) in _UNSEEN for one in name):
            raise InputError(f"The name of this {of_what} has characters that cannot be seen.", fix="Type it anew.")
    if account != account.strip() or not account:
        raise InputError("The name of an account neither begins nor ends with a space, and is not empty.")
    there = workspace.store.people()
    taken = next((one.account for one in there if _same(one.account) == _same(account)), None)
    if taken is not None:
        raise InputError("There is already an account of that name.", where=taken, fix="Choose another name.")
    written = " ".join((person.strip() or account).split())
    known_as = next((one.person for one in there if _same(one.person) == _same(written)), written)
    new = Person(account=account, person=known_as, roles=(*roles, *held))
    workspace.store.add_person(new)
    return new


def give_holding(workspace: Workspace, account: str, holding: str) -> str:
    """Let an account hold something more from now on, or the same until a later date; return it as it is kept.

    What it held before stays in the store, version by version, with the instant at which each was given; none is ever
    changed. UsageError where there is no such account, or for what the pack's catalogue does not know; NotAllowed for
    an account that is closed or belongs to a program.
    """
    who = actor(workspace, account)
    if not who.human:
        raise NotAllowed("An account of a program holds nothing.", where=account, fix="Choose a person's account.")
    held, now = check_holding(holding, workspace.pack.catalogue), workspace.clock.now()
    value = json.dumps({"holds": held}).encode()
    workspace.store.keep(_HOLDING, account, value, now, "", after=len(workspace.store.versions(_HOLDING, account)))
    workspace.store.append([], [AuditLine(now, account, "holds from now on", "", held)])
    return held


def all_people(workspace: Workspace) -> tuple[tuple[Person, tuple[str, ...]], ...]:
    """Return every account by name, with all that it holds: from the start, then what it was given later."""
    # Few were given anything later: one look tells which.
    given = {one.id for one in workspace.store.kept(_HOLDING)}
    return tuple(
        (one, (*one.roles, *(given_later(workspace, one.account) if one.account in given else ())))
        for one in workspace.store.people()
    )


def given_later(workspace: Workspace, account: str) -> tuple[str, ...]:
    """Return what an account was given to hold after it was made, in that order."""
    return tuple(json.loads(one.value)["holds"] for one in workspace.store.versions(_HOLDING, account))


def _same(name: str) -> str:
    """Return what two names have in common that a reader would take for one."""
    plain, _ = undisguised(unicodedata.normalize("NFKC", name))
    return " ".join(plain.casefold().split())


def actor(workspace: Workspace, account: str) -> Actor:
    """Return who acts under ``account``; UsageError where there is no such account, NotAllowed where it is closed."""
    person = workspace.store.person(account)
    if person is None:
        known = ", ".join(p.account for p in workspace.store.people() if p.disabled_at is None)
        raise UsageError("There is no such account.", where=f"--as {account}", fix=f"Use one of: {known}.")
    if person.disabled_at is not None:
        raise NotAllowed("This account is closed.", where=account, fix="Act under an open account.")
    roles = frozenset((*person.roles, *given_later(workspace, account)))
    return Actor(person=person.person, account=person.account, roles=roles, human=SERVICE not in roles)
