"""A picture as text: the waterfall line by line, then what it means and what was left out."""

from __future__ import annotations

from collections.abc import Callable

from answerable.intel.picture import Picture, Step
from answerable.place import stamp

_BAR = 24


def as_text(picture: Picture, said: Callable[[float], str]) -> str:
    """Return ``picture`` as lines to read; ``said`` says a probability as a frequency ("3 in 1,000")."""
    lines = [f"{'':34}{'odds times':>22}  {'after it':>9}"]
    for step in picture.steps:
        lines.append(f"{step.label[:33]:<34}{_factor(step):>22}  {_percent(step.probability):>9}  {_bar(step)}")
        lines.append(f"    {step.says}")
    low, high = _percent(picture.low), _percent(picture.high)
    data = f"; data until {stamp(picture.prior.data_until)}" if picture.prior.data_until else ""
    lines += [
        "",
        f"Result: {_percent(picture.probability)} ({said(picture.probability)}), 90 % interval {low} to {high}: "
        f"{picture.words}.",
        f"Base rate {_percent(picture.prior.base_rate)} ({said(picture.prior.base_rate)}){data}.",
        f"Analytic confidence: {picture.ancr or 'not stated'} (beside the number, never multiplied with it).",
    ]
    if picture.from_one_source:
        lines.append("All of it comes from one source.")
    if picture.needs_second_origin:
        lines.append("It needs a second origin before it can be called likely.")
    lines += [f"Left out: {ref}. {why}" for ref, why in picture.left_out]
    lines += [f"Joined: {link.says}" for chain in picture.chains for link in chain.links]
    return "\n".join(lines)


def _factor(step: Step) -> str:
    if step.ratio is None:
        return ""
    if step.low is None or step.high is None:
        return f"{step.ratio:.3g}"
    return f"{step.ratio:.3g} ({step.low:.2g} to {step.high:.2g})"


def _percent(probability: float) -> str:
    return f"{100 * probability:.3g} %"


def _bar(step: Step) -> str:
    return "#" * max(1, round(_BAR * step.probability))
