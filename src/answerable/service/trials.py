"""A trial of two unarmed responses in a workspace: opened in the log, cases drawn one by one, and told at its end.

The seed's fingerprint and the power stand in the log before the first case. Each case's draw is an entry whose arm is
kept back, as a salted field that the entry is committed to; the seed is published with the end of the trial, so that
anyone can repeat every draw.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from answerable.case.machine import state_at
from answerable.errors import InputError, NotAllowed, UsageError
from answerable.evaluate.summary import Summary
from answerable.evaluate.trial import SEED_BYTES, Entered, Protocol, analyse, arm_of, design, fingerprint
from answerable.evaluate.verdict import NOT_ASSESSABLE
from answerable.place import Window
from answerable.policy.reading import read_yaml_file
from answerable.service.evaluating import SERIOUS, incidents_known, incidents_within, outline_of
from answerable.service.history import event_of, read_history
from answerable.service.people import actor
from answerable.service.publish import publish
from answerable.service.statement import record, statement
from answerable.service.workspace import Workspace

OPENED, DRAWN, ENDED = "trial", "trial-draw", "trial-end"
_ELIGIBLE = ("REFUSED", "LAPSED")
_FIELDS = ("name", "arms", "outcome", "horizon_days", "eligible", "agreed_by")


@dataclass(frozen=True)
class Trial:
    """A trial as the record holds it: its protocol, the seed's fingerprint, each draw, and the seed once it ended."""

    protocol: Protocol
    fingerprint: str
    draws: tuple[tuple[int, str, int, datetime], ...]
    seed: str = ""


def read_protocol(path: Path) -> Protocol:
    """Return the protocol in a YAML file; InputError naming what is missing or does not fit."""
    given = read_yaml_file(path)
    if not isinstance(given, Mapping) or any(name not in given for name in _FIELDS):
        raise InputError(f"A protocol has the fields {', '.join(_FIELDS)}.", where=path.name, fix="Complete it.")
    unknown = sorted(set(given) - {*_FIELDS, "margin"})
    arms = tuple(map(str, given["arms"] or ()))
    if unknown or len(arms) != 2:
        raise InputError(
            "A protocol has two arms, and no other fields than its own.",
            where=f"{path.name}: {', '.join(unknown) or f'{len(arms)} arms'}",
            fix="Name two unarmed responses.",
        )
    try:
        return Protocol(
            name=str(given["name"]),
            arms=(arms[0], arms[1]),
            outcome=str(given["outcome"]),
            horizon_days=int(given["horizon_days"]),
            eligible=str(given["eligible"]),
            agreed_by=tuple(map(str, given["agreed_by"] or ())),
            margin=float(given.get("margin", 0.10)),
        )
    except (TypeError, ValueError) as error:
        raise InputError("A number is none.", where=f"{path.name}: {error}", fix="Mend it.") from error


def open_trial(workspace: Workspace, protocol: Protocol, account: str, *, baseline: float, cases_a_year: float) -> str:
    """Draw a seed, keep it in the workspace, and log its fingerprint, the protocol and the power; return the last.

    NotAllowed where a program asks, or a trial of this name was opened.
    """
    who = actor(workspace, account)
    if not who.human:
        raise NotAllowed("A program opens no trial.", where=account, fix="A person does.")
    if protocol.name in {one.protocol.name for one in trials(workspace)}:
        raise NotAllowed("A trial of this name was opened.", where=protocol.name, fix="Give it another name.")
    shown = design(protocol, baseline=baseline, cases_a_year=cases_a_year)
    seed = secrets.token_bytes(SEED_BYTES)
    data = {
        **{name: getattr(protocol, name) for name in _FIELDS},
        "margin": f"{protocol.margin:g}",
        "fingerprint": fingerprint(seed),
        "power": shown.prose[0],
    }
    _keep(workspace, seed)
    _log(workspace, OPENED, data, account)
    return shown.prose[0]


def draw(workspace: Workspace, name: str, case_id: str, account: str) -> str:
    """Enter a refused or lapsed case, log its draw, and return which of the two responses it gets.

    NotAllowed for a case in another state, one that is in the trial, a trial that has ended, or a program.
    """
    trial, who = trial_named(workspace, name), actor(workspace, account)
    state = str(state_at(read_history(workspace, case_id).case, workspace.clock.now()))
    reason = (
        "A program draws no lot." if not who.human
        else "This trial has ended." if trial.seed
        else f"Only refused and lapsed cases enter; this one is {state}." if state not in _ELIGIBLE
        else "This case is in the trial." if case_id in {drawn[1] for drawn in trial.draws}
        else ""
    )  # fmt: skip
    if reason:
        raise NotAllowed(reason, where=f"{name}, {case_id}", fix="Nothing was drawn.")
    number = len(trial.draws) + 1
    arm = arm_of(_kept(workspace, trial), number)
    _log(workspace, DRAWN, {"trial": name, "number": number, "case": case_id}, account, {"arm": arm})
    return trial.protocol.arms[arm]


def end_trial(workspace: Workspace, name: str, account: str) -> None:
    """End a trial by publishing its seed; NotAllowed where it has ended."""
    trial = trial_named(workspace, name)
    if trial.seed:
        raise NotAllowed("This trial has ended.", where=name, fix="Read what it showed.")
    actor(workspace, account)
    _log(workspace, ENDED, {"trial": name, "seed": _kept(workspace, trial).hex()}, account)


def trial_result(workspace: Workspace, name: str) -> Summary:
    """Return what a trial showed; not assessable while a case's horizon is not over in the incidents as known."""
    trial = trial_named(workspace, name)
    incidents, until = incidents_known(workspace, SERIOUS)
    horizon = timedelta(days=trial.protocol.horizon_days)
    late = [case for _, case, _, at in trial.draws if at + horizon > until]
    if late or not trial.draws:
        why = (
            f"The horizon of {len(late)} cases is not over in the incidents as they are known." if late else "No case."
        )
        return Summary(
            title=f"{name}: {trial.protocol.arms[0]} against {trial.protocol.arms[1]}",
            method="None applies yet.",
            table=(),
            prose=(f"Not assessable. {why}",),
            verdict=NOT_ASSESSABLE,
            would_change="time, and a later import of incidents.",
        )
    entered = []
    for number, case_id, arm, at in trial.draws:
        area = outline_of(workspace, read_history(workspace, case_id), incidents)
        entered.append(Entered(number, arm, incidents_within(incidents, area, Window(at, at + horizon))))
    rng = np.random.default_rng(int(trial.fingerprint[:15], 16))
    return analyse(trial.protocol, entered, _kept(workspace, trial), rng=rng)


def trials(workspace: Workspace) -> tuple[Trial, ...]:
    """Return every trial of the record, in the order in which they were opened."""
    found: dict[str, Trial] = {}
    for stored in workspace.store.events(kinds=(OPENED, DRAWN, ENDED)):
        event = event_of(stored)
        said = event.data
        if event.kind == OPENED:
            given = {name: said[name] for name in _FIELDS}
            given |= {"arms": tuple(said["arms"]), "agreed_by": tuple(said["agreed_by"])}
            found[said["name"]] = Trial(Protocol(**given, margin=float(said["margin"])), said["fingerprint"], ())
            continue
        trial = found[said["trial"]]
        if event.kind == ENDED:
            found[said["trial"]] = replace(trial, seed=said["seed"])
            continue
        drawn = (said["number"], said["case"], int(event.private["arm"]), event.at)
        found[said["trial"]] = replace(trial, draws=(*trial.draws, drawn))
    return tuple(found.values())


def trial_named(workspace: Workspace, name: str) -> Trial:
    """Return one trial; UsageError where there is none of that name."""
    every = {one.protocol.name: one for one in trials(workspace)}
    if name not in every:
        raise UsageError("There is no such trial.", where=name, fix=f"Trials: {', '.join(every) or 'none yet'}.")
    return every[name]


def _log(
    workspace: Workspace, kind: str, data: Mapping[str, Any], account: str, private: Mapping[str, Any] | None = None
) -> None:
    office = account.replace("-", "_")
    record(workspace, lambda: [statement(workspace, kind, data, office=office, account=account, private=private)])
    publish(workspace)


def _keep(workspace: Workspace, seed: bytes) -> None:
    path = _path(workspace, fingerprint(seed))
    path.parent.mkdir(exist_ok=True)
    # Whoever can read the seed knows the next draw: only the workspace's own user may.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{seed.hex()}\n")


def _kept(workspace: Workspace, trial: Trial) -> bytes:
    if trial.seed:
        return bytes.fromhex(trial.seed)
    try:
        seed = bytes.fromhex(_path(workspace, trial.fingerprint).read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        raise UsageError(
            "The seed of this trial is not in the workspace.", where=trial.protocol.name, fix="Restore keys/."
        ) from error
    if fingerprint(seed) != trial.fingerprint:
        raise UsageError("The seed is not the one that was logged.", where=trial.protocol.name, fix="Restore keys/.")
    return seed


def _path(workspace: Workspace, mark: str) -> Path:
    return workspace.folder / "keys" / f"trial-{mark[:16]}.seed"
