"""The command ``answerable``: how a refusal or an error becomes a message and an exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import typer

    app: typer.Typer


def __getattr__(name: str) -> Any:
    """Return ``app``, the whole command line, which is put together only when it is asked for."""
    if name != "app":
        raise AttributeError(name)
    from answerable.cli.app import app as whole

    return whole


def run() -> None:
    """Run the command line and end the process with the documented exit code."""
    from answerable.errors import AnswerableError
    from answerable.record.errors import RecordError

    try:
        sys.exit(_ran(sys.argv[1:]))
    except (AnswerableError, RecordError) as error:
        sys.stderr.write(f"answerable: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output (head, less) has left: nothing is wrong, but Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def _ran(words: list[str]) -> int:
    if words[:2] == ["gate", "check"]:
        from answerable.cli.quick import gate_check

        code = gate_check(words[2:])
        if code is not None:
            return code
    from answerable.cli.app import app_for

    app_for(words)()
    return 0
