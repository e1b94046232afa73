#!/bin/sh
# system.sh: what the tests use from outside Python. Installs it where apt and root are at hand, otherwise only tells.
set -eu

missing=
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-dejavu-core"
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null 2>&1 || missing="$missing postgresql"
# Faults are put into the writer, and its writes taken down, by strace.
command -v strace >/dev/null 2>&1 || missing="$missing strace"
# WeasyPrint draws letters with these; they are looked for as it does, by the loader.
ldconfig -p 2>/dev/null | grep -q libpangoft2-1.0 || missing="$missing libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
usable=
for python in python3.11 python3.12 python3.13 python3; do
    if "$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        usable=$python
        break
    fi
done
[ -n "$usable" ] || missing="$missing python3 python3-venv"

if [ -z "$missing" ]; then
    echo "system: Chromium, PostgreSQL, strace, Pango and Python are here"
    exit 0
fi
if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" != 0 ]; then
    echo "system: not here:$missing"
    echo "system: without Chromium, PostgreSQL, strace or Pango the tests that need them are skipped; to install: sudo apt-get install$missing"
    exit 0
fi
echo "system: installing$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086  # a list of package names
apt-get install -y -qq --no-install-recommends $missing </dev/null
