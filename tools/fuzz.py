"""fuzz.py [--seconds N] [--parser NAME]: give the record's parsers what a coverage-guided fuzzer thinks up.

Each parser gets N seconds (60) of atheris in an environment of its own, ``.venv-oracles-fuzz``, starting from the
published vectors. Anything but the record's own error ends the run with 1, and names the input that did it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv-oracles-fuzz"
VECTORS = ROOT / "tests" / "vectors"
PACKAGES = ("atheris==3.0.0", "cryptography>=50")
PARSERS = ("note", "checkpoint", "proof", "policy", "opening", "disclosure", "request", "tile")


def parser(name: str) -> Callable[[bytes], Any]:
    """Return the parser ``name`` of the record, imported as an outsider would: as a folder that lies alone."""
    from record import checkpoint, disclose, note, policy, proof, tiles, witness  # type: ignore[import-not-found]

    def text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
        return lambda raw: read(raw.decode("utf-8", "surrogateescape"))

    found: dict[str, Callable[[bytes], Any]] = {
        "note": text(note.parse_note),
        "checkpoint": text(checkpoint.parse_checkpoint),
        "proof": text(proof.parse_proof),
        "policy": text(policy.parse_policy),
        "opening": proof.parse_opening,
        "disclosure": text(disclose.parse_disclosure),
        "request": witness.parse_request,
        "tile": lambda raw: (tiles.decode_bundle(raw, 2), tiles.decode_tile(raw, 2)),
    }
    return found[name]


def seeds(folder: Path) -> None:
    """Put the published proofs and policies where the fuzzer begins."""
    for path in [*(VECTORS / "proofs").iterdir(), *(VECTORS / "policies").iterdir()]:
        raw = path.read_bytes()
        (folder / path.name).write_bytes(raw)
        (folder / f"{path.name}-head").write_bytes(raw.partition(b"\n\n")[2])


def inside(name: str, seconds: int, folder: str) -> None:
    """Fuzz one parser in this very process, which has atheris; it ends the process itself."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=["record"]):
        from record.errors import RecordError  # type: ignore[import-not-found]

        parse = parser(name)

    def one(raw: bytes) -> None:
        try:
            parse(raw)
        except RecordError:
            return

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=8192", "-verbosity=0", folder], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz one parser or all; return how the worst of them ended."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--parser", choices=PARSERS)
    asked.add_argument("--inside", default="", help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    if chosen.inside:
        inside(chosen.parser, chosen.seconds, chosen.inside)
    from oracles import environment

    python = environment(HOME, [sys.executable], PACKAGES)
    kept = {**os.environ, "PYTHONPATH": str(ROOT / "src" / "answerable"), "PYTHONDONTWRITEBYTECODE": "1"}
    failed = []
    for name in [chosen.parser] if chosen.parser else PARSERS:
        with tempfile.TemporaryDirectory() as folder:
            seeds(Path(folder))
            called = [str(python), __file__, "--parser", name, "--seconds", str(chosen.seconds), "--inside", folder]
            done = subprocess.run(called, env=kept, cwd=folder, capture_output=True, text=True, check=False)
            print(f"{name}: {'nothing found' if done.returncode == 0 else 'FAILED'} in {chosen.seconds} s", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout[-2_000:], done.stderr[-4_000:], file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
