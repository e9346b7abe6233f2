#!/usr/bin/env python3
"""Authenticated HTTP push (T1): acknowledged after durability; without, with a wrong, an old or a replayed signature: 401 and no change of state."""
from _house import *

CONFIG = """site:
  name: Push Courier
  timezone: UTC
feeds:
  agency:
    provider: Example
    timezone: UTC
    push_key_file: @FOLDER@/key
"""
h = House(config=CONFIG)
key = secrets.token_hex(32).encode()
with open(os.path.join(h.folder, "key"), "wb") as f: f.write(key + b"\n")
os.chmod(os.path.join(h.folder, "key"), 0o600)
h.start()
body = newsml("tag:example.org,2026:1", "Pushed story").encode()


def push(headers, body=body, path="/push/agency"): return h.ask(path, "POST", headers, body)


before = h.get("/").body
check(push({}).status == 401, "without a signature: 401")
check(push(sign(b"x" * 64, body)).status == 401, "with a wrong key: 401")
check(push({**sign(key, body), "Broadsheet-Signature": "zz"}).status == 401, "with a malformed signature: 401")
check(push(sign(key, body + b" ")).status == 401, "over other bytes: 401")
check(push(sign(key, body, stamp=str(int(time.time()) - 3600))).status == 401, "an hour old: 401")
check(push(sign(key, body), path="/push/nobody").status == 401, "to a feed that takes none: 401")
check(h.ask("/push/agency", "GET").status == 405, "GET: 405")
check(h.get("/").body == before, "nothing of that changed the site")
headers = sign(key, body)
r = push(headers)
check(r.status == 202, "with a good signature: 202", (r.status, r.text))
check(h.shows("/", "Pushed story"), "and it is published")
check(push(headers).status == 401, "the same request again: 401 (replayed)")
h.stop(signal.SIGKILL)
h.start()
again = until(lambda: (r := push(headers)).status != 503 and r)  # readers are served before intake is there
check(again and again.status == 401, "also after a restart", again and (again.status, again.text))
check(h.shows("/", "Pushed story"), "what was acknowledged survives kill -9")
check(push(sign(key, body)).status == 202 and len(h.api()) == 1, "the same story under a new signature: accepted, and still one story (V2)")
other = newsml("tag:example.org,2026:2", "Pushed by the verb")
with open(os.path.join(h.folder, "two.xml"), "w") as f: f.write(other)
r = h.run("push", "--url", f"http://127.0.0.1:{h.port}/push/agency", "--key", os.path.join(h.folder, "key"), os.path.join(h.folder, "two.xml"))
check(r.returncode == 0 and h.shows("/", "Pushed by the verb"), "broadsheet push delivers", r.stdout + r.stderr)
r = h.run("push", "--url", f"http://127.0.0.1:{h.port}/push/agency", "--key", os.path.join(h.folder, "key"), "-", input=newsml("tag:example.org,2026:3", "Pushed through a pipe"))
check(r.returncode == 0 and h.shows("/", "Pushed through a pipe"), "and what stands on its standard input", r.stdout + r.stderr)
h.remove()
done()
