"""The three findings of Santa Cruz's ordinance as a document: what is shown, by which file, and what cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files as packaged
from typing import Any

import yaml

from answerable.errors import IntegrityError
from answerable.present.document import Document, Grid, Items, Part, Section, Words
from answerable.present.marks import faint_mark, watermark


def findings_document(
    *, workspace: str, name: str, files: Sequence[str], results: Mapping[str, Mapping[str, Any]]
) -> Document:
    """Return the document for a bundle that holds ``files``, with the test ``results`` by pack.

    A statement whose file the bundle does not hold (a record that was not published yet) is moved among those that
    cannot be shown. IntegrityError where the text names a file that no bundle has.
    """
    text = _text()
    rows = tuple(
        (pack, str(r["version"]), str(r["passed"]), str(r["failed"]), str(r["hash"])[:16])
        for pack, r in results.items()
    )
    tests = Part(
        "Tests run for this bundle", (Grid("Worked examples", ("Pack", "Version", "Passed", "Failed", "Hash"), rows),)
    )
    inside = Part("", (Items("", tuple(files)),))
    return Document(
        title="Evidence for a resolution on predictive policing technology",
        kicker=f"{name}: towards the three findings of Santa Cruz Municipal Code 9.85",
        mark=watermark(workspace),
        faint=faint_mark(workspace),
        running="Evidence bundle",
        summary=(
            Words("For each finding: what can be shown, by which file of this bundle, and what cannot be shown."),
            Words(
                f"Source of the findings: {text['source']}. The packs in this bundle have the status: example.", "quiet"
            ),
        ),
        sections=(
            *(_finding(finding, set(files)) for finding in text["findings"]),
            Section("tests", "The rules, tested", "Do the rules do what they say?", (tests,)),
            Section("files", "What is in this bundle", "", (inside,)),
        ),
        about={"workspace": workspace, "findings": [finding["key"] for finding in text["findings"]]},
    )


def _finding(finding: Mapping[str, Any], there: set[str]) -> Section:
    shown, missing = [], []
    for statement in finding["shown"]:
        lacking = [file for file in statement.get("files", ()) if file not in there]
        _check_known(lacking)
        by = ", ".join(statement.get("files", ())) or statement["command"]
        if lacking:
            missing.append(f"Not shown by this bundle, which lacks {', '.join(lacking)}: {statement['says']}")
        else:
            shown.append((" ".join(statement["says"].split()), by))
    cannot = tuple(" ".join(str(line).split()) for line in (*missing, *finding["cannot"]))
    return Section(
        finding["key"],
        finding["heading"],
        "",
        (
            Part("What can be shown", (Grid("Shown, and by what", ("Statement", "Shown by"), tuple(shown), (62, 38)),)),
            Part("What cannot be shown", (Items("", cannot),)),
        ),
    )


def _check_known(lacking: Sequence[str]) -> None:
    """Only files of the record may be absent: a workspace can be without a published record, never without rules."""
    foreign = [file for file in lacking if not file.startswith("record/")]
    if foreign:
        raise IntegrityError(
            "The bundle's text names a file that the bundle does not hold.",
            where=", ".join(foreign),
            fix="Correct findings_9_85.yaml.",
        )


@cache
def _text() -> dict[str, Any]:
    text = packaged("answerable.present").joinpath("findings_9_85.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    return document
