#!/bin/sh
# bring-rsync.sh --from USER@HOST:PATH/ --to FOLDER [--every SECONDS] [--at-once]
# Mirrors a folder with rsync (over ssh, from an rsync server, or on this machine), and gives each new or changed file into Broadsheet's
# watched folder. ssh takes its key as always. Nothing at the source is changed.

. "$(dirname "$0")/common.sh"
command -v rsync >/dev/null || { say "rsync is missing: apt-get install rsync"; exit 69; }
options "$@"

round() {
    mkdir -p "$state/mirror"
    rsync --recursive --times --delete --timeout=60 --exclude '.*' "${from%/}/" "$state/mirror/" || return 1
    hand_over "$state/mirror"
}
run round
