# What a machine's administrator does with the package, under a systemd of its own; run by tests/house/package.py. One line a fact: "ok - what", or "not ok - what".
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
story=/trial/story.xml
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
  until "$@"; do [ $SECONDS -lt $end ] || return 1; read -rt 0.1 <> <(:); done
}
get() { # get PATH [PORT]
  exec 3<>"/dev/tcp/127.0.0.1/${2:-8080}" || return
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3 && cat <&3
  exec 3>&-
}
shows() { get / "$2" 2>/dev/null | grep -q "$1"; } # shows WORDS [PORT]
owner() { stat -c '%U:%G %a' "$1" | grep -qx "$2"; }
main() { systemctl show -p MainPID --value broadsheet; }
status_says() { # status_says ROLE PATTERN: of its first process
  local comm; comm=$(grep -lx "bs-$1" /proc/[0-9]*/comm | head -1) && cat "${comm%comm}status" && grep -q "$2" "${comm%comm}status"
}
install() { apt-get install -y -qq --no-install-recommends --reinstall /trial/*.deb; }
tree() { find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /trial -o -path /out -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt \
  -o -path /var/lib/systemd -o -path /var/tmp \) -prune -o -print | grep -vE '^/(etc/(passwd|group|shadow|gshadow|subuid|subgid)-|etc/\.pwd\.lock|etc/machine-id|etc/resolv\.conf)$' | sort; }

tree >/out/before
is "it installs" install
is "the service runs, and says so itself" until_ systemctl -q is-active broadsheet
is "its user has no shell and no home of its own" grep -q '^broadsheet:.*:/var/lib/broadsheet:/usr/sbin/nologin$' /etc/passwd
is "the site file is root's, and the service reads it" owner $site "root:broadsheet 640"
is "data are the service's alone" owner $data "broadsheet:broadsheet 750"
is "a group may put files into the feed's folder" owner /var/spool/broadsheet/wire "broadsheet:broadsheet 2770"
is "the site file has no mistakes" broadsheet check --config $site
for page in "1 broadsheet" "5 site.yaml"; do is "there is a manual page $page" man -w $page; done
is "bash completes its verbs" bash -c 'source /usr/share/bash-completion/completions/broadsheet; complete -p broadsheet'
is "the empty site answers" until_ shows "My News"

printf 'a long enough password\n' >/root/password
is "broadsheet init fills the untouched site file in, and puts it in force" broadsheet init --name "The Harbour Post" --url https://news.example.org --agency "Harbour Agency" --password-file /root/password --account editor --yes
is "readers see it" until_ shows "The Harbour Post"
is "the account is the service's to read" owner $data/desk/accounts.db "broadsheet:broadsheet 600"
isnt "a second init writes nothing over it" broadsheet init --yes
cp $story /var/spool/broadsheet/.story && chown broadsheet: /var/spool/broadsheet/.story && mv /var/spool/broadsheet/.story /var/spool/broadsheet/harbour-agency/story.xml
is "what is put into the feed's folder is public" until_ shows "Bridge opens"

for r in reader darkroom; do is "$r: a system call filter of its own stands" status_says $r '^Seccomp:.2$'; done
is "no role has a privilege to gain" status_says web '^NoNewPrivs:.1$'
isnt "and no fence is missing" grep -iE 'landlock|cage|fence|not permitted' <(journalctl -u broadsheet)
is "the log is in the journal, one line a fact: time, role, level" grep -qE 'Z (master|newsroom|web|intake) info ' <(journalctl -u broadsheet -o cat)
is "reload" systemctl reload broadsheet
is "the same program installed again: the service goes on" install
is "with its site file" grep -q 'name: "The Harbour Post"' $site
is "and its stories" until_ shows "Bridge opens"

mkdir -p /etc/systemd/system/broadsheet.service.d
printf '[Service]\nWatchdogSec=2\nPrivateUsers=no\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n' >/etc/systemd/system/broadsheet.service.d/trial.conf
sed -i 's/^  listen: \[127.0.0.1:8080\]/  listen: [":80"]/' $site
systemctl daemon-reload
is "restart" systemctl restart broadsheet
is "port 80 without root, as the unit tells" until_ shows "Bridge opens" 80
before=$(main)
kill -STOP "$before"
other() { [ "$(main)" != "$before" ] && shows "Bridge opens" 80; }
is "a server that lives no more is ended by the watchdog, and another serves" until_ other

is "it is removed" apt-get remove -y -qq broadsheet
isnt "and serves no more" systemctl -q is-active broadsheet
is "data and site file stay" test -e $data/ledger.db -a -e $site
is "it is purged" apt-get purge -y -qq broadsheet
isnt "the site file goes with it" test -e /etc/broadsheet
is "the ledger and the tombstones stay, unless somebody says otherwise" test -e $data/ledger.db -a -e $data/tombstones
isnt "what is derived does not" test -e $data/store
is "installed once more, the ledger gives the site again" eval 'install && until_ shows "Bridge opens"'
echo "broadsheet broadsheet/forget-data boolean true" | debconf-set-selections
is "purged with the answer that forgets" apt-get purge -y -qq broadsheet
rm -rf /etc/systemd/system/broadsheet.service.d /root/password
tree >/out/after
is "nothing is left of it" diff /out/before /out/after
isnt "not its user either" getent passwd broadsheet
journalctl -u broadsheet -o cat >&2
echo "the end"
