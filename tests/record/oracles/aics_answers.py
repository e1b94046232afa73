"""Run by a Python that has aics-witness: put our witness vectors to that library, and print the statuses and bodies.

``aics_answers.py WITNESS_JSON SEED_HEX FOLDER`` prints one JSON list of [status, body].
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

TIME = 1_543_600_000


def main(vectors: Path, seed: str, folder: Path) -> list[tuple[int, str]]:
    # Imported here: only the Python that runs this has them.
    import aics_tlog as tlog
    import aics_witness as peer
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    given = json.loads(vectors.read_text(encoding="utf-8"))
    log, private = tlog.parse_vkey(given["log"]), Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))
    name, answers = given["witness"].partition("+")[0], []
    for number, case in enumerate(given["cases"]):
        last = tlog.parse_checkpoint(tlog.parse_note(case["seen"]).text) if case["seen"] else None
        config = peer.LogConfig(log.name, (log,), initial=(last.size, last.root) if last else None)
        store = peer.WitnessStore(folder / f"{number}.sqlite", create=True)
        witness = peer.Witness(name, private, store, [config], clock=lambda: TIME)
        try:
            answers.append((200, witness.add_checkpoint(case["request"].encode()).decode()))
        except peer.WitnessError as error:
            answers.append(
                (error.status, error.body.decode() if isinstance(error.body, bytes) else str(error.body or ""))
            )
        finally:
            store.close()
    return answers


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))))
