"""What tests of FTP and SFTP share: real servers (vsftpd, OpenSSH, pyftpdlib) on loopback, each in a process namespace of its own that ends with it, with one account that exists
nowhere else; and a server that means harm."""
import crypt, ssl, threading
from _house import *

USER, UID = "wire", 64242
DEBIAN_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-pyftpdlib is for
_made = []


def port():
    """A free one. Whoever takes it first has it: the servers cannot be told to choose."""
    with socket.create_server(("127.0.0.1", 0)) as s: return s.getsockname()[1]


def program(name):
    """One that ./dev has unpacked, or that is installed; "": none."""
    return next((p for p in (os.path.join(ROOT, "build-peers/usr/sbin", name), "/usr/sbin/" + name) if os.path.exists(p)), "")


def needs(what):
    """Why these servers cannot run here; "": they can."""
    if what == "pyftpdlib": return "" if subprocess.run([DEBIAN_PYTHON, "-c", "import pyftpdlib"], capture_output=True).returncode == 0 else "no python3-pyftpdlib here"
    if not program(what): return f"no {what} here"
    if os.geteuid() != 0: return f"{what} needs root, for an account of its own"
    r = subprocess.run(["unshare", "-m", "-p", "-f", "--propagation", "private", "true"], capture_output=True)
    return "" if r.returncode == 0 else "no namespaces here"


def run_quiet(*words): subprocess.run(words, check=True, capture_output=True)


class Place:
    """A folder that the account may write, and what its servers need: its name and password (seen by them alone), an authority and a certificate of ours, keys."""
    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="broadsheet-ftp-")
        self.folder = os.path.join(self.root, "home", "out")
        self.password = secrets.token_hex(12)
        os.makedirs(self.folder)
        os.makedirs(self.path("empty"))
        os.chmod(self.root, 0o755)
        os.chown(self.folder, UID, UID)
        self.account()
        self.authority()
        _made.append(self)

    def path(self, name): return os.path.join(self.root, name)

    def write(self, name, text, mode=0o600):
        with open(os.open(self.path(name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w") as f: f.write(text)
        return self.path(name)

    def account(self):
        old, shadow = (open(f"/etc/{n}").read() for n in ("passwd", "shadow"))
        self.write("passwd", old + f"{USER}:x:{UID}:{UID}::{self.path('home')}:/bin/sh\n", 0o644)
        self.write("shadow", shadow + f"{USER}:{crypt.crypt(self.password, crypt.mksalt(crypt.METHOD_SHA512))}:19000:0:99999:7:::\n")
        os.mkdir(self.path("pam.d"))
        self.write("pam.d/wire", "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_permit.so\n", 0o644)
        self.write("in-its-own-room", "mount --bind " + self.path("passwd") + " /etc/passwd && mount --bind " + self.path("shadow") + " /etc/shadow || exit 70\n"
                   "mount --bind " + self.path("pam.d") + " /etc/pam.d || exit 70\n"
                   "mkdir -p /run/sshd && mount -t tmpfs -o mode=755 none /run/sshd || exit 70\n\"$@\"\nexit $?\n")  # the shell is the first process: vsftpd cannot be, since orphans would be its own

    def authority(self):
        key, ca = self.path("ca.key"), self.path("ca.pem")
        run_quiet("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3", "-subj", "/CN=An agency's own", "-keyout", key, "-out", ca)
        run_quiet("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1", "-keyout", self.path("srv.key"), "-out", self.path("srv.csr"))
        ext = self.write("ext", "subjectAltName=IP:127.0.0.1\n")
        run_quiet("openssl", "x509", "-req", "-in", self.path("srv.csr"), "-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", "3", "-extfile", ext, "-out", self.path("srv.pem"))

    def new_key(self, name):
        for n in (name, name + ".pub"):
            with contextlib.suppress(FileNotFoundError): os.unlink(self.path(n))
        run_quiet("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name))
        return subprocess.run(["ssh-keygen", "-l", "-f", self.path(name + ".pub")], capture_output=True, text=True).stdout.split()[1]

    # ---- the agency's hand ----
    def put(self, name, data, age_s=60, at_once=True):
        data = data if isinstance(data, bytes) else data.encode()
        path = os.path.join(self.folder, name)
        part = os.path.join(self.folder, ".part") if at_once else path
        with open(part, "wb") as f: f.write(data)
        os.chmod(part, 0o644)
        os.chown(part, UID, UID)
        os.utime(part, (time.time() - age_s,) * 2)
        if at_once: os.rename(part, path)

    def names(self): return sorted(n for n in os.listdir(self.folder) if not n.startswith(".") and not os.path.isdir(os.path.join(self.folder, n)))

    def remove(self): shutil.rmtree(self.root, ignore_errors=True)


class Server:
    """A program in a process namespace of its own: with the one process that we started all of it ends."""
    def __init__(self, place, command, at):
        self.place, self.command, self.port, self.process = place, command, at, None
        self.start()
        _made.append(self)

    def start(self):
        log = open(self.place.path("server.log"), "ab")
        self.process = subprocess.Popen(["unshare", "-m", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private", "sh", self.place.path("in-its-own-room"), *self.command],
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        log.close()
        self.is_up = bool(until(self.answers, within_s=30))

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2): return True

    def below(self):
        """The pids of all that it has started."""
        parents, found, left = {}, [], [self.process.pid]
        for p in filter(str.isdigit, os.listdir("/proc")):
            with contextlib.suppress(OSError, IndexError): parents.setdefault(int(open(f"/proc/{p}/stat").read().rpartition(")")[2].split()[1]), []).append(int(p))
        while left:
            children = parents.get(left.pop(), [])
            found += children
            left += children
        return found

    def signal(self, number):
        for pid in self.below():
            with contextlib.suppress(ProcessLookupError): os.kill(pid, number)

    def stop(self):
        if not self.process: return
        self.process.kill()
        self.process.wait(timeout=20)
        self.process = None
        until(lambda: not self.answers(), within_s=10)

    remove = stop


def vsftpd(place, tls="explicit"):
    at = port()
    secure = "" if tls == "none" else (f"ssl_enable=YES\nimplicit_ssl={'YES' if tls == 'implicit' else 'NO'}\nforce_local_data_ssl=YES\nforce_local_logins_ssl=YES\nssl_ciphers=HIGH\n"
                                       f"require_ssl_reuse=YES\nrsa_cert_file={place.path('srv.pem')}\nrsa_private_key_file={place.path('srv.key')}\n")
    conf = place.write(f"vsftpd-{at}.conf", f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={at}\nbackground=NO\nanonymous_enable=NO\nlocal_enable=YES\nwrite_enable=YES\nchroot_local_user=YES\n"
                       f"allow_writeable_chroot=YES\npam_service_name=wire\nsecure_chroot_dir={place.path('empty')}\nseccomp_sandbox=NO\nisolate=NO\nisolate_network=NO\nxferlog_enable=NO\n{secure}")
    return Server(place, [program("vsftpd"), conf], at)


def sshd(place, at=None):
    """Its host key is place's "host"; who logs in has the password, or the key "user"."""
    at = at or port()
    conf = place.write("sshd.conf", f"Port {at}\nListenAddress 127.0.0.1\nHostKey {place.path('host')}\nPidFile none\nUsePAM no\nPasswordAuthentication yes\nStrictModes no\n"
                       f"AuthorizedKeysFile {place.path('user.pub')}\nSubsystem sftp internal-sftp\nForceCommand internal-sftp\nMaxStartups 100\nLogLevel VERBOSE\n")
    return Server(place, [program("sshd"), "-D", "-e", "-f", conf], at)


PYTHON_SERVER = """
import logging, os, sys, time
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.basicConfig(level=logging.ERROR)
folder, at, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
class Handler(FTPHandler):
    def on_file_sent(self, file):
        if "replaces" in how and file.endswith("replaced.xml") and not os.path.exists(file + ".was"):
            os.rename(file + ".next", file)
            open(file + ".was", "w").close()
if "elsewhere" in how:
    Handler.masquerade_address = "10.11.12.13"
    Handler.proto_cmds = {k: v for k, v in FTPHandler.proto_cmds.items() if k != "EPSV"}
Handler.authorizer = DummyAuthorizer()
Handler.authorizer.add_user("wire", os.environ["FTP_PASSWORD"], folder, perm="elrdf" if "read-only" not in how else "elr")
FTPServer(("127.0.0.1", at), Handler).serve_forever()
"""


def pyftpd(place, how=""):
    """Without TLS: it hangs up on a client whose TLS comes before its command, as libcurl's of Debian 12 does."""
    at = port()
    os.environ["FTP_PASSWORD"] = place.password  # on no command line
    try: return Server(place, [DEBIAN_PYTHON, "-c", PYTHON_SERVER, place.folder, str(at), how], at)
    finally: del os.environ["FTP_PASSWORD"]


class Hostile(threading.Thread):
    """Speaks FTP as far as it has to, and then does as its name says: lists("endless"), names that lead elsewhere, files without end, silence at every place. With a place it speaks TLS."""
    def __init__(self, how, place=None):
        super().__init__(daemon=True)
        self.how, self.place, self.asked, self.socket = how, place, [], socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self):
        while True:
            c, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=(c,), daemon=True).start()

    def listing(self):
        if self.how == "names":
            facts = "type=file;size=5;modify=20260101120000; "
            return "".join(facts + n + "\r\n" for n in ["../../etc/passwd", "..", "/etc/passwd", "a\\b.xml", "bell\x07.xml", "x" * 300, "plain.xml"]) + "type=OS.unix=slink:/etc;size=5;modify=20260101120000; link.xml\r\n"
        return "type=file;size=5;modify=20260101120000; one.xml\r\n"

    def pour(self, d, line):
        with contextlib.suppress(OSError):
            while True: d.sendall(line)

    def with_tls(self, c):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.place.path("srv.pem"), self.place.path("srv.key"))
        return context.wrap_socket(c, server_side=True)

    def serve(self, c):
        data = None
        def say(s): c.sendall(s.encode() + b"\r\n")
        if self.place:
            with contextlib.suppress(OSError): c = self.with_tls(c)
        with contextlib.suppress(OSError, ValueError):
            if self.how == "silent": time.sleep(300)
            if self.how == "greets": self.pour(c, b"220-" + b"x" * 1000 + b"\r\n")
            say("220 hello")
            for line in c.makefile("r", newline="\r\n"):
                line = line.strip()
                verb = line.split(" ")[0].upper()
                self.asked.append(line)
                if verb == "USER": say("331 password")
                elif verb == "PASS": say("230 in")
                elif verb == "PWD": say('257 "/"')
                elif verb == "EPSV":
                    data = socket.create_server(("127.0.0.1", 0))
                    say(f"229 ok (|||{data.getsockname()[1]}|)")
                elif verb in ("MLSD", "RETR"):
                    say("150 here")
                    d, _ = data.accept()
                    if self.how == "mute": time.sleep(300)
                    if verb == "MLSD" and self.how == "endless": self.pour(d, b"type=file;size=5;modify=20260101120000; " + b"n" * 60 + b"\r\n")
                    elif verb == "MLSD": d.sendall(self.listing().encode())
                    elif self.how == "grows": self.pour(d, b"x" * 65536)
                    elif self.how == "cut": d.sendall(b"he")
                    else: d.sendall(b"hello")
                    d.close()
                    say("226 done")
                elif verb in ("TYPE", "CWD", "NOOP", "PBSZ", "PROT"): say("200 ok")
                elif verb == "QUIT": time.sleep(300)
                else: say("500 no")


def end_all():
    for m in reversed(_made): m.remove()
