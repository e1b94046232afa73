"""Do jobs until it is killed: each appends the first event of a case of its own, found again by the job's key.

Called as: job_worker.py WHERE HEAD; leases last half a second of the machine's clock.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from answerable.errors import NotAllowed
from answerable.store.conformance import an_event
from answerable.store.jobs import Jobs
from answerable.store.postgres_open import open_store as open_on_server
from answerable.store.sqlite_files import open_store


def main(where: str, head: Path) -> None:
    on_server = "=" in where or "://" in where
    with open_on_server(where, head_file=head) if on_server else open_store(Path(where), head_file=head) as store:
        jobs = Jobs(store)
        while True:
            job = jobs.take(["append"], datetime.now(UTC), timedelta(seconds=0.5))
            if job is None:
                time.sleep(0.05)
                continue
            sys.stdout.write(f"{job.key}\n")
            sys.stdout.flush()
            try:
                store.append([an_event(case_id=job.key)])
            except NotAllowed as error:
                if "someone else" not in str(error).lower():
                    raise
            time.sleep(0.01)
            jobs.finish(job)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
