#!/bin/sh
# new_venv.sh DIR: make the virtual environment DIR with $PYTHON, or say plainly why that cannot be done.
set -eu
dir=$1

if [ -z "${PYTHON:-}" ]; then
    cat >&2 <<'MESSAGE'
No usable Python found. Answerable needs Python 3.11 or newer, with the venv module.
  Debian, Ubuntu:  apt-get install python3 python3-venv
  elsewhere:       install Python 3.11 or newer, then: make setup PYTHON=/path/to/python3
MESSAGE
    exit 1
fi
if ! "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "$PYTHON does not run, or is older than 3.11. Name another: make setup PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "$PYTHON cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
# An environment whose Python has gone (moved, upgraded away) is made anew; one that runs is kept and refreshed.
if ! "$dir/bin/python" -m pip --version >/dev/null 2>&1; then
    echo "Making $dir with $("$PYTHON" --version) ..."
    "$PYTHON" -m venv --clear "$dir"
fi
