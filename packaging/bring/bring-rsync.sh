#!/bin/sh
# bring-rsync.sh --from USER@HOST:PATH/ --to FOLDER [--every SECONDS] [--at-once] [--ssh-config FILE] [--data DIR --feed NAME] [--trust]
# Mirrors a folder with rsync (over ssh, from an rsync server, or on this machine), and gives each new or changed file into Broadsheet's
# watched folder. ssh takes its key as always. The host key that the server shows first is kept; with another one nothing is taken (exit 76),
# the house in --data rings for the feed, and --trust, once, keeps the new one. Nothing at the source is changed.

. "$(dirname "$0")/common.sh"
command -v rsync >/dev/null || { say "rsync is missing: apt-get install rsync"; exit 69; }
options "$@"

# USER@HOST:PATH goes over ssh; rsync://, HOST::MODULE and folders of this machine show no key.
host=''
case $from in
rsync://* | *::* | /* | ./*) ;;
*:*) host=${from%%:*} ;;
esac

bring() {
    rsync --recursive --times --delete --timeout=60 --exclude '.*' "$@" "${from%/}/" "$state/mirror/" 2>"$state/said" || { cat "$state/said" >&2; return 1; }
}

round() {
    mkdir -p "$state/mirror"
    trust_again
    if [ -z "$host" ]; then
        bring || return 1
    else
        shell=$(ssh_for "$host") || return 1
        bring -e "$shell" || {
            host_key_changed "$state/said" || return 1
            stop_feed "ssh refuses it"
            return 76
        }
    fi
    hand_over "$state/mirror"
}
run round
