"""What the pages say beside the record follows the log: no rules, adopted rules, and rules whose file is gone."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from answerable.errors import AnswerableError
from answerable.policy.pack import Pack
from answerable.service.public_view import PublicView
from answerable.service.workspace import init_workspace
from answerable.web.contents import ContentsReader, contents_of
from answerable.web.serve import serve_public
from answerable.web.static_site import write_static


@pytest.fixture
def folder(tmp_path: Path, pack: Pack) -> Path:
    """A public folder that holds the adopted pack."""
    (tmp_path / "packs").mkdir()
    shutil.copy(pack.path, tmp_path / "packs" / pack.path.name)
    return tmp_path


def test_without_an_adoption_there_is_no_pack_and_no_example(tmp_path: Path, empty_view: PublicView) -> None:
    found = contents_of(tmp_path, empty_view)
    assert found.pack is None
    assert found.vignettes == ()
    assert found.article.lines
    assert found.base_rate_tables


def test_the_pack_is_the_one_kept_beside_the_log_with_its_examples(folder: Path, view: PublicView, pack: Pack) -> None:
    found = contents_of(folder, view)
    assert found.pack is not None
    assert found.pack.hash == pack.hash
    assert len(found.vignettes) == 2


def test_contents_are_made_once_for_each_set_of_rules(folder: Path, view: PublicView, empty_view: PublicView) -> None:
    read = ContentsReader(folder)
    first = read(view)
    assert read(replace(view, cases=())) is first
    assert read(empty_view).pack is None
    assert read(view).pack is not None


def test_an_adopted_pack_whose_file_is_gone_is_an_error_before_anything_is_served(tmp_path: Path) -> None:
    init_workspace(tmp_path / "w")
    for kept in (tmp_path / "w" / "public" / "packs").glob("*.yaml"):
        kept.unlink()
    with pytest.raises(AnswerableError):
        serve_public(tmp_path / "w", "127.0.0.1", 0)


def test_a_folder_in_use_is_not_written_over(tmp_path: Path, folder: Path) -> None:
    from datetime import UTC, datetime

    with pytest.raises(AnswerableError, match="already in use"):
        write_static(tmp_path, folder, datetime(2018, 12, 1, tzinfo=UTC))


LAID = {"scores": "track-record.json", "audit": "fairness-audit.json", "programme": "programme-evaluation.json"}


@pytest.mark.parametrize(("name", "file"), LAID.items())
def test_what_is_laid_beside_the_log_is_read_once_and_again_once_it_changes(
    tmp_path: Path, empty_view: PublicView, monkeypatch: pytest.MonkeyPatch, name: str, file: str
) -> None:
    reads, read_text = [], Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, **how: reads.append(path.name) or read_text(path, **how))
    read, laid = ContentsReader(tmp_path), tmp_path / file
    assert getattr(read(empty_view), name) is None
    laid.write_text('{"a": 1}')
    reads.clear()
    first = read(empty_view)
    assert getattr(first, name) == {"a": 1}
    assert getattr(contents_of(tmp_path, empty_view), name) == {"a": 1}
    assert read(empty_view) is first
    assert reads == [file, file]
    (tmp_path / "new").write_text('{"a": 2}')
    (tmp_path / "new").replace(laid)
    assert getattr(read(empty_view), name) == {"a": 2}
    laid.write_text("[not json")
    assert getattr(read(empty_view), name) is None
    laid.unlink()
    assert getattr(read(empty_view), name) is None
