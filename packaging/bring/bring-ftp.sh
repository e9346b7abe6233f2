#!/bin/sh
# bring-ftp.sh --from ftp://USER@HOST/PATH --to FOLDER [--every SECONDS] [--at-once] [--ssh-config FILE] [--data DIR --feed NAME] [--trust]
# Mirrors a folder of an FTP, FTPS or SFTP server (ftp://, ftps://, sftp://) with lftp, and gives each new or changed file into Broadsheet's
# watched folder. The password stands in ~/.netrc (chmod 600), never on the command line. The key that the server shows first is kept (of TLS
# that of its certificate: a renewal with the same key passes); with another one, or none, nothing is taken (exit 76), the house in --data
# rings for the feed, and --trust, once, keeps the new one. Nothing on the server is changed.

. "$(dirname "$0")/common.sh"
command -v lftp >/dev/null || { say "lftp is missing: apt-get install lftp"; exit 69; }
options "$@"
case $from$folder in *[\'\"\\]*) say "--from or --to holds a quote or a backslash"; exit 64 ;; esac

door=${from#*://} door=${door%%/*} door=${door##*@}
host=${door%:*} port=${door##*:}
[ "$host" != "$door" ] || port=''

# Does it refuse TLS? Asked before any password is sent.
is_plain() {
    case $from in ftps://*) return 1 ;; esac
    timeout 30 lftp -c "set net:timeout 10; set net:max-retries 1; set ftp:ssl-force yes; open '$from'; cls" </dev/null 2>&1 | grep -qi 'not support or allow SSL'
}

# see_certificate: what the server shows on the way that lftp will take: its certificate in peer.pem and its key in seen; "none" where it
# speaks without TLS. 1: it does not answer.
see_certificate() {
    rm -f "$state/peer.pem"
    kept=$(cat "$state/key" 2>/dev/null || echo none)
    echo none >"$state/seen"
    if [ "$kept" = none ] && is_plain; then return 0; fi
    set -- -connect "$host:${port:-21}" -starttls ftp
    case $from in ftps://*) set -- -connect "$host:${port:-990}" ;; esac
    case $host in *[!0-9.]*) set -- "$@" -servername "$host" -verify_hostname "$host" ;; *) set -- "$@" -verify_ip "$host" ;; esac
    timeout 15 openssl s_client "$@" </dev/null >"$state/said" 2>&1 || true
    if openssl x509 -in "$state/said" -out "$state/peer.pem" 2>/dev/null; then
        openssl x509 -in "$state/peer.pem" -noout -pubkey | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64 >"$state/seen"
    else
        rm -f "$state/peer.pem"
        is_plain
    fi
}

# The first key is kept where the certificate is one that this machine trusts, or where somebody says --trust.
check_key() {
    see_certificate || return 1
    if [ ! -e "$state/key" ]; then
        if [ -z "$trust" ] && [ -e "$state/peer.pem" ] && ! grep -q 'Verify return code: 0 (ok)' "$state/said"; then
            say "$from: its certificate is none that this machine trusts ($(sed -n 's/^ *Verify return code: //p' "$state/said" | head -1)); if it is right all the same, run this once with --trust"
            return 1
        fi
        cp "$state/seen" "$state/key"
    fi
    if ! cmp -s "$state/seen" "$state/key"; then
        stop_feed "kept: $(cat "$state/key"), now: $(cat "$state/seen")"
        return 76
    fi
}

# How lftp is bound to what was seen: to that certificate alone, to plain FTP, or to the host key that ssh keeps.
bound() {
    case $from in
    sftp://*) printf "set sftp:connect-program '%s';" "$(ssh_for "$host")" ;;
    *) if [ -e "$state/peer.pem" ]; then
        printf "set ssl:ca-file '%s'; set ssl:verify-certificate yes; set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ftp:ssl-protect-list yes;" "$state/peer.pem"
    else printf 'set ftp:ssl-allow no;'; fi ;;
    esac
}

# The mirror holds what the server holds, so that only what changed is fetched again; what arrives has a hidden name until it is whole.
round() {
    mkdir -p "$state/mirror"
    trust_again
    case $from in sftp://*) ;; *) check_key || return $? ;; esac
    lftp -c "$(bound) set cmd:fail-exit yes; set net:timeout 20; set net:max-retries 2; set xfer:use-temp-file yes; set xfer:temp-file-name .in.*;
        mirror --delete --no-perms --no-umask --parallel=4 '$from' '$state/mirror'" 2>"$state/said" || {
        cat "$state/said" >&2
        host_key_changed "$state/said" || return 1
        stop_feed "ssh refuses it"
        return 76
    }
    hand_over "$state/mirror"
}
run round
