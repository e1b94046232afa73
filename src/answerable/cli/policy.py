"""``answerable policy``: the rules as data, printed as plain English and tested by their own examples."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, table

policy = typer.Typer(no_args_is_help=True, help="Policy packs: rules as dated data with their sources.")


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(policy, name="policy")


@policy.command("list")
def show_all(as_json: Json = False) -> None:
    """List the packs that come with Answerable."""
    from answerable.policy.pack import load_pack, packs

    found = [load_pack(name) for name in packs()]
    rows = [[p.name, p.version, p.status, p.title] for p in found]
    head = ["pack", "version", "status", "title"]
    emit([dict(zip(head, row, strict=True)) for row in rows], as_json=as_json, text=lambda: table(head, rows))


@policy.command()
def show(pack: Annotated[str, typer.Argument(help="A pack's name or file.")], as_json: Json = False) -> None:
    """Print a pack as plain English, each rule with its source."""
    from answerable.policy.pack import load_pack

    read = load_pack(pack)
    rules = [
        {
            "rule": r.id,
            "on": list(r.on),
            "kind": r.kind,
            "says": r.says,
            "means": r.in_english,
            "basis": r.basis,
            "src": r.src,
        }
        for r in read.rules
    ]
    document = {"pack": read.name, "version": read.version, "status": read.status, "hash": read.hash, "rules": rules}

    def text() -> str:
        lines = [f"{read.title} ({read.name}, version {read.version}, status: {read.status})", read.about, ""]
        for rule in rules:
            lines += [f"{rule['rule']}  {rule['says']}", f"      {rule['basis']}: {rule['src']}"]
        return "\n".join(lines)

    emit(document, as_json=as_json, text=text)


@policy.command()
def check(file: Annotated[Path, typer.Argument(help="A pack file.")], as_json: Json = False) -> None:
    """Check that a file is a valid pack; end with 3, naming rule and field, where it is not."""
    from answerable.policy.pack import load_pack

    read = load_pack(file)
    document = {"pack": read.name, "version": read.version, "rules": len(read.rules), "hash": read.hash}
    emit(document, as_json=as_json, text=lambda: f"{file}: {read.name} version {read.version}, {len(read.rules)} rules")


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
        results[read.name] = {"passed": passed, "failed": len(failed)}
        failures += [f"{read.name}: {failure}" for failure in failed]
    rows = [[name, r["passed"], r["failed"]] for name, r in results.items()]
    emit(
        {"packs": results, "failures": failures},
        as_json=as_json,
        text=lambda: "\n".join([table(["pack", "passed", "failed"], rows), *failures]),
    )
    if failures:
        raise typer.Exit(1)
