"""fuzz.py [--seconds N] [--parser NAME] [--write]: give our parsers what a coverage-guided fuzzer thinks up.

Each parser gets N seconds (60) of atheris in an environment of its own, ``.venv-oracles-fuzz``, those of the record
starting from the published vectors. Anything but an error of ours ends the run with 1, and names the input that did it.
With ``--write``, benchmarks/results/fuzz.md says how many inputs each was given.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv-oracles-fuzz"
VECTORS = ROOT / "tests" / "vectors"
PAGE = ROOT / "benchmarks" / "results" / "fuzz.md"
HEAD = """# Fuzzing the parsers

Made by `tools/fuzz.py --write` on {date}, {cores} cores: inputs that atheris thought up, one parser after the other.
Found is whatever was not an error of ours.

| parser | seconds | inputs | found |
|---|---:|---:|---|
"""
PACKAGES = ("atheris==3.0.0", "cryptography>=50")
PARSERS = ("note", "checkpoint", "proof", "policy", "opening", "disclosure", "request", "tile", "passkey")
FILES = ("incidents", "counts", "geojson")
"""Parsers of files that users bring: they need the whole product, not the record alone."""
SAMPLES = {
    "incidents": b"id,when,lon,lat,class\n1,2018-11-30T20:15+00:00,-0.0705,51.6012,knife\n",
    "counts": b"day,armed_deployments\n2018-11-30,2\n",
    "geojson": b'{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"Polygon","coordinates":'
    b"[[[-0.07,51.6],[-0.06,51.6],[-0.06,51.61],[-0.07,51.6]]]}}",
    "passkey": bytes.fromhex("a4010103272006215820") + bytes(32),
}


def parser(name: str) -> Callable[[bytes], Any]:
    """Return the parser ``name`` of the record, imported as an outsider would: as a folder that lies alone."""
    from record import checkpoint, disclose, note, passkey, policy, proof, tiles, witness  # type: ignore[import-not-found]

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
        "passkey": passkey.public_key,
    }
    return found[name]


def file_parser(name: str) -> tuple[Callable[[bytes], Any], type[Exception]]:
    """Return the parser of a file that users bring, and the error that it may raise."""
    from answerable.errors import AnswerableError
    from answerable.incidents.reading import read_incidents
    from answerable.place import read_areas
    from answerable.service.reconcile import read_counts

    now = datetime(2026, 1, 1, tzinfo=UTC)
    path = Path("input.geojson" if name == "geojson" else "input.csv")

    def one(raw: bytes) -> None:
        if name == "counts":
            read_counts(raw, "input")
            return
        path.write_bytes(raw)
        if name == "geojson":
            read_areas(path)
        else:
            read_incidents(path, tz="Europe/London", now=now, lenient=True)

    return one, AnswerableError


def seeds(folder: Path) -> None:
    """Put the published proofs and policies, and files such as users bring, where the fuzzer begins."""
    for name, raw in SAMPLES.items():
        (folder / name).write_bytes(raw)
    for path in [*(VECTORS / "proofs").iterdir(), *(VECTORS / "policies").iterdir()]:
        raw = path.read_bytes()
        (folder / path.name).write_bytes(raw)
        (folder / f"{path.name}-head").write_bytes(raw.partition(b"\n\n")[2])


def inside(name: str, seconds: int, folder: str) -> None:
    """Fuzz one parser in this very process, which has atheris; it ends the process itself."""
    import atheris  # type: ignore[import-not-found,import-untyped,unused-ignore]

    with atheris.instrument_imports(include=["record", "answerable.place", "answerable.incidents"]):
        if name in FILES:
            parse, ours = file_parser(name)
        else:
            from record.errors import RecordError  # type: ignore[import-not-found]

            parse, ours = parser(name), RecordError

    def one(raw: bytes) -> None:
        try:
            parse(raw)
        except ours:
            return

    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-max_len=8192", "-verbosity=0", "-print_final_stats=1", folder],
        one,
    )
    atheris.Fuzz()


def main() -> int:
    """Fuzz one parser or all; return how the worst of them ended."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60)
    asked.add_argument("--parser", choices=(*PARSERS, *FILES))
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--inside", default="", help=argparse.SUPPRESS)
    chosen = asked.parse_args()
    if chosen.inside:
        inside(chosen.parser, chosen.seconds, chosen.inside)
    from oracles import environment

    python = environment(HOME, [sys.executable], PACKAGES)
    alone = str(ROOT / "src" / "answerable")
    whole = os.pathsep.join((str(ROOT / "src"), sysconfig.get_path("purelib")))
    failed, rows = [], []
    for name in [chosen.parser] if chosen.parser else (*PARSERS, *FILES):
        with tempfile.TemporaryDirectory() as folder:
            seeds(Path(folder))
            called = [str(python), __file__, "--parser", name, "--seconds", str(chosen.seconds), "--inside", folder]
            kept = {**os.environ, "PYTHONPATH": whole if name in FILES else alone, "PYTHONDONTWRITEBYTECODE": "1"}
            done = subprocess.run(called, env=kept, cwd=folder, capture_output=True, text=True, check=False)
            tried = re.findall(r"number_of_executed_units: (\d+)", done.stdout + done.stderr)
            found = "nothing" if done.returncode == 0 else "FAILED"
            rows.append(f"| {name} | {chosen.seconds} | {int(tried[-1]) if tried else 0:,} | {found} |")
            print(rows[-1], flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout[-2_000:], done.stderr[-4_000:], file=sys.stderr)
    if chosen.write:
        PAGE.write_text(
            HEAD.format(date=f"{datetime.now(UTC):%Y-%m-%d}", cores=os.cpu_count()) + "\n".join(rows) + "\n"
        )
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
