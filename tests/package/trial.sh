#!/usr/bin/env bash
# What a machine's administrator does with the package, under a systemd of its own; run by tests/house/package.py. One line a fact: "ok - what", or "not ok - what".
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
site=/etc/broadsheet/site.yaml
data=/var/lib/broadsheet

is() { # is WHAT COMMAND...
  local said; said=$("${@:2}" 2>&1) && echo "ok - $1" || { echo "not ok - $1"; sed 's/^/# /' <<<"$said" | tail -15; }
}
isnt() { # isnt WHAT COMMAND...
  local said; said=$("${@:2}" 2>&1) && { echo "not ok - $1"; sed 's/^/# /' <<<"$said" | tail -15; } || echo "ok - $1"
}
until_() { # until_ COMMAND...: asks until it is so, for two minutes
  local end=$((SECONDS + 120))
  until "$@"; do [ $SECONDS -lt $end ] || return 1; sleep 0.1; done
}
get() ( # get PATH [PORT]; in a shell of its own, which a refused connection ends
  exec 3<>"/dev/tcp/127.0.0.1/${2:-8080}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3 && cat <&3
)
shows() { get / "$2" 2>/dev/null | grep -q "$1"; } # shows WORDS [PORT]
owner() { stat -c '%U:%G %a' "$1" | grep -qx "$2"; }
main() { systemctl show -p MainPID --value broadsheet; }
status_says() { # status_says ROLE PATTERN: of its first process
  local comm; comm=$(grep -lx "bs-$1" /proc/[0-9]*/comm | head -1) && cat "${comm%comm}status" && grep -q "$2" "${comm%comm}status"
}
apt_install() { timeout 100 apt-get install -y -qq --no-install-recommends --reinstall /trial/*.deb; }
tree() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /trial -o -path /out -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt \
  -o -path /var/lib/systemd -o -path /var/tmp \) -prune -o -print | grep -vE '^/(etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/\.pwd\.lock|etc/machine-id|etc/resolv\.conf)$' | sort; }

tree >/out/before
is "it installs" apt_install
is "the service runs, and says so itself" until_ systemctl -q is-active broadsheet
is "its user has no shell and no home of its own" grep -q '^broadsheet:.*:/var/lib/broadsheet:/usr/sbin/nologin$' /etc/passwd
is "the site file is root's, and the service reads it" owner $site "root:broadsheet 640"
is "data are the service's alone" owner $data "broadsheet:broadsheet 750"
is "a group may put files into the feed's folder" owner /var/spool/broadsheet/wire "broadsheet:broadsheet 2770"
is "the site file has no mistakes" broadsheet check --config $site
for page in "1 broadsheet" "5 site.yaml"; do is "there is a manual page $page" man -w $page; done
is "bash completes its verbs" bash -c 'source /usr/share/bash-completion/completions/broadsheet; complete -p broadsheet'
is "the empty site answers" until_ shows "My News"

# docs/install.md, word by word, as somebody does who has never seen it
mkdir /tmp/new && cd /tmp/new || exit
is "docs/install.md: all that it says to do can be done" bash -eu /trial/install.sh
is "the site has its name" until_ shows "The Harbour Post"
is "and its first story is public" until_ shows "Harbour bridge opens"
is "the account is there" grep -q "^editor *chief" <(runuser -u broadsheet -- broadsheet desk account list --data $data)
isnt "a second init writes nothing over what the first wrote" broadsheet init --yes
for f in held broken; do
  install -o broadsheet -g broadsheet -m 640 /trial/$f.xml /var/spool/broadsheet/.$f && mv /var/spool/broadsheet/.$f /var/spool/broadsheet/harbour-agency/$f.xml
done
is_told() { journalctl -u broadsheet -p warning -o cat | grep -q 'newsroom warn quarantined: broken.xml'; }
is "what cannot be read is told in the journal, as a warning" until_ is_told
is_held() { runuser -u broadsheet -- broadsheet status --data $data | grep -q '^held 1, quarantined 1'; }
is "and what is embargoed is held" until_ is_held
isnt "no word of either is in the log" grep -i secret <(journalctl -u broadsheet)

for r in reader darkroom; do is "$r: a system call filter of its own stands" status_says $r '^Seccomp:.2$'; done
is "no role has a privilege to gain" status_says web '^NoNewPrivs:.1$'
isnt "and no fence is missing" grep -iE 'landlock|cage|fence|not permitted' <(journalctl -u broadsheet)
is "the log is in the journal, one line a fact: time, role, level" grep -qE 'Z (master|newsroom|web|intake) info ' <(journalctl -u broadsheet -o cat)
is "reload" systemctl reload broadsheet
is "the same program installed again: the service goes on" apt_install
is "with its site file" grep -q 'name: "The Harbour Post"' $site
is "and its stories" until_ shows "Harbour bridge opens"

mkdir -p /etc/systemd/system/broadsheet.service.d
printf '[Service]\nWatchdogSec=2\nPrivateUsers=no\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n' >/etc/systemd/system/broadsheet.service.d/trial.conf
sed -i 's/^  listen: \[127.0.0.1:8080\]/  listen: [":80"]/' $site
systemctl daemon-reload
is "restart" systemctl restart broadsheet
is "port 80 without root, as the unit tells" until_ shows "Harbour bridge opens" 80
before=$(main)
kill -STOP "$before"
other() { [ "$(main)" != "$before" ] && shows "Harbour bridge opens" 80; }
is "a server that lives no more is ended by the watchdog, and another serves" until_ other

is "it is removed" timeout 100 apt-get remove -y -qq broadsheet
isnt "and serves no more" systemctl -q is-active broadsheet
is "data and site file stay" test -e $data/ledger.db -a -e $site
is "it is purged" timeout 100 apt-get purge -y -qq broadsheet
isnt "the site file goes with it" test -e /etc/broadsheet
is "the ledger and the tombstones stay, unless somebody says otherwise" test -e $data/ledger.db -a -e $data/tombstones
isnt "what is derived does not" test -e $data/store
is "installed once more, the ledger gives the site again" eval 'apt_install && until_ shows "Harbour bridge opens"'
echo "broadsheet broadsheet/forget-data boolean true" | debconf-set-selections
is "purged with the answer that forgets" timeout 100 apt-get purge -y -qq broadsheet
rm -rf /etc/systemd/system/broadsheet.service.d /tmp/new
tree >/out/after
is "nothing is left of it" diff /out/before /out/after
isnt "not its user either" getent passwd broadsheet
journalctl -u broadsheet -o cat >&2
echo "the end"
