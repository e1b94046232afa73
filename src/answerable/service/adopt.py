"""Adopt a pack: the rules a workspace works under, written out in the log and kept as they were adopted.

A rehearsal adopts the example pack at once; a real force will consult first.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

from answerable.errors import IntegrityError, NotAllowed
from answerable.place import read_stamp
from answerable.policy.examples import examples_path
from answerable.policy.pack import Pack, load_pack
from answerable.record.encode import parse_body
from answerable.service.publish import publish
from answerable.service.statement import statement
from answerable.service.workspace import Workspace

# A pack's life is given in months; the sunset counts them as 30.44 days, a twelfth of a year.
_MONTH = timedelta(days=30.44)
OFFICE = "chief_officer"


def adopt(workspace: Workspace) -> None:
    """Adopt the pack that the settings name, by an entry that states every rule, and publish it."""
    pack = load_pack(workspace.settings.pack)
    copy = _copy(workspace)
    copy.parent.mkdir(exist_ok=True)
    shutil.copyfile(pack.path, copy)
    shutil.copyfile(examples_path(pack), examples_path(load_pack(copy)))
    sunset = workspace.clock.now() + pack.settings["pack_sunset_months"] * _MONTH
    data = {
        "pack": pack.name,
        "version": pack.version,
        "status": pack.status,
        "title": pack.title,
        "about": pack.about,
        "hash": pack.hash,
        "sunset_at": sunset.replace(microsecond=0),
        "not_limited": pack.not_limited,
        "rules": [
            {"id": r.id, "on": list(r.on), "kind": r.kind, "says": r.says, "basis": r.basis, "src": r.src}
            for r in pack.rules
        ],
    }
    workspace.store.append([statement(workspace, "adopt", data, office=OFFICE)])
    publish(workspace)


def adopted_pack(workspace: Workspace) -> Pack:
    """Return the pack as it was adopted.

    NotAllowed where its sunset has passed; IntegrityError where the kept copy is not what the log says was adopted.
    """
    adoptions = [event for event in workspace.store.events("") if event.kind == "adopt"]
    if not adoptions:
        raise NotAllowed("No pack has been adopted.", where=workspace.settings.name, fix="Adopt one first.")
    data = parse_body(adoptions[-1].body)["data"]
    pack = load_pack(_copy(workspace))
    if pack.hash != data["hash"]:
        raise IntegrityError(
            "The pack in this workspace is not the one that was adopted.",
            where=str(_copy(workspace)),
            fix=f"Restore the copy whose hash is {data['hash'][:16]}..., as the log says.",
        )
    if workspace.clock.now() >= read_stamp(data["sunset_at"]):
        raise NotAllowed(
            f"The pack {pack.name} reached its sunset: nothing can be decided under it.",
            where=f"sunset {data['sunset_at']}",
            fix=f"Adopt it anew after its evaluation. {pack.not_limited}",
        )
    return pack


def _copy(workspace: Workspace) -> Path:
    return workspace.public / "packs" / f"{workspace.settings.pack}.yaml"
