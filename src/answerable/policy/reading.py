"""Safe reading of YAML that people hand in: small, shallow, no aliases, no key used twice.

Keys and times stay text, and only true, false, yes and no are booleans: a time is never read in a zone nobody named.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from answerable.errors import InputError

MOST_BYTES = 256_000
MOST_DEPTH = 30

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Fast):  # type: ignore[misc]
    """A safe loader with fewer implicit types than YAML 1.1."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag.rsplit(":", 1)[-1] not in ("timestamp", "bool", "value")]
    for first, pairs in _Fast.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool",
    re.compile(r"^(?:true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO)$"),
    list("tTfFyYnN"),
)


def read_yaml(text: str, where: str) -> Any:
    """Return the one document in ``text``; ``where`` names its source in errors.

    InputError where it is not YAML, is too large or too deep, uses an alias, or gives a key twice.
    """
    if len(text) > MOST_BYTES:
        raise InputError(
            f"This file is larger than {MOST_BYTES // 1000} kB.", where=where, fix="Keep only what is asked for."
        )
    try:
        _check_shape(text, where)
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            _settle_keys(node, where)
            return None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(
            f"This is not readable YAML: {problem}.", where=f"{where}{line}", fix="Check the indentation and colons."
        ) from error


def read_yaml_file(path: Path) -> Any:
    """Return the one document of a UTF-8 file; InputError where it cannot be read."""
    return read_yaml(read_text_file(path), str(path))


def read_text_file(path: Path) -> str:
    """Return the text of a UTF-8 file that is to be read as YAML; InputError where it cannot be read."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(
                f"This file is larger than {MOST_BYTES // 1000} kB.", where=str(path), fix="Is it the right file?"
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(
            "This file cannot be read.", where=f"{path}: {error.strerror}", fix="Check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("This file is not UTF-8 text.", where=str(path), fix="Save it as UTF-8.") from error


def _line(part: Any) -> int:
    return int(part.start_mark.line) + 1


def _check_shape(text: str, where: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise InputError(
                f"A YAML alias (*{event.anchor}) is not allowed here.",
                where=f"{where}, line {_line(event)}",
                fix="Write the value out: a reader should not have to look it up.",
            )
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH:
            raise InputError(
                f"This is nested more than {MOST_DEPTH} deep.",
                where=f"{where}, line {_line(event)}",
                fix="Say it more simply.",
            )


def _settle_keys(root: Any, where: str) -> None:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                raise InputError(
                    f"The key '{key.value}' is given twice.",
                    where=f"{where}, line {_line(key)}",
                    fix="Keep one of the two.",
                )
            seen.add(str(key.value))
            key.tag = "tag:yaml.org,2002:str"
            waiting.append(value)
