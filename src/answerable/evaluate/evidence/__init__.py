"""The evidence library: what studies found, of the tactic and of what could be done instead, as dated rows.

The first row is the honest one: no evaluation of armed foot patrol on residential streets was found.
"""

from __future__ import annotations

from answerable.evaluate.evidence.library import Row, evidence_for, library

__all__ = ["Row", "evidence_for", "library"]
