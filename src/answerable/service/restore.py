"""Restore a workspace from a backup: checked whole before anything takes its place, never signing an older head.

The keys, the head file and the list of what was erased are those that stand in the folder, never a backup's. What is in
the folder is set aside, not removed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from answerable.clock import Clock
from answerable.errors import IntegrityError, UsageError
from answerable.record.checkpoint import parse_checkpoint
from answerable.record.errors import RecordError
from answerable.record.note import parse_note
from answerable.record.policy import parse_policy
from answerable.service.archive import unpack
from answerable.service.backup import LEFT_OUT, TABLES
from answerable.service.drafts import made_whole
from answerable.service.settings import FILE, read_settings
from answerable.service.storing import HEAD, RECORD, Storing, open_record, read_storing
from answerable.service.workspace import Workspace, open_workspace
from answerable.store.headfile import read_head

POLICY = "log-policy"


@dataclass(frozen=True)
class Restored:
    """What was restored, and whether it may sign: ``missing`` entries were signed after the backup was made.

    ``signed`` is the size of the head in the head file, None where there is none; ``aside`` where what stood there is.
    """

    origin: str
    made_at: str
    entries: int
    signed: int | None
    erased_again: int
    aside: Path | None

    @property
    def missing(self) -> int:
        """How many signed entries the backup does not have."""
        return max(0, (self.signed or 0) - self.entries)

    @property
    def may_sign(self) -> bool:
        """Whether the restored record continues what was signed."""
        return self.signed is not None and not self.missing


def restore(
    path: Path, folder: Path, *, head: Path | None = None, store: str = "", clock: Clock | None = None
) -> Restored:
    """Restore the backup at ``path`` as the workspace in ``folder``, which may be absent, empty or of the same log.

    ``head`` is the newest published checkpoint, for a folder that has no head file. ``store`` is the address of the
    empty database for a record that was on a server. ``InputError`` for a file that is no whole backup, ``UsageError``
    where the folder holds something else, ``IntegrityError`` where the record in the backup was altered; nothing is
    then left behind in the folder.
    """
    standing = folder if (folder / FILE).is_file() else None
    if standing is None and folder.exists() and any(folder.iterdir()):
        raise UsageError("This folder is in use.", where=str(folder), fix="Name a new or an empty folder.")
    with _in_place_of(folder, standing) as (draft, aside):
        manifest = unpack(path, draft)
        settings = read_settings(draft)
        if settings.origin != manifest.get("origin"):
            raise IntegrityError("The settings in this backup are of another log.", where=str(path))
        _keep_what_outlives(standing, draft, settings.origin)
        _take_head(draft, head)
        signed = _signed(draft, settings.origin)
        with _record_put(draft, store):
            entries = _check(draft)
            _newer_public(standing, draft, entries)
            again = _erase_again(draft, clock)
    return Restored(settings.origin, str(manifest.get("made_at", "")), entries, signed, again, aside)


@contextmanager
def _in_place_of(folder: Path, standing: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Yield a draft that becomes ``folder``, and where what stands there goes; without success all stays."""
    if standing is None:
        with made_whole(folder) as draft:
            yield draft, None
        return
    aside = next(
        path for n in range(1, 10_000) if not (path := folder.with_name(f"{folder.name}.before-restore-{n}")).exists()
    )
    moved = False
    try:
        with made_whole(folder) as draft:
            yield draft, aside
            folder.rename(aside)
            moved = True
    except BaseException:
        if moved and not folder.exists():
            aside.rename(folder)
        raise


def _keep_what_outlives(standing: Path | None, draft: Path, origin: str) -> None:
    for name in LEFT_OUT - {RECORD}:
        # A backup was made without them; if one has them all the same, they are not believed.
        if (draft / name).is_dir():
            shutil.rmtree(draft / name)
        (draft / name).unlink(missing_ok=True)
    (draft / "keys").mkdir()
    if standing is None:
        return
    if read_settings(standing).origin != origin:
        raise UsageError("This folder holds another workspace.", where=str(standing), fix="Name a new or an empty one.")
    for name in sorted(LEFT_OUT - {RECORD, "publishing.lock"}):
        if (standing / name).is_dir():
            shutil.copytree(standing / name, draft / name, dirs_exist_ok=True)
        elif (standing / name).is_file():
            shutil.copy2(standing / name, draft / name)


def _take_head(draft: Path, head: Path | None) -> None:
    if head is None:
        return
    if (draft / HEAD).exists():
        raise UsageError("This folder has a head file already.", where=HEAD, fix="Leave --head out.")
    if not head.is_file():
        raise UsageError("There is no such file.", where=str(head), fix="Name the newest published checkpoint.")
    shutil.copyfile(head, draft / HEAD)


def _signed(draft: Path, origin: str) -> int | None:
    """Return the size of the head in the head file, checked against the log's policy; None where there is none."""
    policy = parse_policy((draft / "public" / POLICY).read_text(encoding="utf8"))
    found = read_head(draft / HEAD, tuple(policy.logs))
    if found is not None and found[0].origin != origin:
        raise IntegrityError("The head file is of another log.", where=found[0].origin)
    return found[0].size if found else None


@contextmanager
def _record_put(draft: Path, store: str) -> Iterator[None]:
    """Have the record where its settings say it is; a server is left empty again where the block does not end well."""
    if not (draft / TABLES).is_dir():
        yield
        return
    from answerable.store import postgres_copy, postgres_open

    said = read_storing(draft)
    if store and store != said.url:
        # What names the store is the last table of the settings.
        kept = (draft / FILE).read_text(encoding="utf8").partition("\n[store]")[0]
        (draft / FILE).write_text(kept, encoding="utf8")
        Storing(url=store).write(draft)
    postgres_copy.copy_in(draft / TABLES, store or said.url)
    try:
        shutil.rmtree(draft / TABLES)
        yield
    except BaseException:
        postgres_open.take_back(store or said.url)
        raise


def _check(draft: Path) -> int:
    """Return how many entries the record has under its newest signed head; ``IntegrityError`` where it was altered."""
    policy = (draft / "public" / POLICY).read_text(encoding="utf8")
    with open_record(draft) as store:
        report = store.fsck(policy)
        newest = store.head()
    # The head file is not the backup's: that it differs is told to the user, and stops signing, but hides nothing.
    altered = [problem for problem in report.problems if not problem.startswith("The head file")]
    if altered:
        raise IntegrityError(f"The record in this backup was altered: {altered[0]}", fix="Use another backup.")
    return newest.size if newest else 0


def _newer_public(standing: Path | None, draft: Path, entries: int) -> None:
    """Keep the public folder that stands where it shows more: what was published is never taken back."""
    if standing is None or _published(standing) <= max(entries, _published(draft)):
        return
    shutil.rmtree(draft / "public")
    shutil.copytree(standing / "public", draft / "public")


def _published(folder: Path) -> int:
    try:
        text = (folder / "public" / "checkpoint").read_text(encoding="utf8")
        return parse_checkpoint(parse_note(text).text).size
    except (OSError, UnicodeDecodeError, RecordError):
        return 0


def _erase_again(draft: Path, clock: Clock | None) -> int:
    """Erase what was erased since the backup was made; return how many values that were."""
    with open_workspace(draft, clock) as workspace:
        return replay_erasures(workspace)


def replay_erasures(workspace: Workspace) -> int:
    """Erase from a restored record what the list beside it names; return how many values that were.

    Opening a record does so, whatever copy of it this is: here it is opened, and counted.
    """
    workspace.store.head()
    return int(getattr(workspace, "erased_again", 0))
