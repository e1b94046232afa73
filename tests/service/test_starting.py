"""What serves a workspace first makes sure that its record is safe to write to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from answerable.clock import FixedClock
from answerable.errors import IntegrityError, UsageError
from answerable.record.cosign import cosign, cosigner_key
from answerable.record.note import parse_note
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


@pytest.mark.parametrize(("minutes", "refused"), [(0, False), (1, False), (30, True)])
def test_a_clock_behind_the_last_cosignature_is_refused(workspace, clock, minutes, refused):
    """The record itself is older: it is the witnesses, outside, who have seen a later time."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
    key, at = cosigner_key("paper.example/witness", private), clock.now() + timedelta(minutes=minutes)
    policy = (workspace.public / "log-policy").read_text(encoding="utf8").replace("quorum none\n", "")
    (workspace.public / "log-policy").write_text(f"{policy}witness paper {key.vkey}\nquorum paper\n", encoding="utf8")
    checkpoint = workspace.public / "checkpoint"
    note = checkpoint.read_text(encoding="utf8")
    signed = cosign(parse_note(note).text, key.name, private, int(at.timestamp()))
    checkpoint.write_text(note + signed, encoding="utf8")
    if refused:
        with pytest.raises(UsageError, match="it is behind"):
            refuse_unsafe_start(workspace, clock)
    else:
        refuse_unsafe_start(workspace, clock)


@pytest.mark.parametrize("note", [None, "", "nonsense"])
def test_a_public_head_that_tells_no_time_is_no_clock(workspace, clock, note):
    checkpoint = workspace.public / "checkpoint"
    if note is None:
        checkpoint.unlink()
    else:
        checkpoint.write_text(note, encoding="utf8")
    refuse_unsafe_start(workspace, clock)


def test_the_staff_site_is_not_served_without_a_head_file(workspace):
    (workspace.folder / "head").unlink()
    with pytest.raises(IntegrityError, match="head file is missing"):
        refuse_unsafe_start(workspace)
    workspace.close()
    with pytest.raises(IntegrityError, match="head file is missing"):
        serve_staff(workspace.folder, "127.0.0.1", 0)
