#!/usr/bin/env python3
"""packaging/bring: what a server or an agency's client holds comes into the watched folder: whole, once, changed files again, nothing half written.
Each script over a source of its own kind; FTP over a server that the test starts (pyftpdlib). A tool that is not there skips its part;
./dev test installs all of them."""
from _house import *

BRING = os.path.join(ROOT, "packaging", "bring")
SCRIPTS = ["bring-reuters-files.sh", "bring-rsync.sh", "bring-ftp.sh"]


SERVER = """
import logging, os, sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.basicConfig(level=logging.ERROR)
folder, ready = sys.argv[1], int(sys.argv[2])
name, password = os.environ["FTP_NAME"], os.environ["FTP_PASSWORD"]
FTPHandler.authorizer = DummyAuthorizer()
FTPHandler.authorizer.add_user(name, password, folder, perm="elr")
server = FTPServer(("127.0.0.1", 0), FTPHandler)
os.write(ready, b"%d\\n" % server.address[1])
os.close(ready)
server.serve_forever()
"""


DEBIAN_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-pyftpdlib is for


class Ftp:
    """An FTP server of our own process on loopback, on a port that it chooses: one folder, to read, for one name and password. The client finds both in a netrc,
    the server in its environment: a password stands on no command line."""
    name = "wire"

    def __init__(self, folder):
        self.password = secrets.token_hex(12)
        r, w = os.pipe()
        self.process = subprocess.Popen([DEBIAN_PYTHON, "-c", SERVER, folder, str(w)], pass_fds=[w], start_new_session=True,
                                        env={**os.environ, "FTP_NAME": self.name, "FTP_PASSWORD": self.password})
        os.close(w)
        with os.fdopen(r) as f: self.port = int(f.readline().strip() or 0) if select.select([r], [], [], 60)[0] else 0

    @staticmethod
    def is_here():
        return os.path.exists(DEBIAN_PYTHON) and subprocess.run([DEBIAN_PYTHON, "-c", "import pyftpdlib"], capture_output=True).returncode == 0

    def netrc(self, home):
        path = os.path.join(home, ".netrc")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f: f.write(f"machine 127.0.0.1 login {self.name} password {self.password}\n")

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def put(path, text, age_s=60):
    with open(path, "w") as f: f.write(text)
    os.chmod(path, 0o644)
    os.utime(path, (time.time() - age_s,) * 2)


def files(folder): return sorted(n for n in os.listdir(folder) if not n.startswith(".") and os.path.isfile(os.path.join(folder, n)))


def bring(script, source, folder, *more):
    return subprocess.run(["sh", os.path.join(BRING, script), "--from", source, "--to", folder, *more], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, env={**os.environ, "HOME": os.path.dirname(folder)})


def try_script(script, source_folder, source, home):
    folder = os.path.join(home, "wire")
    os.mkdir(folder)
    put(os.path.join(source_folder, "one.xml"), "first", 300)
    put(os.path.join(source_folder, "two.xml"), "second", 200)
    put(os.path.join(source_folder, ".hidden.xml"), "not yet")
    put(os.path.join(source_folder, "half.xml.tmp"), "not yet")
    r = bring(script, source, folder)
    check(r.returncode == 0 and files(folder) == [], f"{script}: what it sees for the first time may still be growing: it waits", r.stdout + r.stderr + str(files(folder)))
    put(os.path.join(source_folder, "two.xml"), "second, and the rest of it", 100)
    r = bring(script, source, folder)
    check(files(folder) == ["one.xml"], f"{script}: what stood still is given, what grew waits", r.stderr + str(files(folder)))
    bring(script, source, folder)
    check(files(folder) == ["one.xml", "two.xml"] and open(os.path.join(folder, "two.xml")).read().endswith("rest of it"), f"{script}: then whole; hidden and temporary names never", files(folder))
    check(abs(os.stat(os.path.join(folder, "two.xml")).st_mtime - os.stat(os.path.join(source_folder, "two.xml")).st_mtime) < 60, f"{script}: with its time")
    for n in files(folder): os.unlink(os.path.join(folder, n))
    r = bring(script, source, folder)
    check(r.returncode == 0 and files(folder) == [], f"{script}: nothing twice", files(folder))
    put(os.path.join(source_folder, "one.xml"), "first, changed", 50)
    bring(script, source, folder, "--at-once")
    check(files(folder) == ["one.xml"], f"{script}: a changed file again, and --at-once without waiting", files(folder))
    put(os.path.join(source_folder, "one.xml"), "first, changed once more", 40)
    r = bring(script, source, folder, "--at-once")
    check(open(os.path.join(folder, "one.xml")).read() == "first, changed" and "waits" in r.stderr, f"{script}: never over a file that still waits", r.stderr)
    os.unlink(os.path.join(folder, "one.xml"))
    bring(script, source, folder, "--at-once")
    check(open(os.path.join(folder, "one.xml")).read().endswith("once more"), f"{script}: but after it")


def try_ftp(script, source, home):
    ftp = Ftp(source)
    try:
        if not check(ftp.port, "an FTP server starts"): return
        refused = tempfile.mkdtemp(dir=home)
        r = bring(script, f"ftp://{ftp.name}@127.0.0.1:{ftp.port}/", refused)
        check(r.returncode == 75 and "this round failed" in r.stderr and not files(refused), f"{script}: without the password nothing, and it says so", r.stderr)
        ftp.netrc(home)
        try_script(script, source, f"ftp://{ftp.name}@127.0.0.1:{ftp.port}/", home)
    finally:
        ftp.stop()


if shutil.which("shellcheck"):
    r = subprocess.run(["shellcheck", "-x", "-P", "SCRIPTDIR", *[os.path.join(BRING, s) for s in [*SCRIPTS, "common.sh"]]], capture_output=True, text=True)
    check(r.returncode == 0, "shellcheck has nothing to say", r.stdout)
else: skip("shellcheck has nothing to say", "no shellcheck here")

for script in SCRIPTS:
    source = tempfile.mkdtemp(prefix="broadsheet-source-")
    home = tempfile.mkdtemp(prefix="broadsheet-home-")
    if script == "bring-ftp.sh":
        if not shutil.which("lftp") or not Ftp.is_here(): skip(script, "no lftp or no python3-pyftpdlib here")
        else: try_ftp(script, source, home)
    elif script == "bring-rsync.sh" and not shutil.which("rsync"): skip(script, "no rsync here")
    else: try_script(script, source, source, home)
    shutil.rmtree(source)
    shutil.rmtree(home)

r = bring("bring-reuters-files.sh", "/nonexistent", "/nonexistent")
check(r.returncode == 66 and "watched folder" in r.stderr, "a folder that is not there: 66 and which", r.stderr)
check(subprocess.run(["sh", os.path.join(BRING, "bring-ftp.sh")], capture_output=True).returncode == 64, "without options: 64 and how it is used")

with House() as h:
    source = os.path.join(h.folder, "client")
    os.makedirs(os.path.join(source, "2026", "deep"))
    with open(os.path.join(source, "2026", "deep", "story.json"), "w") as f: f.write(ninjs("tag:example.org,2026:brought", "Brought by the client"))
    r = bring("bring-reuters-files.sh", source, h.wire, "--at-once")
    check(r.returncode == 0 and h.shows("/", "Brought by the client"), "from the client's folder to the front page", r.stderr)
done()
