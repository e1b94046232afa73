#!/bin/sh
# lock.sh: resolve pyproject.toml for every platform and Python we support, into requirements/base.txt and dev.txt.
# The resolver lives in an environment of its own, so that it is never part of what it locks.
set -eu
[ -x .venv-lock/bin/uv ] || { "$BIN/python" -m venv .venv-lock && .venv-lock/bin/python -m pip install --quiet uv; }
resolve() {
    .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate "$@"
}
resolve pyproject.toml --output-file requirements/base.txt
resolve pyproject.toml --group dev --output-file requirements/dev.txt
