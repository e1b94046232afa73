"""Case files as documents: read, added to section by section as a case goes on, and joined with stored intelligence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from answerable.case.casefile import CaseFile
from answerable.errors import InputError
from answerable.policy.reading import read_yaml_file
from answerable.service.workspace import Workspace

# What was asked for cannot change under a case: another area, window or trigger is another case.
_FIXED = ("title", "pack", "tz", "area", "window", "trigger")
# The analyst's own judgement, which is given before the computed picture is shown.
_SEALED = ("probability", "term", "ancr")
JUDGED_AT = ("assess", "urgent")
"""The transitions that put a judgement to the test; from then on it is sealed."""


def read_document(path: Path) -> dict[str, Any]:
    """Read a YAML file that must be a mapping of fields; InputError otherwise."""
    document = read_yaml_file(path)
    if not isinstance(document, dict):
        raise InputError("A case file must be a mapping of fields.", where=path.name, fix="Start from the template.")
    return document


def add_sections(
    document: dict[str, Any], added: dict[str, Any], where: str, *, sealed: bool = False
) -> dict[str, Any]:
    """Return the case file with the sections of ``added`` in place of its own; a judgement is added to, field by
    field, and a community impact assessment by a note that it was looked at again.

    InputError where ``added`` says something else about what the case was opened for, or where the judgement is
    ``sealed`` (it was put to the test, and the computed picture may have been seen) and ``added`` changes it.
    """
    changed = [name for name in _FIXED if name in added and added[name] != document.get(name)]
    if changed:
        raise InputError(
            f"A case cannot change its {' or '.join(changed)} once it is open.",
            where=where,
            fix="Leave it as it was, or withdraw this case and open another.",
        )
    merged = {**document, **added}
    before, new = document.get("judgement"), added.get("judgement")
    if isinstance(before, dict) and isinstance(new, dict):
        merged["judgement"] = {**before, **new}
    impact, looked_at = document.get("community_impact"), added.get("community_impact")
    if isinstance(impact, dict) and isinstance(looked_at, dict) and set(looked_at) == {"reviewed"}:
        merged["community_impact"] = {**impact, **looked_at}
    if sealed and isinstance(before, dict):
        _check_seal(before, merged["judgement"] or {}, where)
    return merged


def _check_seal(before: dict[str, Any], after: dict[str, Any], where: str) -> None:
    changed = [name for name in _SEALED if before.get(name) != after.get(name)]
    if changed:
        raise InputError(
            f"The judgement was sealed when the case was assessed: its {' and '.join(changed)} cannot change.",
            where=f"{where}, field judgement",
            fix="Only gap_reasons may be added now: why the judgement and the computed picture differ.",
        )


def read_casefile(workspace: Workspace, document: dict[str, Any], where: str) -> CaseFile:
    """Return a document as a case file, with the stored reports that it names; local times are the workspace's.

    InputError, naming file and field, for whatever does not fit.
    """
    tz = workspace.settings.time_zone
    casefile = CaseFile.read(document, where=where, tz=tz)
    joined = with_reports(workspace, document, where)
    return casefile if joined is document else CaseFile.read(joined, where=where, tz=tz)


def with_reports(workspace: Workspace, document: dict[str, Any], where: str) -> dict[str, Any]:
    """Return the document with the stored reports that its trigger names beside those written out in it.

    The stored ones are joined in for reading only and never copied into the case. InputError where a report that is
    written out differs from the stored one of the same reference.
    """
    from answerable.service.intelligence import report_blocks

    trigger = document.get("trigger")
    refs = trigger.get("refs") if isinstance(trigger, dict) else None
    if not isinstance(refs, list | tuple):
        return document
    stored = {block["ref"]: block for block in report_blocks(workspace, tuple(map(str, refs)), workspace.clock.now())}
    if not stored:
        return document
    written = document.get("reports") or []
    inline = [one for one in written if not (isinstance(one, dict) and str(one.get("ref")) in stored)]
    copies = [one for one in written if isinstance(one, dict) and str(one.get("ref")) in stored]
    merged = {**document, "reports": [*inline, *stored.values()]}
    tz = workspace.settings.time_zone
    of_store = {report.ref: report for report in CaseFile.read(merged, where=where, tz=tz).graded_reports}
    for report in CaseFile.read({**document, "reports": copies}, where=where, tz=tz).graded_reports:
        if report != of_store[report.ref]:
            raise InputError(
                "This report is stored, and the copy in the case file differs from it.",
                where=f"{where}, report {report.ref}",
                fix="Leave the copy out: naming the reference in the trigger is enough.",
            )
    return merged
