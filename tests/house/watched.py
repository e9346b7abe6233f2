#!/usr/bin/env python3
"""What those who watch a house from outside see: /health and below it, /metrics by a strict reading of Prometheus' text format, `status` with its exit codes and --watch, on a terminal and off it; that the dashboard and
the alert rules name what is there. And that none of it tells a stranger of a story that is held."""
import json, pty
from _house import *

STAGES = ["received_durable", "received_taken", "durable_read", "read_decided", "decided_stored", "stored_visible", "received_visible"]
NAME, LABEL = r"[a-zA-Z_:][a-zA-Z0-9_:]*", r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)")


def parsed(text):
    """{family: (type, {name and labels: value})}; raises ValueError where the format (version 0.0.4) is not kept."""
    families, now, helped, last = {}, None, set(), None
    if not text.endswith("\n"): raise ValueError("the last line is not ended")
    for line in text[:-1].split("\n"):
        if m := re.fullmatch(rf"# HELP ({NAME}) (\S.*)", line):
            if m[1] in helped: raise ValueError(f"two HELP lines: {line}")
            helped.add(m[1]); last = m[1]
        elif m := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram)", line):
            if m[1] in families or last != m[1]: raise ValueError(f"TYPE twice, or without its HELP before it: {line}")
            now = m[1]; families[now] = (m[2], {})
        elif m := SAMPLE.fullmatch(line):
            family = re.sub(r"_(bucket|sum|count)$", "", m[1]) if now and families[now][0] == "histogram" else m[1]
            if family != now: raise ValueError(f"stands outside its family: {line}")
            key = (m[1], m[2] or "")
            if key in families[now][1]: raise ValueError(f"twice: {line}")
            if families[now][0] == "counter" and not m[1].endswith("_total"): raise ValueError(f"a counter without _total: {line}")
            families[now][1][key] = float(m[3])
        else: raise ValueError(f"no line of the format: {line}")
    for name, (kind, samples) in families.items():
        if kind == "histogram": histogram_adds_up(name, samples)
    return families


def histogram_adds_up(name, samples):
    rows = {}
    for (metric, labels), value in samples.items():
        of = ",".join(l for l in labels.split(",") if not l.startswith("le="))
        le = re.search(r'le="([^"]+)"', labels)
        rows.setdefault(of, {})[("le", float(le[1].replace("+Inf", "inf"))) if le else metric.rsplit("_", 1)[1]] = value
    for of, row in rows.items():
        buckets = sorted((k[1], v) for k, v in row.items() if isinstance(k, tuple))
        values = [v for _, v in buckets]
        if buckets[-1][0] != float("inf") or values != sorted(values) or values[-1] != row["count"] or (row["count"] == 0) != (row["sum"] == 0 and values[-1] == 0) and row["sum"] < 0:
            raise ValueError(f"{name}{{{of}}} does not add up: {row}")


RUSH = 600


def reasons(h): return {r["reason"]: r["text"] for r in json.loads(h.get("/health").body)["reasons"]}
def metrics(h): return parsed(h.get("/metrics").text)
def value(h, family, labels=""): return next((v for (name, l), v in metrics(h)[family][1].items() if labels in l), None)
def status(h): return json.loads(h.verb("status", "--json").stdout)


def on_terminal(h, *words):
    """`status --watch` under a terminal of its own: (process, its master's end)."""
    master, end = pty.openpty()
    p = subprocess.Popen([h.binary, "status", "--data", h.data, *words], stdin=end, stdout=end, stderr=end, start_new_session=True)
    os.close(end)
    return p, master


def read_until(fd, what, times=1, within_s=60):
    got = b""
    end = time.monotonic() + within_s
    while got.count(what) < times and time.monotonic() < end:
        if select.select([fd], [], [], 1)[0]:
            try: part = os.read(fd, 65536)
            except OSError: break
            if not part: break
            got += part
    return got


CONFIG = site_file("Watched")
with House(config=CONFIG, binary=PLAIN) as h:
    r = h.get("/health")
    told = json.loads(r.body)
    check(r.status == 200 and told["status"] == "ok" and told["reasons"] == [] and r.headers["cache-control"] == "no-store", "a healthy house says ok, with no reason", r.text)
    check(all(h.get(p).status == 200 for p in ("/health/live", "/health/ready")) and h.get("/health/other").status == 404, "it lives, and is ready")
    check(h.verb("status").returncode == 0 and status(h)["status"] == "ok" and status(h)["reasons"] == [], "status ends with 0")

    h.drop("a.json", ninjs("tag:example.org,2026:a", "Bells ring out"))
    h.drop("b.json", ninjs("tag:example.org,2026:b", "Nobody may know of Zanzipuck yet", embargoed="some day"))
    check(h.shows("/", "Bells ring out"), "a story stands")
    check(until(lambda: status(h)["held"] == 1), "and one is held")
    r = h.get("/metrics")
    try: families, wrong = parsed(r.text), ""
    except ValueError as e: families, wrong = {}, str(e)
    check(not wrong and r.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8", "/metrics is what Prometheus' text format wants, each family with HELP and TYPE", wrong)
    counts = {s: value(h, "broadsheet_stage_seconds", f'stage="{s}"') is not None and families["broadsheet_stage_seconds"][1].get(("broadsheet_stage_seconds_count", f'stage="{s}"')) for s in STAGES}
    check(all(counts.values()) and counts["received_visible"] >= 2, "every stage from received to visible has been measured", counts)
    sums = {s: families["broadsheet_stage_seconds"][1][("broadsheet_stage_seconds_sum", f'stage="{s}"')] for s in STAGES}
    check(sums["received_visible"] < 60 and sums["received_visible"] + 0.05 >= sums["received_taken"], "in seconds, and the whole way is no shorter than a part of it", sums)
    told = h.get("/health").text + h.get("/health/ready").text + r.text
    check("Zanzipuck" not in told and "example.org" not in told and h.wire not in told and h.data not in told, "nothing of a story, a folder or an address stands in any of it", told)

    # ---- degraded, and why ----
    newsroom = until(lambda: h.roles().get("newsroom"))[0]
    os.kill(newsroom, signal.SIGSTOP)
    h.drop("c.json", ninjs("tag:example.org,2026:c", "Waits for the newsroom"))
    check(until(lambda: not os.path.exists(os.path.join(h.wire, "c.json"))) and until(lambda: h.verb("status").returncode == 1) and "backlog" in [x["reason"] for x in status(h)["reasons"]], "what is taken and not published: status ends with 1, and says why", h.verb("status").stdout)
    check("backlog" not in reasons(h), "/health tells nobody when something comes")
    check(until(lambda: "newsroom" in reasons(h), within_s=60) and h.get("/health").status == 200 and h.get("/health/ready").status == 200, "a newsroom that hangs is told within the minute, and the site stays in its proxy's list", h.get("/health").text)
    check(value(h, "broadsheet_degraded", 'reason="newsroom"') == 1 and value(h, "broadsheet_degraded", 'reason="clock"') == 0, "/metrics has the same reasons")
    check("degraded: newsroom: " in h.verb("status").stdout, "and so has status")
    os.kill(newsroom, signal.SIGCONT)
    check(h.shows("/", "Waits for the newsroom") and until(lambda: not reasons(h)) and until(lambda: h.verb("status").returncode == 0), "all of it ends by itself")

    # ---- a rush is no backlog ----
    before = value(h, "broadsheet_applied_position")
    newsroom = until(lambda: h.roles().get("newsroom"))[0]
    os.kill(newsroom, signal.SIGSTOP)
    for i in range(RUSH): h.drop(f"rush{i}.json", ninjs(f"tag:example.org,2026:rush-{i}", f"Story {i} of a rush"))
    check(until(lambda: not [f for f in os.listdir(h.wire) if f.startswith("rush")], within_s=60), "a rush is taken")
    os.kill(newsroom, signal.SIGCONT)
    looks = []
    check(until(lambda: looks.append(set(reasons(h))) or value(h, "broadsheet_applied_position") >= before + RUSH, within_s=60) and len(looks) > 5 and not any("backlog" in l for l in looks), "and while it is published a stranger learns nothing of it", looks)

    # ---- --watch ----
    p, fd = on_terminal(h, "--watch")
    got = read_until(fd, b"\x1b[H\x1b[J", times=2)
    h.drop("d.json", ninjs("tag:example.org,2026:d", "While somebody looks"))
    events = lambda: f"ledger: {status(h)['ledger']} events".encode()
    check(until(lambda: h.shows("/", "While somebody looks")) and got.count(b"running (process") >= 2 and events() in read_until(fd, events()), "on a terminal it is drawn again each second, with what is new", got)
    os.write(fd, b"q")
    check(p.wait(timeout=60) == 0, "q ends it, with the exit code of the last look", p.returncode)
    os.close(fd)
    p, fd = on_terminal(h, "--watch")
    read_until(fd, b"(q ends)")
    p.send_signal(signal.SIGINT)
    check(p.wait(timeout=60) == 0, "and Ctrl-C", p.returncode)
    os.close(fd)
    p = subprocess.Popen([h.binary, "status", "--data", h.data, "--watch", "--json"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    lines = [json.loads(p.stdout.readline()) for _ in range(2)]
    p.stdout.close()
    check(all(l["running"] for l in lines) and p.wait(timeout=60) == 0, "off a terminal it is one plain line a second, until nobody reads it", lines)
    h.stop()
    check(h.verb("status").returncode == 2 and status(h)["status"] == "down", "a house that is down: 2")


# ---- before there is anything to read ----
with tempfile.TemporaryDirectory() as t:
    data = os.path.join(t, "data")
    os.makedirs(data)
    open(os.path.join(data, "store.desk"), "w").close()  # in the way of the newsroom's tables
    with House(config=CONFIG, data=data, binary=PLAIN) as h:
        r = h.get("/health/ready")
        check(r.status == 503 and r.headers.get("retry-after") and h.get("/health/live").status == 200 and h.get("/health").status == 200, "without tables: it lives, and is not ready", r.text)
        check(until(lambda: "publication" in reasons(h)), "and says that publication waits", h.get("/health").text)
        os.unlink(os.path.join(data, "store.desk"))
        check(until(lambda: h.get("/health/ready").status == 200) and until(lambda: not reasons(h)), "once there are tables it is ready", h.log_text()[-600:])


# ---- what watches it ----
def named(text): return set(re.findall(r"\bbroadsheet_\w+", text))


exist = set(families) | {f"{f}_{s}" for f, (kind, _) in families.items() if kind == "histogram" for s in ("bucket", "sum", "count")}
packaging = lambda name: open(os.path.join(ROOT, "packaging", name), encoding="utf-8").read()
for name in ("grafana-dashboard.json", "prometheus-alerts.yaml"):
    used = named(packaging(name))
    check(used and used <= exist, f"packaging/{name} names only metrics that are there", used - exist)
board = json.loads(packaging("grafana-dashboard.json"))
check(len({p["id"] for p in board["panels"]}) == len(board["panels"]) and all(t["expr"] for p in board["panels"] for t in p["targets"]), "every panel of the dashboard has a number of its own, and asks something")
used = set(re.findall(r'reason="([a-z-]+)"', packaging("prometheus-alerts.yaml")))
check(used <= {l.split('"')[1] for _, l in families["broadsheet_degraded"][1]}, "and the rules name only reasons that are there", used)
if shutil.which("promtool"):
    r = subprocess.run(["promtool", "check", "rules", os.path.join(ROOT, "packaging", "prometheus-alerts.yaml")], capture_output=True, text=True)
    check(r.returncode == 0, "promtool finds no mistake in the alert rules", r.stdout + r.stderr)
else: skip("promtool finds no mistake in the alert rules", "no promtool here")
done()
