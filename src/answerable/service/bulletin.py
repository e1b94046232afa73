"""The quarterly bulletin of a workspace, held against its public log before anyone sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from answerable.case.deployment import Case
from answerable.case.event import Event
from answerable.errors import IntegrityError, NotAllowed, UsageError
from answerable.place import Window, read_stamp
from answerable.present.bulletin import Bulletin, Checked, Line
from answerable.record.readback import PublicLog, read_public
from answerable.service.bulletin_counts import ENTRIES, count, quarter_of, quarter_window
from answerable.service.workspace import Workspace
from answerable.store.protocol import StoredEvent

_ADOPTION = "A-"


def quarterly(workspace: Workspace, quarter: str = "") -> Bulletin:
    """Return the bulletin of a quarter ("2026Q4", default the present one), reconciled with the public log.

    It is made of entries that are published and open. UsageError for another spelling of a quarter; IntegrityError
    where a total is not the log's; ``record.errors.Altered`` where the public folder was altered.
    """
    tz = workspace.settings.time_zone or "UTC"
    now = workspace.clock.now()
    quarter = quarter or quarter_of(now, tz)
    window = quarter_window(quarter, tz)
    as_of = max(window.start, min(now, window.end))
    counts = count(open_cases(workspace), window, as_of, _resolved(workspace, window))
    checked = log_counts(workspace.public, window, as_of)
    reconcile(counts.lines, counts.kinds, checked)
    pack = workspace.pack
    return Bulletin(
        quarter=quarter,
        window=window,
        as_of=as_of,
        tz=tz,
        workspace=workspace.settings.kind,
        name=workspace.settings.name,
        pack=f"{pack.name}@{pack.version}",
        status=pack.status,
        not_limited=pack.not_limited,
        lines=counts.lines,
        outcomes=counts.outcomes,
        cases=counts.cases,
        hours_active=counts.hours_active,
        hours=Window(window.start, as_of).hours if as_of > window.start else 0.0,
        rarity=_rarity(workspace, as_of),
        checked=checked,
    )


def open_cases(workspace: Workspace) -> list[Case]:
    """Return every deployment case as its published and opened entries tell it."""
    return [
        Case.fold(case_id, (Event(one.case_id, one.case_version, one.kind, one.at, one.office, one.data, {})
                            for one in told))
        for case_id, told in open_entries(workspace).items()
    ]  # fmt: skip


def open_entries(workspace: Workspace) -> dict[str, list[StoredEvent]]:
    """Return the published and opened entries of every deployment case, up to the first that is not."""
    opened = {opening.index for opening in workspace.store.openings()}
    entries: dict[str, list[StoredEvent]] = {}
    for stored in workspace.store.events():
        if stored.case_id and not stored.case_id.startswith(_ADOPTION) and stored.leaf_index in opened:
            told = entries.setdefault(stored.case_id, [])
            if stored.case_version == len(told) + 1:
                told.append(stored)
    return {case_id: told for case_id, told in entries.items() if told}


def log_counts(public: Path, window: Window, as_of: datetime) -> Checked:
    """Count the entries of deployment cases by kind straight from the openings in ``public``, after re-hashing it."""
    return counted(read_public(public), window, as_of)


def counted(log: PublicLog, window: Window, as_of: datetime) -> Checked:
    """Count the entries of deployment cases by kind in a public log that was read back."""
    kinds: Counter[str] = Counter()
    for _, body in log:
        if body["case"] and not body["case"].startswith(_ADOPTION):
            at = read_stamp(body["at"])
            kinds[body["kind"]] += window.contains(at) and at <= as_of
    return Checked(log.origin, log.size, log.root.hex(), {k: n for k, n in kinds.items() if n}, log.unopened)


def reconcile(lines: Iterable[Line], kinds: Mapping[str, int], log: Checked) -> None:
    """Raise IntegrityError, naming both numbers, where a total or a count by kind is not the one of the log."""
    stated = {line.key: line.count for line in lines}
    for key, words, of in ENTRIES:
        _same(f"'{words}'", stated.get(key, 0), sum(log.kinds.get(kind, 0) for kind in of), log)
    for kind in sorted({*kinds, *log.kinds}):
        _same(f"entries '{kind}'", kinds.get(kind, 0), log.kinds.get(kind, 0), log)


def _same(what: str, ours: int, logs: int, log: Checked) -> None:
    if ours != logs:
        raise IntegrityError(
            f"The bulletin counts {ours} for {what}, the public log {logs}.",
            where=f"{log.origin}, {log.size} entries",
            fix="Do not publish it. Run 'answerable fsck': the store or the public folder was altered.",
        )


def _resolved(workspace: Workspace, window: Window) -> list[str]:
    """Return the outcomes of the reports that were resolved in the window."""
    from answerable.service.intel_kept import kept_reports

    told = (kept.resolution for kept in kept_reports(workspace))
    return [one.outcome for one in told if one is not None and window.contains(one.at)]


def _rarity(workspace: Workspace, as_of: datetime) -> str:
    """Return what the guard says of the whole force at ``as_of``; empty where no rules with limits are in force."""
    from answerable.service.rarity_report import rarity_report

    try:
        return rarity_report(workspace, as_of).force.sentence
    except (NotAllowed, UsageError):
        return ""
