"""A store appears whole or not at all, opens fast, and is never opened by a program that is too old for it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from answerable.errors import InputError, UsageError
from answerable.store import sqlite_engine, sqlite_files
from answerable.store.conformance import WORKSPACE
from answerable.store.protocol import Workspace
from answerable.store.sqlite_files import create_store, open_store


def test_a_store_knows_what_it_is_for(store, tmp_path):
    store.close()
    with open_store(tmp_path / "record.db", head_file=tmp_path / "head") as again:
        assert again.workspace == WORKSPACE


def test_a_statement_is_written_out_once_for_all_stores_of_a_process(store, tmp_path):
    written = sqlite_engine._dialect_and_statements().get_execution_options()["compiled_cache"]
    store.people()
    known = len(written)
    assert known
    with create_store(tmp_path / "other.db", head_file=tmp_path / "other-head", workspace=WORKSPACE) as other:
        assert other.people() == store.people()
    assert len(written) == known


def test_there_is_no_second_beginning(store, tmp_path):
    with pytest.raises(UsageError, match="already"):
        create_store(store.path, head_file=tmp_path / "other", workspace=WORKSPACE)


def test_a_head_file_left_from_another_store_stops_a_new_one(tmp_path):
    (tmp_path / "head").write_text("left over")
    with pytest.raises(UsageError, match="already"):
        create_store(tmp_path / "record.db", head_file=tmp_path / "head", workspace=WORKSPACE)


def test_the_log_of_a_workspace_must_end_in_its_kind(tmp_path):
    for kind, origin in (("real", "log.example/rehearsal"), ("rehearsal", "log.example/record")):
        with pytest.raises(InputError):
            create_store(tmp_path / "record.db", head_file=tmp_path / "head", workspace=Workspace("w", kind, origin))
    assert list(tmp_path.iterdir()) == []


def test_dying_while_a_store_is_made_leaves_nothing(tmp_path, monkeypatch):
    def dying(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite_files, "_fill", dying)
    with pytest.raises(KeyboardInterrupt):
        create_store(tmp_path / "record.db", head_file=tmp_path / "head", workspace=WORKSPACE)
    assert list(tmp_path.iterdir()) == []


def test_opening_what_is_not_there_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match="answerable init"):
        open_store(tmp_path / "record.db", head_file=tmp_path / "head")


def test_a_store_of_a_newer_program_is_left_alone(store, sql, tmp_path):
    sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UsageError, match="newer version"):
        open_store(tmp_path / "record.db", head_file=tmp_path / "head")


def test_opening_imports_neither_the_migrations_nor_sqlalchemy(store):
    store.close()
    script = (
        "import json, sys; from pathlib import Path; from answerable.store.sqlite_files import open_store;"
        "store = open_store(Path(sys.argv[1]), head_file=Path(sys.argv[2])); "
        "store.head(); store.pending(); store.close();"
        "print(json.dumps([name for name in ('alembic', 'sqlalchemy') if name in sys.modules]))"
    )
    called = [sys.executable, "-c", script, str(store.path), str(store.head_file)]
    assert json.loads(subprocess.run(called, check=True, capture_output=True).stdout) == []
