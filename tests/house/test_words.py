"""What no file of the project may hold: a path of somebody's machine, the address of a package index, unfinished work.

The patterns are written so that this file does not match them.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FORBIDDEN = {
    "a machine's path": r"(?<![\w.~$})\]-])/(?:work|farm|root|hom[e]|Users|tm[p])/\w",
    "a package index": r"py[p]i\.org|python[h]osted|npm[j]s\.(?:org|com)|deb\.[d]ebian|index-[u]rl",
    "unfinished work": r"\b(?:TO[D]O|FIX[M]E|X{3})\b",
    "how it was made": r"(?i)\bissue #?\d|\b(?:ai|llm|coding) (?:agent|assistant)\b|previous [s]ession|\bsub-?[a]gent",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_no_file_holds(name: str, project_files: list[Path], root: Path) -> None:
    pattern = re.compile(FORBIDDEN[name])
    found = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:100]}"
        for path in project_files
        for number, line in enumerate(path.read_text(encoding="utf8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a machine's path", "open('/" + "root/data.csv')"),
        ("a package index", "--index" + "-url x"),
        ("unfinished work", "# TO" + "DO: later"),
        ("how it was made", "see issue " + "12"),
    ],
)
def test_the_patterns_find_what_they_look_for(name: str, line: str) -> None:
    assert re.search(FORBIDDEN[name], line)


@pytest.mark.parametrize("line", ["https://example.org/root/plan", "../root/x", "tests/root/x", "the tissue 12 times"])
def test_the_patterns_leave_plain_text_alone(line: str) -> None:
    assert not any(re.search(pattern, line) for pattern in FORBIDDEN.values())


def test_packages_are_locked_with_hashes_and_without_addresses(root: Path) -> None:
    for lock in (root / "requirements").glob("*.txt"):
        text = lock.read_text(encoding="utf8")
        assert "://" not in text
        for block in re.split(r"\n(?=\w)", text):
            assert "--hash=sha256:" in block, block.splitlines()[0]
