"""What the checks of the house share: the files of the project, and its documents."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TEXTS = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".sh", ".svg", ".cfg", ""}
MADE = {".git", ".venv", ".venv-lock", "node_modules", "_build", "build", "dist", "demo", "__pycache__", "vendor"}


@pytest.fixture(scope="session")
def project_files(root: Path) -> list[Path]:
    """Every text file of the project that git keeps, or would keep once added; without git, all but what is made."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        paths = [root / name for name in listed.stdout.decode("utf8").split("\0") if name]
    else:
        paths = [path for path in root.rglob("*") if not MADE & set(path.relative_to(root).parts)]
    return sorted(path for path in set(paths) if path.is_file() and path.suffix in TEXTS)


@pytest.fixture(scope="session")
def documents(root: Path) -> dict[str, str]:
    """The Markdown a reader is given, by its path from the root."""
    paths = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    made = root / "docs" / "_build"
    return {str(p.relative_to(root)): p.read_text(encoding="utf8") for p in paths if made not in p.parents}
