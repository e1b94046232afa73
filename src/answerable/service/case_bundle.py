"""One case, frozen: all that the record holds of it at this instant, with its proofs, as one file to hand over."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

from answerable.place import stamp
from answerable.present.case_document import case_document
from answerable.present.document_writers import document_html
from answerable.service.case_shown import show_case
from answerable.service.casefile_export import case_source
from answerable.service.processing import note_processing
from answerable.service.workspace import Workspace

_SAYS = """\
Case {case}, as the workspace held it at {at}.

case.html         the case file in the order of the National Decision Model, from its published statements
case-file.json    the same for programs
case.json         what staff see of it: also advice that was not published, as it was given
proofs/           for each published entry: that it is in the signed log
checkpoint        the head of the log when this was made, and log-policy by which its signatures are checked
MANIFEST          SHA-256 of every file

To check an entry without this site, with Python alone and the standalone verifier of the project:
    answerable record verify proofs/NUMBER.tlog-proof --policy log-policy
That shows that the record is unaltered. It does not show that what was recorded is true, or all there was.
"""


def case_bundle(workspace: Workspace, case_id: str, account: str) -> bytes:
    """Return a ZIP of one case as it stands now; that it was handed over is noted in the log of processing.

    UsageError where there is no such case.
    """
    shown = show_case(workspace, case_id)
    document = case_document(case_source(workspace, case_id))
    files = {
        "README.txt": _SAYS.format(case=case_id, at=stamp(workspace.clock.now())).encode(),
        "case.html": document_html(document).encode(),
        "case-file.json": document.json() + b"\n",
        "case.json": json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n",
    }
    for name in ("checkpoint", "log-policy"):
        path = workspace.public / name
        if path.is_file():
            files[name] = path.read_bytes()
    for event in shown["events"]:
        path = workspace.public / "proofs" / f"{event['index']}.tlog-proof"
        if event["index"] is not None and path.is_file():
            files[f"proofs/{path.name}"] = path.read_bytes()
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    files["MANIFEST"] = "".join(lines).encode()
    note_processing(workspace, "disclosed", ("case", case_id), "export", account)
    return _zipped(files)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in sorted(files.items()):
            # The instant stands in README.txt; a date of each file would say when this site made it, and nothing more.
            bundle.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
