"""The gate: is this deployment authorised now, here, and not revoked? Answered offline from two files and a policy.

A proof that does not hold, or files that do not belong together, raise ``Altered``. Everything else that keeps a gate
shut is a refusal with a name. No refusal limits a rescue: it is about this tactic alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from .checkpoint import WATERMARKS, Checkpoint, parse_checkpoint
from .disclose import merged
from .encode import commit, parse_body
from .errors import Altered, Forked, RecordError, TooFewWitnesses
from .gatehead import check_list, parse_gate_head, revoked_token
from .ground import inside
from .merkle import leaf_hash, verify_inclusion
from .note import Signed, check_note, parse_note
from .policy import NONE, Policy, parse_policy
from .proof import parse_proof

AUTHORITIES = ("authorise", "urgent", "extend")
FRESH_SECONDS = 3600
PRIVATE_AREA = "private/area"
"""The name under which a statement keeps back the precise area; a gate is handed it."""
NOT_LIMITED = "This does not limit armed response under APP or the duty to protect life."

_EMERGENCY = "EMERGENCY: one witness and a time stamp stood in for the quorum; this is counted publicly."
MEANINGS = {
    "authorised": "This deployment is authorised now, at this place.",
    "no-authority": "The statement in this proof gives no authority to deploy.",
    "unwitnessed": "Not enough witnesses have signed: nobody outside the force vouches for this version of the log.",
    "stale": "The head is too old: a revocation could have been missed.",
    "not-started": "The authority has not begun yet.",
    "expired": "The authority has ended.",
    "wrong-area": "This place is outside the area of the authority.",
    "no-area": "The proof does not disclose the area, so it cannot be said whether this place is in it.",
    "revoked": "The authority has been ended, revoked, suspended or never ratified.",
    "not-confirmed": "The time to start or to ratify has passed since this head was made: fetch a newer one.",
}


@dataclass(frozen=True)
class GateAnswer:
    """What the gate says: ``code`` is a key of ``MEANINGS``; ``at`` the instant it was answered for (POSIX seconds).

    ``case`` and ``ends_at`` are the statement's; ``emergency`` is whether one witness and a time stamp stood in for
    the quorum.
    """

    code: str
    at: int
    case: str = ""
    kind: str = ""
    ends_at: str = ""
    detail: str = ""
    emergency: bool = False
    workspace: str = ""

    @property
    def authorised(self) -> bool:
        """Whether the gate opens."""
        return self.code == "authorised"

    def as_json(self) -> dict[str, Any]:
        """Return the machine-readable answer."""
        said = {"authorised": self.authorised, "reason": MEANINGS[self.code], **asdict(self)}
        mark = WATERMARKS.get(self.workspace, "")
        return {**said, "at": _iso(self.at), "not_limited": NOT_LIMITED, "watermark": mark}

    def sentences(self) -> tuple[str, ...]:
        """Return the answer for a reader, the watermark first."""
        lines = [
            WATERMARKS.get(self.workspace, ""),
            f"{'AUTHORISED' if self.authorised else 'REFUSED'} ({self.code}): {MEANINGS[self.code]}",
            f"Case {self.case}, until {self.ends_at}." if self.authorised else self.detail,
            _EMERGENCY if self.emergency else "",
            "" if self.authorised else NOT_LIMITED,
        ]
        return tuple(line for line in lines if line)


@dataclass(frozen=True)
class _Question:
    """What was read and found whole, and what is asked: ``place`` (longitude, latitude) at ``now``."""

    policy: Policy
    body: dict[str, Any]
    token: bytes
    listed_at: int
    tokens: tuple[bytes, ...]
    witnesses: tuple[Signed, ...]
    emergency: bool
    place: tuple[float, float]
    now: int

    @property
    def data(self) -> dict[str, Any]:
        """What the statement says."""
        found = self.body.get("data")
        return found if isinstance(found, dict) else {}


def check_gate(
    proof_text: str,
    head_text: str,
    policy_text: str,
    place: tuple[float, float],
    now: int,
    *,
    stamped: Callable[[str], bool] | None = None,
) -> GateAnswer:
    """Return whether the deployment in ``proof_text`` may be at ``place`` (longitude, latitude) at ``now``.

    ``head_text`` is a gate-head file, ``now`` the wall clock in POSIX seconds: a later cosigned time is believed
    instead, so that a clock set back revives nothing. ``stamped`` says, in an emergency, whether a time stamp over the
    text of a head holds; one witness is then enough. Raises ``Altered`` where anything was changed, ``RecordError``
    where a file is not what it should be.
    """
    policy = parse_policy(policy_text)
    proof, gate_head = parse_proof(proof_text), parse_gate_head(head_text)
    try:
        proved, proof_by, _ = _accept(policy, proof.checkpoint, stamped)
        head, head_by, emergency = _accept(policy, gate_head.checkpoint, stamped)
    except TooFewWitnesses as error:
        return GateAnswer("unwitnessed", now, detail=error.what)
    verify_inclusion(proof.index, proved.size, leaf_hash(commit(proof.body, proof.blind)), proof.hashes, proved.root)
    _check_one_log(proved, head)
    body = merged(parse_body(proof.body), proof.disclosures)
    if body.get("workspace") != head.kind:
        raise Altered("The statement and its log are of different kinds.")
    revoked = check_list(gate_head, head, policy)
    at = max([now, *(one.time or 0 for one in (*proof_by, *head_by))])
    token = revoked_token(proof.blind, revoked.time)
    question = _Question(policy, body, token, revoked.time, revoked.tokens, head_by, emergency, place, at)
    shut = next((found for check in _CHECKS if (found := check(question))), None)
    code, detail = shut or ("authorised", "")
    return GateAnswer(
        code, at, str(body.get("case", "")), str(body.get("kind", "")), str(question.data.get("ends_at", "")), detail,
        emergency, head.kind,
    )  # fmt: skip


_Shut = tuple[str, str] | None


def _authority(asked: _Question) -> _Shut:
    kind = str(asked.body.get("kind"))[:40]
    known = kind in AUTHORITIES and asked.body.get("case") and asked.data
    return None if known else ("no-authority", f"It is a statement of kind {kind!r}.")


def _recent(asked: _Question) -> _Shut:
    """One fresh signature among old ones is no quorum, and a fresh list under an old head is no fresh head."""
    oldest = asked.now - FRESH_SECONDS
    fresh = [one for one in asked.witnesses if (one.time or 0) >= oldest]
    enough = bool(fresh) if asked.emergency else asked.policy.reached(fresh)
    if enough and asked.listed_at >= oldest:
        return None
    return "stale", f"The list is of {_iso(asked.listed_at)}; list and cosignatures may be 60 minutes old."


def _in_time(asked: _Question) -> _Shut:
    begins, ends = _posix(asked.data.get("starts_at", asked.body.get("at"))), _posix(asked.data.get("ends_at"))
    if asked.now < begins:
        return "not-started", f"It begins at {_iso(begins)}."
    return ("expired", f"It ended at {_iso(ends)}.") if asked.now >= ends else None


def _standing(asked: _Question) -> _Shut:
    if asked.token in asked.tokens:
        return "revoked", f"So said the log at {_iso(asked.listed_at)}."
    for name in ("ratify_by", "start_by"):
        if name in asked.data and asked.listed_at < _posix(asked.data[name]) <= asked.now:
            what = name.replace("_", " ")
            return "not-confirmed", f"The time ({what}) was {asked.data[name]}; the list is of {_iso(asked.listed_at)}."
    return None


def _here(asked: _Question) -> _Shut:
    area = asked.data.get("area", asked.data.get(PRIVATE_AREA))
    if area is None:
        return "no-area", ""
    lon, lat = asked.place
    return None if inside(area, lon, lat) else ("wrong-area", f"Longitude {lon}, latitude {lat}.")


_CHECKS = (_authority, _recent, _in_time, _standing, _here)


def _accept(
    policy: Policy, note_text: str, stamped: Callable[[str], bool] | None
) -> tuple[Checkpoint, tuple[Signed, ...], bool]:
    """Return the head, who witnessed it, and whether it took the emergency path to believe it."""
    if policy.quorum == NONE:
        raise TooFewWitnesses("The policy file asks for no witness: a gate needs one that does.")
    try:
        accepted = policy.accept(note_text)
    except TooFewWitnesses:
        note = parse_note(note_text)
        witnesses = check_note(note, policy.witnesses.values())
        if stamped is None or not witnesses or not stamped(note.text):
            raise
        return parse_checkpoint(note.text), witnesses, True
    return accepted.checkpoint, accepted.witnesses, False


def _check_one_log(proved: Checkpoint, head: Checkpoint) -> None:
    if proved.origin != head.origin:
        raise Altered("The proof and the head are of different logs.", where=f"{proved.origin}, {head.origin}")
    if proved.size == head.size and proved.root != head.root:
        raise Forked("The proof and the head are of two histories of one log.", where=head.origin)


def _posix(at: object) -> int:
    try:
        parsed = datetime.fromisoformat(at) if isinstance(at, str) else None
    except ValueError:
        parsed = None
    if parsed is None or parsed.tzinfo is None:
        raise RecordError("A time in this statement cannot be read.", reason="this statement has no window")
    return int(parsed.timestamp())


def _iso(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
