#!/usr/bin/env python3
"""packaging/bring: what a server or an agency's client holds comes into the watched folder: whole, once, changed files again, nothing half written.
Each script over a source of its own kind; FTP over a local vsftpd. A tool that is not there skips its part."""
from _house import *

BRING = os.path.join(ROOT, "packaging", "bring")
SCRIPTS = ["bring-reuters-files.sh", "bring-rsync.sh", "bring-ftp.sh"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Ftp:
    """vsftpd on loopback that shows one folder to everybody."""
    def __init__(self, folder):
        self.port = free_port()
        self.conf = tempfile.NamedTemporaryFile("w", suffix=".conf")
        root = os.getuid() == 0
        self.empty = tempfile.mkdtemp(prefix="broadsheet-ftp-")
        self.conf.write(f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={self.port}\nanonymous_enable=YES\nno_anon_password=YES\nanon_root={folder}\nbackground=NO\n"
                        f"seccomp_sandbox=NO\npasv_address=127.0.0.1\nsecure_chroot_dir={self.empty}\nxferlog_enable=NO\n" + ("" if root else "run_as_launching_user=YES\n") + ("ftp_username=daemon\n" if root else ""))
        self.conf.flush()
        if root: os.chown(self.conf.name, 0, 0)
        os.chmod(self.empty, 0o555)
        self.process = subprocess.Popen(["vsftpd", self.conf.name], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def up(self):
        try: socket.create_connection(("127.0.0.1", self.port), timeout=2).close()
        except OSError: return False
        return True

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)
        shutil.rmtree(self.empty, ignore_errors=True)


def put(path, text, age_s=60):
    with open(path, "w") as f: f.write(text)
    os.chmod(path, 0o644)
    os.utime(path, (time.time() - age_s,) * 2)


def files(folder): return sorted(n for n in os.listdir(folder) if not n.startswith(".") and os.path.isfile(os.path.join(folder, n)))


def bring(script, source, folder, *more):
    return subprocess.run(["sh", os.path.join(BRING, script), "--from", source, "--to", folder, *more], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, env={**os.environ, "HOME": os.path.dirname(folder)})


def try_script(script, source_folder, source):
    folder = tempfile.mkdtemp(prefix="broadsheet-wire-")
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
    shutil.rmtree(folder)


if shutil.which("shellcheck"):
    r = subprocess.run(["shellcheck", "-x", "-P", "SCRIPTDIR", *[os.path.join(BRING, s) for s in [*SCRIPTS, "common.sh"]]], capture_output=True, text=True)
    check(r.returncode == 0, "shellcheck has nothing to say", r.stdout)
else: skip("shellcheck has nothing to say", "no shellcheck here")

for script in SCRIPTS:
    source = tempfile.mkdtemp(prefix="broadsheet-source-")
    os.chmod(source, 0o755)
    if script == "bring-ftp.sh":
        if not shutil.which("lftp") or not shutil.which("vsftpd"):
            skip(script, "no lftp or no vsftpd here")
            continue
        ftp = Ftp(source)
        try:
            if check(until(ftp.up), "vsftpd starts"): try_script(script, source, f"ftp://127.0.0.1:{ftp.port}/")
        finally:
            ftp.stop()
    elif script == "bring-rsync.sh" and not shutil.which("rsync"): skip(script, "no rsync here")
    else: try_script(script, source, source)
    shutil.rmtree(source)

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
