#!/usr/bin/env python3
"""What the documents say is so: their examples run, their links lead somewhere, and every path, option, verb, metric and message that they name is there.
The marks of blocks are told in CONTRIBUTING.md."""
import glob
from _house import *

sys.path.insert(0, os.path.join(ROOT, "docs"))
import make_man

WAIT_S = 20
VERBS = [name for name, _, _ in make_man.verbs()]
PRELUDE = """set -euo pipefail
start() { mkfifo "$SITES.ready"; "$@" --ready-fd 7 7>"$SITES.ready" >>"$SITES.log" 2>&1 </dev/null & echo $! >>"$SITES"; read -r _ <"$SITES.ready"; rm "$SITES.ready"; }
"""


def listed(*ends):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True).stdout.split("\n")
    return [f for f in out if f.endswith(ends) and os.path.exists(os.path.join(ROOT, f))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f: return f.read()


def blocks(text):
    """(info, body, line) of each fenced block that begins at the margin."""
    for m in re.finditer(r"^```([^\n`]*)\n(.*?)^```$", text, re.M | re.S): yield m[1].split(), m[2], text[:m.start()].count("\n") + 1


def prose(text): return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


# ---- examples ----
class Example:
    """One document's blocks, in a folder of their own."""
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="broadsheet-docs-")
        self.work = os.path.join(self.folder, "work")
        self.sites = os.path.join(self.folder, "sites")
        bin_folder = os.path.join(self.folder, "bin")
        os.mkdir(bin_folder); os.mkdir(self.work)
        os.symlink(BINARY, os.path.join(bin_folder, "broadsheet"))
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.env = {**os.environ, "PATH": bin_folder + ":" + os.environ["PATH"], "SITES": self.sites, "LC_ALL": "C.UTF-8"}

    def put(self, name, body):
        path = os.path.join(self.work, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f: f.write(self.ours(body))

    def ours(self, text): return text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}").replace("build/broadsheet ", "broadsheet ")

    def run(self, body):
        body = re.sub(r"^(broadsheet serve(?:[^\n]*\\\n)*[^\n]*?) &$", r"start \1", self.ours(body), flags=re.M)
        r = subprocess.run(["bash", "-c", PRELUDE + body], cwd=self.work, env=self.env, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
        return r.returncode, r.stdout + r.stderr

    def end(self):
        pids = [int(p) for p in open(self.sites).read().split()] if os.path.exists(self.sites) else []
        for p in pids:
            with contextlib.suppress(OSError): os.kill(p, signal.SIGTERM)
        gone = until(lambda: not any(os.path.exists(f"/proc/{p}") and "Z" not in open(f"/proc/{p}/stat").read().split(")")[1][:3] for p in pids), within_s=WAIT_S)
        log = open(self.sites + ".log").read() if os.path.exists(self.sites + ".log") else ""
        shutil.rmtree(self.folder, ignore_errors=True)
        return gone, log


def holds(output, wanted):
    """Are the wanted lines in the output, in order? … stands for anything."""
    lines, at = output.splitlines(), 0
    for w in wanted.splitlines():
        pattern = re.compile(".*".join(re.escape(p) for p in w.strip().split("…")))
        while at < len(lines) and not pattern.fullmatch(lines[at].strip()): at += 1
        if at == len(lines): return False
        at += 1
    return True


def play(path):
    every = list(blocks(read(path)))
    if not any(info[:2] == ["sh", "test"] for info, _, _ in every): return
    e = Example()
    for n, (info, body, line) in enumerate(every):
        if len(info) == 2 and "." in info[1]: e.put(info[1], body)
        if info[:2] != ["sh", "test"]: continue
        wanted = next((b for i, b, _ in every[n + 1:n + 2] if i == ["text", "output"]), "")
        got = [0, ""]

        def once(): got[:] = e.run(body); return got[0] == 0 and holds(got[1], e.ours(wanted))
        held = until(once, within_s=WAIT_S) if "until" in info else once()
        check(held, f"{path}:{line}: the example does what is said", f"exit {got[0]}\n{got[1]}\nwanted:\n{wanted}")
    gone, log = e.end()
    check(gone and "Sanitizer" not in log and "runtime error" not in log, f"{path}: its sites ended cleanly", log[-3000:])


documents = [d for d in listed(".md") if d.startswith("docs/") or "/" not in d] + [d for d in listed(".md") if d.startswith(("demo/", "tests/"))]
for d in documents: play(d)

# ---- configuration shown ----
for d in documents:
    for info, body, line in blocks(read(d)):
        if info[:1] == ["yaml"] and body.startswith("site:"):
            with tempfile.TemporaryDirectory() as t:
                path = os.path.join(t, "site.yaml")
                with open(path, "w") as f: f.write(body)
                for key in re.findall(r"push_key_file: (\S+)", body):
                    if not key.startswith("/"):
                        with open(os.path.join(t, key), "w") as f: f.write("k" * 64)
                        os.chmod(os.path.join(t, key), 0o600)
                r = subprocess.run([BINARY, "check", "--config", path], capture_output=True, text=True, timeout=60)
                check(r.returncode == 0, f"{d}:{line}: the configuration shown has no mistakes", r.stderr)


# ---- links, paths ----
def anchors(text): return {re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h).strip().lower()).replace(" ", "-") for h in re.findall(r"^#+ (.*)$", prose(text), re.M)}


bad = []
for d in documents:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(d))):
        if re.match(r"[a-z]+:", target): continue
        path, _, anchor = target.partition("#")
        full = os.path.normpath(os.path.join(os.path.dirname(d), path)) if path else d
        if not os.path.exists(os.path.join(ROOT, full)): bad.append(f"{d}: {target}")
        elif anchor and full.endswith(".md") and anchor not in anchors(read(full)): bad.append(f"{d}: {target}: no such heading")
check(not bad, "every link leads somewhere", "\n".join(bad))

bad = []
for d in documents:
    for path in re.findall(r"`((?:src|docs|tests|themes|packaging|demo)/[\w./*-]*)`", read(d)):
        if re.search(r"\b[A-Z]{4,}\b", path): continue  # a placeholder
        if not glob.glob(os.path.join(ROOT, path)): bad.append(f"{d}: {path}")
check(not bad, "every path that a document names is there", "\n".join(bad))

# ---- alarms ----
kinds = set(re.findall(r'^    \{"([a-z-]+)", "', read("src/roles/alarms.c"), re.M))
told = set(re.findall(r"^\| `([a-z-]+)` \|", read("docs/outgoing.md").split("| kind | when |")[1].split("\n\n")[0], re.M))
check(kinds and kinds == told, "docs/outgoing.md tells every kind of alarm, and no other", kinds ^ told)

runbook = re.findall(r"^### Alarm: ([a-z-]+)\n\n(.*?)(?=^##)", read("docs/operations.md"), re.M | re.S)
check({k for k, _ in runbook} == kinds and len(runbook) == len(kinds), "the runbook in docs/operations.md has an entry for every kind of alarm, and for no other", kinds ^ {k for k, _ in runbook})
bad = [k for k, text in runbook if re.findall(r"^- \*([^*]+)\*: \S", text, re.M) != ["Happened", "Readers see", "Do", "Over when"] or k != "test" and "`" not in text.split("*Over when*")[1]]
check(not bad, "each says what happened, what readers see, what to do, and which command shows that it is over", bad)
ails = set(re.findall(r'^ *\[AIL_\w+\] = \{\{"([a-z-]+)"', read("src/roles/health.c"), re.M))
told = set(re.findall(r"^\| `([a-z-]+)` \|", read("docs/operations.md").split("| reason | since |")[1].split("\n\n")[0], re.M))
check(ails and ails == told, "and every reason for which the house is degraded is told", ails ^ told)

# ---- options, verbs ----
code = "\n".join(read(f) for f in listed(".c") if f.startswith(("src/commands/", "src/lab/", "src/main")))
known = set(re.findall(r'"(--[a-z][\w-]*)[="]', code))
bad = []
for d in [*documents, "docs/broadsheet.1"]:
    text = read(d)
    if d.endswith(".1"): used = ["--" + w for w in re.findall(r"Fl \\-([a-z][\w\\-]*)", text)]
    else:
        spoken = re.findall(r"(?:^|`)(?:build/)?broadsheet [a-z]+[^`\n]*(?:\\\n[^`\n]*)*", text, re.M)
        used = [o for s in spoken for o in re.findall(r"(?<![\w-])--[a-z][\w-]*", s)]
        bad += [f"{d}: there is no verb {v}" for s in spoken for v in re.findall(r"broadsheet ([a-z]+(?:-[a-z]+)*)", s) if v not in [*VERBS, "help", "behind", "of"]]
    bad += [f"{d}: {o}" for o in used if o not in known]
check(not bad, "every option and verb that a document names is there", "\n".join(bad))

r = subprocess.run([BINARY, "help"], capture_output=True, text=True)
told = re.findall(r"^  ([a-z-]+) +(\S.*)\n +broadsheet ([a-z-]+) ?(.*)$", r.stdout, re.M)
check([(n, u.strip(), w) for n, w, _, u in told] == list(make_man.verbs()), "`broadsheet help` tells every verb of the tables", r.stdout)
for script in ("make_man.py", "make_limits.py"):
    r = subprocess.run([sys.executable, os.path.join(ROOT, "docs", script), "--check"], capture_output=True, text=True)
    check(r.returncode == 0, f"docs/{script} has nothing new to say", r.stderr)
if shutil.which("mandoc"):
    for page in ("broadsheet.1", "site.yaml.5"):
        r = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", os.path.join(ROOT, "docs", page)], capture_output=True, text=True)
        check(r.returncode == 0, f"mandoc finds nothing in {page}", r.stdout + r.stderr)
else: skip("mandoc finds nothing in the manual pages", "no mandoc here")

# ---- what operations.md quotes ----
sources = "\n".join(read(f) for f in listed(".c", ".h") if f.startswith("src/") and not f.endswith("_test.c"))
joined = re.sub(r'"\s*\n?\s*"', "", sources)
bad = [f"broadsheet_{m}" for m in sorted(set(re.findall(r"`broadsheet_(\w+)", read("docs/operations.md")))) if f'"{m}"' not in sources and f"broadsheet_{m}" not in sources]
check(not bad, "every metric that operations.md names is there", "\n".join(bad))
quoted = re.findall(r"^\| “([^”]+)”", read("docs/operations.md"), re.M)
bad = [q for q in quoted if any(part.strip() and part.strip() not in joined for part in q.split("…"))]
check(quoted and not bad, f"all {len(quoted)} messages that operations.md quotes are messages of the code", "\n".join(bad))

for file, minimum in (("LICENSE", 11000), ("README.md", 1000), ("CHANGELOG.md", 300)): check(os.path.getsize(os.path.join(ROOT, file)) > minimum, f"{file} is there")
check(len(read("README.md").splitlines()) <= 80, "README.md is one screen")
done()
