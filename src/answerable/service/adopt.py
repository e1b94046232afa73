"""The pack in force: what a workspace works under at this instant, by the adoptions in its record.

A rehearsal adopts the example at once, by an entry of no case; everything else comes about by consultation.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from answerable.case.adoption import Adoption, Alarm, Standing, alarms, standing
from answerable.case.adoption.bodies import pack_said
from answerable.case.adoption.checks import MONTH
from answerable.case.adoption.rulebook import rulebook
from answerable.case.adoption.standing import ORDINARY
from answerable.case.adoption.stop import Evaluated, evaluated
from answerable.errors import IntegrityError, NotAllowed
from answerable.place import stamp
from answerable.policy.pack import Pack, load_pack
from answerable.service.adoption_events import event_of, read_adoption
from answerable.service.adoption_packs import current_path, keep_copy, kept_copy
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

OFFICE = "chief_officer"
# Who adopts at once in a rehearsal or a simulation: a pretend person, as every decision there has one.
PRETEND = "chief-officer"


def adopt(workspace: Workspace) -> None:
    """Adopt the pack that the settings name at once, by an entry that states every rule, and publish it.

    Only rehearsals and simulations do this. NotAllowed elsewhere.
    """
    if workspace.settings.kind not in ("rehearsal", "simulated"):
        raise NotAllowed(
            "Here no pack is adopted without consultation.",
            where=workspace.settings.name,
            fix="Open an adoption: answerable adoption open FILE.",
        )
    pack = load_pack(workspace.settings.pack)
    book = rulebook().limits
    sunset = workspace.clock.now() + pack.settings.get("pack_sunset_months", book["sunset_months"]) * MONTH
    metric = {"id": "confidence_overall", "margin": book["confidence_margin"], "unit": "percentage points"}
    stop = {"id": "confidence", "metric": metric["id"], "evaluations": int(book["stop_after"])}
    ends = {"sunset_at": sunset.replace(microsecond=0), "metrics": [metric], "stop_rules": [stop]}
    keep_copy(workspace, pack, current=True)
    said = {**pack_said(pack), **ends}
    workspace.store.append([statement(workspace, "adopt", said, office=OFFICE, account=PRETEND)])
    publish(workspace)


def begin(workspace: Workspace) -> None:
    """Begin the log of a workspace in which no pack is in force yet, and publish it."""
    says = "No pack is in force here yet: no deployment can be proposed before one was consulted on and adopted."
    workspace.store.append([statement(workspace, "begin", {"says": says}, office="admin")])
    publish(workspace)


def adopted_pack(workspace: Workspace, name: str | None = None) -> Pack:
    """Return the pack of that name (default: the one in the settings) in force now, as it was adopted.

    NotAllowed where none is: never adopted, past its sunset, suspended or repealed. What the clock or a stop rule ended
    is then told the commissioner, once, by an entry of the log. IntegrityError where the kept copy
    is not what the log says was adopted.
    """
    wanted = name or workspace.settings.pack
    every = adoptions(workspace)
    found = _standing(workspace, every, wanted)
    if found.adoption is None:
        _give_notice(workspace, found)
        raise _nothing_in_force(workspace, found)
    adoption = found.adoption
    pack = kept_copy(workspace, adoption.pack, adoption.pack_version, adoption.pack_hash)
    _check_current(workspace, wanted, every)
    return pack


def pack_of_case(workspace: Workspace, name_and_version: str) -> Pack:
    """Return the pack that a case was opened under (``name@version``), whether or not it is still in force.

    NotAllowed where no such version was ever adopted; IntegrityError where its copy was altered.
    """
    name, _, version = name_and_version.rpartition("@")
    for one in reversed(adoptions(workspace)):
        if one.adopted_at is not None and (one.pack, str(one.pack_version)) == (name, version):
            return kept_copy(workspace, one.pack, one.pack_version, one.pack_hash)
    raise NotAllowed("This version of the pack was never adopted here.", where=name_and_version)


def standing_of(workspace: Workspace, name: str, at: datetime | None = None) -> Standing:
    """Return what is in force of the pack ``name`` now, or at ``at``."""
    return _standing(workspace, adoptions(workspace), name, at)


def _standing(workspace: Workspace, found: Sequence[Adoption], name: str, at: datetime | None = None) -> Standing:
    return standing(found, name, at or workspace.clock.now(), evaluations(workspace, name))


def alarms_of(workspace: Workspace) -> tuple[Alarm, ...]:
    """Return what has to be said now of every pack that was ever adopted here: sunset, suspension, evaluation due."""
    every = adoptions(workspace)
    names = dict.fromkeys(one.pack for one in every if one.adopted_at is not None)
    now = workspace.clock.now()
    return tuple(alarm for name in names for alarm in alarms(_standing(workspace, every, name), now))


def adoptions(workspace: Workspace) -> tuple[Adoption, ...]:
    """Return every adoption in the record, those at once first, in the order they were opened."""
    at_once = [Adoption.at_once(event_of(one)) for one in workspace.store.events("", kinds=("adopt",))]
    opened = workspace.store.events(kinds=("propose",))
    return (*at_once, *(read_adoption(workspace, one.case_id) for one in opened))


def evaluations(workspace: Workspace, name: str) -> tuple[Evaluated, ...]:
    """Return the evaluations of all deployments under any version of the pack ``name``."""
    stored = workspace.store.events(kinds=("evaluate",))
    if not stored:
        return ()
    packs = packs_of_cases(workspace, {one.case_id for one in stored})
    return tuple(
        evaluated(one.case_id, one.at, one.data)
        for one in stored
        if packs.get(one.case_id, "").rpartition("@")[0] == name
    )


def packs_of_cases(workspace: Workspace, cases: Collection[str]) -> dict[str, str]:
    """Return the pack (``name@version``) that each of ``cases`` was opened under."""
    opened = workspace.store.events(kinds=("open",)) if cases else ()
    return {one.case_id: str(one.data["pack"]) for one in opened if one.case_id in cases}


def _give_notice(workspace: Workspace, found: Standing) -> None:
    """Enter the alarms of a pack that the clock or a stop rule ended, each once, and publish them."""
    due = [one.as_json() for one in alarms(found, workspace.clock.now()) if one.kind in ("sunset", "suspended")]
    given = [one.data for one in workspace.store.events("", kinds=("alarm",))]
    fresh = [one for one in due if one not in given]
    if fresh:
        workspace.store.append([statement(workspace, "alarm", one, office="system") for one in fresh])
        publish(workspace)


def _nothing_in_force(workspace: Workspace, found: Standing) -> NotAllowed:
    if found.last is None:
        return NotAllowed(
            f"No pack {found.pack} has been adopted.",
            where=workspace.settings.name,
            fix=f"Adopt one first: answerable adoption open FILE. {ORDINARY}",
        )
    at = stamp(found.ended_at) if found.ended_at else ""
    what = {
        "sunset": "reached its sunset: nothing can be decided under it",
        "suspended": "is suspended by its stop rule: nothing can be decided under it",
        "repealed": "was repealed: nothing can be decided under it",
    }[found.why]
    pack = kept_copy(workspace, found.last.pack, found.last.pack_version, found.last.pack_hash)
    return NotAllowed(
        f"The pack {found.pack} {what}.",
        where=f"{found.why} {at}",
        fix=f"Adopt it anew after its evaluation. {ORDINARY} {pack.not_limited}",
    )


def _check_current(workspace: Workspace, name: str, every: Sequence[Adoption]) -> None:
    """Raise IntegrityError where the pack shown to everyone is none that was ever adopted."""
    path = current_path(workspace.public, name)
    known = {one.pack_hash for one in every if one.pack == name and one.adopted_at is not None}
    if path.exists() and load_pack(path).hash not in known:
        raise IntegrityError(
            "The pack in this workspace is not the one that was adopted.",
            where=str(path),
            fix="Restore the copy that the log names, or copy it from the versions beside it.",
        )
