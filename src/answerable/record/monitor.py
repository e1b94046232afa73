"""Watch a log from outside: that it only grows, that what it promised to open is opened, that no day is silent.

A monitor keeps a small state of its own and believes nothing but it and the reader's policy. Each look hashes only what
is new; what was looked at before is bound by the nodes that the state keeps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .checkpoint import Checkpoint, parse_checkpoint
from .errors import Altered, Forked, FutureDated, Incomplete, RecordError
from .fork import Fork, fork_between
from .keys import Key
from .merkle import grow, leaf_hash, root
from .monitor_entries import Entries, Limits, Looking, entries_after
from .note import check_note, parse_note
from .policy import Accepted, Policy, parse_policy
from .tiles import ENTRIES, LEVELS_PER_TILE, WIDTH, Tile, decode_bundle, decode_tile, tiles_to_write

Read = Callable[[str], bytes | None]
"""Returns a file of the public folder by its path, None where there is none."""

MEANINGS: Mapping[str, str] = {
    "forked": "This log shows different histories to different people: nothing in it can be relied on.",
    "went-backwards": "This log went backwards: an old version is being shown, and what came after it is hidden.",
    "altered": "A file of this log was altered: it does not lead to what the log signed.",
    "incomplete": "A file of this log is missing on the server: readers cannot check what it stands for.",
    "future-dated": "The newest head is dated in the future: a clock is wrong, or somebody dated it forward.",
    "refused": "The newest head cannot be believed under your policy file.",
    "stale": "The head has not been renewed for too long: what happened since cannot be seen.",
    "unopened": "An entry was not opened by its date: somebody does not show what they logged.",
    "out-of-order": "Statements do not follow one another: something is missing, or told twice.",
    "number-missing": "A running number was never opened: a case is missing.",
    "day-missing": "A day was not closed: the log is silent about it.",
    "day-disagrees": "More is opened of a day than it had when it was closed: something was entered afterwards.",
    "emergency-unexplained": "An emergency authority has no entry that explains it within an hour.",
}


@dataclass(frozen=True)
class Alarm:
    """Something that must not be: ``code`` is a key of ``MEANINGS``, ``detail`` says what was found where."""

    code: str
    detail: str

    def __str__(self) -> str:
        return f"ALARM {self.code}: {MEANINGS[self.code]} {self.detail}"


@dataclass(frozen=True)
class State:
    """What a monitor remembers: the last head it believed, the nodes that bind it, and its entries so far."""

    note: str = ""
    edge: Mapping[tuple[int, int], bytes] = field(default_factory=dict)
    entries: Entries = field(default_factory=Entries)
    head_seen: int = 0

    @property
    def head(self) -> Checkpoint | None:
        """The last head that was believed."""
        return parse_checkpoint(parse_note(self.note).text) if self.note else None


@dataclass(frozen=True)
class Seen:
    """One look: the ``alarms``, the ``state`` to keep, how many entries were ``new``, and ``fork`` evidence if any."""

    alarms: tuple[Alarm, ...]
    state: State
    new: int = 0
    fork: Fork | None = None


def look(read: Read, policy_text: str, state: State, now: int, limits: Limits | None = None) -> Seen:
    """Look at a log and return what is wrong with it and what to remember; ``now`` is POSIX seconds.

    Where the head cannot be believed, or does not add to the last one, nothing of it is remembered. Raises
    ``RecordError`` only for a policy file that cannot be used.
    """
    limits = limits or Limits()
    policy = parse_policy(policy_text)
    note = (read("checkpoint") or b"").decode("utf-8", "replace")
    try:
        accepted = _believed(policy, note, state.head, now)
        nodes, entries = _grown(read, state, accepted.checkpoint)
    except _Wrong as error:
        return Seen((error.alarm,), state)
    except Forked:
        return _two_histories(read, state, note, parse_checkpoint(parse_note(note).text))
    except Incomplete as error:
        return Seen((Alarm("incomplete", error.where),), state)
    except Altered as error:
        return Seen((Alarm("altered", str(error)),), state)
    head, last = accepted.checkpoint, state.head
    looking = Looking(read, head.kind, now, limits)
    known, wrong = entries_after(state.entries, last.size if last else 0, entries, looking)
    edge = {(level, position): nodes(level, position) for level, position in _cover(head.size)}
    kept = State(note, edge, known, state.head_seen if last == head else now)
    found = [Alarm(code, detail) for code, detail in wrong]
    late = _stale(accepted, policy.logs, note, kept.head_seen, (now, limits.stale_seconds))
    return Seen((*([Alarm("stale", late)] if late else []), *found), kept, len(entries))


class _Wrong(Exception):
    """The head cannot be believed: an alarm on its way out."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.alarm = Alarm(code, detail)


def _believed(policy: Policy, note: str, last: Checkpoint | None, now: int) -> Accepted:
    """Return the head in ``note`` as the policy accepts it, no other log than before and no shorter one."""
    if not note:
        raise _Wrong("incomplete", "checkpoint")
    try:
        accepted = policy.accept(note, served=True, now=now)
    except FutureDated as error:
        raise _Wrong("future-dated", str(error)) from error
    except RecordError as error:
        raise _Wrong("refused", str(error)) from error
    head = accepted.checkpoint
    if last is not None and last.origin != head.origin:
        raise _Wrong("refused", f"It is another log than before: {head.origin}.")
    if last is not None and head.size < last.size:
        raise _Wrong("went-backwards", f"{head.size} entries; {last.size} were seen before.")
    return accepted


def _grown(read: Read, state: State, head: Checkpoint) -> tuple[Callable[[int, int], bytes], list[bytes]]:
    """Return the nodes and the entries that are new under ``head``, after hashing them up to its root."""
    old = state.head.size if state.head else 0
    nodes = dict(state.edge)
    entries: list[bytes] = []
    tiles = tiles_to_write(old, head.size)
    for tile in tiles:
        if tile.level == ENTRIES:
            raw, width = _file(read, tile)
            entries += decode_bundle(raw, width, where=tile.path)[max(0, old - tile.first) : tile.width]
    for node in grow(old, map(leaf_hash, entries), lambda level, position: state.edge[level, position]):
        nodes[node.level, node.position] = node.hash
    if root(head.size, lambda level, position: nodes[level, position]) != head.root:
        raise Forked("The entries do not lead to the signed root.")
    for tile in tiles:
        if tile.level != ENTRIES:
            raw, width = _file(read, tile)
            for position, found in enumerate(decode_tile(raw, width, where=tile.path)[: tile.width], tile.first):
                # Positions that were complete at the last look were compared then.
                if nodes.get((tile.level * LEVELS_PER_TILE, position), found) != found:
                    raise Altered("A tile was altered.", where=tile.path)
    return lambda level, position: nodes[level, position], entries


def _two_histories(read: Read, state: State, note: str, head: Checkpoint) -> Seen:
    """Return the alarm for entries that do not lead to the signed root: a fork with its evidence, or altered files."""
    last = state.head
    same = last is not None and last.size == head.size
    fork = Fork(state.note, note, head.root) if same else _fork(read, state, note, head)
    if fork is None or last is None:
        return Seen((Alarm("altered", "Its entries do not lead to the signed root."),), state)
    return Seen((Alarm("forked", f"Heads of {last.size} and {head.size} entries."),), state, fork=fork)


def _fork(read: Read, state: State, note: str, head: Checkpoint) -> Fork | None:
    """Return evidence that the served tree leads to the new head and not over the old one; None where it does not."""

    def node(level: int, position: int) -> bytes:
        row, within = divmod(level, LEVELS_PER_TILE)
        first = position << within
        count = 1 << within
        hashes = []
        for at in range(first, first + count):
            width = min(WIDTH, (head.size >> (row * LEVELS_PER_TILE)) - at // WIDTH * WIDTH)
            raw, found = _file(read, Tile(row, at // WIDTH, width))
            hashes.append(decode_tile(raw, found)[at % WIDTH])
        made = {(n.level, n.position): n.hash for n in grow(0, hashes, lambda _level, _position: b"")}
        return made[within, 0]

    try:
        if root(head.size, node) != head.root:
            return None
        return fork_between(state.note, note, node)
    except (Altered, ValueError):
        return None


def _file(read: Read, tile: Tile) -> tuple[bytes, int]:
    """Return a file and its width: a partial tile that has since become full is read from the full one."""
    for candidate in (tile, Tile(tile.level, tile.index)):
        raw = read(candidate.path)
        if raw is not None:
            return raw, candidate.width
    raise Incomplete("A file of the log is missing.", where=tile.path)


def _cover(size: int) -> list[tuple[int, int]]:
    """Return the complete nodes that together cover a tree of ``size`` leaves."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1]


def _stale(accepted: Accepted, log_keys: Sequence[Key], note: str, seen: int, longest: tuple[int, int]) -> str:
    """Return in words how old the head is, by whoever gave it a time; empty where it is fresh.

    ``longest`` is the present and how long a head may stand; ``seen`` counts where nobody dated the head.
    """
    now, limit = longest
    own = check_note(parse_note(note), log_keys)
    newest = max((one.time for one in (*accepted.witnesses, *own) if one.time), default=seen)
    return f"It is {(now - newest) // 60} minutes old." if now - newest > limit else ""
