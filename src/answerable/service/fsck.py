"""Check the whole record: the store against its own signed heads, how cases stand, and the public folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain

from answerable.case.adoption import is_adoption
from answerable.errors import AnswerableError
from answerable.policy.pack import load_pack
from answerable.record.chain import chain_problems
from answerable.record.disclose import parse_disclosure
from answerable.record.errors import RecordError
from answerable.record.policy import parse_policy, policy_for
from answerable.record.readback import read_public
from answerable.service.adopt import adoptions
from answerable.service.adoption_packs import current_path, kept_copy
from answerable.service.casework import as_text
from answerable.service.history import read_history
from answerable.service.record_settings import record_settings
from answerable.service.sealed import overdue
from answerable.service.workspace import Workspace
from answerable.store.protocol import FsckReport

_UNREADABLE = (AnswerableError, RecordError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading back something that was altered can raise."""


def check_record(workspace: Workspace) -> FsckReport:
    """Re-hash everything and derive anew what is kept for lists; nothing is written.

    Every difference is a ``problem`` of the report, none is raised.
    """
    policy_file = workspace.public / "log-policy"
    policy = policy_file.read_text(encoding="utf8") if policy_file.is_file() else ""
    # Heads are kept as the log signed them; that the public one was witnessed is looked at in the folder.
    report = workspace.store.fsck(policy and policy_for(*(key.vkey for key in parse_policy(policy).logs)))
    found = chain(
        _all_of("the cases", lambda: _standings(workspace)),
        _all_of("what is kept back", lambda: _kept_back(workspace)),
        _all_of("public folder", lambda: _folder(workspace, policy)),
        _all_of("public folder: packs", lambda: _packs(workspace)),
    )
    return replace(report, problems=(*report.problems, *found))


def _all_of(what: str, problems: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Yield ``problems``; one that says why where they cannot be looked for."""
    try:
        yield from problems()
    except _UNREADABLE as error:
        yield f"{what}: {error}"


def _standings(workspace: Workspace) -> Iterator[str]:
    """Yield every case that lists would show otherwise than its events tell it."""
    for case_id, kept in workspace.store.standings():
        # A case of an older store has none, and an adoption never: their events are read instead.
        if not kept:
            continue
        try:
            due = None if is_adoption(case_id) else as_text(read_history(workspace, case_id).case)
        except _UNREADABLE as error:
            yield f"Case {case_id} cannot be read back from its events: {type(error).__name__} {error}"
            continue
        if due is None or not _agree(kept, due):
            yield f"How case {case_id} stands in lists is not what its events say."


def _agree(kept: str, due: str) -> bool:
    """Return whether two texts say the same: numbers come back from a statement written in another way."""
    try:
        return bool(json.loads(kept) == json.loads(due))
    except ValueError:
        return False


def _folder(workspace: Workspace, policy: str) -> Iterator[str]:
    log = read_public(workspace.public, policy_text=policy or None)
    head = workspace.store.head()
    if head is not None and (log.size, log.root) != (head.size, head.root):
        yield f"public folder: it shows {log.size} entries and the store signed {head.size}; publish again."
    hidden = log.unopened > 0
    yield from (f"public folder: {one}." for one in chain_problems((e.raw for e in log.entries), hidden=hidden))
    if record_settings(workspace.folder, workspace.settings.kind).sealed:
        yield from overdue(workspace)
    elif log.unopened:
        yield f"public folder: the openings of {log.unopened} of {log.size} entries are missing; publish again."


def _kept_back(workspace: Workspace) -> Iterator[str]:
    """Yield every field that is kept back and does not open to what its statement commits to."""
    for event in workspace.store.events():
        for one in event.fields:
            try:
                said = parse_disclosure(one.text) if one.text else None
                wrong = said is not None and (said.digest, said.name) != (one.digest, one.name)
            except _UNREADABLE as error:
                yield f"The field {one.name} of event {event.seq} cannot be opened: {error}"
                continue
            if wrong:
                yield f"The field {one.name} of event {event.seq} is not what its statement commits to."


def _packs(workspace: Workspace) -> Iterator[str]:
    """Yield every copy of a pack that is not what the log says was proposed or adopted."""
    every = adoptions(workspace)
    for name, version, digest in dict.fromkeys((one.pack, one.pack_version, one.pack_hash) for one in every):
        try:
            kept_copy(workspace, name, version, digest)
        except AnswerableError as error:
            yield f"public folder: {error}"
    for name in dict.fromkeys(one.pack for one in every):
        path = current_path(workspace.public, name)
        adopted = {one.pack_hash for one in every if one.pack == name and one.adopted_at is not None}
        try:
            altered = path.exists() and load_pack(path).hash not in adopted
        except AnswerableError:
            altered = True
        if altered:
            yield f"public folder: this pack is none that was adopted: {path}"
