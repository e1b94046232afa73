#!/bin/sh
# A shooting, an urgent authority, and nobody who ratifies it: after two hours it is over, and the record says so.
# Everything happens in a simulated workspace. Run it in an empty folder:   sh urgent-story.sh
set -eu
FILES=$(cd "$(dirname "$0")" && pwd)/files

at() { ANSWERABLE_NOW="$1"; export ANSWERABLE_NOW; echo; echo "== $1  $2"; }
stopped() { if "$@"; then echo "not stopped: $*" >&2; exit 9; else test $? -eq 1; fi; }

at 2019-05-03T09:00+00:00 "A simulated workspace under the example pack"
answerable init town --kind simulated --tz Europe/London
ANSWERABLE_WORKSPACE=town; export ANSWERABLE_WORKSPACE

at 2019-05-03T20:30+00:00 "Fifty minutes after a verified shooting, armed support is asked for beside the cordon"
answerable case open "$FILES/urgent.yaml"
answerable case community-impact 2019-0001
stopped answerable case authorise 2019-0001 --urgent --as applicant --reasons "Nobody else was at hand."
answerable case authorise 2019-0001 --urgent --as urgent-authoriser \
  --reasons "A person with a firearm is still there, and unarmed officers hold the cordon."
stopped answerable case ratify 2019-0001 --as urgent-authoriser --reasons "I ratify what I decided."
answerable case start 2019-0001 "$FILES/start.yaml"
answerable case show 2019-0001

at 2019-05-03T22:25+00:00 "Two hours after the word was given, nobody has ratified it: it is over, without anybody's doing"
answerable case show 2019-0001
stopped answerable case ratify 2019-0001 --as authoriser --reasons "Late, and well meant."
stopped answerable case extend 2019-0001 --reasons "We are still here."
answerable case log 2019-0001 --kind outside --officers 2 --minutes 20 --as operational-commander

at 2019-05-04T10:00+00:00 "What stands in its record, and what is still owed"
answerable case show 2019-0001
answerable record publish
answerable brief --quarter 2019Q2
answerable record prove 2019-0001 --out urgent.tlog-proof
answerable record verify urgent.tlog-proof --policy town/public/log-policy
