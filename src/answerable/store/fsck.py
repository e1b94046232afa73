"""Re-hash a whole store: statements to entries, entries to nodes, nodes to every signed head and to the head file.

Consistency proofs do not show an edit of something already stored; only this does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from answerable.errors import IntegrityError
from answerable.record.chain import Chain
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.encode import commit, parse_body
from answerable.record.errors import RecordError
from answerable.record.merkle import grow, leaf_hash, root
from answerable.record.note import parse_note
from answerable.record.policy import Policy, parse_policy
from answerable.store.database import Database
from answerable.store.headfile import read_head
from answerable.store.protocol import FsckReport, Workspace
from answerable.store.rows import disagreement, instant
from answerable.store.rules import DECISIONS, ENDINGS, SEPARATED_KINDS

MOST_PROBLEMS = 100


def fsck(db: Database, workspace: Workspace, head_file: Path, policy_text: str, damage: Iterator[str]) -> FsckReport:
    """Look at everything, inside a transaction that sees one state of the database; stop after 100 problems.

    ``damage`` is what the backend itself finds wrong with its database.
    """
    policy = parse_policy(policy_text) if policy_text else None
    found = chain(
        damage,
        _fixed(db),
        _events(db, workspace),
        _fields(db),
        _tree(db),
        _heads(db, workspace, policy),
        _head_file(db, head_file, policy),
    )
    problems = tuple(problem for problem, _ in zip(found, range(MOST_PROBLEMS), strict=False))
    return FsckReport(
        events=_one(db, "SELECT count(*) FROM events"),
        entries=_one(db, "SELECT count(*) FROM published"),
        heads=_one(db, "SELECT count(*) FROM checkpoints"),
        problems=problems,
    )


def _fixed(db: Database) -> Iterator[str]:
    """Yield every fixed table whose rows are not those that this program made."""
    due: dict[str, frozenset[tuple[str, ...]]] = {
        "separation": SEPARATED_KINDS,
        "decision": frozenset((kind,) for kind in DECISIONS),
        "ending": frozenset((kind,) for kind in ENDINGS),
    }
    for table, rows in due.items():
        there = db.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- names are ours
        if frozenset(map(tuple, there)) != rows:
            yield f"The fixed rows of {table} were changed."


def _events(db: Database, workspace: Workspace) -> Iterator[str]:
    rows = db.stream(
        "SELECT seq, case_id, case_version, kind, at, office, body, blind, value, salt, commitment FROM events"
        " LEFT JOIN private_parts p ON p.event_seq = seq LEFT JOIN leaves l ON l.event_seq = seq ORDER BY seq"
    )
    listed = _digests(db)
    chain = Chain()
    for due, (seq, case_id, version, kind, at, office, body, blind, value, salt, commitment) in enumerate(
        rows, start=1
    ):
        if seq != due:
            yield f"Event {due} is missing: the next is {seq}."
            return
        parsed = _read(body)
        try:
            said = disagreement(
                body,
                workspace=workspace.kind,
                case_id=case_id,
                kind=kind,
                at=instant(at),
                office=office,
                private=value or b"",
                salt=salt or b"",
                version=version,
                fields=[(digest, "") for digest in listed(seq)],
                parsed=parsed,
            )
        except (IntegrityError, ValueError):
            said = "has an unreadable time beside it"
        if said:
            yield f"The statement of event {seq} {said}."
        else:
            yield from (f"Event {seq}: {one}." for one in chain.add(body, parsed))
        if commitment is None:
            yield f"Event {seq} has no leaf."
        elif commit(body, blind) != commitment:
            yield f"Event {seq} is not what its leaf commits to."
    yield from (f"The cases: {one}." for one in chain.end())


def _read(body: bytes) -> dict[str, Any] | None:
    """Return the statement in ``body``, None where it cannot be read: what is wrong with it is then said of its row."""
    try:
        return parse_body(body)
    except RecordError:
        return None


def _digests(db: Database) -> Callable[[int], list[str]]:
    """Return what gives the digests of each event's fields; events have to be asked for in their order."""
    rows = iter(db.stream("SELECT event_seq, digest FROM disclosures ORDER BY event_seq"))
    ahead: list[tuple[int, str]] = []

    def of(seq: int) -> list[str]:
        found: list[str] = []
        while True:
            row = ahead.pop() if ahead else next(rows, None)
            if row is None or row[0] > seq:
                ahead.extend([row] if row else [])
                return found
            found.append(str(row[1]))

    return of


def _fields(db: Database) -> Iterator[str]:
    """Yield every field whose value or key is missing though it was not erased, or there though it was."""
    rows = db.stream(
        "SELECT d.event_seq, d.name, v.name IS NOT NULL, k.name IS NOT NULL, e.name IS NOT NULL FROM disclosures d"
        " LEFT JOIN disclosure_values v ON v.event_seq = d.event_seq AND v.name = d.name"
        " LEFT JOIN data_keys k ON k.event_seq = d.event_seq AND k.name = d.name"
        " LEFT JOIN erasures e ON e.event_seq = d.event_seq AND e.name = d.name ORDER BY d.event_seq, d.name"
    )
    for seq, name, value, key, erased in rows:
        if erased and (value or key):
            yield f"The field {name} of event {seq} was erased and is still there."
        elif not erased and not (value and key):
            yield f"The field {name} of event {seq} is gone, and nothing says that it was erased."


def _tree(db: Database) -> Iterator[str]:
    rows = db.stream(
        "SELECT leaf_index, commitment FROM published LEFT JOIN leaves USING (event_seq) ORDER BY leaf_index"
    )
    levels: dict[int, Iterator[tuple[int, bytes]]] = {}
    count = 0
    for node in grow(0, _leaves(rows), _none):
        count += 1
        if node.level not in levels:
            query = "SELECT pos, hash FROM nodes WHERE level = ? ORDER BY pos"
            levels[node.level] = iter(db.stream(query, (node.level,)))
        if next(levels[node.level], None) != (node.position, node.hash):
            yield f"The node at level {node.level}, position {node.position} is wrong or missing."
            return
    if _one(db, "SELECT count(*) FROM nodes") != count:
        yield "The tree has nodes over entries that are not there."
    if _one(db, "SELECT count(*) FROM published") != _one(
        db, "SELECT coalesce(max(leaf_index), -1) + 1 FROM published"
    ):
        yield "The entries of the log are not numbered without a gap."


def _heads(db: Database, workspace: Workspace, policy: Policy | None) -> Iterator[str]:
    size = _one(db, "SELECT coalesce(max(leaf_index), -1) + 1 FROM published")
    for row_size, row_root, note in db.execute("SELECT size, root, note FROM checkpoints ORDER BY size"):
        where = f"The signed head of {row_size} entries"
        try:
            head = parse_checkpoint(parse_note(note).text)
            if policy is not None:
                policy.accept(note)
        except RecordError as error:
            yield f"{where} does not hold: {error}"
            continue
        if (head.origin, head.size, head.root) != (workspace.origin, row_size, row_root):
            yield f"{where} says something else than its row."
        elif row_size > size:
            yield f"{where} is beyond the {size} entries of the log."
        elif _root(db, row_size) != row_root:
            yield f"{where} is not the root of these entries."


def _head_file(db: Database, head_file: Path, policy: Policy | None) -> Iterator[str]:
    newest = db.execute("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1").fetchone()
    try:
        kept = read_head(head_file, tuple(policy.logs) if policy else ())
    except IntegrityError as error:
        yield str(error)
        return
    if newest is None:
        # A log that was signed while it was empty is the same log as one that never was.
        if kept is not None and kept[0].size:
            yield f"The head file has {kept[0].size} signed entries, the database no signed head."
    elif kept is None:
        yield "The head file is missing."
    elif (kept[0].size, kept[1]) != newest:
        yield f"The head file ({kept[0].size} entries) and the newest signed head ({newest[0]}) differ."


def _root(db: Database, size: int) -> bytes:
    def read(level: int, position: int) -> bytes:
        row = db.execute("SELECT hash FROM nodes WHERE level = ? AND pos = ?", (level, position)).fetchone()
        return bytes(row[0]) if row else bytes(32)

    return root(size, read)


def _leaves(rows: Iterator[tuple[int, bytes | None]]) -> Iterator[bytes]:
    return (leaf_hash(commitment or b"") for _, commitment in rows)


def _one(db: Database, query: str) -> int:
    return int(db.execute(query).fetchone()[0])


def _none(_level: int, _position: int) -> bytes:
    raise AssertionError("a tree grown from nothing has no older node")
