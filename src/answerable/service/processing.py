"""The processing log of a workspace: a line for every look at private text, every change, disclosure and erasure.

Attempts that were refused are audit lines of the record; here is what was done. Only the roles that ``processing.yaml``
names may read it, and that they did is a line of it.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from answerable.errors import NotAllowed, UsageError
from answerable.place import stamp
from answerable.service.workspace import Workspace
from answerable.store.processing import ProcessingLine, ProcessingLog
from answerable.store.protocol import AuditLine

FILE = "processing.sqlite"


@cache
def rules() -> dict[str, Any]:
    """Return the reasons that may be given and the roles that may read, with their source."""
    text = files("answerable.service").joinpath("processing.yaml").read_text(encoding="utf8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def readers() -> frozenset[str]:
    """Return the roles that may read the log."""
    return frozenset(rules()["readers"])


def note_processing(  # noqa: PLR0917 -- the words of a line, in their order
    workspace: Workspace, operation: str, subject: tuple[str, str], reason: str, account: str = "", recipient: str = ""
) -> None:
    """Add a line: ``account`` (empty: nobody is signed in) did ``operation`` to ``subject``, a kind and an id.

    The act that is noted fails where it cannot be noted. ``UsageError`` for a reason that is no code of ours.
    """
    if reason not in rules()["reasons"]:
        raise UsageError("There is no such reason.", where=reason, fix=f"Use one of: {', '.join(rules()['reasons'])}.")
    line = ProcessingLine(workspace.clock.now(), operation, account, *subject, reason, recipient)
    with ProcessingLog(workspace.folder / FILE) as log:
        log.add(line)


def processing_lines(
    workspace: Workspace, account: str, kind: str | None = None, subject: str | None = None
) -> list[dict[str, str]]:
    """Return the lines of one kind, one subject or all; ``NotAllowed``, and an audit line, for any other role."""
    who = workspace.store.person(account)
    if who is None or who.disabled_at is not None or not readers() & set(who.roles):
        needed = f"needs one of the roles {', '.join(sorted(readers()))}"
        workspace.store.append([], [AuditLine(workspace.clock.now(), account, "read processing log", "", needed)])
        raise NotAllowed(
            f"Reading the processing log {needed}.", where=account, fix="Ask somebody who holds one of them."
        )
    note_processing(workspace, "consulted", ("processing log", subject or "all"), "oversight", account)
    with ProcessingLog(workspace.folder / FILE) as log:
        found = log.lines(kind, subject)
    return [{**vars(line), "at": stamp(line.at)} for line in found]


def processing_problems(workspace: Workspace) -> tuple[str, ...]:
    """Return what is wrong with the log itself: lines that were changed or taken out."""
    path = workspace.folder / FILE
    if not path.is_file():
        return ()
    with ProcessingLog(path) as log:
        return tuple(log.problems())
