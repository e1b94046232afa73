"""Whatever stands in a file, the answer is a case file or one clear error."""

from __future__ import annotations

import copy
from datetime import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from answerable.case.casefile import CaseFile
from answerable.case.facts import facts_of
from answerable.errors import InputError
from answerable.policy.evaluate import evaluate
from answerable.policy.pack import Pack

junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.builds(list), st.builds(dict),
    st.lists(st.text(max_size=3), max_size=2), st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
    st.sampled_from(["2018-11-30", "9999-12-31T23:59", "0001-01-01T00:00", "2018-11-30T20:00+14:00", "x" * 2000]),
)  # fmt: skip


def paths(document: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [here, *(path for key, value in inside for path in paths(value, (*here, key)))]


@settings(max_examples=300)
@given(data=st.data())
def test_junk_anywhere_is_read_or_refused_and_never_crashes(
    data: st.DataObject, document: dict[str, Any], pack: Pack, now: datetime
) -> None:
    changed = copy.deepcopy(document)
    path = data.draw(st.sampled_from(paths(document)[1:]))
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = data.draw(junk)
    error = refusal(changed, pack, now)
    assert error is None or (error.what.endswith((".", "?")) and error.where)


def refusal(document: dict[str, Any], pack: Pack, now: datetime) -> InputError | None:
    """Read and test a document; return the error that a user would see, None where there is none."""
    try:
        evaluate(pack, facts_of(CaseFile.read(document, where="case.yaml"), now))
    except InputError as error:
        return error
    return None
