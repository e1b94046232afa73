"""A workspace: one folder with settings, incidents, the record's store, its key and its public side."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from answerable.clock import NOW_VARIABLE, Clock, NeverBack, SystemClock, told
from answerable.errors import IntegrityError, UsageError
from answerable.service.settings import FILE, KINDS, Settings, read_settings

if TYPE_CHECKING:
    from answerable.incidents.library import IncidentLibrary
    from answerable.policy.pack import Pack
    from answerable.record.cosign import LogSigner
    from answerable.service.own_key import Hand
    from answerable.store.protocol import Store

EXAMPLE_PACK = "uk.armed_patrol"
ERASED = "erased"
"""The list of what was erased: outside the database and its backups."""


@dataclass
class Workspace:
    """An open workspace; use it in a ``with`` block so that its store is closed.

    ``hand`` signs what is decided while it is open, where somebody is there to sign.
    """

    folder: Path
    settings: Settings
    clock: Clock
    erased_again: int = 0
    hand: Hand | None = None

    @property
    def public(self) -> Path:
        """The folder that anyone may see: the log as static files."""
        return self.folder / "public"

    @cached_property
    def library(self) -> IncidentLibrary:
        """The workspace's incidents."""
        from answerable.incidents.library import IncidentLibrary

        return IncidentLibrary(self.folder / "data")

    @cached_property
    def store(self) -> Store:
        """The workspace's record."""
        from answerable.service.storing import open_record

        store = open_record(self.folder)
        if (store.workspace.kind, store.workspace.origin) != (self.settings.kind, self.settings.origin):
            store.close()
            raise IntegrityError(
                "The settings and the record are not of the same workspace.",
                where=str(self.folder / FILE),
                fix="Restore the settings file: a workspace's kind and origin can never change.",
            )
        if (self.folder / ERASED).is_file():
            from answerable.service.erasure import replay

            # Whatever copy of the database this is: what was erased does not come back with it.
            self.erased_again += replay(store, self.folder)
        return store

    @cached_property
    def signer(self) -> LogSigner:
        """The log's keys, Ed25519 and then ML-DSA-44; UsageError where their file is missing."""
        from answerable.record.cosign import LogSigner

        path = self.folder / "keys" / "log.key"
        try:
            return LogSigner.from_hex(self.settings.origin, path.read_text(encoding="ascii"), self._seconds)
        except (OSError, ValueError) as error:
            raise UsageError(
                "The log's key cannot be read.", where=f"{path}: {error}", fix="Restore it from its backup."
            ) from error

    def _seconds(self) -> int:
        return int(self.clock.now().timestamp())

    @cached_property
    def pack(self) -> Pack:
        """The policy this workspace works under: as it was adopted last, or as it comes with the package."""
        from answerable.policy.pack import load_pack
        from answerable.service.adoption_packs import current_path

        kept = current_path(self.public, self.settings.pack)
        return load_pack(kept if kept.exists() else self.settings.pack)

    @property
    def tz(self) -> str:
        """The zone of local times; UsageError where none is known yet."""
        if not self.settings.time_zone:
            raise UsageError(
                "This workspace has no time zone yet.",
                where=str(self.folder / FILE),
                fix="Import incidents with --tz ZONE first, or write times with their offset.",
            )
        return self.settings.time_zone

    def adopt_zone(self, name: str) -> bool:
        """Take ``name`` as the workspace's zone if it has none; say whether it was taken."""
        if self.settings.time_zone or not name:
            return False
        self.settings = self.settings.in_zone(name)
        self.settings.write(self.folder)
        return True

    def close(self) -> None:
        """Let go of the store, if it was opened."""
        if "store" in self.__dict__:
            self.store.close()


@contextmanager
def open_workspace(folder: Path, clock: Clock | None = None) -> Iterator[Workspace]:
    """Open the workspace in ``folder`` and close it afterwards; UsageError where there is none.

    Without a ``clock`` it is the machine's own, or in a simulation the one that ANSWERABLE_NOW tells.
    """
    settings = read_settings(folder)
    workspace = Workspace(folder, settings, clock or clock_of(settings.kind))
    # A clock that is set back must not give ended authority again, here or to anything else that has ended.
    workspace.clock = NeverBack(workspace.clock, lambda: _newest(workspace))
    try:
        yield workspace
    finally:
        workspace.close()


def init_workspace(
    folder: Path,
    *,
    kind: str = "rehearsal",
    time_zone: str = "",
    clock: Clock | None = None,
    pack: str = EXAMPLE_PACK,
    adopted: bool = True,
    force_area: Path | None = None,
    store: str = "",
) -> Settings:
    """Make a workspace in ``folder`` (absent or empty), with pretend people and the example ``pack`` adopted.

    A ``real`` one begins with an office key, nobody in it and nothing adopted, and its record is sealed.
    With ``adopted`` false no pack is in force until one was consulted on and adopted. It appears whole or not at all.
    ``force_area`` is a GeoJSON file of the force's own ground, beyond which no case may then reach; ``store`` the
    address of an empty PostgreSQL database that is to hold the record, without a password.
    UsageError where the folder is in use, the kind is not one that can be made here, or there is no such pack;
    InputError where the file does not say what the ground is.
    """
    from answerable.policy.pack import load_pack
    from answerable.service.drafts import made_whole
    from answerable.service.force import FILE as GROUND
    from answerable.service.force import read_ground

    _check_kind(kind)
    pack = load_pack(pack).name
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("This folder is already in use.", where=str(folder), fix="Name a new or an empty folder.")
    name = re.sub(r"[^a-z0-9-]+", "-", folder.resolve().name.lower()).strip("-") or "workspace"
    settings = Settings(name, kind, f"answerable.{name}.{secrets.token_hex(4)}/{kind}", pack, "")
    settings = settings.in_zone(time_zone) if time_zone else settings
    ground = read_ground(force_area) if force_area else b""
    with made_whole(folder) as draft:
        if ground:
            (draft / GROUND).write_bytes(ground)
        _furnish(draft, settings, clock or clock_of(kind), adopted=adopted, store=store)
    return settings


def _newest(workspace: Workspace) -> datetime | None:
    from answerable.service.storing import has_record

    return workspace.store.last_at() if has_record(workspace.folder) else None


def clock_of(kind: str) -> Clock:
    """Return the clock of a workspace of that kind: the machine's own, or in a simulation the one it is told.

    UsageError where ``ANSWERABLE_NOW`` is set for another kind, or is not a time.
    """
    try:
        fixed = told()
    except ValueError as error:
        raise UsageError(
            "This is not a time with its offset.",
            where=f"{NOW_VARIABLE}={os.environ[NOW_VARIABLE]}",
            fix="Write it as 2018-12-03T09:00+00:00.",
        ) from error
    if fixed is None:
        return SystemClock()
    if kind != "simulated":
        raise UsageError(
            f"Only a simulated workspace can be told the time; this one is {kind}.",
            where=f"{NOW_VARIABLE}={os.environ[NOW_VARIABLE]}",
            fix=f"Unset {NOW_VARIABLE}: here the clock is the machine's own.",
        )
    return fixed


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise UsageError("There is no such kind of workspace.", where=kind, fix=f"Use one of: {', '.join(KINDS)}.")


def _furnish(folder: Path, settings: Settings, clock: Clock, *, adopted: bool, store: str) -> None:
    from answerable.service.storing import Storing, make_record, unmake_record
    from answerable.store.protocol import Workspace as Kept

    for part in ("data", "keys", "public"):
        (folder / part).mkdir(parents=True)
    settings.write(folder)
    key = folder / "keys" / "log.key"
    key.touch(mode=0o600)
    key.write_text(secrets.token_hex(64), encoding="ascii")
    kept = Kept(id=secrets.token_hex(16), kind=settings.kind, origin=settings.origin)
    make_record(folder, kept, Storing(url=store))
    try:
        _begin(folder, clock, adopted=adopted)
    except BaseException:
        unmake_record(folder)
        raise


def _begin(folder: Path, clock: Clock, *, adopted: bool) -> None:
    from answerable.case.adoption.rulebook import separated
    from answerable.record.policy import policy_for
    from answerable.service.adopt import adopt, begin
    from answerable.service.people import pretend_people
    from answerable.service.signing import make_office_key

    with open_workspace(folder, clock) as workspace:
        real = workspace.settings.kind == "real"
        policy = policy_for(*workspace.signer.vkeys)
        (workspace.public / "log-policy").write_text(policy, encoding="utf8")
        if real:
            make_office_key(folder, workspace.settings.origin)
        for person in () if real else pretend_people(workspace.pack):
            workspace.store.add_person(person)
        workspace.store.separate(separated())
        (adopt if adopted and not real else begin)(workspace)
    os.sync()
