"""The evidence library: what studies found, of the tactic and of what could be done instead, as dated rows.

The first row is the honest one: no evaluation of armed foot patrol on residential streets was found. The rows are the
YAML files beside this one; :mod:`answerable.policy.evidence` reads them, for this room and for the catalogue of
alternatives alike.
"""

from __future__ import annotations

from answerable.policy.evidence import READ, Row, evidence_for, library, read_rows

__all__ = ["READ", "Row", "evidence_for", "library", "read_rows"]
