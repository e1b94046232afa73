#!/usr/bin/env python3
"""Write docs/cli.md from the commands themselves, so that the page cannot drift from the program.

``python tools/cli_docs.py [--write]`` prints or writes the page; the tests compare the two.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "cli.md"
INTRODUCTION = """# The command line

Every command that reads takes `--json` and then prints one JSON document on standard output; messages and progress go
to standard error. A command ends with **0** when it is done, **1** when a check did not hold or a step was blocked,
**2** when it was used wrongly, **3** for bad input data and **4** for an integrity alarm, which includes an altered
proof.

This page is made by `make generate` and compared with the program by the tests.
"""


def page() -> str:
    """The whole page as Markdown: one heading for each command, its usage, its arguments and its options."""
    from typer.main import get_command

    from answerable.cli.main import app

    sections = [section(path, command) for path, command in commands(get_command(app), ("answerable",))]
    return "\n".join([INTRODUCTION, *sections])


def commands(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every visible command with the words that call it: a group before its members, members by name."""
    yield path, command
    for name, member in sorted(getattr(command, "commands", {}).items()):
        if not member.hidden:
            yield from commands(member, (*path, name))


def section(path: tuple[str, ...], command: Any) -> str:
    """One command's heading, purpose, usage line and table of arguments and options."""
    context = command.make_context(" ".join(path), [], resilient_parsing=True)
    usage = " ".join([*path, *command.collect_usage_pieces(context)])
    own = [p for p in command.params if p.name not in {"help", "install_completion", "show_completion"}]
    records = [record for p in own if (record := p.get_help_record(context))]
    lines = [
        f"## {' '.join(path)}",
        "",
        " ".join(inspect.cleandoc(command.help or "").split()),
        "",
        "```text",
        usage,
        "```",
        "",
    ]
    if records:
        lines += ["| | |", "|---|---|", *(f"| `{cell(names)}` | {cell(text)} |" for names, text in records), ""]
    return "\n".join(lines)


def cell(text: str) -> str:
    """Text on one line, safe inside a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Print the page, or write it with ``--write``."""
    if "--write" in arguments:
        PAGE.write_text(page(), encoding="utf8")
    else:
        print(page(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
