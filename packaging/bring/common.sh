# common.sh: what the bring-*.sh scripts share. They fill a spool folder, each in its own way; hand_over gives what is new or changed in it
# into Broadsheet's watched folder, whole: written under a hidden name, then renamed. Source it; it is no command. Needs GNU find, coreutils, flock.
# shellcheck shell=sh
set -eu

usage() { sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 64; }
say() { printf '%s %s\n' "$(basename "$0" .sh):" "$*" >&2; }

# --from WHERE --to FOLDER [--every SECONDS] [--at-once] [--trust] [--data DIR --feed NAME] [--ssh-config FILE]
options() {
    from='' folder='' every='' at_once='' trust='' data='' feed='' ssh_config=''
    while [ $# -gt 0 ]; do
        case $1 in
        --from) [ $# -gt 1 ] || usage; from=$2; shift ;;
        --to) [ $# -gt 1 ] || usage; folder=$2; shift ;;
        --every) [ $# -gt 1 ] || usage; every=$2; shift ;;
        --at-once) at_once=1 ;;
        --trust) trust=1 ;;
        --data) [ $# -gt 1 ] || usage; data=$2; shift ;;
        --feed) [ $# -gt 1 ] || usage; feed=$2; shift ;;
        --ssh-config) [ $# -gt 1 ] || usage; ssh_config=$2; shift ;;
        *) usage ;;
        esac
        shift
    done
    if [ -z "$from" ] || [ -z "$folder" ]; then usage; fi
    if [ -n "$data" ] && [ -z "$feed" ]; then usage; fi
    [ -d "$folder" ] || { say "$folder: no such folder; it is the feed's watched folder"; exit 66; }
    # Below the watched folder, so that giving a file is a rename; Broadsheet leaves names with a dot alone.
    state=$folder/.bring-$(printf '%s' "$from" | cksum | cut -d' ' -f1)
    mkdir -p "$state"
    exec 9>"$state/lock"
    flock -n 9 || { say "another one is bringing from $from already"; exit 75; }
    touch "$state/given" "$state/before"
}

# ---- whose server it is ----
# The key that a server showed first is kept; when it shows another one, or none, nothing is taken from it any more, until somebody says --trust.

# alarm raise|clear: by the house that this feed belongs to, where it is named.
alarm() {
    if [ -n "$data" ] && ! printf '%s: the server shows another key than the one that is kept: nothing is taken from it. Ask the agency whether it has a new one; if so: %s --trust, with its other options.\n' \
        "$from" "$(basename "$0")" | "${BROADSHEET:-broadsheet}" alarm "$1" server-key "$feed" --data "$data"; then
        say "the alarm could not be given to the house in $data"
    fi
}

# The round ends here with 76, and so does every one after it.
stop_feed() {
    touch "$state/stopped"
    say "$from shows another key than the one that is kept ($1): nothing is taken. Ask the agency; if the key is right, run this once with --trust"
    alarm raise
    return 76
}

is_stopped() {
    [ -e "$state/stopped" ] || return 1
    [ -z "$trust" ] || return 1
    say "$from is stopped: its key had changed. Ask the agency; if the key is right, run this once with --trust"
    alarm raise
}

# --trust: what the server shows now is kept from here on.
trust_again() {
    [ -n "$trust" ] || return 0
    rm -f "$state/known_hosts" "$state/key"
}

# A round went well: with --trust that ends what was stopped.
trusted() {
    if [ -n "$trust" ] && [ -e "$state/stopped" ]; then
        rm -f "$state/stopped"
        alarm clear
    fi
    trust=''
}

# ssh_for HOST: the ssh that knows the kept host key alone. What the user's own known_hosts holds is kept first; else the first key seen is.
ssh_for() {
    case $state$ssh_config in *[[:space:]\"\']*) say "$state: over ssh this path may hold no blank or quote"; return 1 ;; esac
    ssh=ssh
    [ -z "$ssh_config" ] || ssh="ssh -F $ssh_config"
    $ssh -G "$1" >"$state/ssh" || return 1
    name=$(sed -n 's/^hostname //p' "$state/ssh") port=$(sed -n 's/^port //p' "$state/ssh") strict=accept-new
    [ "$port" = 22 ] || name="[$name]:$port"
    # shellcheck disable=SC2013 # names of files without blanks
    for file in $(sed -n 's/^userknownhostsfile //p' "$state/ssh"); do
        case $file in '~'/*) file=$HOME/${file#'~/'} ;; esac
        [ -s "$state/known_hosts" ] || ssh-keygen -F "$name" -f "$file" 2>/dev/null | grep -v '^#' >"$state/known_hosts" || true
    done
    [ ! -s "$state/known_hosts" ] || strict=yes
    printf '%s -a -x -o BatchMode=yes -o UpdateHostKeys=no -o GlobalKnownHostsFile=/dev/null -o StrictHostKeyChecking=%s -o UserKnownHostsFile=%s' "$ssh" "$strict" "$state/known_hosts"
}

# What a client that uses ssh has said: was it about the host's key?
host_key_changed() { grep -qi 'host key verification failed\|remote host identification has changed' "$1"; }

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
        code=0
        is_stopped && code=76
        if [ "$code" = 0 ]; then "$1" || code=$?; fi
        case $code in
        0) trusted ;;
        76) ;;
        *) code=75; say "this round failed; nothing is lost: what was not given is given later" ;;
        esac
        [ -n "$every" ] || exit "$code"
        sleep "$every" 9>&-
    done
}
