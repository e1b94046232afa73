"""Run by a Python that has aics-tlog: read a public folder of ours with that library alone, and say what it found.

``aics_reads.py FOLDER LOG_VKEY [WITNESS_VKEY]`` prints one JSON document.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(folder: Path, log_vkey: str, witness_vkey: str = "") -> dict[str, object]:
    # Imported here: only the Python that runs this has it.
    import aics_tlog as tlog

    note = tlog.parse_note((folder / "checkpoint").read_text(encoding="utf-8"))
    witnesses = [tlog.parse_vkey(witness_vkey)] if witness_vkey else []
    checked = tlog.verify_checkpoint(note, tlog.parse_vkey(log_vkey), witnesses, len(witnesses))
    head = tlog.parse_checkpoint(note.text)
    reader = tlog.FileSystemTileReader(folder)
    try:
        audit = tlog.audit_tiles(reader, head.size, head.root)
        proofs = [[h.hex() for h in tlog.inclusion_proof_from_tiles(reader, n, head.size)] for n in range(head.size)]
    except (tlog.TileMissingError, tlog.TileVerificationError) as error:
        return {"checkpoint": checked.ok, "tiles": 0, "bundles": 0, "proofs": [], "error": str(error)}
    return {"checkpoint": checked.ok, "tiles": audit.tiles, "bundles": audit.bundles, "proofs": proofs, "error": ""}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), *sys.argv[2:])))
