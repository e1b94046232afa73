"""The file for gates, ``public/gate-head``: the witnessed head, which authorities no longer hold, without a tempo.

The list is derived from how each case stands at the moment of writing, so that it also holds what only the clock ended:
suspended, lapsed and never ratified. It has a fixed size; what is not a revocation is random.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count

from answerable.case.adoption import is_adoption
from answerable.case.machine import Case, state_at
from answerable.case.state import State
from answerable.place import read_stamp
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.encode import parse_body
from answerable.record.gate import AUTHORITIES
from answerable.record.gatehead import make_gate_head, padded, revoked_token
from answerable.record.note import parse_note
from answerable.record.publish import CHECKPOINT, write_file
from answerable.service.history import event_of
from answerable.service.workspace import Workspace

FILE = "gate-head"
_HOLDS = frozenset({State.AUTHORISED, State.ACTIVE, State.UNDER_REVIEW})
# An authority that ended by its own statement needs no token; this long after it, no clock can still mistake it.
_FORGOTTEN_AFTER = timedelta(days=1)


def write_gate_head(workspace: Workspace) -> None:
    """Write the file for the standing public head; the caller lets one process publish at a time."""
    note = (workspace.public / CHECKPOINT).read_bytes().decode("utf-8")
    write_file(workspace.public / FILE, gate_head_text(workspace, note).encode())


def gate_head_text(workspace: Workspace, note: str) -> str:
    """Return the file for the cosigned head ``note``, as everything stands now."""
    now = workspace.clock.now()
    time = int(now.timestamp())
    tokens = padded(_tokens(workspace, now, time), _fill(workspace, time))
    head = parse_checkpoint(parse_note(note).text)
    return make_gate_head(head, note, time, tokens, workspace.signer)


def _fill(workspace: Workspace, time: int) -> Iterator[bytes]:
    """Yield what looks random to everybody without the log's key, and is the same whenever the same list is made."""
    secret = (workspace.folder / "keys" / "log.key").read_bytes()
    for number in count():
        yield hmac.new(secret, b"gate fill\x00%d %d" % (time, number), hashlib.sha256).digest()


def _tokens(workspace: Workspace, now: datetime, time: int) -> Iterator[bytes]:
    """Yield the token, for a list of ``time``, of every authority that says it lasts and does not hold."""
    given = [one for one in workspace.store.events(kinds=AUTHORITIES) if not is_adoption(one.case_id)]
    lasting = [one for one in given if _ends(one.body) > now - _FORGOTTEN_AFTER]
    for case_id in dict.fromkeys(one.case_id for one in lasting):
        if _state(workspace, case_id, now) not in _HOLDS:
            yield from (revoked_token(one.blind, time) for one in lasting if one.case_id == case_id)


def _ends(body: bytes) -> datetime:
    return read_stamp(parse_body(body)["data"]["ends_at"])


def _state(workspace: Workspace, case_id: str, now: datetime) -> State:
    case = Case.fold(case_id, [event_of(one) for one in workspace.store.events(case_id)])
    return state_at(case, now)
