"""Example proposals put to the rules: the pack's own vignettes, evaluated afresh each time the pages are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answerable.policy import examples
from answerable.policy.evaluate import Finding, evaluate
from answerable.policy.pack import Pack, load_pack, packs

# A forecast alone, and good intelligence: the two that the first page sets side by side.
SHOWN = ("V1", "V3")
# Tested up to the point where others are asked; what advisers say cannot be known in an example.
_STEPS = ("submit", "assess")


@dataclass(frozen=True)
class Vignette:
    """An example proposal: its ``name`` says the outcome, its ``story`` what was proposed.

    ``holds`` says whether nothing blocks it at the steps that ``findings`` come from.
    """

    name: str
    story: str
    holds: bool
    findings: tuple[Finding, ...]


def worked_vignettes(pack: Pack, ids: Sequence[str] = SHOWN) -> tuple[Vignette, ...]:
    """Return the vignettes ``ids`` of a pack, put to its rules; none where there are no examples that fit it.

    The examples lie beside the pack; those of an adopted copy lie beside the pack of that name in this package.
    """
    beside = examples.examples_path(pack)
    if not beside.is_file() and pack.name in packs():
        beside = examples.examples_path(load_pack(pack.name))
    if not beside.is_file():
        return ()
    told = {one.id: one for one in examples.vignettes(pack, beside)}
    return tuple(_worked(pack, told[name]) for name in ids if name in told)


def _worked(pack: Pack, one: examples.Vignette) -> Vignette:
    findings = tuple(finding for step in _STEPS for finding in evaluate(pack, one.facts, step))
    holds = not any(finding.blocks for finding in findings)
    name = "May go on to those who must be asked" if holds else "Blocked by rule"
    return Vignette(name, f"{one.says[:1].upper()}{one.says[1:]}.", holds, findings)
