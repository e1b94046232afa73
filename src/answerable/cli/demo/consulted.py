"""The demo's open consultation: the next version of the rules, stricter, put to those whom it concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from answerable.case.adoption import commands as ask
from answerable.case.adoption.answers import Reach, Response
from answerable.case.adoption.proposal import template
from answerable.clock import FixedClock
from answerable.place import local
from answerable.policy.pack import load_pack
from answerable.policy.reading import read_yaml
from answerable.service.adoption import act, open_adoption
from answerable.service.workspace import Workspace

_PACK = "stricter-limits.yaml"
_OPEN_FOR = timedelta(days=42)
_OWNER = "policy-owner"
# Short, and pretended like everything in the demo; what they have to hold in earnest is in docs/adoption.md.
_PAPERS = {
    "eia": "Residents of the four wards asked about so far are younger and poorer than the city. Fewer deployments "
    "weigh on them less; no group is worse off than under version 1.",
    "dpia": "Nothing about a person is added: cases hold places, windows and offices, as before.",
    "draft-cia": "Fear was named by every group that advised on a case. A lower ceiling is meant to answer that. "
    "Whether it does is measured by the confidence survey.",
    "alternatives": "Keeping the limits; ending the tactic; a limit for each ward. The first two are set aside with "
    "reasons, the third is open.",
    "evidence": "With three deployments a year no effect on violence could be told from chance in any foreseeable "
    "time. That is an argument for few, and not one for many.",
}
_RESPONSES: tuple[dict[str, Any], ...] = (
    {"id": "M-1", "kind": "organisation", "org": "Tenants' association, Canal Side", "stance": "support_with_changes",
     "themes": ("fear", "how often"), "text": "Three is still three evenings on which children stay indoors.",
     "publish": True},
    {"id": "M-2", "kind": "organisation", "org": "Head teachers' group", "stance": "support",
     "themes": ("what else could be done",), "text": "Put the same money into the youth clubs, and say when you will.",
     "publish": True},
    {"id": "M-3", "kind": "individual", "stance": "oppose", "themes": ("being protected",),
     "text": "If somebody is about to be shot I do not want to hear about a number."},
)  # fmt: skip


def open_consultation(workspace: Workspace, clock: FixedClock, tz: str) -> str:
    """Propose stricter limits, open the consultation and enter what came in at two meetings; tell of it."""
    begun = clock.now()
    folder = workspace.folder / "case-files" / "stricter-limits"
    folder.mkdir(parents=True, exist_ok=True)
    told = open_adoption(workspace, _proposal(folder, begun, tz), _OWNER)
    act(workspace, told.id, ask.Consult(), _OWNER)
    clock.advance(minutes=30)
    act(workspace, told.id, ask.Notice("police and crime commissioner", how="letter"), "pcc-liaison")
    clock.advance(minutes=24 * 60)
    responses = tuple(Response.model_validate(one) for one in _RESPONSES)
    act(workspace, told.id, ask.Respond(responses), _OWNER)
    young = Reach(org="Young people under 25", reached=False, how="The youth clubs were closed that week.")
    act(workspace, told.id, ask.Reached((young,)), _OWNER)
    return (
        f"Consultation {told.id}: version 2 of the rules would permit three cases a year, not four. Until it closes "
        "anybody can answer it on the public site. Three responses are in the record. Young people were not "
        "reached yet, and that is on record too."
    )


def _proposal(folder: Path, begun: datetime, tz: str) -> Path:
    """Write the pack, the papers and the proposal that names them; return the proposal's path."""
    (folder / _PACK).write_text(yaml.safe_dump(_stricter(), sort_keys=False, allow_unicode=True), encoding="utf8")
    document = yaml.safe_load(template())
    for paper in document["documents"]:
        name = paper["file"].removesuffix(".md")
        text = f"# {paper['title']}\n\nSIMULATED: pretended, like everything in this city.\n\n{_PAPERS[name]}\n"
        (folder / paper["file"]).write_text(text, encoding="utf8")
    closes = begun + _OPEN_FOR
    document |= {
        "title": "Fewer armed patrols: three a year in place of four",
        "pack": _PACK,
        "tz": tz,
        "summary": "The limit on authorised cases in a year falls from four to three, with notice from the first. "
        "Nothing else in the rules changes.",
        "opens": local(begun, tz).isoformat(timespec="minutes"),
        "closes": local(closes, tz).isoformat(timespec="minutes"),
        "evaluation_due": str((closes + timedelta(days=300)).date()),
    }
    path = folder / "proposal.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf8")
    return path


def _stricter() -> dict[str, Any]:
    """Return the example pack with a lower ceiling on authorised cases, as its next version."""
    pack = load_pack("uk.armed_patrol")
    document: dict[str, Any] = dict(read_yaml(pack.text(), pack.path.name))
    limits = next(rule for rule in document["rules"] if "rarity" in rule.get("set", {}))
    limits["set"]["rarity"] |= {"force_year": {"notice": 1, "escalate": 2, "most": 3}, "permitted_per_year": 3}
    limits["says"] = limits["says"].replace("at most four", "at most three").replace("above four", "above three")
    return {**document, "version": pack.version + 1}
