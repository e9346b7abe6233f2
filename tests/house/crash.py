#!/usr/bin/env python3
"""kill -9 of any role at any moment loses nothing and doubles nothing; the supervisor restarts it; readers are served meanwhile."""
import random
from _house import *

SEED = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 30)))
ROUNDS = int(os.environ.get("CRASHES") or os.environ.get("ROUNDS", "24"))
print(f"# seed {SEED}")
rnd = random.Random(SEED)


def headlines(h):
    out, page = [], 1
    while True:
        got = [i["headline"] for i in h.api(page)]
        out += got
        if not got or page > 40: return out
        page += 1


with House() as h:
    sent, killed, blows = [], [], 0
    for n in range(ROUNDS):
        for k in range(rnd.randrange(1, 6)):
            name = f"Story number {n}-{k} stands"
            guid = f"tag:example.org,2026:{n}-{k}"
            h.drop(f"s{n}-{k}.json", ninjs(guid, name))
            sent.append((guid, name))
        if sent and rnd.random() < 0.3:
            guid, name = sent.pop(rnd.randrange(len(sent)))
            h.drop(f"k{n}.json", ninjs(guid, name, status="canceled", version="2"))
            killed.append(name)
        role = rnd.choice(["newsroom", "intake", "web", "reader", "darkroom", "newsroom"])
        pids = h.roles().get(role, [])
        with contextlib.suppress(ProcessLookupError):
            if pids:
                os.kill(rnd.choice(pids), signal.SIGKILL)
                blows += 1
        if rnd.random() < 0.2:  # the whole house, at once
            h.stop(signal.SIGKILL)
            blows += 1
            for tries in range(50):  # its roles end with their master, and the last one lets go of the lock
                try: h.start(); break
                except RuntimeError as e:
                    if "is in use by another" not in str(e) or tries == 49: raise
                    time.sleep(0.1)
    want = sorted(n for _, n in sent)

    def settled():
        try: return sorted(headlines(h)) == want
        except (OSError, ValueError, http.client.HTTPException): return False
    ok = until(settled, within_s=60)
    got = sorted(headlines(h))
    check(blows >= ROUNDS // 2, f"{blows} times a role or the whole house was killed")
    check(ok, f"after {blows} kills every story stands exactly once (seed {SEED})", f"lost {sorted(set(want) - set(got))}\ntoo many {[x for x in got if got.count(x) > 1 or x not in want]}\n{h.log_text()[-2500:]}")
    check(not any(k in got for k in killed), "and no killed one")
    check(not os.listdir(os.path.join(h.wire, "quarantine")), "an end from outside puts no delivery into quarantine", os.listdir(os.path.join(h.wire, "quarantine")))
    told = h.log_text().count("newsroom ended by signal 9")
    old = until(lambda: h.roles().get("newsroom"))[0]
    os.kill(old, signal.SIGKILL)
    check(until(lambda: h.log_text().count("newsroom ended by signal 9") > told and old not in h.roles().get("newsroom", [old])),
          "the supervisor tells what it starts again", h.log_text()[-1500:])
    until(lambda: '"applied"' in h.get("/health").text)
    before = {p: h.get(p).body for p in ("/", "/rss.xml", "/sitemap-1.xml", "/api/v1/stories")}
    pid = until(lambda: h.roles().get("newsroom"))[0]
    os.kill(pid, signal.SIGSTOP)
    check(h.get("/").status == 200, "readers are served while the newsroom stands still")
    os.kill(pid, signal.SIGCONT)
    r = h.verb("rebuild")
    check(r.returncode == 0, "rebuild while serving", r.stdout + r.stderr)
    after = {p: h.get(p).body for p in before}
    check(before == after, "gives byte-identical pages", [p for p in before if before[p] != after[p]])
    code = h.stop()
    check(code == 0, "it ends cleanly", f"exit status {code}\n{h.log_text()[-2500:]}")
    r = h.verb("check", "--audit")
    check(r.returncode == 0, "the audit finds every chain and row sound", r.stdout + r.stderr)
done()
