# common.sh: what the bring-*.sh scripts share. They fill a spool folder, each in its own way; hand_over gives what is new or changed in it
# into Broadsheet's watched folder, whole: written under a hidden name, then renamed. Source it; it is no command. Needs GNU find, coreutils, flock.
# shellcheck shell=sh
set -eu

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
say() { printf '%s %s\n' "$(basename "$0" .sh):" "$*" >&2; }

# --from WHERE --to FOLDER [--every SECONDS] [--at-once]
options() {
    from='' folder='' every='' at_once=''
    while [ $# -gt 0 ]; do
        case $1 in
        --from) [ $# -gt 1 ] || usage; from=$2; shift ;;
        --to) [ $# -gt 1 ] || usage; folder=$2; shift ;;
        --every) [ $# -gt 1 ] || usage; every=$2; shift ;;
        --at-once) at_once=1 ;;
        *) usage ;;
        esac
        shift
    done
    if [ -z "$from" ] || [ -z "$folder" ]; then usage; fi
    [ -d "$folder" ] || { say "$folder: no such folder; it is the feed's watched folder"; exit 66; }
    # Below the watched folder, so that giving a file is a rename; Broadsheet leaves names with a dot alone.
    state=$folder/.bring-$(printf '%s' "$from" | cksum | cut -d' ' -f1)
    mkdir -p "$state"
    exec 9>"$state/lock"
    flock -n 9 || { say "another one is bringing from $from already"; exit 75; }
    touch "$state/given" "$state/before"
}

# One line a file: time of change, size, path. Hidden and temporary names are somebody's work in progress.
look() {
    (cd "$1" && find . -type f ! -path '*/.*' ! -name '*.tmp' ! -name '*.part' ! -name '*.filepart' ! -name '*~' ! -name '*[[:cntrl:]]*' \
        -printf '%T@ %s %P\n') | LC_ALL=C sort >"$state/now"
}

# Gives one file under its own name; not while one of that name still waits. The time goes along: the same file twice is one delivery.
give() {
    name=$(basename "$2")
    cp --preserve=timestamps "$1/$2" "$state/file" || return 1
    chmod 0640 "$state/file"
    mv -n "$state/file" "$folder/$name"
    [ ! -e "$state/file" ]
}

# hand_over SPOOL: what is new or changed since it was given, oldest first. A file counts as whole when two looks in a row saw it unchanged,
# or, with --at-once, as it is: for senders who rename into place.
hand_over() {
    look "$1"
    if [ -n "$at_once" ]; then cp "$state/now" "$state/whole"; else LC_ALL=C comm -12 "$state/before" "$state/now" >"$state/whole"; fi
    LC_ALL=C sort "$state/given" | LC_ALL=C comm -23 "$state/whole" - | sort -n >"$state/new"
    while read -r line; do
        path=${line#* } path=${path#* }
        if give "$1" "$path"; then printf '%s\n' "$line" >>"$state/given"; else say "$path waits: a file of that name is still in $folder"; fi
    done <"$state/new"
    # What the sender has taken away need not be remembered.
    LC_ALL=C sort -u "$state/given" | LC_ALL=C comm -12 - "$state/now" >"$state/given.new"
    mv "$state/given.new" "$state/given"
    mv "$state/now" "$state/before"
}

# run ROUND: once, or for ever with --every. A round that fails is told, and tried again at its time.
run() {
    while :; do
        if "$1"; then code=0; else code=75; say "this round failed; nothing is lost: what was not given is given later"; fi
        [ -n "$every" ] || exit "$code"
        sleep "$every" 9>&-
    done
}
