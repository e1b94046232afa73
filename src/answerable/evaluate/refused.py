"""Why a plain before-and-after comparison is not offered."""

from __future__ import annotations

SIMULATED_CHANGE = -59.6
"""Percent. The 'change' that a plain comparison shows in a simulated city where deployments change nothing: 7 days
after
against the 7 days up to and including the trigger, 3,000 triggers. The lab runs it anew."""


def why_not_before_after() -> tuple[str, str]:
    """Return what is wrong with it, and what to ask instead, as two sentences."""
    return (
        "A before-and-after comparison is not offered: deployments follow a bad week, and a bad week is mostly "
        f"followed by an ordinary one. In a simulated city where they change nothing it shows {SIMULATED_CHANGE} %.",
        "Compare with windows that were triggered but not deployed to (trigger_matched), with the expectation logged "
        "beforehand (observed_expected), or with comparison areas (wdd, synthetic control).",
    )
