"""What each step is called in a sentence, so that a message reads as one whatever the step's own name is."""

from __future__ import annotations

from collections.abc import Mapping

_TO: Mapping[str, str] = {
    "open": "open {}",
    "submit": "submit {}",
    "assess": "assess {}",
    "community_impact": "sign the community impact assessment of {}",
    "equality_impact": "sign the equality impact assessment of {}",
    "consult": "record who was asked about {}",
    "advise": "advise on {}",
    "answer": "answer advice on {}",
    "authorise": "authorise {}",
    "urgent": "authorise {} urgently",
    "ratify": "ratify the urgent authority of {}",
    "refuse": "refuse {}",
    "withdraw": "withdraw {}",
    "start": "start {}",
    "review": "review {}",
    "extend": "extend {}",
    "end": "end {}",
    "revoke": "revoke {}",
    "reasons": "give late reasons for ending {}",
    "log": "write in the log of {}",
    "referral": "record what came of a referral of {}",
    "debrief": "debrief {}",
    "evaluate": "evaluate {}",
    "close": "close {}",
}
# After "cannot be asked to", where the step's own name is no verb.
_ASKED: Mapping[str, str] = {
    "community_impact": "take a community impact assessment",
    "equality_impact": "take an equality impact assessment",
    "urgent": "take an urgent authority",
    "reasons": "take late reasons",
    "referral": "take the outcome of a referral",
}


def to_do(kind: str, what: str = "a case") -> str:
    """Return what somebody does to ``what`` in the step ``kind``, as it reads after "to".

    >>> to_do("urgent"), to_do("log", "it")
    ('authorise a case urgently', 'write in the log of it')
    """
    return _TO[kind].format(what)


def asked_to(kind: str) -> str:
    """Return the step ``kind`` as it reads after "a case cannot be asked to"."""
    return _ASKED.get(kind, kind)
