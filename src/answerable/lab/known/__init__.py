"""Known answers: figures that others published, or that follow by hand, found again by the lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from answerable.errors import UsageError
from answerable.lab.known.answer import Answer

_INTRODUCTION = """# The lab: known answers

Each row is a figure that somebody else published, that was measured with another program, or that can be worked out by
hand, beside the one the lab gets. `answerable lab reproduce all --page FILE` works all of them out anew and writes this
page. "From" and "to" say where ours must lie.
"""
_GROUPS = {
    "K1": "Polya's urn", "K2": "Oakland's urn: the top two areas", "K3": "Oakland's urn: the top and a random area",
    "K4": "Oakland's urn with reported incidents", "K7": "A city without differences",
    "K9": "London's concentration of knife injuries", "K10": "London: coincidences in 100 deployments",
    "K15": "Work that starts slowly",
}  # fmt: skip


def groups() -> dict[str, Callable[[], Iterator[Answer]]]:
    """Return what can be reproduced, by name."""
    from answerable.lab.known import london, null, slow_work, urn

    return {
        "polya": urn.polya, "oakland": urn.oakland, "mixed": urn.mixed, "null-city": null.allocators,
        "massey": london.massey, "london": london.table, "slow-work": slow_work.years,
    }  # fmt: skip


def reproduce(name: str) -> list[Answer]:
    """Work out the known answers of one group, or of ``all``; UsageError for an unknown name."""
    known = groups()
    if name != "all" and name not in known:
        raise UsageError(
            f"There is nothing called '{name}'.", where="lab reproduce", fix=f"Known: all, {', '.join(known)}."
        )
    chosen = known.values() if name == "all" else [known[name]]
    return [answer for group in chosen for answer in group()]


def page(answers: list[Answer]) -> str:
    """Return the answers as a page in Markdown."""
    lines = [_INTRODUCTION]
    for check in dict.fromkeys(answer.check for answer in answers):
        lines += ["", f"## {check}: {_GROUPS[check]}", "", "| what | source | published | ours | from | to |"]
        lines.append("|---|---|---|---|---|---|")
        for one in answers:
            if one.check == check:
                numbers = (one.published, one.ours, one.low, one.high)
                told = " | ".join(f"{number:,.4g}" if abs(number) < 1000 else f"{number:,.0f}" for number in numbers)
                lines.append(f"| {one.what} | {one.source} | {told} |")
    return "\n".join(lines).rstrip() + "\n"
