"""An evaluation as a file that can be handed on."""

from __future__ import annotations

from pathlib import Path

from answerable.evaluate.summary import Summary


def write_evaluation(summary: Summary, html: Path, *, workspace_kind: str = "") -> None:
    """Write ``summary`` as one HTML page, whole or not at all, with the watermark of the workspace it comes from."""
    from answerable.present.evaluation import evaluation_document
    from answerable.present.marks import faint_mark, watermark
    from answerable.service.casefile_export import write_document

    marks = (watermark(workspace_kind), faint_mark(workspace_kind)) if workspace_kind else ("", "")
    write_document(evaluation_document(summary, mark=marks[0], faint=marks[1]), html=html)
