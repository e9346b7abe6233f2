#!/usr/bin/env python3
"""Every wrong thing gets a clear message with the next step and an exit code of sysexits.h, and loses nothing."""
import stat
from _house import *


def says(r, code, *words):
    text = r.stdout + r.stderr
    return r.returncode == code and all(w in text for w in words)


def every_byte(folder):
    return {os.path.join(d, f): open(os.path.join(d, f), "rb").read() for d, _, files in os.walk(folder) for f in files if os.path.isfile(os.path.join(d, f))}


h = House()
r = h.run("read", "/nonexistent.xml")
check(says(r, 66, "/nonexistent.xml"), "an unreadable file: 66", r)
bad = os.path.join(h.folder, "bad.xml")
open(bad, "w").write("<newsItem xmlns='http://iptc.org/std/nar/2006-10-01/'>\n  <itemMeta>\n</newsItem>")
r = h.run("read", bad)
check(r.returncode == 65 and re.search(r"bad\.xml:3:\d+: ", r.stderr) and not r.stdout, "not well-formed: 65 and file:line:column", r)
open(bad, "w").write("just some words\n")
check(says(h.run("read", bad), 65, "bad.xml"), "an unknown format: 65", h.run("read", bad))
bomb = os.path.join(h.folder, "bomb.xml")
open(bomb, "w").write('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">' + "".join(f'<!ENTITY c{i} "{"&b;" * 10}">' for i in range(9)) + "]><newsItem>&c8;</newsItem>")
r = h.run("read", bomb)
check(r.returncode == 65, "an entity bomb: refused", r)
open(bomb, "w").write('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><newsItem>&a;</newsItem>')
r = h.run("read", bomb)
check(r.returncode == 65 and "root:" not in r.stdout, "an external entity: refused, never fetched", r)
open(bomb, "w").write("<a>" * 200000)
check(h.run("read", bomb).returncode == 65, "200,000 elements deep: refused")
check(says(h.run("serve"), 64, "usage"), "serve without anything: 64 and its usage", h.run("serve"))
check(says(h.run("serv"), 64, "help"), "an unknown verb: 64")
check(says(h.run("serve", "--data", h.data), 64, "--wire"), "serve without a wire: 64 and what to give")
check(says(h.run("serve", "--data", h.data, "--wirr", "x"), 64, "--wirr"), "an unknown option is named")
config = os.path.join(h.folder, "bad.yaml")
open(config, "w").write("site:\n  nmae: X\n  url: news.example.org\nfeeds:\n  one:\n    provider: One\n    timezone: Europe/Berln\n")
r = h.run("check", "--config", config)
check(r.returncode == 78 and re.search(r"bad\.yaml:2:3: ", r.stderr) and "name" in r.stderr and len(re.findall(r"bad\.yaml:\d+:\d+", r.stderr)) >= 3,
      "a broken configuration: 78, every mistake with file:line:column and a suggestion", r.stderr)
r = h.run("serve", "--data", h.data, "--config", config, "--listen", "127.0.0.1:0")
check(r.returncode == 78 and "bad.yaml:2:3" in r.stderr, "serve refuses it likewise", r)

h.start()
r = h.run("serve", "--data", h.data, "--wire", h.wire, "--listen", "127.0.0.1:0")
check(says(r, 75, "another Broadsheet"), "a second instance on one data directory: 75", r)
r = h.run("serve", "--data", os.path.join(h.folder, "other"), "--wire", h.wire, "--listen", f"127.0.0.1:{h.port}")
check(says(r, 69, str(h.port)), "a port in use: 69 and which", r)
h.drop("big.xml", b"x" * (33 << 20))
check(until(lambda: os.path.exists(os.path.join(h.wire, "quarantine", "big.xml.why.txt"))), "a file over the limit goes to quarantine/")
h.drop(".half.xml", newsml("tag:example.org,2026:half", "Half written"))
part = os.path.join(h.wire, "open.xml")
f = open(part, "w")
text = newsml("tag:example.org,2026:open", "Slowly uploaded")
f.write(text[:300]); f.flush()
h.drop("a.json", ninjs("tag:example.org,2026:a", "Whole story"))
check(h.shows("/", "Whole story") and os.path.exists(part), "a file that is being written is left alone (V7)")
f.write(text[300:]); f.close()
check(h.shows("/", "Slowly uploaded"), "and read when its writer has closed it")
os.symlink("/etc/passwd", os.path.join(h.wire, "link.xml"))
check(until(lambda: not os.path.lexists(os.path.join(h.wire, "link.xml"))), "a link in the folder does not stay there")
kept = [os.path.join(d, f) for d, _, files in os.walk(h.wire) for f in files if not stat.S_ISFIFO(os.lstat(os.path.join(d, f)).st_mode)]
check(kept and not any(b"root:" in open(f, "rb").read() for f in kept if not os.path.islink(f)), "and is not followed: nothing of what it leads to was read", kept)
os.mkfifo(os.path.join(h.wire, "pipe.xml"))
h.drop("b.json", ninjs("tag:example.org,2026:b", "After the pipe"))
check(h.shows("/", "After the pipe"), "a pipe in the folder stops nothing")
h.stop()
open(os.path.join(h.data, "version"), "w").write("999\n")
before = every_byte(h.data)
r = h.run("serve", "--data", h.data, "--wire", h.wire, "--listen", "127.0.0.1:0")
check(r.returncode == 78 and "newer" in r.stderr, "a data directory from a newer version: refused with what to do", r)
check(every_byte(h.data) == before, "and no byte of it is touched (X10)", [f for f in before if every_byte(h.data).get(f) != before[f]])
r = h.run("status", "--data", os.path.join(h.folder, "nowhere"))
check(r.returncode != 0 and "not a Broadsheet data directory" in r.stderr, "a verb on something that is no data directory", r)
h.remove()
done()
