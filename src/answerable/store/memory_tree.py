"""The tree of a store in memory: which events have a place in the log, its nodes and its signed heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from answerable.errors import InputError, IntegrityError
from answerable.record.checkpoint import Checkpoint, parse_checkpoint
from answerable.record.encode import commit
from answerable.record.errors import RecordError
from answerable.record.merkle import grow, leaf_hash, root, root_of
from answerable.record.note import Signer, check_note, parse_note, parse_vkey, sign_note
from answerable.record.policy import parse_policy
from answerable.store.protocol import LogHead, StoredEvent, Workspace


@dataclass
class Tree:
    """Entries and nodes of one log; ``published`` are the events' numbers in the order of their places."""

    entries: list[bytes] = field(default_factory=list)
    published: list[int] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    heads: list[LogHead] = field(default_factory=list)

    def entry(self, index: int) -> bytes:
        """Return the entry at ``index``; ``InputError`` if there is none."""
        if not 0 <= index < len(self.entries):
            raise InputError("The log has no such entry.", where=f"entry {index}")
        return self.entries[index]

    def node(self, level: int, position: int) -> bytes:
        """Return the hash of a complete node; ``IntegrityError`` if it is missing."""
        try:
            return self.nodes[level, position]
        except KeyError:
            raise IntegrityError(
                "A node of the tree is missing.", where=f"level {level}, position {position}"
            ) from None

    def integrate(self, pending: Sequence[StoredEvent]) -> None:
        """Give every pending event its place and keep the nodes that become complete."""
        size, new = len(self.entries), [commit(event.body, event.blind) for event in pending]
        fresh = list(grow(size, (leaf_hash(one) for one in new), self.node))
        self.nodes |= {(node.level, node.position): node.hash for node in fresh}
        self.entries += new
        self.published += [event.seq for event in pending]

    def sign(self, workspace: Workspace, signer: Signer, now: datetime) -> LogHead:
        """Return the signed head of all entries; the standing one if nothing is new."""
        size = len(self.entries)
        if self.heads and self.heads[-1].size == size:
            return self.heads[-1]
        fresh = root(size, self.node)
        note = sign_note(str(Checkpoint(workspace.origin, size, fresh)), signer)
        self.heads.append(LogHead(workspace.origin, size, fresh, note, now))
        return self.heads[-1]

    def guard(self, workspace: Workspace, signer: Signer) -> None:
        """Raise ``IntegrityError`` unless ``signer`` is the key that this log began with."""
        key = parse_vkey(signer.vkey)
        if key.name != workspace.origin:
            raise IntegrityError(
                "The signing key is of another log.", where=key.name, fix=f"Use the key of {workspace.origin}."
            )
        if self.heads and not check_note(parse_note(self.heads[-1].note), (key,)):
            raise IntegrityError("The last head is signed by another key.", fix="Use the key that this log began with.")

    def problems(self, events: Sequence[StoredEvent], policy_text: str) -> Iterator[str]:
        """Yield what does not hold: entries, nodes, heads and, with a policy, signatures."""
        for index, seq in enumerate(self.published):
            event = events[seq - 1]
            if commit(event.body, event.blind) != self.entries[index]:
                yield f"Event {seq} is not what its leaf commits to."
        leaves = [leaf_hash(entry) for entry in self.entries]
        if {(node.level, node.position): node.hash for node in grow(0, leaves, self.node)} != self.nodes:
            yield "The nodes of the tree are not those of its entries."
        policy = parse_policy(policy_text) if policy_text else None
        for head in self.heads:
            try:
                told = parse_checkpoint(parse_note(head.note).text)
                if policy is not None:
                    policy.accept(head.note)
            except RecordError as error:
                yield f"The signed head of {head.size} entries does not hold: {error}"
                continue
            if told.root != head.root or root_of(leaves[: head.size]) != head.root:
                yield f"The signed head of {head.size} entries is not the root of these entries."
