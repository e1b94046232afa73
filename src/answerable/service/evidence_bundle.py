"""A bundle of evidence for a council or an oversight body, aimed at the three findings of Santa Cruz's ordinance.

Santa Cruz Municipal Code 9.85 lets predictive policing technology be used only by a resolution that finds it
scientifically validated and peer reviewed, protective of rights, and not perpetuating bias. The bundle says for each
finding what can be shown, with the files that show it, and what cannot.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answerable.errors import UsageError
from answerable.policy.examples import examples_path, run_examples
from answerable.policy.pack import Pack, load_pack, packs
from answerable.present.findings_9_85 import findings_document
from answerable.record.publish import CHECKPOINT, POLICY, write_file
from answerable.service.workspace import Workspace

SUMS = "SHA256SUMS"


@dataclass(frozen=True)
class Evidence:
    """One thing that can be shown: its name, what it is, and the command that gives it."""

    name: str
    what: str
    command: str
    there: bool


def evidence_list(workspace: Workspace) -> list[Evidence]:
    """Return what evidence exists in this workspace now, and how to get it; what is not there yet is listed as such."""
    cases = bool(workspace.store.cases())
    head = workspace.store.head() is not None
    data = bool(len(workspace.library))
    return [
        Evidence("rules", "The rules in force with their sources and worked examples", "answerable policy show", True),
        Evidence("rule tests", "Every rule's own examples, run", "answerable policy test", True),
        Evidence("record", "The signed public log and its proofs", "answerable record head", head),
        Evidence("case files", "Each case in decision order", "answerable evidence case CASE --html FILE", cases),
        Evidence("bulletin", "Totals of a quarter, held against the log", "answerable brief", head),
        Evidence("returns", "Operations as the Home Office counts them", "answerable brief returns", cases),
        Evidence("transparency record", "Algorithmic transparency (ATRS)", "answerable evidence atrs", True),
        Evidence("data quality", "What the incident data can and cannot bear", "answerable quality", data),
        Evidence("forecasts", "Forecasts as files that anyone can score", "answerable forecast --parquet FILE", data),
        Evidence(
            "bundle", "All of it for a council, with what cannot be shown", "answerable evidence bundle DIR", True
        ),
    ]


def write_bundle(workspace: Workspace, folder: Path) -> list[str]:
    """Write the bundle into ``folder`` (absent or empty) and return its files, sorted; nothing is left if it fails.

    UsageError where the folder holds anything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("This folder is not empty.", where=str(folder), fix="Name a new or an empty folder.")
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _fill(workspace, draft)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _fill(workspace: Workspace, folder: Path) -> None:
    from answerable.present.document_writers import document_html, document_text

    results = dict(_test_results())
    for name, content in _files(workspace, results):
        write_file(folder / name, content)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    document = findings_document(
        workspace=workspace.settings.kind, name=workspace.settings.name, files=names, results=results
    )
    write_file(folder / "findings.html", document_html(document).encode())
    write_file(folder / "findings.txt", document_text(document).encode())
    write_file(folder / "findings.json", document.json() + b"\n")
    named = sorted(path for path in folder.rglob("*") if path.is_file())
    sums = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder).as_posix()}" for p in named]
    write_file(folder / SUMS, ("\n".join(sums) + "\n").encode())


def _files(workspace: Workspace, results: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    for name, pack in _packs():
        yield f"rules/{name}.yaml", pack.path.read_bytes()
        yield f"rules/{name}.tests.yaml", examples_path(pack).read_bytes()
        yield f"rules/{name}.txt", _in_english(pack).encode()
    yield "tests/rules.json", _json(results)
    yield "models/models.json", _json(_models())
    yield "record/HOW-TO-VERIFY.txt", _HOW_TO_VERIFY.encode()
    for name in (CHECKPOINT, POLICY):
        if (workspace.public / name).is_file():
            yield f"record/{name}", (workspace.public / name).read_bytes()
    yield "transparency/atrs.json", _json(_atrs(workspace))


def _packs() -> list[tuple[str, Pack]]:
    return [(name, load_pack(name)) for name in packs()]


def _test_results() -> Iterator[tuple[str, Any]]:
    for name, pack in _packs():
        passed, failed = run_examples(pack)
        yield name, {"version": pack.version, "hash": pack.hash, "passed": passed, "failed": len(failed)}


def _in_english(pack: Pack) -> str:
    head = [f"{pack.title} ({pack.name}, version {pack.version}, status: {pack.status})", pack.about, ""]
    rules = [f"{r.id}  {r.says}\n      means: {r.in_english}\n      {r.basis}: {r.src}" for r in pack.rules]
    return "\n".join([*head, *rules, "", pack.not_limited, ""])


def _models() -> list[dict[str, str]]:
    from answerable.forecast.base import models

    return [{"model": name, "about": make().about} for name, make in sorted(models().items())]


def _atrs(workspace: Workspace) -> dict[str, Any]:
    from answerable.service.atrs import transparency_record

    return transparency_record(workspace).as_json()


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


_HOW_TO_VERIFY = f"""How to check this bundle and the record behind it

1. The files of this bundle: run 'sha256sum --check {SUMS}' in its folder.
2. The record: 'checkpoint' is the log's newest signed head when the bundle was made, 'log-policy' names the key that
   signs it. Compare that key with the one the force publishes on its own domain: a key from the same folder shows only
   that the folder agrees with itself.
3. Any entry: take its proof from the public folder and run, offline,
   answerable record verify proofs/N.tlog-proof --policy log-policy
4. The rules: 'answerable policy test rules/NAME.yaml' runs every rule's own examples again.

A verified proof shows that a statement is in the log and was not altered. It does not show that it is true, or that
everything that happened was recorded.
"""
