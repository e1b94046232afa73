"""Intelligence in a workspace: the one door to reports, what became of them, what grades are worth, and pictures."""

from answerable.service.intel_estimates import (
    estimate_scores,
    estimates,
    resolve_estimates,
    seal_estimate,
    subject_of,
)  # fmt: skip
from answerable.service.intel_files import RowError
from answerable.service.intel_kept import KeptReport, kept_reports
from answerable.service.intel_picture import Shown, picture_for, picture_of
from answerable.service.intel_reports import (
    Imported,
    add,
    import_file,
    purge_due,
    regrade,
    reliability,
    report_blocks,
    reports_for,
    resolve_report,
    trials,
    waiting,
)  # fmt: skip

__all__ = [
    "Imported", "KeptReport", "RowError", "Shown", "add", "estimate_scores", "estimates", "import_file",
    "kept_reports", "picture_for", "picture_of", "purge_due", "regrade", "reliability", "report_blocks",
    "reports_for", "resolve_estimates", "resolve_report", "seal_estimate", "subject_of", "trials", "waiting",
]  # fmt: skip
