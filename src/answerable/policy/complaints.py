"""Turn a schema's complaint about a file into one error a person can act on: file, entry, field, nearest word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from answerable.errors import InputError
from answerable.policy.suggest import did_you_mean

# What an entry of a list calls itself, so that an error can say "rule AP05" rather than "rules 4".
_NAMES = ("id", "ref", "option")


def complain(error: ValidationError, model: type[BaseModel], document: Any, where: str) -> InputError:
    """Return one thing wrong with ``document`` under ``model`` as an InputError placed in ``where``.

    An unknown field comes before anything else: a misspelt name also shows up as a missing one.
    """
    if not isinstance(document, dict):
        return InputError("This must be a mapping of fields to values.", where=where, fix="Write 'field: value' lines.")
    problems = error.errors(include_url=False)
    first = next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])
    loc = [part for part in first["loc"] if not (isinstance(part, str) and "[" in part)]
    place = ", ".join(filter(None, [where, _place(document, loc)]))
    if first["type"] == "extra_forbidden":
        return InputError(
            f"Unknown field '{loc[-1]}'.", where=place, fix=did_you_mean(loc[-1], _fields(model, loc[:-1]))
        )
    if first["type"] == "missing":
        return InputError(f"The field '{loc[-1]}' is missing.", where=place, fix="Add it.")
    if first["type"] == "literal_error":
        expected = [word.strip(" '") for word in first["ctx"]["expected"].replace(" or ", ",").split(",")]
        return InputError(
            f"'{first['input']}' is not a value of '{loc[-1]}'.",
            where=place,
            fix=did_you_mean(first["input"], expected),
        )
    message = str(first.get("ctx", {}).get("error") or first["msg"])
    return InputError(f"{message[:1].upper()}{message[1:].rstrip('.')}.", where=place, fix=_shown(first["input"]))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return ""
    text = repr(value)
    return f"It says {text[:80]}{'...' if len(text) > 80 else ''}."


def _place(document: Any, loc: Sequence[Any]) -> str:
    """Return the path to a value in words: ``rule AP05, field says``."""
    words: list[str] = []
    here = document
    for part in loc:
        here = _step(here, part)
        if isinstance(part, int):
            name = next((str(here[key]) for key in _NAMES if isinstance(here, dict) and key in here), str(part + 1))
            words[-1:] = [f"{words[-1].removeprefix('field ').removesuffix('s')} {name}"] if words else [name]
        else:
            words.append(f"field {part}")
    return ", ".join(words)


def _step(here: Any, part: Any) -> Any:
    try:
        return here[part]
    except (KeyError, IndexError, TypeError):
        return None


def _fields(model: type[BaseModel], loc: Sequence[Any]) -> list[str]:
    """Return the names a mapping at ``loc`` may use."""
    here: type[BaseModel] | None = model
    for part in loc:
        if isinstance(part, str) and here is not None:
            known = {field.alias or name: field.annotation for name, field in here.model_fields.items()}
            here = _model_in(known.get(part))
    return [field.alias or name for name, field in here.model_fields.items()] if here else []


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, (_model_in(part) for part in get_args(annotation))), None)
