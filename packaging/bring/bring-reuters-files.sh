#!/bin/sh
# bring-reuters-files.sh --from CLIENT_FOLDER --to FOLDER [--every SECONDS] [--at-once]
# For a folder that the agency's own client writes (Reuters' file delivery and others alike), into which Broadsheet shall not reach: gives each
# new or changed file, at any depth, into the watched folder. The client's files are only read; tidying them up stays the client's matter.

. "$(dirname "$0")/common.sh"
options "$@"
[ -d "$from" ] || { say "$from: no such folder; it is where the agency's client writes"; exit 66; }

round() { hand_over "$from"; }
run round
