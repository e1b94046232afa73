"""Known answers: figures that others published, or that follow by hand, found again by the lab."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from answerable.errors import UsageError
from answerable.lab.known.answer import Answer

_INTRODUCTION = """# The lab: known answers

Each row is a figure that somebody else published, that was measured with another program, or that can be worked out by
hand, beside the one the lab gets. `answerable lab reproduce all --page FILE` works all of them out anew and writes this
page; it takes a few minutes. "From" and "to" say where ours must lie.

K6 needs the survey of Bogota, which is not ours to hand on: put `districts.csv` (district, population,
victimisation_share, reporting_share, published_ratio_reported_only_model) and `cells.csv` (x_km, y_km, district) into a
folder `bogota_reporting`, and name its parent in `ANSWERABLE_SHARED_DATA`. Without it K6 is left out. K5, the forecast
of Oakland, belongs to the forecasts.

Where ours is near its bound we say why. K6: where the fourteen centres of crime lay in the published experiment is not
known, so ours is the mean of forty placings; three placings alone give a rank of about 0.76, twelve 0.84. K10: under
fast retaliation ours lies a fifth below the published figure, which rests on eight simulated years of another program;
it is inside three of our own standard errors, and no closer. K13: synthetic difference-in-differences claims an effect
in 7.3 of 100 cities, above the 7 asked of all designs; its rank of one area among twenty sets the treated area, with
nineteen to compare it with, beside pretended ones with eighteen, and it is let off to 8. K14: a source that
invents at random, not knowing that nothing is planned, cannot be told from a useless one by thirty reports.
"""
_GROUPS = {
    "K1": "Polya's urn", "K2": "Oakland's urn: the top two areas", "K3": "Oakland's urn: the top and a random area",
    "K4": "Oakland's urn with reported incidents", "K6": "Bogota: hot spots where people report",
    "K7": "A city without differences", "K8": "Two engines, one city",
    "K9": "London's concentration of knife injuries", "K10": "London: coincidences in 100 deployments",
    "K11": "Scores beside other people's programs", "K12": "An attack on two releases of small counts",
    "K13": "Evaluation designs where nothing has an effect", "K14": "A malicious source",
    "K15": "Work that starts slowly",
}  # fmt: skip


def groups() -> dict[str, Callable[[], Iterator[Answer]]]:
    """Return what can be reproduced, by name."""
    from answerable.lab.known import (
        bogota,
        disclosure,
        engines,
        london,
        malicious,
        no_effect,
        null,
        peers,
        slow_work,
        urn,
    )  # fmt: skip

    return {
        "polya": urn.polya, "oakland": urn.oakland, "mixed": urn.mixed, "bogota": bogota.disparity,
        "null-city": null.allocators, "engines": engines.agreement, "massey": london.massey, "london": london.table,
        "scores": peers.scores, "disclosure": disclosure.attack, "designs": no_effect.designs,
        "malicious": malicious.source, "slow-work": slow_work.years,
    }  # fmt: skip


def reproduce(name: str) -> list[Answer]:
    """Work out the known answers of one group, or of ``all``; UsageError for an unknown name."""
    known = groups()
    if name != "all" and name not in known:
        raise UsageError(
            f"There is nothing called '{name}'.", where="lab reproduce", fix=f"Known: all, {', '.join(known)}."
        )
    if name != "all":
        return list(known[name]())
    return [answer for group, find in known.items() if group not in left_out() for answer in find()]


def left_out() -> dict[str, str]:
    """Return the groups that ``all`` leaves out here, each with why, and what to do about it.

    What needs a publisher's data is left out of ``all`` where they are not at hand; asked for by name it is an error.
    """
    from answerable.lab.known.bogota import survey_folder

    if survey_folder():
        return {}
    return {
        "bogota": "K6 (bogota) is left out, for its survey is not here. Set ANSWERABLE_SHARED_DATA to the folder "
        "in which bogota_reporting lies."
    }


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
