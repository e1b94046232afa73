"""Work in the background: jobs that outlive the process which asked for them, done by ``work`` one after the other.

What a kind of job does is a function of the workspace and the job's payload. It may be begun again after a crash, so it
must come to the same when done twice: all of ours publish, or write what is found by its key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from answerable.errors import AnswerableError, UsageError
from answerable.service.publish import publish
from answerable.service.workspace import Workspace
from answerable.store.jobs import Job, Jobs
from answerable.store.sql import SqlStore

Handler = Callable[[Workspace, Mapping[str, Any]], str]
_log = logging.getLogger(__name__)


def _publish(workspace: Workspace, _payload: Mapping[str, Any]) -> str:
    return f"{publish(workspace).size} entries signed"


HANDLERS: dict[str, Handler] = {"publish": _publish}
"""What is done for each kind of job."""


def jobs_of(workspace: Workspace) -> Jobs:
    """Return the jobs of a workspace; ``UsageError`` where its store keeps none."""
    store = workspace.store
    if not isinstance(store, SqlStore):
        raise UsageError("This store keeps no jobs.", where=store.settings["engine"])
    return Jobs(store)


def ask(workspace: Workspace, key: str, kind: str, payload: Mapping[str, Any], due_at: datetime | None = None) -> bool:
    """Ask for a job once: False, and nothing changes, where one of that key was asked for before."""
    if kind not in HANDLERS:
        raise UsageError("There is no such kind of job.", where=kind, fix=f"Use one of: {', '.join(sorted(HANDLERS))}.")
    return jobs_of(workspace).add(key, kind, payload, due_at or workspace.clock.now())


def work(workspace: Workspace, *, most: int = 100, handlers: Mapping[str, Handler] | None = None) -> int:
    """Do jobs that are due until there are none, at most ``most``; return how many were finished.

    A job that fails is put off and tried again; what it said is kept with it.
    """
    jobs, known = jobs_of(workspace), handlers or HANDLERS
    finished = 0
    for _ in range(most):
        job = jobs.take(sorted(known), workspace.clock.now())
        if job is None:
            break
        finished += _do(workspace, jobs, job, known[job.kind])
    return finished


def _do(workspace: Workspace, jobs: Jobs, job: Job, handler: Handler) -> bool:
    try:
        said = handler(workspace, job.payload)
    except (AnswerableError, OSError) as error:
        _log.warning("job %s put off: %s", job.key, error)
        jobs.put_off(job, workspace.clock.now(), f"{type(error).__name__}: {error}")
        return False
    return jobs.finish(job, said)
