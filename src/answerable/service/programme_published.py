"""Whether all deployments together changed anything, laid beside the log for anybody to read."""

from __future__ import annotations

import json

from answerable.evaluate.summary import Summary
from answerable.place import stamp
from answerable.service.adoption_packs import put
from answerable.service.workspace import Workspace

FILE = "programme-evaluation.json"


def publish_programme(workspace: Workspace, found: Summary) -> None:
    """Lay the evaluation of the programme into the workspace's public folder, in place of an older one.

    It is no entry of the log. All its counts are of the programme as a whole: deployments, windows, incidents in them,
    and harms, which the log has case by case.
    """
    told = {"made_at": stamp(workspace.clock.now()), **found.as_json()}
    put(workspace.public / FILE, json.dumps(told, indent=1).encode("utf-8"))
