"""What an adoption must meet besides fairness: notice, measures, an end, an evaluation, and the limits of haste."""

from __future__ import annotations

from datetime import datetime, timedelta

from answerable.case.adoption.adoption import Adoption
from answerable.case.adoption.commands import Around, Renew
from answerable.case.adoption.gunning import days_needed, verdict
from answerable.case.adoption.rulebook import Test, rulebook
from answerable.place import local, read_stamp, stamp

# A policy's life is given in months; its end counts them as 30.44 days, a twelfth of a year.
MONTH = timedelta(days=30.44)


def notice_given(adoption: Adoption) -> Test:
    """N1: the commissioner had notice, and every reply is answered in the published response. It is no veto."""
    given = [one for one in adoption.notices if not one.get("reply")]
    replies = [number for number, one in enumerate(adoption.notices, start=1) if one.get("reply")]
    answered = {one["number"] for one in (adoption.outcome or {}).get("answers", ())}
    open_ones = [str(number) for number in replies if number not in answered]
    wrong = [] if given or replies else ["The commissioner has not had notice."]
    if open_ones:
        wrong.append(f"Replies without an answer: {', '.join(open_ones)}.")
    fine = f"Notice was given; replies attached and answered: {len(replies)}."
    return verdict("N1", wrong, fine, "Give notice, attach what is replied, and answer it in the published response.")


def as_consulted(adoption: Adoption, around: Around) -> Test:
    """P1: the pack is the one consulted on; or the published response changed it, and loosened nothing."""
    wrong = []
    if around.pack is None or around.pack.hash != adoption.pack_hash:
        wrong.append("The pack at hand is not the one in the record.")
    changes = (adoption.outcome or {}).get("pack", {}).get("changes", ())
    loosened = [change["sentence"] for change in changes if change["kind"] == "loosen"]
    wrong += [f"After the consultation this was loosened: {sentence}" for sentence in loosened]
    fine = f"The consultation changed {len(changes)} things and loosened none." if changes else "It is unchanged."
    return verdict("P1", wrong, fine, "Take the loosening back, or put it forward as a new proposal.")


def loosens_nothing(around: Around) -> Test:
    """P1 at the published response: what it changes of the pack consulted on loosens nothing."""
    wrong = [f"Nobody was asked about this: {c['sentence']}" for c in around.changes if c["kind"] == "loosen"]
    return verdict("P1", wrong, "It loosens nothing.", "Take the loosening back, or put it forward as a new proposal.")


def measures_fixed(adoption: Adoption) -> Test:
    """M1: metrics are given, and a stop rule watches one of them."""
    metrics, stops = adoption.proposal.get("metrics", ()), adoption.proposal.get("stop_rules", ())
    wrong = []
    if not metrics:
        wrong.append("No metric is fixed.")
    if not stops:
        wrong.append("No stop rule is fixed.")
    fine = f"Fixed beforehand: metrics with their margins {len(metrics)}, stop rules {len(stops)}."
    return verdict("M1", wrong, fine, "Open the proposal anew with its metrics and stop rules.")


def months_allowed(around: Around) -> float:
    """Return the longest life in months: the shortest that our ceiling, the draft or the pack in force allows."""
    packs = [pack for pack in (around.pack, around.standing) if pack is not None]
    most = rulebook().limits["sunset_months"]
    return min(most, *(float(pack.settings.get("pack_sunset_months", most)) for pack in packs), most)


def ends(months: float, evaluation_due: datetime, around: Around, now: datetime) -> Test:
    """S1: a life of at most the months allowed, with an evaluation due inside it."""
    most = months_allowed(around)
    wrong = [f"It asks for {months:g} months; at most {most:g} are allowed."] if months > most else []
    if not now < evaluation_due < now + months * MONTH:
        wrong.append(f"The evaluation is due {stamp(evaluation_due)}: not within the policy's life.")
    fine = f"It ends after {months:g} months; its evaluation is due {stamp(evaluation_due)}."
    return verdict("S1", wrong, fine, "Ask for a shorter life, with the evaluation inside it.")


def evaluated(adoption: Adoption, around: Around) -> Test:
    """E1: an evaluation was published since the present period began, and since any suspension."""
    last = adoption.evaluated[-1]["at"] if adoption.evaluated else None
    wrong = []
    if last is None:
        wrong.append("No evaluation of this period was published.")
    elif around.suspended_at is not None and last <= around.suspended_at:
        wrong.append(f"The policy was suspended {stamp(around.suspended_at)}, after its evaluation.")
    return verdict("E1", wrong, "The evaluation of this period is published.", "Publish the evaluation first.")


def hasty(adoption: Adoption, around: Around, now: datetime) -> tuple[Test, ...]:
    """T1 to T3: what a time-critical change must meet, since nobody is consulted on it."""
    asked = adoption.proposal["time_critical"]
    most = rulebook().limits["time_critical_days"]
    first = [f"It asks for {asked['days']:g} days; at most {most:g} are allowed."] if asked["days"] > most else []
    if around.standing is None:
        first.append("No pack of this name is in force: there is nothing to vary.")
    today = local(now, around.tz).date()
    told = [one for one in adoption.notices if not one.get("reply") and local(one["at"], around.tz).date() == today]
    second = [] if told else ["The commissioner has not had notice today."]
    gap = timedelta(days=days_needed(around))
    last = around.last_time_critical
    third = [f"Another began {stamp(last)}, less than {gap.days} days ago."] if last and now - last < gap else []
    return (
        verdict("T1", first, f"It reverts by itself after {asked['days']:g} days.", "Ask for fewer days, or consult."),
        verdict("T2", second, "The commissioner has had notice today.", "Give notice, then decide, on the same day."),
        verdict("T3", third, "No other came shortly before it.", "Consult on it: an ordinary adoption would do."),
    )


def life(adoption: Adoption, around: Around, now: datetime) -> tuple[datetime, datetime | None]:
    """Return when the policy ends if it is adopted at ``now``, and when it reverts (time-critical changes only).

    A time-critical change never outlives the pack that it varies.
    """
    if not adoption.time_critical:
        return now + adoption.proposal["sunset_months"] * MONTH, None
    reverts = now + timedelta(days=adoption.proposal["time_critical"]["days"])
    reverts = min(reverts, around.standing_sunset or reverts)
    return reverts, reverts


def sunset(adoption: Adoption, around: Around, now: datetime) -> Test:
    """S1 for an adoption as it was proposed."""
    due = read_stamp(adoption.proposal["evaluation_due_at"])
    return ends(adoption.proposal["sunset_months"], due, around, now)


def sunset_again(command: Renew, around: Around, now: datetime) -> Test:
    """S1 for a renewal."""
    return ends(command.months, command.evaluation_due, around, now)
