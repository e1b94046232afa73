"""A planned trial between two unarmed responses, for cases in which nobody was sent and either would do.

The strongest comparison that a system of refusals makes possible: refused and lapsed cases are there anyway, something
is done about most of them, and nobody knows which of two things does more. A lot decides, by a seed whose fingerprint
is in the log before the first case and which is shown after the last, so that anyone can repeat every draw. Armed
deployments are never drawn.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from answerable.errors import InputError
from answerable.evaluate.plan import power_curves
from answerable.evaluate.power import deployments_needed, power
from answerable.evaluate.rates import compare_rates
from answerable.evaluate.summary import Row, Summary
from answerable.evaluate.verdict import CANNOT_TELL, NOT_ASSESSABLE, verdict_for

SEED_BYTES = 32
BLOCK = 4
"""Cases are drawn in blocks of four, two for each response, so that the arms keep pace."""
_ARMED = re.compile(r"\b(armed|firearms?|afos?|arvs?|guns?)\b")
_FALLS = (0.2, 0.3, 0.5)
_LEAST_CASES = 8


@dataclass(frozen=True)
class Protocol:
    """What was agreed beforehand: two unarmed ``arms``, the ``outcome``, how long it is counted, and the margin.

    ``eligible`` says in words which cases enter; ``agreed_by`` which offices agreed that either response would do.
    """

    name: str
    arms: tuple[str, str]
    outcome: str
    horizon_days: int
    eligible: str
    agreed_by: tuple[str, ...]
    margin: float = 0.10

    def __post_init__(self) -> None:
        """Refuse an armed arm, two arms that are one, and a protocol that nobody agreed to."""
        told = [arm.strip().lower() for arm in self.arms]
        if len(set(told)) != 2 or not all(told):
            raise InputError("A trial compares two different responses.", where=self.name, fix="Name both.")
        if any(_ARMED.search(arm) for arm in told):
            raise InputError(
                "Armed deployments are never drawn by lot.",
                where=f"{self.name}: {', '.join(self.arms)}",
                fix="Compare two unarmed responses.",
            )
        if not (self.agreed_by and self.eligible.strip() and self.outcome.strip()):
            raise InputError(
                "A protocol says what is counted, which cases enter, and who agreed that either response would do.",
                where=self.name,
                fix="Complete it before the first case.",
            )
        if not (1 <= self.horizon_days <= 366 and 0 < self.margin < 1):
            raise InputError(
                "A horizon is from 1 to 366 days, and a margin lies between 0 and 1.",
                where=f"{self.name}: {self.horizon_days} days, margin {self.margin}",
                fix="Mend the protocol.",
            )


def fingerprint(seed: bytes) -> str:
    """Return what is logged of the seed before the first case: lower-case hex of SHA-256 over "trial/v1" 0x00 seed."""
    if len(seed) != SEED_BYTES:
        raise InputError(f"A seed has {SEED_BYTES} bytes.", where=f"{len(seed)} bytes", fix="Draw a new one.")
    return hashlib.sha256(b"trial/v1\x00" + seed).hexdigest()


def arm_of(seed: bytes, number: int) -> int:
    """Return the arm (0 or 1) of case ``number``, counted from 1 in the order in which cases enter.

    Formula: inside each block of four, the two cases whose HMAC-SHA256(seed, number) are smallest get arm 0. Errors:
    InputError for a number below 1 or a seed of another length.
    """
    fingerprint(seed)
    if number < 1:
        raise InputError("Cases are counted from 1.", where=f"{number}", fix="Give the place in which it entered.")
    first = (number - 1) // BLOCK * BLOCK + 1
    ranked = sorted(range(first, first + BLOCK), key=lambda n: hmac.digest(seed, n.to_bytes(8, "big"), "sha256"))
    return int(ranked.index(number) >= BLOCK // 2)


def design(protocol: Protocol, *, baseline: float, cases_a_year: float, years: float = 3.0) -> Summary:
    """Return what the trial could show, said before it begins.

    ``baseline``: outcomes per case under the better-known response. Errors: InputError for numbers not above 0.
    """
    if not (baseline > 0 and cases_a_year > 0 and years > 0):
        raise InputError(
            "A design needs a baseline, cases a year and years above 0.",
            where=f"{baseline}, {cases_a_year}, {years}",
            fix="Count them in earlier years.",
        )
    each = max(1, int(cases_a_year * years / 2))
    needed = {fall: deployments_needed(baseline, fall) for fall in _FALLS}
    rows = [
        Row("Cases in each response", str(each), f"{years:g} years at {cases_a_year:g} a year"),
        *(
            Row(
                f"To see {100 * fall:.0f} % fewer in one than in the other",
                f"{count:,} cases each",
                f"chance with {each}: {100 * power(each, baseline, fall):.0f} in 100",
            )
            for fall, count in needed.items()
        ),
    ]
    enough = [fall for fall, count in needed.items() if count <= each]
    said = (
        f"In {years:g} years this trial could see a difference of {100 * min(enough):.0f} % or more."
        if enough
        else f"In {years:g} years this trial could not even see that one response halves what the other leaves."
    )
    return Summary(
        title=f"What a trial of {protocol.arms[0]} against {protocol.arms[1]} could show",
        method=f"Cases drawn in blocks of {BLOCK}; exact conditional comparison of {protocol.outcome}.",
        table=tuple(rows),
        prose=(said,),
        assumptions=("either response would do for every case that enters", "cases come one by one"),
        power=f"figures are for outcomes {baseline:g} times a case over {protocol.horizon_days} days",
        would_change="more forces taking part, a longer time, or an outcome that happens more often.",
        numbers={"each": each, "needed": {f"{fall:g}": count for fall, count in needed.items()}},
        charts=(
            power_curves(
                baseline,
                each,
                min(needed.values()),
                1,
                _FALLS[1],
                unit="cases under each response",
                mark=f"{years:g} years: {each:,}",
            ),
        ),
    )


@dataclass(frozen=True)
class Entered:
    """One case of the trial: its ``number``, the arm that it was given, and its ``outcomes`` within the horizon."""

    number: int
    arm: int
    outcomes: int


def analyse(
    protocol: Protocol, entered: Sequence[Entered], seed: bytes, *, rng: np.random.Generator, redraws: int = 2000
) -> Summary:
    """Return what the trial showed, as the protocol said it would be judged, after repeating every draw.

    The p-value repeats the lot: within each block all ways of giving two cases each response are as likely. Errors:
    InputError where a case was given another response than the seed says, or numbers are missing or there twice.
    """
    _check_draws(entered, seed)
    first, second = ([one.outcomes for one in entered if one.arm == arm] for arm in (0, 1))
    rows = [
        Row(protocol.arms[0], f"{sum(first)} in {len(first)} cases"),
        Row(protocol.arms[1], f"{sum(second)} in {len(second)} cases"),
    ]
    if len(entered) < _LEAST_CASES or not first or not second:
        return _summary(protocol, rows, ("Not assessable: too few cases have entered.",), NOT_ASSESSABLE, {})
    found = compare_rates(sum(first), len(first), sum(second), len(second))
    p = _repeated(entered, rng, redraws)
    if math.isnan(found.ratio) or math.isinf(found.ratio) or p > 0.05:
        said = CANNOT_TELL
    else:
        said = verdict_for(found.low, found.high, margin=protocol.margin)
    ratio = (
        "no outcome in either"
        if math.isnan(found.ratio)
        else f"{found.ratio:.2f} ({found.low:.2f} to {found.high:.2f})"
    )
    rows.append(
        Row(f"Rate under {protocol.arms[0]} over {protocol.arms[1]}", ratio, f"p of the repeated lot = {p:.2g}")
    )
    words = {
        "fell": f"There were fewer {protocol.outcome} under {protocol.arms[0]} than under {protocol.arms[1]}.",
        "rose": f"There were more {protocol.outcome} under {protocol.arms[0]} than under {protocol.arms[1]}.",
        CANNOT_TELL: "We cannot tell which of the two responses leaves less violence.",
    }
    prose = (words.get(said, "Both responses left the same, within the margin fixed beforehand."),)
    numbers = {"outcomes": [sum(first), sum(second)], "cases": [len(first), len(second)], "p": p}
    return _summary(protocol, rows, prose, said, numbers)


def _summary(
    protocol: Protocol, rows: Sequence[Row], prose: tuple[str, ...], verdict: str, numbers: dict[str, object]
) -> Summary:
    return Summary(
        title=f"{protocol.name}: {protocol.arms[0]} against {protocol.arms[1]}",
        method=f"Cases drawn in blocks of {BLOCK} by a seed logged beforehand; every draw was repeated and agrees.",
        table=tuple(rows),
        prose=prose,
        verdict=verdict,
        assumptions=("every case that was eligible entered", "outcomes were counted alike under both"),
        would_change="more cases.",
        numbers=numbers,
    )


def _check_draws(entered: Sequence[Entered], seed: bytes) -> None:
    numbers = sorted(one.number for one in entered)
    if numbers != list(range(1, len(numbers) + 1)):
        raise InputError(
            "Cases of the trial are missing, or there twice.",
            where=", ".join(map(str, numbers[:10])),
            fix="Every case that entered counts, whatever became of it.",
        )
    wrong = [one.number for one in entered if one.arm != arm_of(seed, one.number)]
    if wrong:
        raise InputError(
            "A case was given another response than the lot says.",
            where=f"cases {', '.join(map(str, wrong[:10]))}",
            fix="The trial was not run as drawn; say so, and analyse it as a comparison without a lot.",
        )


def _repeated(entered: Sequence[Entered], rng: np.random.Generator, redraws: int) -> float:
    ordered = sorted(entered, key=lambda one: one.number)
    y = np.array([one.outcomes for one in ordered], dtype=float)
    arm = np.array([one.arm for one in ordered])
    block = np.arange(len(y)) // BLOCK
    seen = _difference(y, arm)
    as_far = 0
    for _ in range(redraws):
        # A block is drawn whole: of one that has not filled up, the first cases of a whole block are taken.
        keys = rng.random((block[-1] + 1, BLOCK))
        drawn = (np.argsort(np.argsort(keys, axis=1), axis=1) >= BLOCK // 2).ravel()[: len(y)]
        as_far += abs(_difference(y, drawn.astype(int))) >= abs(seen) - 1e-12
    return float((as_far + 1) / (redraws + 1))


def _difference(y: np.ndarray, arm: np.ndarray) -> float:
    return float(y[arm == 0].sum() / max(1, (arm == 0).sum()) - y[arm == 1].sum() / max(1, (arm == 1).sum()))
