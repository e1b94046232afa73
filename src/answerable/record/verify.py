"""Check a proof file offline against a policy file, with nothing but this folder and the ``cryptography`` package.

Run as ``python -m answerable.record.verify FILE --policy FILE``, or, from a folder that holds a copy of this one,
``python -m record.verify FILE --policy FILE``. Ends with 0 verified, 4 altered or not verifiable, 3 not a proof or
policy file, 2 a wrong call.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .certificate import FIELD, SCHEME, check_certificate, check_own_signature, scheme_of
from .checkpoint import WATERMARKS as WATERMARKS  # noqa: PLC0414 -- others have it from here
from .disclose import Disclosure, check_disclosures, merged
from .encode import commit, parse_body
from .errors import Altered, FutureDated, RecordError
from .fork import is_fork, verify_fork
from .merkle import leaf_hash, verify_inclusion
from .policy import CHECK_CLOCK, CLOCK_ALLOWANCE, parse_policy
from .proof import parse_proof
from .telling import printable, read_text, refuse

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})")
_NONE = ("", "")
PROVES = "this entry is in the log, unaltered"
DOES_NOT_PROVE = "That does not prove that it is true, or that the log is complete."


@dataclass(frozen=True)
class Verified:
    """What a proof file was shown to be.

    ``index`` is the entry's place among ``size`` entries of the log ``origin``; ``kind`` is the workspace's (simulated,
    rehearsal, real); ``body`` the statement with the fields released since; ``released`` their names; ``signed_by`` the
    log's key; ``witnesses`` who else saw this head; ``own_key`` that of whoever made the decision, where its signature
    was handed over; ``site`` where it was signed, if by a passkey; ``certified`` the office that the force's own key
    certifies.
    """

    index: int
    size: int
    origin: str
    kind: str
    body: dict[str, Any]
    signed_by: str
    witnesses: tuple[str, ...]
    released: tuple[str, ...] = ()
    own_key: str = ""
    certified: str = ""
    site: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the machine-readable answer."""
        return {
            "verified": True,
            "reason": PROVES,
            "does_not_prove": DOES_NOT_PROVE,
            "index": self.index,
            "size": self.size,
            "origin": self.origin,
            "workspace": self.kind,
            "watermark": WATERMARKS.get(self.kind, ""),
            "signed_by": self.signed_by,
            "witnesses": list(self.witnesses),
            "body": self.body,
            "released": list(self.released),
            "own_key": self.own_key,
            "site": self.site,
            "certified": self.certified,
        }

    def sentences(self) -> tuple[str, ...]:
        """Return the answer for a reader, the watermark first."""
        mark = WATERMARKS.get(self.kind)
        said = ((name, self.body.get(name)) for name in ("kind", "case", "at", "office"))
        about = " ".join(f"{name} {printable(value)}" for name, value in said if value)
        return (
            *([mark] if mark else []),
            f"Verified: {PROVES}. {DOES_NOT_PROVE}",
            f"Entry {self.index} of {self.size} in {self.origin}: {about}",
            f"Signed by {self.signed_by}"
            + (f"; seen by {', '.join(self.witnesses)}" if self.witnesses else "; no witness asked for"),
            *([f"Decided by a registered {self.certified}: so the office's key certifies."] if self.certified else []),
            *([self._signed()] if self.own_key else []),
        )

    def _signed(self) -> str:
        by = f"passkey {self.own_key}, on the site {printable(self.site)}" if self.site else f"own key {self.own_key}"
        return f"Signed by its maker's {by}; the force's register says whose."


def verify_proof(
    proof_text: str, policy_text: str, *, now: int | None = None, certificate: tuple[str, str] | None = None
) -> Verified:
    """Check everything in a proof file: head signed, quorum met, entry included, statement committed to.

    ``now`` is the reader's clock in POSIX seconds: what is dated more than two minutes after it is refused.
    ``certificate`` is the office's certificate of the statement, and the office's key to check it with. Raises
    ``Altered`` when anything does not hold, ``RecordError`` when a file is not what it should be.
    """
    policy = parse_policy(policy_text)
    proof = parse_proof(proof_text)
    accepted = policy.accept(proof.checkpoint, now=now)
    head = accepted.checkpoint
    leaf = leaf_hash(commit(proof.body, proof.blind))
    verify_inclusion(proof.index, head.size, leaf, proof.hashes, head.root)
    body = parse_body(proof.body)
    disclosed = check_disclosures(body, proof.disclosures)
    if body.get("workspace") != head.kind:
        raise Altered(
            f"The statement is of a {body.get('workspace')!r} workspace and the log of a {head.kind!r} one.",
            reason="the statement and its log are of different kinds",
        )
    if now is not None:
        _check_time(body, head.kind, now)
    whole = merged(body, proof.disclosures)
    own_key, site = next(
        (_own_key(proof.body, whole, head.origin, one) for one in disclosed if one.name == FIELD), _NONE
    )
    return Verified(
        index=proof.index,
        size=head.size,
        origin=head.origin,
        kind=head.kind,
        body=whole,
        released=tuple(one.name for one in disclosed),
        signed_by=f"{accepted.log.name}+{accepted.log.id.hex()}",
        witnesses=tuple(one.key.name for one in accepted.witnesses),
        own_key=own_key,
        site=site,
        certified=check_certificate(*certificate, proof.body) if certificate else "",
    )


def _own_key(body: bytes, whole: dict[str, Any], origin: str, disclosed: Disclosure) -> tuple[str, str]:
    """Return the key that signed a decision and, of a passkey, the site that it signed on."""
    if scheme_of(disclosed) == SCHEME:
        return check_own_signature(body, disclosed), ""
    # What checks passkeys is slow to import, and seldom needed.
    from .passkey import check_passkey

    found = check_passkey(disclosed.value, whole, origin)
    return found.key, found.site


def _check_time(body: dict[str, Any], kind: str, now: int) -> None:
    # An invented city and a rehearsal may run on a clock of their own; what is real may not.
    at = _posix(body.get("at")) if kind == "real" else None
    if at is not None and at > now + CLOCK_ALLOWANCE:
        raise FutureDated("The statement is dated at a time that has not come yet.", fix=CHECK_CLOCK)


def _posix(at: object) -> float | None:
    """Return the POSIX time of an ISO 8601 text with a zone; None for anything else, which is not ours to judge."""
    try:
        return datetime.fromisoformat(at).timestamp() if isinstance(at, str) and _DATED.fullmatch(at) else None
    except ValueError:
        return None


def main(argv: Sequence[str] | None = None) -> int:
    """Check the file named on the command line, say what was found, and return the exit code."""
    parser = argparse.ArgumentParser(prog="record.verify", description="Check a proof file of a record, offline.")
    parser.add_argument("file", type=Path, help="the .tlog-proof file, fork evidence, or a copy of the public folder")
    parser.add_argument("--policy", type=Path, required=True, help="the policy file that names the log")
    parser.add_argument("--eml", type=Path, help="a saved message of the log, to be compared with")
    parser.add_argument("--certificate", type=Path, help="the office's certificate of the decision in the proof")
    parser.add_argument("--office-key", type=Path, help="the office's key, as the force publishes it")
    parser.add_argument("--json", action="store_true", help="answer as one JSON document")
    chosen = parser.parse_args(argv)
    if (chosen.certificate is None) != (chosen.office_key is None):
        parser.error("--certificate and --office-key belong together")
    # What reads messages is slow to import, and a gate, which needs this file, has none to read.
    from .eml import check_folder, compare, head_in

    try:
        policy = read_text(chosen.policy, "a policy file")
        kept = head_in(chosen.eml.read_bytes(), parse_policy(policy)) if chosen.eml else None
        if chosen.file.is_dir():
            holds = check_folder(chosen.file, policy, kept, int(time.time()))
            return _say({"verified": True, "reason": holds}, as_json=chosen.json)
        text = read_text(chosen.file, "a proof file")
        if is_fork(text):
            proved = verify_fork(text, policy).sentences()
            return _say({"fork": True, "reason": "\n".join(proved)}, as_json=chosen.json, code=Altered.exit_code)
        by_office = chosen.certificate and (
            read_text(chosen.certificate, "a certificate"), read_text(chosen.office_key, "an office's key")
        )  # fmt: skip
        found = verify_proof(text, policy, now=int(time.time()), certificate=by_office)
        heads = compare(kept, parse_policy(policy).accept(parse_proof(text).checkpoint).checkpoint) if kept else ""
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    except RecordError as error:
        return refuse(error, as_json=chosen.json)
    said = {**found.as_json(), **({"eml": heads} if heads else {})}
    return _say(said, as_json=chosen.json, sentences=(*found.sentences(), *([heads] if heads else [])))


def _say(said: dict[str, Any], *, as_json: bool, sentences: Sequence[str] = (), code: int = 0) -> int:
    text = json.dumps(said) if as_json else "\n".join(sentences or [str(said["reason"])])
    sys.stdout.write(text + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
