"""Adoptions: open one, act on it. Every act ends in exactly one entry of the log."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from answerable.case.adoption import Adoption, Proposal, decide, state_at
from answerable.case.adoption.adoption import PREFIX
from answerable.case.adoption.answers import Response
from answerable.case.adoption.commands import Around, Command, Propose, Respond
from answerable.errors import InputError, NotAllowed
from answerable.policy.pack import Pack
from answerable.service.adopt import adoptions, packs_of_cases, standing_of
from answerable.service.adoption_events import read_adoption
from answerable.service.adoption_packs import find_pack, keep_copy, kept_copy
from answerable.service.adoption_papers import attach
from answerable.service.answer import Answer
from answerable.service.casefiles import read_document
from answerable.service.people import actor
from answerable.service.publish import publish
from answerable.service.responses_inbox import FOLDER, batches, forget, kept_back, waiting
from answerable.service.statement import statement
from answerable.service.workspace import Workspace
from answerable.store.protocol import AuditLine

# Two people who open an adoption in the same second take the same number; the loser of that race takes the next one.
_TRIES = 5


def open_adoption(workspace: Workspace, file: Path, account: str) -> Answer:
    """Open an adoption from a proposal; its papers and its pack are copied to where everyone can read them.

    InputError where the proposal, a paper or the pack cannot be used; NotAllowed for a wrong role.
    """
    document, papers = attach(read_document(file), file.parent)
    proposal = Proposal.read(document, where=file.name, tz=workspace.settings.time_zone)
    pack = find_pack(proposal.pack, file.parent)
    _check_version(workspace, pack)

    def prepare() -> None:
        keep_copy(workspace, pack)
        for paper in papers:
            paper.publish(workspace)

    for last in range(_TRIES - 1, -1, -1):
        adoption = Adoption(_next_id(workspace))
        try:
            told = _do(workspace, adoption, Propose(proposal), account, pack, prepare=prepare)
        except NotAllowed as error:
            if not last or "acted on this case first" not in error.what:
                raise
        else:
            publish(workspace)
            return told
    raise AssertionError("unreachable")


def act(
    workspace: Workspace,
    case_id: str,
    command: Command,
    account: str,
    *,
    pack_file: Path | None = None,
    prepare: Callable[[], None] | None = None,
) -> Answer:
    """Do ``command`` on an adoption; ``pack_file`` is the pack as the consultation changed it (outcome only).

    ``prepare`` puts in place what the entry speaks of, once it is clear that there will be one.

    NotAllowed for a wrong role, person or state: that attempt goes to the audit log, and the adoption stays as it is.
    """
    adoption = read_adoption(workspace, case_id)
    pack = kept_copy(workspace, adoption.pack, adoption.pack_version, adoption.pack_hash)
    if pack_file is not None:
        pack = _revised(workspace, adoption, pack_file)
        prepare = partial(keep_copy, workspace, pack)
    told = _do(workspace, adoption, command, account, pack, prepare=prepare)
    if told.kind == "adopt" and not adoption.time_critical:
        keep_copy(workspace, pack, current=True)
    publish(workspace)
    return told


def enter_received(
    workspace: Workspace, case_id: str, account: str, withheld: Collection[str] = ()
) -> tuple[Answer, int]:
    """Enter the responses that came in by the public site, in as many entries as it takes, and take them away.

    Of those that are ``withheld`` only the stance is published, and a theme that says so, which has to be answered as
    every theme has. InputError where none waits, where one cannot be read, or where one to be withheld is not there.
    Stopped in between, it takes away what is entered the next time.
    """
    inbox = workspace.folder / FOLDER
    entered, fresh = _received(workspace, read_adoption(workspace, case_id))
    forget(inbox, case_id, tuple(one.id for one in entered))
    if not fresh:
        raise InputError(
            "No response that came in by the site waits to be entered.", where=case_id, fix="Or give a file of them."
        )
    unknown = sorted(set(withheld) - {one.id for one in fresh})
    if unknown:
        raise InputError("This response does not wait to be entered.", where=", ".join(unknown), fix="Look again.")
    for batch in batches([kept_back(one) if one.id in withheld else one for one in fresh]):
        told = act(workspace, case_id, Respond(batch), account)
        forget(inbox, case_id, tuple(one.id for one in batch))
    return told, len(fresh)


def _check_entered(workspace: Workspace, adoption: Adoption) -> None:
    """Raise NotAllowed where responses wait: nobody says what was made of answers that are not in the record."""
    _, left = _received(workspace, adoption)
    if left:
        raise NotAllowed(
            f"Responses that came in by the site wait to be entered: {len(left)}.",
            where=adoption.id,
            fix=f"First: answerable adoption respond {adoption.id} --received",
        )


def _received(workspace: Workspace, adoption: Adoption) -> tuple[list[Response], list[Response]]:
    """Return the responses in the inbox that are in the record already, and those that wait to be entered."""
    known = {one["id"] for one in adoption.responses}
    found = waiting(workspace.folder / FOLDER, adoption.id)
    return [one for one in found if one.id in known], [one for one in found if one.id not in known]


def around_of(workspace: Workspace, adoption: Adoption, pack: Pack, kind: str = "") -> Around:
    """Return what the adoption cannot know by itself at this instant; ``kind`` is the command it is for."""
    found = standing_of(workspace, pack.name)
    standing = _pack_of(workspace, found.adoption) if found.adoption else None
    from_pack = standing
    if kind == "outcome":
        proposed = adoption.proposal
        from_pack = kept_copy(workspace, proposed["pack"], proposed["version"], proposed["hash"])
    hasty = [one.adopted_at for one in adoptions(workspace) if one.pack == pack.name and one.reverts_at is not None]
    return Around(
        pack=pack,
        standing=standing,
        standing_sunset=found.last.sunset_at if found.last else None,
        changes=_changes(from_pack, pack),
        authorised=_authorised_under(workspace, f"{pack.name}@{pack.version}"),
        tz=workspace.settings.time_zone or "UTC",
        last_time_critical=max((at for at in hasty if at is not None), default=None),
        suspended_at=found.suspended_at,
    )


def _do(
    workspace: Workspace,
    adoption: Adoption,
    command: Command,
    account: str,
    pack: Pack,
    *,
    prepare: Callable[[], None] | None,
) -> Answer:
    now = workspace.clock.now()
    around = around_of(workspace, adoption, pack, command.kind)
    try:
        event = decide(adoption, command, actor(workspace, account), around, now)
        if event.kind == "outcome":
            _check_entered(workspace, adoption)
        entry = statement(
            workspace,
            event.kind,
            event.data,
            office=event.office,
            case_id=adoption.id,
            case_version=event.version,
            account=account,
            private=event.private,
        )
        # What the entry speaks of is there before it is: a stop in between leaves a copy that nothing names.
        if prepare:
            prepare()
        workspace.store.append([entry])
    except NotAllowed as error:
        workspace.store.append([], [AuditLine(now, account, command.kind, adoption.id, str(error))])
        raise
    after = adoption.after(event)
    blocked = tuple(event.data["rules"]) if event.kind == "blocked" else ()
    return Answer(adoption.id, event.kind, str(state_at(after, now)), blocked, event.data)


def _next_id(workspace: Workspace) -> str:
    start = f"{PREFIX}{workspace.clock.now().year}-"
    taken = [one.case_id for one in workspace.store.events(kinds=("propose",)) if one.case_id.startswith(start)]
    return f"{start}{max((int(name.removeprefix(start)) for name in taken), default=0) + 1:04d}"


def _revised(workspace: Workspace, adoption: Adoption, file: Path) -> Pack:
    pack = find_pack(file.name, file.parent)
    if pack.name != adoption.pack:
        raise InputError(
            "The changed pack has another name than the one consulted on.",
            where=f"{file.name}: {pack.name}",
            fix=f"Keep the name {adoption.pack}.",
        )
    _check_version(workspace, pack)
    return pack


def _check_version(workspace: Workspace, pack: Pack) -> None:
    """Raise InputError where this version number is already that of other rules."""
    for one in adoptions(workspace):
        same = (one.pack, one.pack_version) == (pack.name, pack.version)
        if one.adopted_at is not None and same and one.pack_hash != pack.hash:
            raise InputError(
                f"Version {pack.version} of {pack.name} was adopted with other rules.",
                where=f"{pack.path.name}, field version",
                fix="Give the changed pack the next version.",
            )


def _pack_of(workspace: Workspace, adoption: Adoption) -> Pack:
    return kept_copy(workspace, adoption.pack, adoption.pack_version, adoption.pack_hash)


def _changes(old: Pack | None, new: Pack) -> tuple[dict[str, str], ...]:
    if old is None or old.hash == new.hash:
        return ()
    from answerable.policy.diff import diff

    keys = ("what", "where", "kind", "sentence")
    return tuple({key: str(getattr(change, key)) for key in keys} for change in diff(old, new))


def _authorised_under(workspace: Workspace, pack: str) -> int:
    decided = {one.case_id for one in workspace.store.events(kinds=("authorise", "urgent"))}
    return sum(1 for opened in packs_of_cases(workspace, decided).values() if opened == pack)
