"""Scenarios: a city and what is to be compared in it, in a file that needs no programmer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from answerable.errors import InputError, UsageError
from answerable.lab.parameters import Parameters, load_parameters

FOLDER = Path(__file__).with_name("scenarios")
SENDS = ("never", "after-events", "hot-spots", "on-reports")
KINDS = ("schools", "focused", "foot", "environment")
MOST_BYTES = 100_000

_Name = Annotated[str, Field(min_length=1, max_length=80)]
_Share = Annotated[float, Field(gt=0, le=1)]
_Document = TypeVar("_Document", bound="Written")


class Written(BaseModel):
    """What somebody wrote in a file: no key that we do not know, no value of another kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PolicyText(Written):
    """What proposes deployments (``send``), and what may stop them.

    ``a_year`` is for hot spots; ``origins`` and ``at_least`` (a probability) for reports; ``under`` a policy pack;
    ``instead`` what is done without deploying, in the ``in_places`` worst places.
    """

    name: _Name
    send: Annotated[list[Literal["never", "after-events", "hot-spots", "on-reports"]], Field(min_length=1)]
    a_year: Annotated[int, Field(ge=1, le=100_000)] | None = None
    origins: Annotated[int, Field(ge=1, le=5)] = 1
    at_least: Annotated[float, Field(ge=0, le=1)] = 0.0
    under: str = ""
    instead: Literal["", "schools", "focused", "foot", "environment"] = ""
    in_places: Annotated[int, Field(ge=1)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> PolicyText:
        if "never" in self.send and len(self.send) > 1:
            raise ValueError("'never' stands alone")
        if ("hot-spots" in self.send) != (self.a_year is not None):
            raise ValueError("hot-spots and a_year (patrols a year) go together")
        if bool(self.instead) != (self.in_places is not None):
            raise ValueError("instead and in_places (how many places) go together")
        return self


class Scenario(Written):
    """One scenario as it was written; ``change`` sets parameters of the city, by their names.

    ``areas`` is a GeoJSON file whose areas are the places; a reader turns it into the file's full path.
    """

    title: _Name
    question: Annotated[str, Field(min_length=1, max_length=200)]
    policies: Annotated[list[PolicyText], Field(min_length=1, max_length=8)]
    places: Annotated[int, Field(ge=9, le=50_000)] | None = None
    events_per_year: Annotated[float, Field(gt=0, le=100_000)] | None = None
    share_of_london: _Share | None = None
    areas: Annotated[str, Field(max_length=4000)] = ""
    years: Annotated[int, Field(ge=1, le=10)] = 1
    replicates: Annotated[int, Field(ge=2, le=100_000)] = 12
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 1
    sources: Annotated[int, Field(ge=1, le=1000)] = 40
    each_knows: Annotated[int, Field(ge=1, le=1000)] = 25
    change: dict[str, float] = Field(default_factory=dict)
    limits: list[Annotated[str, Field(max_length=300)]] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits_together(self) -> Scenario:
        laid = sum((self.places is not None, self.share_of_london is not None, bool(self.areas)))
        if laid != 1 or (self.share_of_london is None) != (self.events_per_year is not None):
            raise ValueError("give places and events_per_year, or areas and events_per_year, or share_of_london")
        if len({policy.name for policy in self.policies}) < len(self.policies):
            raise ValueError("two policies have one name")
        for policy in self.policies:
            if self.places is not None and (policy.in_places or 0) > self.places:
                raise ValueError(f"'{policy.name}' is in more places than there are")
        return self

    def city(self, parameters: Parameters) -> tuple[int, float]:
        """Return how many places the city has, and its true events a year."""
        if self.share_of_london is not None:
            size = max(9, round(self.share_of_london * parameters["london_places"]))
            return size, self.share_of_london * parameters["london_injuries"]
        beside = self.beside()
        return int(self.places or 0) if beside is None else len(beside), float(self.events_per_year or 0)

    def beside(self) -> NDArray[np.int64] | None:
        """Return the neighbours of the places where the scenario names its ``areas``; None: they lie in a square."""
        if not self.areas:
            return None
        from answerable.lab.areas_ground import laid_out

        return laid_out(self.areas, Path(self.areas).stat().st_mtime_ns)


def scenario_names() -> tuple[str, ...]:
    """Return the names of the scenarios that come with the package."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def is_file(name: str) -> bool:
    """Return whether ``name`` is meant as a file of the reader's own."""
    return name.endswith((".yaml", ".yml"))


def load_scenario(name: str, parameters: Parameters | None = None, *, beside: Path | None = None) -> Scenario:
    """Read a scenario by its name or from a file; ``beside`` is the folder a relative file is looked for in first.

    UsageError where there is none, InputError naming the line of the file that cannot be used, before anything starts.
    """
    if is_file(name):
        path = beside / name if beside is not None and (beside / name).is_file() else Path(name)
    elif name in scenario_names():
        path = FOLDER / f"{name}.yaml"
    else:
        raise UsageError(
            f"There is no scenario '{name}'.",
            where="scenario",
            fix=f"Known: {', '.join(scenario_names())}; or name a file that ends in .yaml.",
        )
    scenario = read_written(path, Scenario)
    if scenario.areas:
        file = (path.parent / scenario.areas).resolve()
        if not file.is_file():
            raise UsageError(
                "There is no such file of areas.", where=f"{path.name}: areas: {file}", fix="Name another."
            )
        scenario = scenario.model_copy(update={"areas": str(file)})
    _check_packs(path, scenario)
    places, _ = scenario.city(in_city(path, scenario, parameters or load_parameters()))
    crowded = next((one for one in scenario.policies if (one.in_places or 0) > places), None)
    if crowded is not None:
        raise InputError(
            f"'{crowded.name}' is in more places than there are.",
            where=f"{path.name}: in_places",
            fix=f"At most {places}.",
        )
    if scenario.each_knows > places:
        raise InputError(
            "A source cannot know more places than there are.",
            where=f"{path.name}: each_knows",
            fix=f"At most {places}.",
        )
    return scenario


def in_city(path: Path, scenario: Scenario, parameters: Parameters) -> Parameters:
    """Return the parameters with what the scenario changes; the error names the file."""
    try:
        return parameters.changed(**scenario.change)
    except (InputError, UsageError) as error:
        raise InputError(error.what, where=f"{path.name}: change: {error.where}", fix=error.fix or "") from error


def read_written(path: Path, model: type[_Document]) -> _Document:
    """Read a file as ``model``. UsageError where it cannot be opened, InputError with the place of what is wrong."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("This file is too long.", where=str(path), fix="It is none of the lab's.")
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError("This file cannot be read.", where=f"{path}: {error.strerror}", fix="Name another.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())
        raise InputError("This is not YAML.", where=f"{path.name}: {said[:200]}", fix="Check the indents.") from error
    if not isinstance(document, Mapping):
        raise InputError(
            "This file says nothing.", where=path.name, fix="Start from one that 'answerable lab list' names."
        )
    try:
        return model.model_validate(dict(document))
    except ValidationError as error:
        raise _named(path, error, model) from error


def _named(path: Path, error: ValidationError, model: type[Written]) -> InputError:
    """Return the first thing that is wrong, with where it stands as its writer wrote it."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        known = ", ".join(model.model_fields) if len(first["loc"]) == 1 else ", ".join(PolicyText.model_fields)
        return InputError(
            f"There is no entry '{first['loc'][-1]}'.", where=f"{path.name}: {where}", fix=f"Known: {known}."
        )
    more = len(error.errors()) - 1
    fix = f"Correct it; {more} more after this one." if more else "Correct it."
    said = first["msg"].removeprefix("Value error, ")
    return InputError(f"{said[:1].upper()}{said[1:]}.", where=f"{path.name}: {where}" if where else path.name, fix=fix)


def _check_packs(path: Path, scenario: Scenario) -> None:
    from answerable.policy.pack import load_pack

    for number, policy in enumerate(scenario.policies, 1):
        if policy.under:
            try:
                load_pack(policy.under)
            except (InputError, UsageError) as error:
                raise InputError(
                    f"There is no policy '{policy.under}'.",
                    where=f"{path.name}: policies.{number}.under",
                    fix=error.fix or "See 'answerable policy list'.",
                ) from error
