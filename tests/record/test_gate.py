"""The gate: open only for an authority that is proved, witnessed, fresh, begun, not ended, here, and not revoked."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.record.conftest import MemoryLog

from answerable.record.cosign import cosign, cosigner_key
from answerable.record.disclose import make_disclosure, sd_of
from answerable.record.errors import Altered, CutShort, Forked, NotStandard, Oversized, RecordError, WrongKey
from answerable.record.gate import FRESH_SECONDS, MEANINGS, NOT_LIMITED, PRIVATE_AREA, check_gate
from answerable.record.gatehead import SLOTS, RevokedList, make_gate_head, padded, parse_gate_head, revoked_token
from answerable.record.ground import inside
from answerable.record.note import Ed25519Signer, parse_note
from answerable.record.policy import policy_for
from answerable.record.proof import parse_proof

STARTS, ENDS = 1_543_608_000, 1_543_622_400  # 30 November 2018, 20:00 to midnight
NOW = STARTS + 600
SQUARE = [[-0.08, 51.60], [-0.06, 51.60], [-0.06, 51.61], [-0.08, 51.61], [-0.08, 51.60]]
HOLE = [[-0.075, 51.604], [-0.073, 51.604], [-0.073, 51.606], [-0.075, 51.606], [-0.075, 51.604]]
AREA = {"type": "Polygon", "coordinates": [SQUARE, HOLE]}
HERE, HOLED, ELSEWHERE = (-0.07, 51.605), (-0.074, 51.605), (-0.05, 51.605)


def at(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


@dataclass
class Story:
    """One authority in a log with three witnesses, two of whom must sign, told so that one thing in it can differ."""

    kind: str = "authorise"
    data: dict[str, Any] = field(default_factory=dict)
    area: Any = field(default_factory=lambda: AREA)
    proved_at: tuple[int, ...] = (STARTS - 900, STARTS - 900)
    cosigned_at: tuple[int, ...] = (NOW - 60, NOW - 60)
    listed_at: int = NOW - 50
    revoked: bool = False
    disclosed: bool = True
    quorum: str = "two"

    def witnesses(self) -> list[tuple[str, Ed25519PrivateKey]]:
        names = [f"{name}.example" for name in ("paper", "university", "committee")]
        return [(n, Ed25519PrivateKey.from_private_bytes(hashlib.sha256(n.encode()).digest())) for n in names]

    @property
    def policy(self) -> str:
        named = "".join(f"witness {n} {cosigner_key(n, key).vkey}\n" for n, key in self.witnesses())
        logs = policy_for(MemoryLog().signer.vkey).replace("quorum none\n", "")
        group = f"group two 2 {' '.join(n for n, _ in self.witnesses())}\n"
        return f"{logs}{named}{group}quorum {self.quorum}\n"

    def files(self) -> tuple[str, str]:
        log = MemoryLog().add(6)
        area = make_disclosure(PRIVATE_AREA, self.area, hashlib.sha256(b"area").digest())
        other = make_disclosure("private/reasons", "Two origins agree.", hashlib.sha256(b"other").digest())
        said = {"starts_at": at(STARTS), "ends_at": at(ENDS), "start_by": at(STARTS + 300), **self.data}
        said = {name: value for name, value in said.items() if value is not None}
        log.add(1, v=2, kind=self.kind, data=said, sd=sd_of([area, other]))
        blind = log.openings[6].blind
        proof = parse_proof(log.proof(6))
        proof = replace(proof, checkpoint=self.cosign(log.checkpoint(), self.proved_at))
        proof = replace(proof, disclosures=(area.text,) if self.disclosed else ())
        log.add(5)
        fill = (hashlib.sha256(b"fill %d" % n).digest() for n in range(200))
        tokens = padded([revoked_token(blind, self.listed_at)] if self.revoked else [], fill)
        note = self.cosign(log.checkpoint(), self.cosigned_at)
        return str(proof), make_gate_head(log.head(), note, self.listed_at, tokens, log.signer)

    def cosign(self, note: str, times: tuple[int, ...]) -> str:
        text = parse_note(note).text
        return note + "".join(
            cosign(text, name, key, when) for (name, key), when in zip(self.witnesses(), times, strict=False)
        )

    def asked(self, place: tuple[float, float] = HERE, now: int = NOW, **more: Any) -> Any:
        return check_gate(*self.files(), self.policy, place, now, **more)


def test_a_deployment_that_is_authorised_here_and_now_passes() -> None:
    found = Story().asked()
    assert (found.code, found.authorised, found.emergency) == ("authorised", True, False)
    assert found.as_json()["ends_at"] == at(ENDS)
    assert found.sentences()[0].startswith("SIMULATED")
    assert found.sentences()[1].startswith("AUTHORISED (authorised)")
    assert NOT_LIMITED not in found.sentences()


HOUR = FRESH_SECONDS
REFUSED: dict[str, tuple[str, Callable[[], Any]]] = {
    "another place": ("wrong-area", lambda: Story().asked(ELSEWHERE)),
    "a hole in the area": ("wrong-area", lambda: Story().asked(HOLED)),
    "an area that is not shown": ("no-area", lambda: Story(disclosed=False).asked()),
    "a second too early": (
        "not-started",
        lambda: Story(cosigned_at=(STARTS - 60,) * 2, listed_at=STARTS - 60).asked(now=STARTS - 1),
    ),
    "its very end": (
        "expired",
        lambda: Story(cosigned_at=(ENDS - 60,) * 2, listed_at=ENDS - 60).asked(now=ENDS),
    ),
    "after its end": (
        "expired",
        lambda: Story(cosigned_at=(ENDS,) * 2, listed_at=ENDS).asked(now=ENDS + 900),
    ),
    "a clock set back": ("expired", lambda: Story(cosigned_at=(ENDS,) * 2, listed_at=ENDS).asked(now=STARTS + 10)),
    "revoked": ("revoked", lambda: Story(revoked=True).asked()),
    "an hour-old head": ("stale", lambda: Story(cosigned_at=(NOW - HOUR - 1,) * 2).asked()),
    "an hour-old list": ("stale", lambda: Story(listed_at=NOW - HOUR - 1).asked()),
    "one fresh witness and one old": ("stale", lambda: Story(cosigned_at=(NOW - 5, NOW - HOUR - 1)).asked()),
    "a head with one witness": ("unwitnessed", lambda: Story(cosigned_at=(NOW - 60,)).asked()),
    "a proof with one witness": ("unwitnessed", lambda: Story(proved_at=(STARTS - 900,)).asked()),
    "a proof without witnesses": ("unwitnessed", lambda: Story(proved_at=()).asked()),
    "a policy without witnesses": ("unwitnessed", lambda: Story(quorum="none").asked()),
    "a refusal": ("no-authority", lambda: Story(kind="refuse").asked()),
    "a request": ("no-authority", lambda: Story(kind="open").asked()),
    "a list older than the time to start": (
        "not-confirmed",
        lambda: Story(cosigned_at=(NOW - 60,) * 2, listed_at=STARTS + 299).asked(),
    ),
    "urgent, and not known to be ratified": (
        "not-confirmed",
        lambda: Story("urgent", {"ratify_by": at(NOW - 10)}).asked(),
    ),
}


@pytest.mark.parametrize("why", REFUSED)
def test_every_refusal_has_its_name_and_says_what_it_does_not_limit(why: str) -> None:
    code, ask = REFUSED[why]
    found = ask()
    assert (found.code, found.authorised) == (code, False)
    assert found.as_json()["reason"] == MEANINGS[code]
    assert found.sentences()[-1] == NOT_LIMITED


PASSES: dict[str, Callable[[], Any]] = {
    "its first second": lambda: Story(cosigned_at=(STARTS,) * 2, listed_at=STARTS).asked(now=STARTS),
    "its last second": lambda: Story(cosigned_at=(ENDS - 60,) * 2, listed_at=ENDS - 60).asked(now=ENDS - 1),
    "a head just under an hour": lambda: Story(cosigned_at=(NOW - HOUR,) * 2, listed_at=STARTS + 300).asked(),
    "on the edge": lambda: Story().asked((-0.08, 51.605)),
    "on a corner": lambda: Story().asked((-0.06, 51.61)),
    "three witnesses, one of them old": lambda: Story(cosigned_at=(NOW - 5, NOW - 9_999, NOW - 5)).asked(),
    "urgent, before it must be ratified": lambda: Story("urgent", {"ratify_by": at(NOW + 10)}).asked(),
    "urgent, known to be ratified": lambda: Story("urgent", {"ratify_by": at(NOW - 60)}).asked(),
    "an extension, from when it was given": lambda: Story("extend", {"starts_at": None, "start_by": None}).asked(),
    "several polygons": lambda: Story(area={"type": "MultiPolygon", "coordinates": [[SQUARE]]}).asked(),
}


@pytest.mark.parametrize("how", PASSES)
def test_what_is_just_right_passes(how: str) -> None:
    assert PASSES[how]().code == "authorised"


@given(back=st.integers(0, 10**9))
def test_a_clock_set_back_revives_nothing(back: int) -> None:
    proof, head = _ended()
    found = check_gate(proof, head, Story().policy, HERE, max(0, ENDS + 60 - back))
    assert found.code in {"expired", "stale"}


_ENDED: list[tuple[str, str]] = []


def _ended() -> tuple[str, str]:
    if not _ENDED:
        _ENDED.append(Story(cosigned_at=(ENDS + 30,) * 2, listed_at=ENDS + 30).files())
    return _ENDED[0]


def test_in_an_emergency_one_witness_and_a_time_stamp_are_enough() -> None:
    one = Story(proved_at=(STARTS - 900,), cosigned_at=(NOW - 60,))
    seen: list[str] = []

    def stamped(text: str) -> bool:
        seen.append(text)
        return True

    found = one.asked(stamped=stamped)
    assert (found.code, found.emergency) == ("authorised", True)
    assert "EMERGENCY" in "".join(found.sentences())
    assert [text.split("\n")[1] for text in seen] == ["7", "12"]
    assert one.asked(stamped=lambda _: False).code == "unwitnessed"
    assert Story(proved_at=(), cosigned_at=()).asked(stamped=stamped).code == "unwitnessed"


def test_files_that_do_not_belong_together_are_an_alarm() -> None:
    proof, head = Story().files()
    parsed = parse_gate_head(head)
    other = Ed25519Signer.from_seed(parsed.revoked.checkpoint.origin, bytes(32))
    forged = make_gate_head(parsed.revoked.checkpoint, parsed.checkpoint, NOW, parsed.revoked.tokens, other)
    with pytest.raises(WrongKey):
        check_gate(proof, forged, Story().policy, HERE, NOW)
    wrong = replace(parsed.revoked.checkpoint, size=5)
    moved = make_gate_head(wrong, parsed.checkpoint, NOW, parsed.revoked.tokens, MemoryLog().signer)
    with pytest.raises(Altered, match="another head"):
        check_gate(proof, moved, Story().policy, HERE, NOW)
    story, fork = Story(), MemoryLog().add(7, office="other")
    note = story.cosign(fork.checkpoint(), (NOW, NOW))
    forked = make_gate_head(fork.head(), note, NOW, parsed.revoked.tokens, fork.signer)
    with pytest.raises(Forked):
        check_gate(proof, forked, story.policy, HERE, NOW)


def test_no_changed_character_opens_the_gate() -> None:
    proof, head = Story().files()
    policy = Story().policy
    for name, text in (("proof", proof), ("head", head)):
        for position in range(0, len(text), 7):
            swapped = "A" if text[position] != "A" else "B"
            changed = text[:position] + swapped + text[position + 1 :]
            files = (changed, head) if name == "proof" else (proof, changed)
            try:
                found = check_gate(*files, policy, HERE, NOW)
            except RecordError:
                continue
            # What is left are lines whose key the reader does not know any more: then too few have signed.
            assert found.code == "unwitnessed", (name, position, text[position - 20 : position + 20])


BAD_HEADS: dict[str, tuple[type[RecordError], Callable[[str], str]]] = {
    "nothing": (RecordError, lambda _: ""),
    "another file": (RecordError, lambda _: "c2sp.org/tlog-proof@v1\n"),
    "cut": (CutShort, lambda text: text[:200]),
    "no list": (CutShort, lambda text: text.replace("list ", "tsil ")),
    "line ends": (Altered, lambda text: text.replace("\n", "\r\n")),
    "more lines": (CutShort, lambda text: text.replace("\n\n", "\nmore\n\n", 1)),
    "oversized": (Oversized, lambda text: text + "x" * 1_000_000),
    "spaces": (RecordError, lambda text: text.replace("list ", "list  ")),
}


@pytest.mark.parametrize("defect", BAD_HEADS)
def test_a_gate_head_has_one_spelling(defect: str) -> None:
    error, change = BAD_HEADS[defect]
    with pytest.raises(error):
        parse_gate_head(change(Story().files()[1]))


def relisted(text: str, change: Callable[[str], str]) -> str:
    """A gate-head whose list is changed and signed again by the log itself: only its form is wrong."""
    from answerable.record.note import sign_note
    from answerable.record.strict import to_base64

    parsed = parse_gate_head(text)
    note = sign_note(change(str(parsed.revoked)), MemoryLog().signer)
    return text.replace(to_base64(parsed.note.encode()), to_base64(note.encode()))


def swapped(listed: str) -> str:
    lines = listed.split("\n")
    lines[6], lines[7] = lines[7], lines[6]
    return "\n".join(lines)


BAD_LISTS: dict[str, Callable[[str], str]] = {
    "one token less": lambda listed: "\n".join([*listed.split("\n")[:-2], ""]),
    "another count": lambda listed: listed.replace("\n64\n", "\n63\n"),
    "tokens in another order": swapped,
    "another name": lambda listed: listed.replace("revoked@v2", "revoked@v1"),
    "a negative time": lambda listed: listed.replace(f"\n{NOW - 50}\n", "\n-5\n"),
    "no tokens": lambda listed: "\n".join([*listed.split("\n")[:5], "0", ""]),
}


@pytest.mark.parametrize("defect", BAD_LISTS)
def test_a_list_has_one_form_whoever_signs_it(defect: str) -> None:
    with pytest.raises((Altered, NotStandard)):
        parse_gate_head(relisted(Story().files()[1], BAD_LISTS[defect]))


@given(many=st.integers(0, 150))
def test_a_list_shows_nothing_but_its_size_in_steps(many: int) -> None:
    tokens = [hashlib.sha256(b"%d" % n).digest() for n in range(many)]
    made = padded(tokens, (hashlib.sha256(b"fill %d" % n).digest() for n in range(200)))
    assert len(made) % SLOTS == 0
    assert len(made) - SLOTS < max(many, 1) <= len(made)
    assert set(tokens) <= set(made)
    assert list(made) == sorted(set(made))


def test_a_list_is_no_head_and_a_head_no_list() -> None:
    from answerable.record.checkpoint import parse_checkpoint

    listed = parse_gate_head(Story().files()[1]).revoked
    with pytest.raises(Altered):
        parse_checkpoint(str(listed))
    assert isinstance(listed, RevokedList)


NO_AREAS = [None, "x", {}, {"type": "Point", "coordinates": [0, 51]}, {"type": "Polygon", "coordinates": []}]
NO_AREAS += [{"type": "Polygon", "coordinates": [SQUARE[:-1]]}, {"type": "Polygon", "coordinates": [[["a", 1]] * 4]}]
NO_AREAS += [{"type": "MultiPolygon", "coordinates": [[]]}, {"type": "Polygon", "coordinates": [[1, 2, 3, 4]]}]


@pytest.mark.parametrize("area", NO_AREAS)
def test_what_is_no_area_is_an_alarm(area: Any) -> None:
    with pytest.raises(Altered):
        inside(area, *HERE)


@given(x=st.floats(-0.1, -0.04), y=st.floats(51.59, 51.62))
def test_inside_agrees_with_a_geometry_library(x: float, y: float) -> None:
    import shapely

    ring = [[-0.08, 51.60], [-0.06, 51.60], [-0.065, 51.605], [-0.06, 51.61], [-0.08, 51.61], [-0.08, 51.60]]
    shape = shapely.Polygon(ring, [HOLE])
    if shape.boundary.distance(shapely.Point(x, y)) > 1e-9:
        assert inside({"type": "Polygon", "coordinates": [ring, HOLE]}, x, y) == shape.covers(shapely.Point(x, y))


def test_an_answer_takes_less_than_fifty_milliseconds() -> None:
    story = Story()
    files, policy = story.files(), story.policy
    check_gate(*files, policy, HERE, NOW)
    took = []
    for _ in range(20):
        began = time.perf_counter()
        check_gate(*files, policy, HERE, NOW)
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.05
