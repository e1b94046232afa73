"""Destroy what the law says must go: a field of a case, or a document, everywhere, while every proof stays valid."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from answerable.errors import InputError, NotAllowed, UsageError
from answerable.place import stamp
from answerable.place.window import read_stamp
from answerable.policy.reading import read_yaml_file
from answerable.record.proof import Opening
from answerable.record.publish import disclosures_path
from answerable.service.erasure_list import Erased, remember, remembered
from answerable.service.people import actor
from answerable.service.publish import alone, publish
from answerable.service.put_out import put_out
from answerable.service.statement import statement
from answerable.service.workspace import Workspace
from answerable.store.protocol import OWN, Store, StoredEvent

_TABLE = Path(__file__).with_name("erasure.yaml")


@cache
def table() -> dict[str, Any]:
    """Return the dated table of bases and offices."""
    found: dict[str, Any] = read_yaml_file(_TABLE)
    return found


def erase(workspace: Workspace, case_id: str, field: str, basis: str, account: str) -> int:
    """Destroy every value of ``field`` in a case: value, salt and key; return how many there were.

    An entry of names and codes says so. NotAllowed for a wrong office, under a hold, or where all of it was erased
    before; InputError where the case has no such field; UsageError for another basis.
    """
    office = office_of(workspace, account)
    check_code(basis, "bases")
    if holds(workspace).get(case_id):
        raise NotAllowed("This case is held: nothing of it may be erased.", where=case_id, fix="Release it first.")
    events = workspace.store.events(case_id) if case_id else ()
    named = [(event, one) for event in events for one in event.fields if one.name.removeprefix(OWN) == field]
    if not named:
        known = sorted({one.name.removeprefix(OWN) for event in events for one in event.fields})
        raise InputError(
            "There is no such field to erase.", where=f"case {case_id}", fix=f"It has: {', '.join(known)}."
        )
    there = [(event, one) for event, one in named if one.text]
    if not there:
        raise NotAllowed("This field was erased before.", where=f"case {case_id}, field {field}")
    now = workspace.clock.now()
    remember(
        workspace.folder,
        [Erased(stamp(now), basis, office, digest=one.digest, field=one.name) for _, one in there],
    )
    said = {"fields": sorted({one.name for _, one in there}), "digests": sorted(one.digest for _, one in there)}
    entry = statement(workspace, "erase", {**said, "basis": basis}, office=office, account=account)
    workspace.store.erase([(event.seq, one.name) for event, one in there], now, basis, office, [entry])
    _unpublish(workspace, tuple(dict.fromkeys(event.seq for event, _ in there)))
    publish(workspace)
    return len(there)


def hold(workspace: Workspace, case_id: str, basis: str, account: str, *, release: bool = False) -> None:
    """Hold a case, so that nothing of it may be erased, or release it; an entry says so.

    NotAllowed for a wrong office, or where it is held, or not, already.
    """
    office = office_of(workspace, account)
    check_code(basis, "holds")
    if not case_id or not workspace.store.events(case_id):
        raise UsageError("There is no such case.", where=case_id)
    if holds(workspace).get(case_id, False) != release:
        raise NotAllowed("This case is not held." if release else "This case is held already.", where=case_id)
    kind = "release" if release else "hold"
    entry = statement(workspace, kind, {"basis": basis}, office=office, account=account, private={"case": case_id})
    workspace.store.append([entry])
    publish(workspace)


def holds(workspace: Workspace) -> dict[str, bool]:
    """Return for every case that was ever held whether it is held now."""
    events = workspace.store.events("", kinds=("hold", "release"))
    return {json.loads(one.private)["case"]: one.kind == "hold" for one in events}


def forget(workspace: Workspace, kind: str, id: str, reason: str, account: str) -> int:
    """Destroy all versions of a document for good, here and in whatever is restored later; return how many."""
    now = workspace.clock.now()
    newest = workspace.store.kept(kind, id)
    version = newest[0].version if newest else 0
    if version:
        remember(workspace.folder, [Erased(stamp(now), reason, kind=kind, id=id, version=version)])
    return workspace.store.forget(kind, id, now, reason, account)


def replay_erasures(workspace: Workspace) -> int:
    """Erase again what the list beside the record names and the record had when it was opened; return how many."""
    found = replay(workspace.store, workspace.folder)
    return found + workspace.erased_again


def replay(store: Store, folder: Path) -> int:
    """Erase from ``store`` what the list in ``folder`` names and it still has; return how many values that were."""
    lines = remembered(folder)
    if not lines:
        return 0
    gone = {one.digest for one in store.erasures()}
    due = {one.digest: one for one in lines if one.digest and one.digest not in gone}
    many = 0
    for event in store.events() if due else ():
        for one in event.fields:
            if one.digest in due:
                line = due[one.digest]
                store.erase([(event.seq, one.name)], read_stamp(line.at), line.basis, line.office)
                many += 1
    for line in lines:
        if line.kind and any(kept.version <= line.version for kept in store.versions(line.kind, line.id)):
            many += store.forget(line.kind, line.id, read_stamp(line.at), line.basis)
    return many


def _unpublish(workspace: Workspace, seqs: tuple[int, ...]) -> None:
    """Write what is public of these events anew, without what was erased of them."""
    head = workspace.store.head()
    if head is None:
        return
    fresh: list[Opening] = []
    with alone(workspace):
        for event in workspace.store.events():
            path = workspace.public / disclosures_path(event.leaf_index or 0)
            if event.seq in seqs and event.leaf_index is not None and path.is_file():
                path.unlink()
                fresh.append(_opening(event))
        if fresh:
            put_out(workspace, head, fresh)


def _opening(event: StoredEvent) -> Opening:
    return Opening(event.leaf_index or 0, event.body, event.blind, event.later)


def office_of(workspace: Workspace, account: str) -> str:
    """Return the office in which an account may erase, hold or seal; NotAllowed where it holds none."""
    held = actor(workspace, account)
    office = next((one for one in table()["offices"] if one in held.roles), None)
    if office is None or not held.human:
        raise NotAllowed(
            f"To erase or hold takes the role {' or '.join(table()['offices'])}.",
            where=f"account {account}",
            fix="Ask someone who holds it.",
        )
    return str(office)


def check_code(code: str, of: str) -> None:
    """Raise UsageError unless ``code`` is one of the table's ``bases`` or ``holds``."""
    if code not in table()[of]:
        raise UsageError("There is no such basis.", where=code, fix=f"Use one of: {', '.join(table()[of])}.")
