"""``answerable policy``: the rules as data, printed as plain English, compared and tested by their own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, table

policy = typer.Typer(no_args_is_help=True, help="Policy packs: rules as dated data with their sources.")

PackName = Annotated[str, typer.Argument(help="A pack's name or file; NAME:PROFILE for one of its profiles.")]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(policy, name="policy")


@policy.command("list")
def show_all(as_json: Json = False) -> None:
    """List the packs that come with Answerable."""
    from answerable.policy.pack import load_pack, packs

    found = {name: load_pack(name) for name in packs()}
    head = ["pack", "version", "status", "title", "profiles"]
    rows = [[name, p.version, p.status, p.title, list(p.profiles)] for name, p in found.items()]
    lines = [[*row[:-1], ", ".join(found[str(row[0])].profiles)] for row in rows]
    emit([dict(zip(head, row, strict=True)) for row in rows], as_json=as_json, text=lambda: table(head, lines))


@policy.command()
def show(pack: PackName, as_json: Json = False) -> None:
    """Print a pack as plain English: every rule, limit and separation with its source, and the pack's status."""
    from answerable.policy import prose
    from answerable.policy.pack import load_pack

    read = load_pack(pack)
    emit(prose.as_json(read), as_json=as_json, text=lambda: prose.in_english(read))


@policy.command()
def diff(
    old: Annotated[str, typer.Argument(help="The pack as it is: a name, NAME:PROFILE or a file.")],
    new: Annotated[str, typer.Argument(help="The pack as it would be.")],
    as_json: Json = False,
) -> None:
    """Class each change between two packs: it tightens, loosens or is neutral. Loosening takes a new consultation."""
    from answerable.policy.diff import diff as changes_between
    from answerable.policy.diff import loosens
    from answerable.policy.pack import load_pack

    before, after = load_pack(old), load_pack(new)
    changes = changes_between(before, after)
    document = {
        "old": {"pack": before.name, "version": before.version, "status": before.status, "hash": before.hash},
        "new": {"pack": after.name, "version": after.version, "status": after.status, "hash": after.hash},
        "loosens": loosens(changes),
        "changes": [change.as_json() for change in changes],
    }

    def text() -> str:
        from answerable.policy.prose import status_line

        lines = [f"from {status_line(before)}", f"to   {status_line(after)}", ""]
        lines += [f"{change.kind:8s} {change.where}: {change.sentence}" for change in changes] or ["No change."]
        verdict = "It loosens: that takes a new consultation." if loosens(changes) else "Nothing in it loosens."
        return "\n".join([*lines, "", verdict])

    emit(document, as_json=as_json, text=text)


@policy.command()
def check(file: Annotated[Path, typer.Argument(help="A pack file.")], as_json: Json = False) -> None:
    """Check that a file is a valid pack; end with 3, naming rule and field, where it is not."""
    from answerable.policy.pack import load_pack
    from answerable.policy.prose import status_line

    read = load_pack(file)
    document = {
        "pack": read.name, "version": read.version, "status": read.status, "rules": len(read.rules), "hash": read.hash,
    }  # fmt: skip
    emit(document, as_json=as_json, text=lambda: f"{file}: {status_line(read)}, {len(read.rules)} rules")


@policy.command("test")
def run_tests(
    file: Annotated[str, typer.Argument(help="A pack's name or file; every pack if left out.")] = "",
    as_json: Json = False,
) -> None:
    """Run the examples that each pack comes with; end with 1 where one fails."""
    from answerable.policy.examples import run_examples
    from answerable.policy.pack import load_pack, packs

    results: dict[str, dict[str, Any]] = {}
    failures: list[str] = []
    for name in [file] if file else packs():
        read = load_pack(name)
        passed, failed = run_examples(read)
        asked = name if name in packs() else read.name
        results[asked] = {"passed": passed, "failed": len(failed), "status": read.status}
        failures += [f"{read.name}: {failure}" for failure in failed]
    rows = [[name, r["status"], r["passed"], r["failed"]] for name, r in results.items()]
    emit(
        {"packs": results, "failures": failures},
        as_json=as_json,
        text=lambda: "\n".join([table(["pack", "status", "passed", "failed"], rows), *failures]),
    )
    if failures:
        raise typer.Exit(1)
