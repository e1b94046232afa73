"""Carry out what a filled form of a case asks for, or only find out whether it could be."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import yaml

from answerable.case.event import Command, LogEntry
from answerable.case.log import read_entries
from answerable.place import parse_instant, stamp
from answerable.service.answer import Answer
from answerable.service.cases import act, check_act
from answerable.service.workspace import Workspace
from answerable.web.pages.staff_acts import Asked

FORM = "form.yaml"
"""What a document that was made of a form is called where it is handed in: nobody's file."""
_Came = TypeVar("_Came")


def carry_out(workspace: Workspace, case_id: str, verb: str, asked: Asked, account: str) -> Answer:
    """Do what a filled form asks for; errors as for :func:`answerable.service.cases.act`."""
    return _asked_of(act, workspace, case_id, verb, asked, account)


def check_asked(workspace: Workspace, case_id: str, verb: str, asked: Asked, account: str) -> None:
    """Raise what :func:`carry_out` would raise now, and do nothing."""
    _asked_of(check_act, workspace, case_id, verb, asked, account)


def _asked_of(  # noqa: PLR0917 -- what is asked of whom, by whom
    do: Callable[..., _Came], workspace: Workspace, case_id: str, verb: str, asked: Asked, account: str
) -> _Came:
    tz = workspace.settings.time_zone or "UTC"
    times: dict[str, Any] = {name: parse_instant(text, tz) for name, text in asked.times.items() if text}
    entries: tuple[LogEntry, ...] = ()
    if asked.entry is not None:
        entry = {"at": stamp(workspace.clock.now()), **asked.entry}
        entries = read_entries([entry], tz, "the form")
    command = Command(verb, **asked.command, **times, entries=entries)
    if not asked.sections:
        return do(workspace, case_id, command, account)
    with written(asked.sections) as path:
        return do(workspace, case_id, command, account, added=path)


@contextmanager
def written(document: Mapping[str, Any]) -> Iterator[Path]:
    """Give a document as a file for as long as the block lasts: the service reads files, as it does from everybody."""
    with TemporaryDirectory(prefix="answerable-") as folder:
        path = Path(folder) / FORM
        path.write_text(yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False), encoding="utf8")
        yield path
