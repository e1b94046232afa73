"""The log of a deployment as a user writes it: one entry on the command line, or a file of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from answerable.case.event import Command
from answerable.case.log import read_entries
from answerable.errors import UsageError
from answerable.place import stamp
from answerable.policy.reading import read_yaml_file
from answerable.service.workspace import Workspace


def log_command(workspace: Workspace, file: Path | None, given: Mapping[str, Any]) -> Command:
    """Return the command that logs the entries of ``file``, or the one entry ``given`` (``at`` is now if left out).

    The file is a list of entries, or a mapping with the list under ``log``. UsageError where both are given or neither;
    InputError, naming the entry and the field, for anything that does not fit.
    """
    if (file is None) == (not given):
        raise UsageError("Log one entry by options, or a file of entries.", fix="Give --kind ..., or FILE.")
    tz = workspace.settings.time_zone or "UTC"
    if file is None:
        entry = {"at": stamp(workspace.clock.now()), **given}
        return Command("log", entries=read_entries([entry], tz, "the options"))
    document = read_yaml_file(file)
    if isinstance(document, dict) and set(document) == {"log"}:
        document = document["log"]
    return Command("log", entries=read_entries(document, tz, file.name))
