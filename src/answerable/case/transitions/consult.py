"""Consult: those who must be asked before a decision have been asked."""

from __future__ import annotations

from answerable.case.deployment import State
from answerable.case.step import Step, findings_only

STEPS = (Step("consult", frozenset({State.ASSESSED}), findings_only, tested=True),)
