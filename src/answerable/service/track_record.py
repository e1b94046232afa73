"""How good a force's forecasts were, laid beside its log for anybody to read: the report of a backtest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from answerable.service.adoption_packs import put
from answerable.service.workspace import Workspace

FILE = "track-record.json"


def publish_scores(workspace: Workspace, report: Mapping[str, Any]) -> None:
    """Lay the report of a backtest on the workspace's own incidents into its public folder, in place of an older one.

    It is no entry of the log: whoever has the data can run the backtest again. No score is of a single cell.
    """
    put(workspace.public / FILE, json.dumps(report, indent=1).encode("utf-8"))
