#!/bin/sh
# bring-ftp.sh --from ftp://USER@HOST/PATH --to FOLDER [--every SECONDS] [--at-once]
# Mirrors a folder of an FTP, FTPS or SFTP server (ftp://, ftps://, sftp://) with lftp, and gives each new or changed file into Broadsheet's
# watched folder. The password stands in ~/.netrc (chmod 600), never on the command line. Nothing on the server is changed.

. "$(dirname "$0")/common.sh"
command -v lftp >/dev/null || { say "lftp is missing: apt-get install lftp"; exit 69; }
options "$@"
case $from in *[\'\"\\]*) say "--from holds a quote or a backslash"; exit 64 ;; esac

# The mirror holds what the server holds, so that only what changed is fetched again; what arrives has a hidden name until it is whole.
round() {
    mkdir -p "$state/mirror"
    lftp -c "set cmd:fail-exit yes; set net:timeout 20; set net:max-retries 2; set xfer:use-temp-file yes; set xfer:temp-file-name .in.*;
        mirror --delete --no-perms --no-umask --parallel=4 '$from' '$state/mirror'" || return 1
    hand_over "$state/mirror"
}
run round
