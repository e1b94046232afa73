"""``answerable witness``: a witness that a newspaper, a university or a committee can run from this one package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from answerable.cli.options import Json
from answerable.cli.output import emit, note

witness = typer.Typer(
    no_args_is_help=True, help="Watch logs from outside: cosign a head only if it adds to what was seen before."
)
Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The witness's own folder.")]


def register(app: typer.Typer) -> None:
    """Put the group on the command line."""
    app.add_typer(witness, name="witness")


@witness.command("init")
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.example/paper. It cannot change.")],
    log: Annotated[list[str] | None, typer.Option(metavar="VKEY", help="The key of a log to watch.")] = None,
    as_json: Json = False,
) -> None:
    """Make a witness with keys of its own in a new folder."""
    from answerable.service.witness_folder import make_witness

    keys = make_witness(folder, name, log or [])
    vkeys = [key.vkey for key in keys]
    document = {"folder": str(folder), "name": name, "vkey": vkeys[0], "vkeys": vkeys}
    emit(document, as_json=as_json, text=lambda: f"Give this key to the log: {vkeys[0]}")


@witness.command("watch")
def watch(
    folder: Folder, log: Annotated[str, typer.Argument(metavar="VKEY", help="The log's key, from its policy file.")]
) -> None:
    """Watch one more log from the next start on."""
    from answerable.service.witness_folder import watch as add

    key = add(folder, log)
    note(f"{key.name} is watched from the next start on.")


@witness.command("key")
def key(folder: Folder, as_json: Json = False) -> None:
    """Show the witness's public keys."""
    from answerable.service.witness_folder import public_keys

    vkeys = [one.vkey for one in public_keys(folder)]
    emit({"vkey": vkeys[0], "vkeys": vkeys}, as_json=as_json, text=lambda: vkeys[0])


@witness.command("serve")
def serve(
    folder: Folder,
    host: Annotated[str, typer.Option(help="The address to answer at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port; 0 takes any free one.")] = 8010,
) -> None:
    """Serve the witness until stopped."""
    from answerable.web.witness import serve_witness

    serve_witness(folder, host, port, ready=lambda url: note(f"witness at {url}/add-checkpoint (Ctrl-C ends it)"))
