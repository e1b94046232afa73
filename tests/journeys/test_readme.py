"""The README's own commands, run as it prints them, with the New York file in the place of the reader's."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# The one command that the README itself says ends with 1.
BLOCKED = "answerable case assess"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.realdata
def test_the_walk_through_holds_word_by_word(root: Path, shared_data: Path, tmp_path: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf8")
    shutil.copyfile(shared_data / "nyc_shootings_2006_2016" / "incidents.csv.gz", tmp_path / "incidents.csv.gz")
    (case_file,) = blocks(readme, "yaml")
    (tmp_path / "case.yaml").write_text(case_file, encoding="utf8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    said: dict[str, str] = {}
    for line in "".join(blocks(readme, "sh")).splitlines():
        if line.startswith("export "):
            name, _, value = line.removeprefix("export ").partition("=")
            environment[name] = value
            continue
        words = shlex.split(line.replace("incidents.csv", "incidents.csv.gz"))
        done = subprocess.run(
            words, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        expected = 1 if line.startswith((BLOCKED, "answerable check")) else 0
        assert done.returncode == expected, f"{line}\n{done.stdout}\n{done.stderr}"
        said[line] = done.stdout
    assert "kept 14,713" in said["answerable import incidents.csv --tz America/New_York"]
    assert "never a reason to deploy" in next(text for line, text in said.items() if " forecast " in line)
    assert {"AP05", "AP08"} <= set(re.findall(r"AP\d\d", said["answerable case assess 2026-0001"]))
    assert "REFUSED" in next(text for line, text in said.items() if "case refuse" in line)
    proof = next(text for line, text in said.items() if "record verify" in line)
    assert "Verified" in proof
    assert "REHEARSAL" in proof
    assert (tmp_path / "map.svg").read_text(encoding="utf8").startswith("<svg")


def test_the_first_screen_says_what_it_is_and_what_to_type(root: Path) -> None:
    lines = (root / "README.md").read_text(encoding="utf8").splitlines()[:25]
    assert lines[0] == "# Answerable"
    assert lines[2].endswith(".")
    picture = next(line for line in lines if line.startswith("!["))
    assert (root / re.search(r"\(([^)]+)\)", picture).group(1)).is_file()  # type: ignore[union-attr]
    assert "make demo" in lines
    assert any("All 4 cases are on record" in line for line in lines)
