"""What all parts share: the strict block, and the kinds of text and number that blocks are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _as_key(value: Any) -> Any:
    return value.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(value, str) else value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Key = BeforeValidator(_as_key)
AsText = BeforeValidator(_as_text)
Ref = Annotated[str, AsText, Field(min_length=1, max_length=60)]
Short = Annotated[str, Field(max_length=120)]
Reasons = Annotated[str, Field(max_length=1000)]
Time = Annotated[str, Field(max_length=40, description="ISO 8601; local time in `tz` where it has no offset")]
Probability = Annotated[float, Field(ge=0, le=1)]
Hours = Annotated[float, Field(ge=0, le=10_000)]
Count = Annotated[int, Field(ge=0, le=10_000)]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-80, le=84)]
Office = Annotated[str, Field(min_length=1, max_length=80, description="an office or a service, never who holds it")]


class Part(BaseModel):
    """A block in which an unknown field is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)
