"""What serves a workspace first makes sure that its record is safe to write to."""

from __future__ import annotations

from datetime import timedelta

import pytest

from answerable.clock import FixedClock
from answerable.errors import IntegrityError, UsageError
from answerable.service.starting import refuse_unsafe_start
from answerable.web.serve import serve_staff


def test_a_sound_workspace_starts(workspace, clock):
    refuse_unsafe_start(workspace, clock)
    refuse_unsafe_start(workspace)


def test_a_clock_behind_the_record_is_refused_though_the_workspace_never_goes_back(workspace, clock):
    behind = FixedClock(clock.now() - timedelta(hours=1))
    assert workspace.clock.now() == clock.now()
    with pytest.raises(UsageError, match="it is behind"):
        refuse_unsafe_start(workspace, behind)


def test_the_staff_site_is_not_served_without_a_head_file(workspace):
    (workspace.folder / "head").unlink()
    with pytest.raises(IntegrityError, match="head file is missing"):
        refuse_unsafe_start(workspace)
    workspace.close()
    with pytest.raises(IntegrityError, match="head file is missing"):
        serve_staff(workspace.folder, "127.0.0.1", 0)
