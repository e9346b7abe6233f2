#!/usr/bin/env python3
"""`broadsheet init`: by options and by six questions on a terminal; what will not do is asked again with the reason; nothing is written over; what it wrote is a site that publishes."""
import pty, stat
from _house import *
from _smtp import MailServer

PASSWORD = "a long enough password"
work = tempfile.mkdtemp(prefix="broadsheet-init-")
def at_(*names): return os.path.join(work, *names)
def text(*names):
    with open(at_(*names)) as f: return f.read()
def init(*words, said=None): return subprocess.run([BINARY, "init", *words], cwd=work, input=said, capture_output=True, text=True, timeout=120)


def on_terminal(words, answers):
    """(exit code, what stood on the screen); each answer is typed once its question is there."""
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(work)
        os.execv(BINARY, [BINARY, "init", *words])
    screen, end = "", time.monotonic() + 120
    def read():
        nonlocal screen
        if not select.select([fd], [], [], max(0, end - time.monotonic()))[0]: return False
        with contextlib.suppress(OSError):  # EIO: it has ended
            got = os.read(fd, 65536)
            screen += got.decode("utf-8", "replace")
            return bool(got)
        return False
    seen = 0
    for question, answer in answers:
        while question not in screen[seen:] and read(): pass
        if question not in screen[seen:]: break
        seen = screen.index(question, seen) + len(question)
        os.write(fd, answer.encode() + b"\n")
    while read(): pass
    os.close(fd)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), screen.replace("x" * 1500, "xxx…")


# ---- the file that the package has is the one that init fills in ----
with open(os.path.join(ROOT, "packaging", "site.yaml")) as f: SHIPPED = f.read()
with open(at_("shipped.yaml"), "w") as f: f.write(SHIPPED)
r = subprocess.run([BINARY, "check", "--config", at_("shipped.yaml")], capture_output=True, text=True)
check(r.returncode == 0, "packaging/site.yaml has no mistakes", r.stderr)

# ---- by options ----
with open(at_("password"), "w") as f: f.write(PASSWORD + "\n")
r = init("--to", "all", "--name", 'The "Harbour" Post: 1', "--url", "https://news.example.org", "--language", "hi", "--timezone", "Asia/Kolkata", "--agency", "Harbour Agency",
         "--mail", "night.desk@example.org", "--mail-server", "smtp://127.0.0.1:2525", "--password-file", "password", "--yes")
check(r.returncode == 0, "init by options", r.stdout + r.stderr)
check("may sign in as chief" in r.stdout, "makes the first account", r.stdout)
site = text("all", "site.yaml")
for line in ('  name: "The \\"Harbour\\" Post: 1"', '  url: "https://news.example.org"', "  language: hi ", "  timezone: Asia/Kolkata ", "  harbour-agency:", f"    folder: {at_('all', 'harbour-agency')}\n",
             '  mail: {server: "smtp://127.0.0.1:2525", from: "night.desk@example.org", to: ["night.desk@example.org"]}\n', "file: pages/about.html}"):
    check("\n" + line in site or line in site.split("\n", 1)[1] and line.startswith("file"), f"its site file says {line.strip()}", site)
kept = [l for l in SHIPPED.splitlines() if l.lstrip().startswith("#") and l not in ("  # url: https://news.example.org", "# alarms:") and not l.startswith("#   mail:")]
check(all(l in site.splitlines() for l in kept), "with every comment that teaches", site)
r2 = subprocess.run([BINARY, "check", "--config", at_("all", "site.yaml")], capture_output=True, text=True)
check(r2.returncode == 0 and "is not published" in r2.stderr, "which has no mistakes, and drafts of house pages", r2.stderr)
for words in ("certificate for https://news.example.org", "house pages", "alarms: not tried yet", "noindex", "broadsheet serve --data"): check(words in r.stdout, f"says what is missing or next: {words}", r.stdout)
check(stat.S_IMODE(os.stat(at_("all", "site.yaml")).st_mode) == 0o640 and stat.S_IMODE(os.stat(at_("all", "data", "desk", "accounts.db")).st_mode) == 0o600, "nobody else may read them")

r = init("--to", "all", "--yes")
check(r.returncode == 73 and "stays as it is" in r.stderr and text("all", "site.yaml") == site, "what is there is not written over", r.stderr)
os.mkdir(at_("shipped"))
shutil.copy(at_("shipped.yaml"), at_("shipped", "site.yaml"))
r = init("--to", "shipped", "--yes")
check(r.returncode == 0 and "pages:" in text("shipped", "site.yaml"), "but for the package's own file, which nobody has touched", r.stderr)
check("an account for the desk" in r.stdout and "nobody is told" in r.stdout and "the site's address" in r.stdout, "--yes takes every default, makes no account, and says so", r.stdout)

for words, why in ((["--url", "news.example.org"], "did you mean"), (["--timezone", "Europe/Londn"], "did you mean"), (["--language", "xx"], "no words"), (["--mail", "a@b@c"], "desk@example.org"),
                   (["--mail-server", "mail.example.org"], "smtp://"), (["--folder", "wire"], "begins with /"), (["--account", "A B"], "--account"), (["--name", "a\nb"], "signs")):
    r = init("--to", "wrong", "--yes", *words)
    check(r.returncode == 64 and why in r.stderr and not os.path.exists(at_("wrong")), f"{words}: refused with the reason, and nothing is written", r.stderr)
r = init("--to", "wrong", "--yes", "--password-file", "nowhere")
check(r.returncode == 66 and not os.path.exists(at_("wrong")), "a password's file that is not there: nothing is written", r.stderr)
if not os.path.exists("/etc/broadsheet"): check(init("--yes").returncode == 64, "without a place, and without a package's, it asks where")

# ---- on a terminal ----
code, screen = on_terminal(["--to", "asked"], [
    ("1 of 6.", "The Lantern"), ("2 of 6.", "news.example.org"), ("2 of 6.", "https://news.example.org/wire"), ("2 of 6.", ""), ("3 of 6.", "xx"), ("3 of 6.", "fr"), ("4 of 6.", "Europe/Parris"),
    ("4 of 6.", "Europe/Paris"), ("5 of 6.", "x" * 1500), ("5 of 6.", "Agence du Port"), ("6 of 6.", "no address"), ("6 of 6.", "Une.Plume@example.org"),
    ("Password:", "short"), ("Again:", "short"), ("Password:", PASSWORD), ("Again:", PASSWORD + "x"), ("Password:", PASSWORD), ("Again:", PASSWORD)])
check(code == 0, "six questions on a terminal", screen)
for why in ("“url” is not a whole http or https address; did you mean “https://news.example.org”", "put “/wire” into base", "no words in “xx”", "did you mean “Europe/Paris”", "as long as that",
            "it looks like desk@example.org", "the two are not the same"): check(why in screen, f"what will not do is asked again: {why}", screen)
check(PASSWORD not in screen and "une-plume may sign in as chief" in screen, "a password is not shown", screen)
site = text("asked", "site.yaml")
check('name: "The Lantern"' in site and "# url:" in site and "language: fr " in site and "  agence-du-port:" in site, "the answers stand in the file", site)

for answers in ("", "A\n", "A\n\n\n\nWire"):
    r = init("--to", "ended", said=answers)
    check(r.returncode == 64 and "nothing was written" in r.stderr and not os.path.exists(at_("ended")), f"input that ends after {answers!r} writes nothing", r.stderr)
r = init("--to", "nopass", said="\n" * 6)
check(r.returncode == 69 and "an account for the desk" in r.stdout and os.path.exists(at_("nopass", "site.yaml")), "input that ends at the password: the rest is there, and the account is named as missing", r.stdout + r.stderr)

# ---- the site that it made, running; and again over it: the alarm's way is tried ----
h = House(wire=False, data=at_("shipped", "data"), args=["--config", at_("shipped", "site.yaml"), "--desk", "127.0.0.1:0"])
h.wire = at_("shipped", "wire")
with h:
    h.drop("a.json", ninjs("tag:example.org,2026:1", "The first story of all"))
    check(h.shows("/", "The first story of all"), "it publishes what is put into the feed's folder")
    mails = MailServer()
    os.remove(at_("shipped", "site.yaml"))
    r = init("--to", "shipped", "--mail", "desk@example.org", "--mail-server", f"smtp://127.0.0.1:{mails.port}", "--yes", "--name", "The Beacon", "--password-file", "password")
    check(r.returncode == 0 and "in force" in r.stdout and "mail     sent" in r.stdout and "alarms:" not in r.stdout.split("Missing:")[1], "where the site runs, the file is put in force and an alarm is sent", r.stdout + r.stderr)
    check(mails.envelopes and mails.envelopes[0][1] == ["desk@example.org"], "and has come", mails.envelopes)
    check(h.shows("/", "The Beacon"), "and readers see it")

# ---- as root, for a service's user ----
if os.geteuid() == 0:
    import pwd
    nobody = pwd.getpwnam("nobody")
    os.chmod(work, 0o755); os.chmod(at_("password"), 0o600)
    os.makedirs(at_("var", "data")); os.makedirs(at_("var", "spool"))
    for name in ("data", "spool"): os.chown(at_("var", name), nobody.pw_uid, nobody.pw_gid)
    r = init("--to", "etc", "--data", at_("var", "data"), "--folder", at_("var", "spool", "wire"), "--password-file", "password", "--yes")
    owner = lambda *p: (os.stat(at_(*p)).st_uid, os.stat(at_(*p)).st_gid, stat.S_IMODE(os.stat(at_(*p)).st_mode))
    check(r.returncode == 0 and "may sign in" in r.stdout, "root's init for the data directory of another user, with a password that only root may read", r.stdout + r.stderr)
    check(owner("etc", "site.yaml") == owner("etc", "pages", "about.html") == (0, nobody.pw_gid, 0o640), "files of root's that the service may read", owner("etc", "site.yaml"))
    check(owner("var", "data", "desk", "accounts.db")[0] == nobody.pw_uid and owner("var", "spool", "wire") == (nobody.pw_uid, nobody.pw_gid, 0o2770), "data and the feed's folder are the service's", owner("var", "spool", "wire"))
    os.makedirs(at_("var", "locked"), mode=0o700)
    r = init("--to", "etc2", "--data", at_("var", "data"), "--folder", at_("var", "locked"), "--yes")
    check(r.returncode == 69 and "nobody may not read it" in r.stderr, "a feed's folder that the service may not read is told", r.stderr)
else: skip("root's init for a service's user", "not root here")

shutil.rmtree(work)
done()
