"""What goes where: results on stdout, messages and progress on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import typer


def emit(document: Any, *, as_json: bool, text: Callable[[], str]) -> None:
    """Print ``document`` as one JSON document, or else the text."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=_plain) if as_json else text())


def note(message: str) -> None:
    """Say something to the person at the keyboard, beside the result."""
    typer.echo(message, err=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out rows under headers as aligned text."""
    from answerable.present.tables import table as lay_out

    return lay_out(head, rows)


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int, str], None]]:
    """Show a bar on stderr while the caller reports ``(done, total, what)``; silent where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total, what: bar.update(task, completed=done, total=total, description=what or label)


def _silent(done: int, total: int, what: str) -> None:
    """Report to nobody."""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no JSON form")
