"""Work in the background is done once, put off where it fails, and found again after a crash."""

from __future__ import annotations

import pytest

from answerable.errors import NotAllowed, UsageError
from answerable.service.jobs import HANDLERS, ask, jobs_of, work


def test_publishing_in_the_background(workspace):
    before = workspace.store.head()
    assert ask(workspace, "publish-1", "publish", {})
    assert not ask(workspace, "publish-1", "publish", {})
    assert work(workspace) == 1
    assert work(workspace) == 0
    (line,) = jobs_of(workspace).lines()
    assert (line.state, line.said) == ("done", f"{before.size} entries signed")


def test_a_kind_that_nobody_knows_is_refused(workspace):
    with pytest.raises(UsageError, match="no such kind of job"):
        ask(workspace, "x", "dance", {})
    assert "publish" in HANDLERS


@pytest.mark.parametrize("error", [NotAllowed("Busy."), OSError("no room")], ids=["refused", "failed"])
def test_a_job_that_fails_is_put_off_and_done_in_the_end(workspace, clock, error):
    tried = []

    def unlucky(_workspace, payload):
        tried.append(payload)
        if len(tried) < 3:
            raise error
        return "done at last"

    handlers = {"publish": unlucky}
    ask(workspace, "publish-1", "publish", {"n": 1})
    assert [work(workspace, handlers=handlers) for _ in range(2)] == [0, 0]
    assert len(tried) == 1
    clock.advance(minutes=1)
    assert work(workspace, handlers=handlers) == 0
    clock.advance(minutes=2)
    assert work(workspace, handlers=handlers) == 1
    assert tried == [{"n": 1}] * 3
    assert jobs_of(workspace).lines()[0].said == "done at last"


def test_an_error_of_the_program_itself_is_not_swallowed_and_the_job_stays(workspace, clock):
    def wrong(_workspace, _payload):
        raise RuntimeError("a mistake of ours")

    ask(workspace, "publish-1", "publish", {})
    with pytest.raises(RuntimeError):
        work(workspace, handlers={"publish": wrong})
    clock.advance(minutes=6)
    assert work(workspace) == 1


def test_no_more_is_done_than_was_allowed(workspace):
    for number in range(5):
        ask(workspace, f"publish-{number}", "publish", {})
    assert work(workspace, most=2) == 2
    assert work(workspace) == 3
