"""The words of the case pages: what each entry, state and step is called, for a reader who has seen none of this."""

from __future__ import annotations

from answerable.case.duties import duty_words as said_of_duty

TRIGGERS = {
    "serious_assault_response": "response to a serious assault",
    "imminent_intel": "intelligence that serious violence is imminent",
}
# What each entry is called, and what it means.
ENTRIES = {
    "open": ("Opened", "Somebody proposed a deployment."),
    "submit": ("Submitted", "The proposal was handed in to be tested."),
    "community_impact": (
        "Community impact assessed",
        "Its author handed in, under their own account, what the deployment could do to those who live there.",
    ),
    "equality_impact": (
        "Equality impact assessed",
        "Its author handed in, under their own account, whom the deployment could affect differently.",
    ),
    "assess": ("Assessed", "Threat, intelligence, alternatives and impact were tested against the rules."),
    "advise": ("Advice", "Somebody who must be asked was asked."),
    "answer": ("Advice answered", "The applicant answered advice."),
    "blocked": ("Blocked by rule", "A rule did not hold, so the case could not move on."),
    "authorise": ("Authorised", "A person authorised it, within limits and to a fixed end."),
    "urgent": (
        "Authorised urgently",
        "A person authorised it at once. Forms were shortened, thresholds were not; unless another person ratifies it "
        "in time, it ends by itself.",
    ),
    "ratify": ("Ratified", "A second person, who had no part in it, confirmed the urgent authority."),
    "refuse": ("Refused", "A person refused it."),
    "withdraw": ("Withdrawn", "Those who proposed it took it back."),
    "start": ("Started", "Officers were deployed."),
    "review": ("Reviewed", "Somebody who did not authorise it looked at whether the grounds still stood."),
    "extend": ("Extended", "It was given more time, on fresh tests, before it had ended."),
    "end": ("Ended", "The deployment was ended."),
    "revoke": ("Revoked", "The authority was taken back."),
    "reasons": ("Reasons given later", "Whoever ended it at once has now said why."),
    "log": ("Log", "What happened on the ground. Nothing in a log gives or extends authority."),
    "referral": ("Referral taken up", "A long-term alternative that was set aside has come to an outcome."),
    "debrief": ("Debriefed", "Where officers were and for how long, what was used, and what it did to the community."),
    "evaluate": ("Evaluated", "What the deployment did, by the plan that was fixed before it."),
    "close": ("Closed", "The public record is complete; what it leaves out is named."),
    "adopt": ("Rules adopted", "A set of rules came into force."),
    "renew": ("Rules renewed", "The rules were kept in force for another term."),
    "repeal": ("Rules repealed", "The rules ended."),
    "picture": ("Planning picture", "A picture for planning was published."),
}
# What one does at each step, as it reads after "to"; in the order of a case's life.
ACTS = {
    "open": "open a case", "community_impact": "sign the community impact assessment",
    "equality_impact": "sign the equality impact assessment", "submit": "submit it", "assess": "assess it",
    "consult": "consult on it", "advise": "advise on it", "answer": "answer advice", "authorise": "authorise it",
    "urgent": "authorise it urgently",
    "ratify": "ratify an urgent authority", "refuse": "refuse it", "withdraw": "withdraw it", "start": "start",
    "review": "review it while it runs", "extend": "extend it", "end": "end it", "revoke": "revoke it",
    "reasons": "give reasons later", "log": "log what happens", "referral": "close a referral", "debrief": "debrief",
    "evaluate": "evaluate it", "close": "close it",
}  # fmt: skip
# What a transition makes of a case, as it reads after "it cannot be".
STEPS = {
    "submit": "submitted", "assess": "assessed", "consult": "consulted on", "authorise": "authorised",
    "start": "started", "extend": "extended", "urgent": "authorised urgently", "ratify": "ratified",
    "debrief": "debriefed", "evaluate": "evaluated", "close": "closed", "adopt": "adopted", "renew": "renewed",
}  # fmt: skip
# How a state looks: the tone of its mark in the style sheet.
TONES = {
    "authorised": "authorised", "active": "active", "under_review": "active", "suspended": "stopped",
    "urgent_unratified": "stopped", "ended": "ended", "revoked": "ended", "expired": "ended", "lapsed": "ended",
    "debriefed": "ended", "evaluated": "ended", "closed": "ended", "withdrawn": "withdrawn", "refused": "refused",
    "blocked": "blocked",
}  # fmt: skip
NAMES = {
    "blocked": "Blocked by rule",
    "under_review": "Review due",
    "suspended": "Suspended",
    "urgent_unratified": "Not ratified in time",
}
MEANINGS = {
    "draft": "It is being written. Nobody has decided.",
    "submitted": "It was handed in. Nobody has decided.",
    "assessed": "It was assessed. Advice comes next, and then a person has to decide.",
    "consulted": "It was assessed and consulted on. A person has to decide.",
    "blocked": "A rule stopped it. Nobody was deployed.",
    "refused": "A person said no. Nobody was deployed.",
    "withdrawn": "It was taken back before a decision. Nobody was deployed.",
    "expired": "Its time ran out and the authority ended by itself.",
    "lapsed": "It was not handed in, or not started, in time, and ended by itself. Nobody was deployed.",
    "urgent_unratified": "It was authorised urgently and nobody ratified it in time, so it ended by itself.",
    "active": "It is under way and ends by itself.",
    "under_review": "It is under way, and its review is due now. Unless it is held, the authority is suspended.",
    "suspended": "Its review was missed, so nothing may be done under it until it is held.",
    "authorised": "It may start within its window and ends by itself.",
    "ended": "It was ended by those who led it.",
    "revoked": "The authority was taken back early.",
    "debriefed": "It is over and has been debriefed. Its evaluation is still to come.",
    "evaluated": "It is over and has been evaluated.",
    "closed": "It is over, and its public record is complete.",
}
# The two halves of a grade in the 3x5x2 scheme, as they read after "source" and "information".
SOURCES = {"1": "reliable", "2": "untested", "3": "not reliable"}
INFORMATION = {
    "A": "known directly", "B": "known indirectly and corroborated", "C": "known indirectly", "D": "not known",
    "E": "suspected to be false",
}  # fmt: skip
STANCES = {
    "support": "supports it",
    "neutral": "is neither for nor against it",
    "object": "advises against it",
    "no_reply": "was NOT CONSULTED: asked, and no reply came in time",
}
OUTCOMES = {"continue": "It continues.", "vary": "It continues, and ends earlier.", "end": "It ends now."}
VERDICTS = {
    "cannot_tell": "Cannot tell. For a single deployment that is the usual answer.",
    "fell": "Measured violence fell against the places compared. That alone does not show that the deployment did it.",
    "rose": "Measured violence rose against the places compared. That alone does not show that the deployment did it.",
    "no_difference": "No difference was found against the places compared, within the margin fixed beforehand.",
}
# Offices whose names in the data are short forms; every other is written as its words.
OFFICES = {
    "iag_contact": "independent advisory group",
    "pcc_liaison": "police and crime commissioner",
    "pcc": "police and crime commissioner",
    "sfc": "strategic firearms commander",
    "tfc": "tactical firearms commander",
}
LOGGED = {
    "contact_under_18": "Contact with somebody under 18",
    "weapon_drawn": "Weapon drawn",
    "force": "Force used",
    "injury_officer": "Injury to an officer",
    "injury_other": "Injury to somebody else",
    "comms": "Told the public",
    "outside": "Done outside this tactic",
}


def office(name: object) -> str:
    """Write an office as it stands in a sentence, after "the".

    >>> office("pcc_liaison"), office("local_commander")
    ('police and crime commissioner', 'local commander')
    """
    return OFFICES.get(str(name), str(name).replace("_", " "))


def plain(word: object) -> str:
    """Write a name of the data as words: ``under_review`` is "Under review".

    >>> plain("local_commander")
    'Local commander'
    """
    return sentence(str(word).replace("_", " ").strip())


def sentence(text: str) -> str:
    """Write words as the beginning of a sentence."""
    return text[:1].upper() + text[1:]


def duty_words(kind: str, what: str = "", owner: str = "") -> str:
    """Write what is owed on a case; a referral with its option and the office that has it.

    >>> duty_words("debrief"), duty_words("referral", "focused_deterrence", "pcc_liaison")
    ('The debrief', 'An outcome of the referral: focused deterrence, by the police and crime commissioner')
    """
    return sentence(said_of_duty(kind, what, f"the {office(owner)}" if owner else ""))
