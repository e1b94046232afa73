"""A backup brings a workspace back whole or not at all; no old one signs an old head or takes back what is public."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from answerable.case.event import Command
from answerable.clock import FixedClock
from answerable.errors import InputError, IntegrityError, UsageError
from answerable.service import restore as restoring
from answerable.service.archive import MANIFEST
from answerable.service.backup import back_up
from answerable.service.cases import act, open_case
from answerable.service.fsck import check_record
from answerable.service.publish import publish
from answerable.service.restore import restore
from answerable.service.storing import Storing, read_storing
from answerable.service.workspace import Workspace, init_workspace, open_workspace


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def kept(request, tmp_path: Path, begun: Path, clock: FixedClock):
    """An open workspace whose record is in a file, or on a server; and an empty place for the record in a backup."""
    folder = tmp_path / "w"
    if request.param == "sqlite":
        shutil.copytree(begun, folder)
        request.node.empty = lambda: ""
    else:
        made = request.getfixturevalue("new_database")
        init_workspace(folder, time_zone="Europe/London", clock=clock, store=made())
        request.node.empty = made
    with open_workspace(folder, clock) as opened:
        yield opened


@pytest.fixture
def empty(request, kept) -> str:
    return str(request.node.empty())


@pytest.fixture
def one_more(sound, tmp_path) -> Callable[[Workspace], None]:
    """Add an entry to the log of a workspace: a new case."""

    def add(workspace: Workspace) -> None:
        path = tmp_path / "case.yaml"
        path.write_text(yaml.safe_dump(sound), encoding="utf8")
        open_case(workspace, path, "applicant")

    return add


def saved(workspace: Workspace, tmp_path: Path, name: str = "one.backup") -> Path:
    path = tmp_path / name
    back_up(workspace, path)
    return path


def story(workspace: Workspace) -> list[object]:
    return [(e.seq, e.case_id, e.kind, e.body, e.blind, e.leaf_index) for e in workspace.store.events()]


def test_a_lost_workspace_comes_back_whole_and_goes_on(kept, empty, tmp_path, clock):
    head = kept.store.head()
    done = back_up(kept, tmp_path / "one.backup")
    assert (done.entries, done.origin) == (head.size, kept.settings.origin)
    folder = tmp_path / "new"
    found = restore(tmp_path / "one.backup", folder, head=kept.public / "checkpoint", store=empty, clock=clock)
    assert (found.entries, found.signed, found.missing, found.may_sign) == (head.size, head.size, 0, True)
    with open_workspace(folder, clock) as back:
        assert story(back) == story(kept)
        assert back.store.people() == kept.store.people()
        assert back.store.separated() == kept.store.separated()
        assert back.store.audit() == kept.store.audit()
        assert back.store.head() == head
        shutil.copytree(kept.folder / "keys", folder / "keys", dirs_exist_ok=True)
        assert check_record(back).clean
        assert publish(back) == head


def test_a_backup_holds_neither_keys_nor_the_head_file(kept, tmp_path):
    path = saved(kept, tmp_path)
    with tarfile.open(path) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.startswith(("keys", "head", "publishing"))]
    assert {"answerable.toml", "public/log-policy", "public/checkpoint"} <= set(names)
    secret = (kept.folder / "keys" / "log.key").read_bytes().strip()
    assert secret not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_an_old_backup_never_signs_an_old_head_and_takes_nothing_public_back(kept, empty, tmp_path, clock, one_more):
    old = saved(kept, tmp_path)
    before = kept.store.head().size
    one_more(kept)
    now = kept.store.head().size
    shown = (kept.public / "checkpoint").read_bytes()
    kept.store.close()
    found = restore(old, kept.folder, store=empty, clock=clock)
    assert (found.entries, found.signed, found.missing, found.may_sign) == (before, now, now - before, False)
    assert (kept.folder / "public" / "checkpoint").read_bytes() == shown
    with open_workspace(kept.folder, clock) as back:
        with pytest.raises(IntegrityError, match="already signed"):
            publish(back)
        assert any("head file" in problem.lower() for problem in check_record(back).problems)
    assert found.aside is not None
    assert (found.aside / "answerable.toml").is_file()


def test_an_old_backup_that_caught_up_in_number_does_not_sign_either(kept, empty, tmp_path, clock, one_more):
    old = saved(kept, tmp_path)
    one_more(kept)
    now = kept.store.head().size
    kept.store.close()
    restore(old, kept.folder, store=empty, clock=clock)
    clock.advance(hours=1)
    with open_workspace(kept.folder, clock) as back:
        with pytest.raises(IntegrityError, match="already signed"):
            one_more(back)
        assert back.store.head().size < now


def test_without_a_head_file_a_restored_record_signs_nothing(kept, empty, tmp_path, clock):
    path = saved(kept, tmp_path)
    found = restore(path, tmp_path / "new", store=empty, clock=clock)
    assert (found.signed, found.may_sign) == (None, False)
    shutil.copytree(kept.folder / "keys", tmp_path / "new" / "keys", dirs_exist_ok=True)
    with open_workspace(tmp_path / "new", clock) as back, pytest.raises(IntegrityError, match="head file is missing"):
        publish(back)


def test_a_head_file_of_another_log_is_refused(kept, empty, tmp_path, clock):
    path = saved(kept, tmp_path)
    other = tmp_path / "other"
    init_workspace(other, time_zone="Europe/London", clock=clock)
    with pytest.raises(IntegrityError):
        restore(path, tmp_path / "new", head=other / "public" / "checkpoint", store=empty, clock=clock)
    assert not (tmp_path / "new").exists()


def test_a_folder_of_another_workspace_or_in_use_is_left_alone(workspace, tmp_path, clock):
    path = saved(workspace, tmp_path)
    other = tmp_path / "other"
    init_workspace(other, time_zone="Europe/London", clock=clock)
    used = tmp_path / "used"
    used.mkdir()
    (used / "thing").write_text("mine")
    for folder, named in ((other, "another workspace"), (used, "in use")):
        before = _tree(folder)
        with pytest.raises(UsageError, match=named):
            restore(path, folder, clock=clock)
        assert _tree(folder) == before


def test_a_backup_never_goes_over_a_file(workspace, tmp_path):
    path = saved(workspace, tmp_path)
    before = path.read_bytes()
    with pytest.raises(UsageError, match="already something"):
        back_up(workspace, path)
    assert path.read_bytes() == before
    with pytest.raises(UsageError, match="no such folder"):
        back_up(workspace, tmp_path / "none" / "x")


def test_dying_while_a_backup_is_written_leaves_nothing(workspace, tmp_path, monkeypatch):
    from answerable.service import backup

    def dying(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(backup, "_files", dying)
    with pytest.raises(KeyboardInterrupt):
        back_up(workspace, tmp_path / "one.backup")
    assert not list(tmp_path.glob("*backup*"))


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("part", range(1, 12))
def test_a_backup_that_was_cut_short_is_refused_and_leaves_nothing(workspace, tmp_path, part):
    path = saved(workspace, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * part // 12])
    with pytest.raises(InputError, match=r"cut short|altered"):
        restore(path, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".new*"))


def test_a_backup_with_any_byte_changed_is_refused_or_brings_back_the_same(workspace, tmp_path, clock):
    path = saved(workspace, tmp_path)
    whole = path.read_bytes()
    restore(path, tmp_path / "whole", clock=clock)
    due = _tree(tmp_path / "whole")
    refused = 0
    for at in range(100, len(whole), len(whole) // 60):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        folder = tmp_path / f"new-{at}"
        try:
            restore(path, folder, clock=clock)
        except (InputError, IntegrityError):
            refused += 1
            assert not folder.exists()
        else:
            # The padding of a tar says nothing.
            assert _tree(folder) == due
    assert refused > 30


@pytest.mark.parametrize(
    "content", [b"", b"not a backup", os.urandom(5000), b"PK\x03\x04" + bytes(2000), bytes(10240)], ids=range(5)
)
def test_a_foreign_file_is_refused(tmp_path, content):
    path = tmp_path / "foreign"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a backup"):
        restore(path, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(InputError):
        restore(tmp_path / "absent", tmp_path / "new")


def a_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def a_link(name: str, to: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, to
    return member


OUTSIDE = {
    "above": (tarfile.TarInfo("../outside"), b"x"),
    "from the root": (tarfile.TarInfo("/outside"), b"x"),
    "above, further in": (tarfile.TarInfo("public/../../outside"), b"x"),
    "a drive": (tarfile.TarInfo("c:outside"), b"x"),
    "a backslash": (tarfile.TarInfo("..\\outside"), b"x"),
    "a link": (a_link("public", ".."), b""),
}


@pytest.mark.parametrize("way", OUTSIDE)
def test_a_backup_that_reaches_outside_its_folder_is_refused(tmp_path, way):
    path = a_tar(tmp_path / "evil", OUTSIDE[way])
    with pytest.raises(InputError, match=r"outside its folder|holds files only"):
        restore(path, tmp_path / "deep" / "new")
    assert not list(tmp_path.rglob("*outside*"))


@pytest.mark.parametrize(
    "manifest", [b"{", b"[]", b'{"format": "answerable-backup/2", "files": {}}', b'{"format": "answerable-backup/1"}']
)
def test_a_backup_of_another_form_is_refused(tmp_path, manifest):
    path = a_tar(tmp_path / "odd", (tarfile.TarInfo(MANIFEST), manifest))
    with pytest.raises(InputError):
        restore(path, tmp_path / "new")


def test_a_backup_with_keys_slipped_in_is_not_believed(workspace, tmp_path, clock):
    path = saved(workspace, tmp_path)
    slipped = tmp_path / "slipped"
    with tarfile.open(path) as archive:
        members = [(member, archive.extractfile(member).read()) for member in archive]
    manifest = json.loads(members.pop()[1])
    for name, content in (("keys/log.key", b"11" * 32), ("head", b"old")):
        members.append((tarfile.TarInfo(name), content))
        manifest["files"][name] = hashlib.sha256(content).hexdigest()
    a_tar(slipped, *members, (tarfile.TarInfo(MANIFEST), json.dumps(manifest).encode()))
    found = restore(slipped, tmp_path / "new", clock=clock)
    assert found.signed is None
    assert not (tmp_path / "new" / "keys" / "log.key").exists()


def test_a_record_that_was_altered_inside_a_backup_is_refused(workspace, tmp_path, clock, monkeypatch):
    with closing(sqlite3.connect(workspace.folder / "record.sqlite", isolation_level=None)) as db:
        (rule,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'leaves_update'").fetchone()
        db.execute("DROP TRIGGER leaves_update")
        db.execute("UPDATE leaves SET commitment = zeroblob(33) WHERE event_seq = 1")
        db.execute(rule)
    path = saved(workspace, tmp_path)
    with pytest.raises(IntegrityError, match="record in this backup was altered"):
        restore(path, tmp_path / "new", clock=clock)
    assert not (tmp_path / "new").exists()


def test_dying_at_any_step_of_a_restore_leaves_what_stood_there(kept, empty, tmp_path, clock, monkeypatch):
    path = saved(kept, tmp_path)
    kept.store.close()
    before = _tree(kept.folder)

    def dying(*given):
        raise KeyboardInterrupt

    for step in ("_keep_what_outlives", "_take_head", "_signed", "_check", "_newer_public", "_erase_again"):
        with monkeypatch.context() as patched:
            patched.setattr(restoring, step, dying)
            with pytest.raises(KeyboardInterrupt):
                restore(path, kept.folder, store=empty, clock=clock)
        assert _tree(kept.folder) == before
        assert not list(tmp_path.glob(".w*"))
    assert restore(path, kept.folder, store=empty, clock=clock).may_sign


def test_the_settings_of_a_store_say_only_what_they_may(tmp_path):
    (tmp_path / "answerable.toml").write_text('name = "x"\n[store]\npassword = "s3cret"\n')
    with pytest.raises(UsageError, match="password, which means nothing"):
        read_storing(tmp_path)
    (tmp_path / "answerable.toml").write_text('name = "x"\n')
    assert read_storing(tmp_path) == Storing()
    Storing(url="postgresql://127.0.0.1/record").write(tmp_path)
    assert read_storing(tmp_path).url == "postgresql://127.0.0.1/record"


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ('synchronous = "normal"', "synchronous=NORMAL"),
        ('synchronous = "off"', "synchronous=OFF"),
        ('journal = "memory"', "journal_mode=MEMORY"),
        ('url = "postgresql://127.0.0.1/x"\nsynchronous = "off"', "synchronous=off"),
        ('url = "postgresql://a:b@127.0.0.1/x"', "holds a password"),
    ],
)
def test_a_workspace_whose_settings_would_lose_events_is_refused_by_name(workspace, clock, said, named):
    with (workspace.folder / "answerable.toml").open("a") as file:
        file.write(f"\n[store]\n{said}\n")
    with open_workspace(workspace.folder, clock) as again, pytest.raises(UsageError, match=named):
        again.store.head()


@pytest.mark.postgres
def test_a_workspace_that_could_not_be_made_whole_leaves_its_database_empty(new_database, tmp_path, clock, monkeypatch):
    from answerable.service import workspace as making

    def dying(*given, **named):
        raise KeyboardInterrupt

    url = new_database()
    with monkeypatch.context() as patched:
        patched.setattr(making, "_begin", dying)
        with pytest.raises(KeyboardInterrupt):
            init_workspace(tmp_path / "w", time_zone="Europe/London", clock=clock, store=url)
    assert not (tmp_path / "w").exists()
    init_workspace(tmp_path / "w", time_zone="Europe/London", clock=clock, store=url)
    with open_workspace(tmp_path / "w", clock) as made:
        assert check_record(made).clean
        assert made.store.settings["engine"].startswith("PostgreSQL")


@pytest.mark.postgres
def test_a_case_runs_on_a_server_as_it_does_in_a_file(new_database, tmp_path, clock, sound):
    init_workspace(tmp_path / "w", time_zone="Europe/London", clock=clock, store=new_database())
    path = tmp_path / "case.yaml"
    path.write_text(yaml.safe_dump(sound, sort_keys=False))
    with open_workspace(tmp_path / "w", clock) as workspace:
        opened = open_case(workspace, path, "applicant")
        act(workspace, opened.id, Command("submit"), "applicant")
        assert check_record(workspace).clean
        assert workspace.store.events(opened.id)[0].kind == "open"
