"""Known layouts, one file per publisher; adding one is adding a file with ``LAYOUTS`` in it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache

from answerable.errors import UsageError
from answerable.incidents.sources.base import Refusal, Source, key

__all__ = ["Refusal", "Source", "key", "layouts", "recognise", "refused", "source_named", "sources"]


@cache
def layouts() -> tuple[Source | Refusal, ...]:
    """Return every layout found in this folder, in order of file name."""
    found: list[Source | Refusal] = []
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        found.extend(getattr(importlib.import_module(f"{__name__}.{module.name}"), "LAYOUTS", ()))
    return tuple(found)


def sources() -> tuple[Source, ...]:
    """Return the layouts that can be imported."""
    return tuple(layout for layout in layouts() if isinstance(layout, Source))


def source_named(name: str) -> Source:
    """Return the source ``name``; UsageError where there is none of that name."""
    for source in sources():
        if source.name == name:
            return source
    raise UsageError(
        f"There is no layout named {name!r}.", fix=f"The known layouts are {', '.join(s.name for s in sources())}."
    )


def refused(columns: Sequence[str]) -> Refusal | None:
    """Return the refusal that a file with these columns falls under, if any."""
    return next((x for x in layouts() if isinstance(x, Refusal) and x.matches(columns)), None)


def recognise(columns: Sequence[str]) -> Source | None:
    """Return the source whose identifying columns are all there; of several, the one that names most of them."""
    present = {key(column) for column in columns}
    matching = [s for s in sources() if s.automatic and present.issuperset(key(name) for name in s.identified_by)]
    return max(matching, key=lambda s: len(s.identified_by), default=None)
