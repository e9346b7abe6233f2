#!/usr/bin/env python3
"""Several sites on one machine: each the commands of packaging/broadsheet@.service, read out of that file, by one binary, on data of its own. What is put into one is not in the other; a kill, a role that dies and a whole
site that is killed are nothing to its neighbour; reload reaches one alone; an address that the neighbour has is refused with a reason."""
import shlex
from _house import *

UNIT = open(os.path.join(ROOT, "packaging", "broadsheet@.service"), encoding="utf-8").read()


class Site(House):
    """broadsheet@NAME, with /etc, /var/lib, /run and /usr/bin put elsewhere."""
    def __init__(self, root, name, listen=None):
        self.name, self.root = name, root
        super().__init__(data=self.placed(self.unit("StateDirectory", "/var/lib/")))
        self.run_folder = self.placed(self.unit("RuntimeDirectory", "/run/"))
        os.makedirs(self.run_folder, exist_ok=True)
        os.makedirs(os.path.join(root, "etc", "broadsheet"), exist_ok=True)
        self.config_path = os.path.join(root, "etc", "broadsheet", name + ".yaml")
        self.door = listen or "unix:" + os.path.join(self.run_folder, "http")
        self.write_config(site_file(f"The {name} site", url=f"https://{name}.example.org", more=f"server:\n  listen: [\"{self.door}\"]\n"))
        self.config = "there"

    def unit(self, key, under=""):
        return under + re.search(rf"^{key}=(.*)$", UNIT, re.M)[1].replace("%i", self.name)

    def placed(self, text):
        for folder in ("/etc/", "/var/lib/", "/run/"): text = text.replace(folder, self.root + folder)
        return text

    def words(self, key): return [self.binary if w == "/usr/bin/broadsheet" else w for w in shlex.split(self.placed(self.unit(key)))]

    def command(self): return self.words("ExecStart")

    def start(self, wait=True):
        super().start(wait)
        self.socket = self.door.removeprefix("unix:")
        return self

    def reload(self): return subprocess.run(self.words("ExecReload"), capture_output=True, text=True, timeout=120)


def tree(h): return {pid for pids in h.roles().values() for pid in pids} | {h.process.pid}


root = tempfile.mkdtemp(prefix="bs-")  # short: a socket's name has 107 bytes
one, two = Site(root, "hindi"), Site(root, "tamil")
try:
    check(one.data != two.data and one.unit("ExecStart").split()[0] == two.unit("ExecStart").split()[0], "two instances of the unit: one program, two data directories", (one.data, two.data))
    one.start(); two.start()
    check(not tree(one) & tree(two), "each has a tree of processes of its own")
    for h in (one, two):
        h.drop("same.json", ninjs("tag:example.org,2026:same", f"A bridge of the {h.name} site"))
        h.drop("more.json", ninjs("tag:example.org,2026:more", f"A ferry of the {h.name} site"))
    check(all(h.shows("/", f"A bridge of the {h.name} site") and h.shows("/", f"A ferry of the {h.name} site") for h in (one, two)), "each shows what came to its own folder")
    check("tamil" not in one.get("/").text and "hindi" not in two.get("/").text, "and nothing of the other")

    one.drop("kill.json", ninjs("tag:example.org,2026:same", "A bridge of the hindi site", "", version="2", status="canceled", versionCreated=at(7)))
    check(one.lacks("/", "A bridge of the hindi site") and "A bridge of the tamil site" in two.get("/").text, "a kill of a guid that both have kills in its own site alone")

    before = tree(two)
    newsroom = until(lambda: one.roles().get("newsroom"))[0]
    os.kill(newsroom, signal.SIGKILL)
    check(until(lambda: one.roles().get("newsroom", [newsroom])[0] != newsroom) and tree(two) == before, "a role that dies is started again in its own site, and nothing moves in the other")
    os.kill(one.process.pid, signal.SIGKILL)
    one.process.wait(timeout=60)
    check(two.get("/").status == 200 and tree(two) == before, "a whole site is killed: the other serves on")
    two.drop("late.json", ninjs("tag:example.org,2026:late", "While its neighbour was down"))
    check(two.shows("/", "While its neighbour was down") and two.verb("status").returncode == 0 and one.verb("status").returncode == 2, "and publishes, and each status is its own")
    until(lambda: subprocess.run(["flock", "-n", os.path.join(one.data, "lock"), "true"]).returncode == 0)
    one.start()
    check(one.shows("/", "A ferry of the hindi site") and "A bridge" not in one.get("/").text, "the killed one comes back with what it had, and without what was killed")

    for h in (one, two): h.write_config(open(h.config_path).read().replace(f"The {h.name} site", f"The new {h.name} site"))
    r = one.reload()
    check(r.returncode == 0 and "The new hindi site" in one.get("/").text and "The new tamil site" not in two.get("/").text, "ExecReload reloads its own site alone", r.stdout + r.stderr)

    three = Site(root, "urdu", listen=two.door)
    three.start(wait=False)
    check(three.process.wait(timeout=60) not in (0, None) and two.door.removeprefix("unix:") in three.log_text() and two.get("/").status == 200, "an address that another site has is refused, with a reason, and the other keeps it", three.log_text())
    three.remove()
    check(one.stop() == 0 and two.get("/").status == 200 and two.stop() == 0, "one ends, then the other", one.log_text()[-800:] + two.log_text()[-800:])
finally:
    one.remove(); two.remove()
    shutil.rmtree(root, ignore_errors=True)
done()
