"""The papers of a consultation: hashed, and copied to ``public/papers`` so that those asked can read them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.errors import InputError
from answerable.service.adoption_packs import put
from answerable.service.workspace import Workspace

MOST_BYTES = 20_000_000
# Kinds that a browser shows or saves and never runs.
SUFFIXES = (".csv", ".docx", ".md", ".odt", ".pdf", ".txt")


@dataclass(frozen=True)
class Paper:
    """One paper as it was read: its ``sha256`` (hex) and its ``path`` below ``public``."""

    sha256: str
    path: str
    content: bytes

    def publish(self, workspace: Workspace) -> None:
        """Put the paper where everyone can read it."""
        put(workspace.public / self.path, self.content)


def read_paper(file: Path, inside: Path) -> Paper:
    """Read a paper; InputError where it is not in the folder ``inside``, is missing, too large or of another kind."""
    if not file.resolve().is_relative_to(inside.resolve()):
        raise InputError("A paper must lie beside its proposal.", where=str(file), fix="Copy it there.")
    if file.suffix.lower() not in SUFFIXES:
        raise InputError("A paper is a file to read.", where=str(file), fix=f"Use one of: {', '.join(SUFFIXES)}.")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError("This paper cannot be read.", where=f"{file}: {error.strerror}", fix="Check it.") from error
    if not content or len(content) > MOST_BYTES:
        size = "larger than 20 MB" if content else "empty"
        raise InputError(f"This paper is {size}.", where=str(file), fix="Check that it is the right file.")
    digest = hashlib.sha256(content).hexdigest()
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-")[:60] or "paper"
    return Paper(digest, f"papers/{digest[:16]}-{name}{file.suffix.lower()}", content)


def attach(document: dict[str, Any], folder: Path) -> tuple[dict[str, Any], list[Paper]]:
    """Return a proposal with the hash and the public path of each paper it names, and the papers.

    InputError where a paper cannot be read, or a hash that was written down is not the paper's.
    """
    papers: list[Paper] = []
    listed = document.get("documents")
    if not isinstance(listed, list):
        return document, papers
    attached = []
    for one in listed:
        if isinstance(one, dict) and isinstance(one.get("file"), str) and one["file"]:
            paper = read_paper(folder / one["file"], folder)
            if one.get("sha256") not in (None, paper.sha256):
                raise InputError("This paper is not the one whose hash is given.", where=one["file"], fix="Check both.")
            papers.append(paper)
            attached.append({**one, "sha256": paper.sha256, "file": paper.path})
        else:
            attached.append({**one, "sha256": None} if isinstance(one, dict) else one)
    return {**document, "documents": attached}, papers
