"""The transparency record of a workspace, made from what is there now: rules, models, data, cases, log."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from answerable.errors import InputError
from answerable.place import local, read_stamp
from answerable.policy.reading import read_yaml_file
from answerable.present.atrs import Answer, Record, fill, questions
from answerable.service.bulletin import open_entries
from answerable.service.forecasting import DEFAULT_MODEL
from answerable.service.workspace import Workspace

ANSWERS = "atrs.yaml"
_PHASES = {"simulated": "Simulation", "rehearsal": "Rehearsal, not in use", "real": "Production"}


def transparency_record(workspace: Workspace, answers: Path | None = None) -> Record:
    """Return the record as the workspace stands; the force's answers are in ``atrs.yaml`` there, or in ``answers``.

    InputError, naming the field, where the file of answers cannot be used.
    """
    file = answers or workspace.folder / ANSWERS
    given = _read_answers(file) if answers is not None or file.is_file() else {}
    tz = workspace.settings.time_zone or "UTC"
    today = local(workspace.clock.now(), tz).date()
    adoption = _adoption(workspace)
    adopted = local(adoption["at"], tz).date() if adoption else None
    return fill(
        _live(workspace, adoption, adopted),
        given,
        today=today,
        adopted=adopted,
        name=workspace.settings.name,
        workspace=workspace.settings.kind,
    )


def blank_answers() -> str:
    """Return a file of answers to fill in, with the questions as comments."""
    lines = ["# What only the force can answer. Write the answer and the day it was given; an answer lasts a year."]
    for field_id, asks in questions().items():
        lines += [f'"{field_id}": # {asks}', '  value: ""', "  as_of:"]
    return "\n".join(lines) + "\n"


def _adoption(workspace: Workspace) -> dict[str, Any]:
    events = workspace.store.events(kinds=("adopt",))
    return {**events[-1].data, "at": events[-1].at} if events else {}


def _live(workspace: Workspace, adoption: dict[str, Any], adopted: date | None) -> dict[str, str]:
    from answerable.forecast.base import models
    from answerable.forecast.mixture import Mixture

    published = Mixture()
    settings, pack = workspace.settings, workspace.pack
    kinds = [{one.kind for one in told} for told in open_entries(workspace).values()]
    head = workspace.store.head()
    forbidden = pack.settings.get("forecast_inputs_forbidden", ())
    return {
        "origin": settings.origin,
        "name": settings.name,
        "phase": _PHASES[settings.kind],
        "software": version("answerable"),
        "completed": adopted.isoformat() if adopted else "",
        "sunset": _day(adoption, workspace) if adoption else "",
        "pack": f"{pack.name}@{pack.version}",
        "pack_title": pack.title,
        "pack_status": pack.status,
        "rules": str(len(pack.rules)),
        "roles": "; ".join(f"{step}: {' or '.join(map(_spaced, roles))}" for step, roles in pack.roles.items()),
        "separate": "; ".join(", ".join(sorted(map(_spaced, group))) for group in pack.separate),
        "entries": f"{head.size:,}" if head else "0",
        "cases": f"{len(kinds):,}",
        "authorised": str(sum(bool(k & {"authorise", "urgent"}) for k in kinds)),
        "said_no": str(sum(bool(k & {"refuse", "blocked"}) for k in kinds)),
        "model_count": str(len(models())),
        "models": ", ".join(sorted(models())),
        "models_about": " ".join(
            f"{name}: {make().about}" for name, make in sorted(models().items()) if name != published.name
        ),
        "published": published.name,
        "published_about": published.about,
        "prior": DEFAULT_MODEL,
        "forbidden": ", ".join(sorted(map(str, forbidden))),
        "incidents": _incidents(workspace),
    }


def _incidents(workspace: Workspace) -> str:
    if not len(workspace.library):
        return "No incidents are loaded; forecasts answer nothing until they are."
    known = workspace.library.load().known(workspace.clock.now())
    return f"{len(known):,} incidents of serious violence: time with its precision, place, class, when it became known."


def _day(adoption: dict[str, Any], workspace: Workspace) -> str:
    return local(read_stamp(adoption["sunset_at"]), workspace.settings.time_zone or "UTC").date().isoformat()


def _spaced(role: str) -> str:
    return role.replace("_", " ")


def _read_answers(file: Path) -> dict[str, Answer]:
    document = read_yaml_file(file)
    known = questions()
    if not isinstance(document, dict):
        raise InputError("A file of answers is a mapping by field.", where=file.name, fix="Start from 'atrs --blank'.")
    found = {}
    for field_id, raw in document.items():
        where = f"{file.name}, field {field_id}"
        if field_id not in known:
            raise InputError("The force is not asked for this field.", where=where, fix=f"Asked: {', '.join(known)}.")
        if not isinstance(raw, dict) or set(raw) - {"value", "as_of"}:
            raise InputError("An answer has a value and a day.", where=where, fix="Write value and as_of.")
        if raw.get("value"):
            found[field_id] = Answer(str(raw["value"]), _as_of(raw.get("as_of"), where))
    return found


def _as_of(value: Any, where: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise InputError(
            "An answer needs the day it was given.", where=where, fix="Write as_of: 2026-11-24."
        ) from error
