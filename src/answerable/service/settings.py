"""``answerable.toml``: what a workspace is, written once and changed only by naming its time zone."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from answerable.errors import UsageError
from answerable.place import zone

FILE = "answerable.toml"
KINDS = ("simulated", "rehearsal", "real")


@dataclass(frozen=True)
class Settings:
    """What a workspace is: its name, its kind, the origin line of its log, its pack and its time zone.

    ``time_zone`` is an IANA name, or empty until the first file of incidents names one.
    """

    name: str
    kind: str
    origin: str
    pack: str
    time_zone: str

    def write(self, folder: Path) -> None:
        """Write the file into ``folder``, whole or not at all; tables that stand in it already stay."""
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in asdict(self).items()]
        head = "# What this workspace is. The kind and the origin are part of every signature and cannot change."
        draft = folder / f".{FILE}.draft"
        path = folder / FILE
        tables = path.read_text(encoding="utf8").partition("\n[") if path.is_file() else ("", "", "")
        draft.write_text("\n".join([head, *lines, ""]) + tables[1] + tables[2], encoding="utf8")
        draft.replace(path)

    def in_zone(self, name: str) -> Settings:
        """Return the settings with the time zone ``name``; UsageError where there is none of that name."""
        return replace(self, time_zone=zone(name).key)


def read_settings(folder: Path) -> Settings:
    """Read the settings of the workspace in ``folder``; UsageError where there is none, or its file is damaged."""
    path = folder / FILE
    try:
        read = tomllib.loads(path.read_text(encoding="utf8"))
        # The table [mail] is the force's own: service/mailing.py reads it; [store] is read by service/storing.py.
        read.pop("mail", None)
        read.pop("store", None)
        # [witnesses] and [[witness]] are read by service/witness_settings.py.
        read.pop("witnesses", None)
        read.pop("witness", None)
        # [record] is read by service/record_settings.py.
        read.pop("record", None)
        return Settings(**read)
    except FileNotFoundError as error:
        raise UsageError(
            "There is no workspace here.",
            where=str(folder),
            fix="Make one with 'answerable init DIR', then name it by --workspace DIR or ANSWERABLE_WORKSPACE.",
        ) from error
    except (tomllib.TOMLDecodeError, TypeError, OSError) as error:
        raise UsageError(
            "The workspace's settings cannot be read.", where=f"{path}: {error}", fix="Restore the file from a backup."
        ) from error
