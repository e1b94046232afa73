"""The tests' own tools: data, browser and the choice between skipping and failing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.browser
def test_the_browser_opens_a_page_and_runs_its_script(browser, tmp_path: Path) -> None:
    page_file = tmp_path / "page.html"
    page_file.write_text("<title>Answerable</title><p id=sum></p><script>sum.textContent = 2 + 3</script>")
    page = browser.new_page()
    page.goto(page_file.as_uri())
    assert (page.title(), page.text_content("#sum")) == ("Answerable", "5")
    page.close()


@pytest.mark.realdata
def test_the_real_data_folder_says_where_its_data_come_from(shared_data: Path) -> None:
    folders = [folder for folder in shared_data.iterdir() if folder.is_dir()]
    assert folders
    assert [folder.name for folder in folders if not (folder / "README.md").is_file()] == []


@pytest.mark.parametrize(("option", "code"), [([], 0), (["--require-realdata"], 4)])
def test_absent_data_is_skipped_at_a_desk_and_an_error_where_it_is_required(root: Path, option, code) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *option, f"{__file__}::{FOLDER_TEST}"],
        cwd=root,
        env={"ANSWERABLE_SHARED_DATA": str(root / "nowhere")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert "no real data at" in done.stdout + done.stderr


FOLDER_TEST = test_the_real_data_folder_says_where_its_data_come_from.__name__
