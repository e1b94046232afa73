#!/bin/sh
# A policy is consulted on and adopted; one armed deployment is proposed, blocked, mended, decided, reviewed, ends by the
# clock, and is accounted for. Everything happens in a simulated city, in a simulated winter, by the commands that
# anybody has. Run it in an empty folder:   sh full-story.sh
set -eu
FILES=$(cd "$(dirname "$0")" && pwd)/files

# Only a simulated workspace can be told the time.
at() { ANSWERABLE_NOW="$1"; export ANSWERABLE_NOW; echo; echo "== $1  $2"; }
# Some steps are meant to be stopped: exit code 1, and a reason.
stopped() { if "$@"; then echo "not stopped: $*" >&2; exit 9; else test $? -eq 1; fi; }

at 2018-11-25T09:00+00:00 "A city of invented incidents, and a workspace in which no policy is in force"
answerable demo --dir simulated --no-serve > demo.txt
answerable init city --kind simulated --no-adoption --tz Europe/London
ANSWERABLE_WORKSPACE=city; export ANSWERABLE_WORKSPACE
answerable import simulated/simulated-incidents.csv
cp simulated/study-area.geojson city/
stopped answerable case open "$FILES/case.yaml"

at 2018-11-28T09:00+00:00 "The policy is proposed: its rules, purposes, papers, whom to ask, what would stop it"
answerable adoption template > proposal.yaml
for paper in eia dpia draft-cia alternatives evidence; do echo "The paper '$paper' of a simulated force." > "$paper.md"; done
answerable adoption open proposal.yaml

at 2018-12-03T09:00+00:00 "The consultation opens for six weeks"
answerable adoption publish A-2018-0001
answerable adoption notify A-2018-0001 --to "Police and crime commissioner" --how letter
answerable adoption notify A-2018-0001 --to "Police and crime commissioner" --reply "Please say what would end it."
answerable adoption reach A-2018-0001 "Residents of the affected estates" --how "three meetings" --reached
answerable adoption reach A-2018-0001 "Young people under 25" --how "the clubs were closed" --not-reached
answerable adoption respond A-2018-0001 "$FILES/responses.csv"
stopped answerable adoption decide A-2018-0001 --adopt --reasons "It is urgent."

at 2019-01-15T09:00+00:00 "It has closed: every theme is considered, the response is published, and somebody else decides"
answerable adoption consider A-2018-0001 "$FILES/considered.yaml"
answerable adoption outcome A-2018-0001 --statement "More are against than for; two changes were made." \
  --answer "2=The stop rules are in the proposal: two evaluations running with confidence down suspend it."
answerable adoption decide A-2018-0001 --adopt --reasons "Rare, grave, and ended by the clock."
answerable adoption show A-2018-0001

at 2019-02-15T15:40+00:00 "Three reports come in; two of them are one voice"
answerable intel import "$FILES/reports.csv" --as intel-evaluator --tz Europe/London
answerable intel list

at 2019-02-15T16:00+00:00 "A deployment is proposed and assessed"
answerable case open "$FILES/case.yaml"
answerable case submit 2019-0001
stopped answerable case assess 2019-0001
answerable case community-impact 2019-0001 "$FILES/community.yaml"
answerable case equality-impact 2019-0001 "$FILES/equality.yaml"
stopped answerable case assess 2019-0001 "$FILES/assessment.yaml"
answerable case assess 2019-0001 "$FILES/gap.yaml"

at 2019-02-15T16:20+00:00 "Those who must be asked are asked; one of them objects"
answerable case advise 2019-0001 --as local-commander --stance support --text "Short, and beside the cordon." --publish
answerable case advise 2019-0001 --as iag-contact --stance object --publish \
  --text "Guns at a vigil will be remembered longer than the vigil."
answerable case advise 2019-0001 --as pcc-liaison --stance neutral --text "Noted."

at 2019-02-15T17:00+00:00 "No decision until the objection is answered; an objection itself stops nothing"
stopped answerable case authorise 2019-0001 "$FILES/decision.yaml" --reasons "A life is at stake tonight."
answerable case answer 2019-0001 2 --text "They stand behind the unarmed officers, out of the vigil's sight." \
  --changed "The post moved from the gate to the corner."
stopped answerable case authorise 2019-0001 --as applicant --reasons "I asked for it."
answerable case authorise 2019-0001 "$FILES/decision.yaml" --reasons "A life is at stake tonight." \
  --condition "They leave if the vigil ends early."

at 2019-02-15T20:05+00:00 "It starts beside an unarmed unit, and is reviewed"
answerable case start 2019-0001 "$FILES/start.yaml"
at 2019-02-15T22:00+00:00 "The review: is it still needed?"
answerable case review 2019-0001 --continue --intel-valid --threat-reassessed --feedback "Stewards report calm." \
  --reasons "The vigil has not ended."

at 2019-02-16T00:00+00:00 "Midnight: nobody has to do anything"
answerable case show 2019-0001 | head -3
stopped answerable case extend 2019-0001 --reasons "A little longer."

at 2019-02-16T10:00+00:00 "It is accounted for: who was where, what was done, and what nobody can know"
answerable case log 2019-0001 "$FILES/log.yaml"
answerable case debrief 2019-0001 "$FILES/debrief.yaml"
for report in R-301 R-302 R-303; do answerable intel resolve $report nothing_found --as intel-evaluator; done
at 2019-03-20T10:00+00:00 "The evaluation was fixed beforehand; for one deployment the answer is: cannot tell"
answerable case referral 2019-0001 child_exploitation_safeguarding --outcome "Two children are in touch with a worker."
answerable case evaluate 2019-0001 "$FILES/evaluation.yaml"
answerable case close 2019-0001 "$FILES/closing.yaml"

at 2019-04-02T09:00+00:00 "What anybody can check"
answerable case show 2019-0001
answerable rarity
answerable brief --quarter 2019Q1
answerable evidence case 2019-0001 --html case.html
answerable record prove 2019-0001 --out case.tlog-proof
answerable record verify case.tlog-proof --policy city/public/log-policy
answerable fsck
