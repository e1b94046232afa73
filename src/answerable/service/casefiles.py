"""Case files as documents: read, and added to section by section as a case goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from answerable.errors import InputError
from answerable.policy.reading import read_yaml_file

# What was asked for cannot change under a case: another area, window or trigger is another case.
_FIXED = ("title", "pack", "tz", "area", "window", "trigger")


def read_document(path: Path) -> dict[str, Any]:
    """Read a YAML file that must be a mapping of fields; InputError otherwise."""
    document = read_yaml_file(path)
    if not isinstance(document, dict):
        raise InputError("A case file must be a mapping of fields.", where=path.name, fix="Start from the template.")
    return document


def add_sections(document: dict[str, Any], added: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the case file with the sections of ``added`` in place of its own.

    InputError where ``added`` says something else about what the case was opened for.
    """
    changed = [name for name in _FIXED if name in added and added[name] != document.get(name)]
    if changed:
        raise InputError(
            f"A case cannot change its {' or '.join(changed)} once it is open.",
            where=where,
            fix="Leave it as it was, or withdraw this case and open another.",
        )
    return {**document, **added}
