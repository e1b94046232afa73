"""A child process in which strangers' files are read: with limits of its own, so that no file brings the site down."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from answerable import errors
from answerable.errors import AnswerableError, InputError

MEMORY, SECONDS = 3 << 30, 120
"""The most bytes of data and seconds of computing of one child."""


def in_child(
    work: Callable[..., Any],
    *args: Any,
    memory: int = MEMORY,
    seconds: int = SECONDS,
    progress: Callable[[int, int, str], None] | None = None,
) -> Any:
    """Return ``work(*args)``, done in a child process; both must be fit to be handed over (module level, plain values).

    With ``progress`` the work is handed a ``progress(done, total, label)`` of its own, and what it says is said here.
    The errors of ours that it raises are raised here. InputError where it took too much, too long, or died.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_run, args=(there, memory, seconds, work, args, progress is not None), daemon=True)
    child.start()
    there.close()
    try:
        told = _told(here, monotonic() + seconds * 2, progress)
    except EOFError:
        told = None
    finally:
        here.close()
        child.kill()
        child.join()
    if told is None:
        raise InputError(
            "Reading this file took more memory or time than one file may take, so nothing of it was kept.",
            where=f"more than {memory >> 20} MB or {seconds} s",
            fix="Split it, or look at whether it is what its name says.",
        )
    kind, value = told
    if kind == "done":
        return value
    raise _again(value)


def _told(here: Connection, until: float, progress: Callable[[int, int, str], None] | None) -> tuple[str, Any] | None:
    """Return what the child ends with, and pass on how far it says it is; None where it says nothing in time."""
    while here.poll(max(until - monotonic(), 0)):
        kind, value = here.recv()
        if kind != "progress":
            return kind, value
        if progress:
            progress(*value)
    return None


def _run(  # noqa: PLR0917 -- handed over to the child, in this order
    there: Connection, memory: int, seconds: int, work: Callable[..., Any], args: tuple[Any, ...], tells: bool
) -> None:
    limit(memory, seconds)
    more = {"progress": lambda *far: there.send(("progress", far))} if tells else {}
    try:
        there.send(("done", work(*args, **more)))
    except AnswerableError as error:
        there.send(("error", (type(error).__name__, error.what, error.where, error.fix)))
    except MemoryError:
        there.close()


def limit(memory: int, seconds: int) -> None:
    """Hold this process to so many bytes of data and seconds of computing, where the system knows such limits."""
    if sys.platform == "win32":  # pragma: no cover
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _again(told: tuple[str, str, str, str]) -> AnswerableError:
    name, what, where, fix = told
    kind = getattr(errors, name, AnswerableError)
    found: AnswerableError = kind(what, where=where, fix=fix)
    return found
