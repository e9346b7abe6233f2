#!/usr/bin/env python3
"""T7: a wire's server that shows another key is not taken from: packaging/bring over a real sshd (rsync and sftp) and a real FTP server with TLS, whose keys are
swapped. A renewed certificate with the same key passes; a server that stops speaking TLS does not; the house rings, and stops ringing when somebody has looked.
All on loopback, each ended by its pid."""
import getpass, json
from _house import *

BRING = os.path.join(ROOT, "packaging", "bring")
PYTHON = "/usr/bin/python3"  # the one that Debian's python3-pyftpdlib and python3-openssl are for
SSHD = "/usr/sbin/sshd"

FTPS = """
import logging, os, sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer
logging.basicConfig(level=logging.ERROR)
folder, port, pem, ready = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
handler = TLS_FTPHandler if pem else FTPHandler
if pem:
    handler.certfile = pem
    handler.tls_control_required = handler.tls_data_required = True
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_user("wire", os.environ["FTP_PASSWORD"], folder, perm="elr")
server = FTPServer(("127.0.0.1", port), handler)
os.write(ready, b"%d\\n" % server.address[1])
os.close(ready)
server.serve_forever()
"""


def ready_line(r):
    with os.fdopen(r) as f: return int(f.readline().strip() or 0) if select.select([r], [], [], 60)[0] else 0


def stop(p):
    if p.poll() is None: p.terminate()
    p.wait(timeout=20)


def put(folder, name, age_s=60):
    path = os.path.join(folder, name)
    with open(path, "w") as f: f.write(ninjs("tag:example.org,2026:" + name, "A story in " + name))
    os.utime(path, (time.time() - age_s,) * 2)


class Wire:
    """A script, what it brings from, and the house that it brings to."""
    def __init__(self, h, script, source, where, *more):
        self.h, self.script, self.source, self.where, self.more, self.n = h, script, source, where, more, 0

    def bring(self, *words):
        env = {**os.environ, "HOME": self.h.folder, "BROADSHEET": self.h.binary}
        return subprocess.run(["sh", os.path.join(BRING, self.script), "--from", self.where, "--to", self.h.wire, "--at-once", "--data", self.h.data, "--feed", "wire", *self.more, *words],
                              capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, env=env)

    def new(self):
        """A file that is new there."""
        self.n += 1
        name = f"{self.script.split('.')[0]}-{self.where.split(':')[0].split('@')[0]}-{self.n}.json"
        put(self.source, name)
        return name

    def takes(self, what, *words):
        name = self.new()
        r = self.bring(*words)
        check(r.returncode == 0 and self.h.shows("/", "A story in " + name), f"{self.script}: {what}", r.stderr)

    def refuses(self, what):
        name = self.new()
        rang = self.h.log_text().count("alarm: server-key")
        r = self.bring()
        arrived = [f for _, _, names in os.walk(self.h.wire) for f in names if f == name]
        check(r.returncode == 76 and not arrived, f"{self.script}: {what}: nothing is taken, and it says why", [r.returncode, arrived, r.stderr])
        return name, r, rang


def key_is_swapped(w, swap, back, name):
    """The whole of T7 for one way: taken, swapped, refused, still refused, trusted, taken."""
    w.takes("the first key is kept, and files are taken")
    w.takes("and again, by the same key")
    swap()
    lost, r, _ = w.refuses("another key")
    check("Ask the agency" in r.stderr, f"{name}: and what to do", r.stderr)
    check(until(lambda: "alarm: server-key" in w.h.log_text()), f"{name}: the house rings", w.h.log_text()[-600:])
    back()
    w.refuses("the old key again does not go on by itself: who was that?")
    swap()
    w.takes("--trust keeps the new one", "--trust")
    check(w.h.shows("/", "A story in " + lost), f"{name}: what waited meanwhile comes with it")
    check(until(lambda: "all clear: server-key wire" in w.h.log_text()), f"{name}: and it rings no more", w.h.log_text()[-600:])
    w.takes("from then on it is taken by the new key")


# ---- ssh ----
class Sshd:
    def __init__(self, folder):
        self.folder, self.process = folder, None
        for k in ("host1", "host2", "host3", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ecdsa" if k == "host3" else "ed25519", "-N", "", "-f", os.path.join(folder, k)], check=True)
        shutil.copy(os.path.join(folder, "user.pub"), os.path.join(folder, "authorized"))
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        with open(os.path.join(folder, "config"), "w") as f:
            f.write(f"Host wirehost\n  HostName 127.0.0.1\n  Port {self.port}\n  User {getpass.getuser()}\n  IdentityFile {folder}/user\n  IdentitiesOnly yes\n  UserKnownHostsFile {folder}/nobody\n")

    def start(self, key):
        if self.process: stop(self.process)
        conf = os.path.join(self.folder, "sshd.conf")
        with open(conf, "w") as f:
            f.write(f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.folder}/{key}\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\n"
                    f"AuthorizedKeysFile {self.folder}/authorized\nSubsystem sftp internal-sftp\nPermitRootLogin yes\n")
        if os.geteuid() == 0: os.makedirs("/run/sshd", exist_ok=True)
        self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", conf], stderr=open(os.path.join(self.folder, "sshd.log"), "ab"))
        return until(lambda: socket.socket().connect_ex(("127.0.0.1", self.port)) == 0)


def try_ssh(script, where, more):
    h, folder, source = House(), tempfile.mkdtemp(prefix="broadsheet-sshd-"), tempfile.mkdtemp(prefix="broadsheet-source-")
    h.start()
    sshd = Sshd(folder)
    try:
        if not check(sshd.start("host1"), f"{script}: an sshd starts", open(folder + "/sshd.log").read()): return
        w = Wire(h, script, source, where + source + "/", "--ssh-config", os.path.join(folder, "config"))
        key_is_swapped(w, lambda: sshd.start("host2"), lambda: sshd.start("host1"), f"{script} over ssh")
        sshd.start("host3")
        w.refuses("a key of another kind is another key")
    finally:
        stop(sshd.process)
        h.remove()
        for f in (folder, source): shutil.rmtree(f)


if not os.path.exists(SSHD) or not shutil.which("ssh-keygen") or not shutil.which("rsync"): skip("bring-rsync.sh over ssh", "openssh-server or rsync is not installed")
else: try_ssh("bring-rsync.sh", "wirehost:", [])
if not os.path.exists(SSHD) or not shutil.which("lftp"): skip("bring-ftp.sh over sftp", "openssh-server or lftp is not installed")
else: try_ssh("bring-ftp.sh", "sftp://wirehost", [])


# ---- FTP with TLS ----
def certificate(folder, name, key, host="127.0.0.1"):
    pem = os.path.join(folder, name + ".pem")
    if not os.path.exists(key): subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key], check=True, capture_output=True)
    r = subprocess.run(["openssl", "req", "-x509", "-new", "-key", key, "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=IP:{host}"], check=True, capture_output=True, text=True)
    with open(pem, "w") as f: f.write(r.stdout + open(key).read())
    return pem


class Ftps:
    def __init__(self, folder): self.folder, self.port, self.process, self.password = folder, 0, None, secrets.token_hex(12)

    def start(self, pem):
        if self.process: stop(self.process)
        r, w = os.pipe()
        self.process = subprocess.Popen([PYTHON, "-c", FTPS, self.folder, str(self.port), pem, str(w)], pass_fds=[w], env={**os.environ, "FTP_PASSWORD": self.password})
        os.close(w)
        self.port = ready_line(r) or self.port
        return self.port


def try_ftps():
    h, keys, source = House(), tempfile.mkdtemp(prefix="broadsheet-keys-"), tempfile.mkdtemp(prefix="broadsheet-source-")
    h.start()
    first = certificate(keys, "first", keys + "/a.key")
    renewed, other = certificate(keys, "renewed", keys + "/a.key"), certificate(keys, "other", keys + "/b.key")
    ftp = Ftps(source)
    try:
        if not check(ftp.start(first), "bring-ftp.sh: an FTP server with TLS starts"): return
        with open(os.open(h.folder + "/.netrc", os.O_WRONLY | os.O_CREAT, 0o600), "w") as f: f.write(f"machine 127.0.0.1 login wire password {ftp.password}\n")
        w = Wire(h, "bring-ftp.sh", source, f"ftp://wire@127.0.0.1:{ftp.port}/")
        r = w.bring()
        check(r.returncode == 75 and "--trust" in r.stderr, "bring-ftp.sh: a certificate that nobody vouches for is not kept by itself", r.stderr)
        w.takes("but with --trust", "--trust")
        ftp.start(renewed)
        w.takes("a renewed certificate with the same key passes")
        key_is_swapped(w, lambda: ftp.start(other), lambda: ftp.start(first), "bring-ftp.sh over TLS")
        ftp.start("")
        w.refuses("a server that speaks no TLS any more")
        stop(ftp.process)
        os.unlink([os.path.join(d, n) for d, _, names in os.walk(h.wire) for n in names if n == "stopped"][0])
        r = w.bring()
        check(r.returncode == 75, "bring-ftp.sh: a server that does not answer is only away", r.stderr)
    finally:
        stop(ftp.process)
        h.remove()
        for f in (keys, source): shutil.rmtree(f)


if not shutil.which("lftp") or subprocess.run([PYTHON, "-c", "import pyftpdlib.handlers as h; h.TLS_FTPHandler"], capture_output=True).returncode: skip("bring-ftp.sh over TLS", "lftp, python3-pyftpdlib or python3-openssl is not installed")
else: try_ftps()

# ---- alarms for scripts ----
with House() as h:
    say = lambda *words, text="": subprocess.run([h.binary, "alarm", *words, "--data", h.data], input=text, capture_output=True, text=True, timeout=60)
    r = say("raise", "feed", "wire", text="nobody answers there\n")
    check(r.returncode == 0 and until(lambda: "alarm: feed: nobody answers there" in h.log_text()), "a script may ring for a feed", r.stderr)
    check(say("clear", "feed", "wire").returncode == 0 and until(lambda: "all clear: feed wire" in h.log_text()), "and say that it is over")
    check(say("raise", "kill", "wire").returncode == 64 and say("raise", "feed").returncode == 64, "no other kind, and not without a feed: 64")
done()
