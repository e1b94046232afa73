"""The words of the page on adoptions: states, entries, stances and papers, for a reader who has seen none of this."""

from __future__ import annotations

# What each state is called, how its mark looks, and what it means.
STATES = {
    "DRAFT": ("Proposed", "open", "It has been put forward. The consultation is not open yet; nothing is decided."),
    "CONSULTING": ("Consulting", "open", "People are being asked. Nothing is decided."),
    "RESPONDING": (
        "Consultation over",
        "open",
        "The time to answer is over. What was said must be considered and answered in public before anyone decides.",
    ),
    "ADOPTED": ("Adopted", "authorised", "It was adopted after a consultation, and it ends by itself."),
    "REJECTED": ("Rejected", "refused", "A person said no. It never came into force."),
    "EVALUATING": ("Being evaluated", "active", "It was adopted; its evaluation is due or published."),
    "RENEWED": ("Renewed", "authorised", "After a published evaluation it was given another term. It ends by itself."),
    "REPEALED": ("Repealed", "ended", "A person ended it. Nothing can be decided under it."),
    "SUNSET": ("Ended by itself", "ended", "Its term ran out and nobody renewed it. Nothing can be decided under it."),
    "REVERTED": ("Reverted by itself", "ended", "It was a change for a few days, and what stood before it came back."),
}  # fmt: skip
ENTRIES = {
    "propose": ("Proposed", "Rules were put forward, with their purposes, papers and whom to ask."),
    "consult": ("Consultation opened", "Those who are to be asked could answer from now on."),
    "notice": ("Notice or reply", "The commissioner had notice, or replied. It is no veto."),
    "respond": ("Responses received", "Answers were entered. Only words that may be published are shown."),
    "reach": ("Who was reached", "It was written down whether somebody who was to be asked was reached."),
    "consider": ("Themes considered", "It was said what was made of what people raised."),
    "outcome": ("Response published", "What was said, what was made of it and what changed was published."),
    "adopt": ("Adopted", "A person who had no part in the proposal adopted the rules, to a fixed end."),
    "reject": ("Rejected", "A person who had no part in the proposal said no."),
    "evaluation": ("Evaluation published", "Somebody else than its owner and its decider evaluated the policy."),
    "renew": ("Renewed", "The rules were kept in force for another term."),
    "repeal": ("Repealed", "The rules ended."),
    "blocked": ("Blocked by rule", "A test did not hold, so the adoption could not move on."),
}
STANCES = {
    "support": "for it",
    "support_with_changes": "for it, with changes",
    "neutral": "neither",
    "oppose": "against it",
}
GROUPS = {
    "affected_group": "Those affected",
    "iag": "Independent advisory group",
    "pcc": "Police and crime commissioner",
}
CHANGES = {"tighten": "Tightens", "loosen": "Loosens", "neutral": "Neither"}
LIAISON = "liaison to the police and crime commissioner"
WHY_NONE = {
    "sunset": "It ended by itself",
    "suspended": "Its stop rule suspended it",
    "repealed": "It was repealed",
    "never": "None was ever adopted",
}
AT_ONCE = {
    "rehearsal": "This is a rehearsal, and it adopted its example at once.",
    "simulated": "This is a simulation, and it adopted its example at once.",
}
AT_ONCE_MEANS = (
    "Nobody was asked. There was no notice, no answer to consider, and no test of whether anyone had been consulted "
    "fairly. Only a rehearsal or a simulation can do this, so that its rules can be tried; a record of a real force "
    "cannot."
)
AT_ONCE_REAL = "Rules were adopted here without asking anyone, which a record of a real force must never do."
