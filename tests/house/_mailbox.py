"""A real dovecot of the test's own, on loopback, with an authority of its own and without privileges; and mails for it."""
import email.utils, imaplib, ssl
from _agency import *

NOBODY = 65534
PASSWORD = "open sesame"
OWN_TOKEN = "of-the-tests-own"


def free_ports(n):
    held = [socket.socket() for _ in range(n)]
    for s in held: s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held: s.close()
    return ports


def openssl(*words): subprocess.run(["openssl", *words], check=True, capture_output=True)


def authority(folder, name):
    """NAME.pem and NAME.key: an authority; NAME-server.pem and .key: what it signed for 127.0.0.1."""
    p = lambda s: os.path.join(folder, name + s)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", "-x509", *key, "-days", "2", "-subj", f"/CN={name}", "-keyout", p(".key"), "-out", p(".pem"))
    openssl("req", *key, "-subj", "/CN=127.0.0.1", "-keyout", p("-server.key"), "-out", p(".csr"))
    with open(p(".ext"), "w") as f: f.write("subjectAltName=IP:127.0.0.1,DNS:localhost")
    openssl("x509", "-req", "-in", p(".csr"), "-CA", p(".pem"), "-CAkey", p(".key"), "-CAcreateserial", "-days", "2", "-extfile", p(".ext"), "-out", p("-server.pem"))


class Dovecot:
    """oauth: where it asks whose a token is; then there is no password."""
    def __init__(self, oauth=None):
        self.oauth = oauth
        self.folder = d = tempfile.mkdtemp(prefix="broadsheet-test-")
        self.port, self.tls_port = free_ports(2)
        self.url, self.plain_url = f"imaps://127.0.0.1:{self.tls_port}", f"imap://127.0.0.1:{self.port}"
        self.ca = os.path.join(d, "ca.pem")
        authority(d, "ca")
        authority(d, "other")
        os.mkdir(d + "/mail")
        with open(d + "/users", "w") as f: f.write(f"wire:{{PLAIN}}{PASSWORD}\n")
        root = os.geteuid() == 0
        self.user = NOBODY if root else os.geteuid()
        self.group = NOBODY if root else os.getegid()
        import grp, pwd
        me, group = pwd.getpwuid(self.user).pw_name, grp.getgrgid(self.group).gr_name
        with open(d + "/conf", "w") as f:
            f.write(f"""base_dir = {d}/run
state_dir = {d}/run
log_path = {d}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{d}/ca-server.pem
ssl_key = <{d}/ca-server.key
ssl_dh =
disable_plaintext_auth = yes
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
first_valid_uid = 1
mail_location = maildir:{d}/mail/%u
auth_failure_delay = 0
{self.logins(oauth)}
userdb {{
  driver = static
  args = uid={self.user} gid={self.group} home={d}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = {self.tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
protocol imap {{
  mail_max_userip_connections = 100
}}
""")
        if root:
            for top, folders, files in os.walk(d):
                for name in ["", *files, *folders]: os.chown(os.path.join(top, name) if name else top, NOBODY, NOBODY)

    def logins(self, oauth):
        if not oauth: return f"passdb {{\n  driver = passwd-file\n  args = {self.folder}/users\n}}"
        with open(self.folder + "/oauth", "w") as f: f.write(f"tokeninfo_url = {oauth}\nusername_attribute = user\nactive_attribute = active\nactive_value = yes\n")
        return f"auth_mechanisms = xoauth2 oauthbearer\npassdb {{\n  driver = oauth2\n  mechanisms = xoauth2 oauthbearer\n  args = {self.folder}/oauth\n}}"

    def __enter__(self):
        who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
        self.process = subprocess.Popen(["dovecot", "-F", "-c", self.folder + "/conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **who)
        if not until(self.answers, within_s=30): raise RuntimeError("dovecot did not start:\n" + self.log())
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.__enter__()

    def log(self):
        with open(self.folder + "/log", errors="replace") as f: return f.read()[-3000:]

    def answers(self):
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            with self.login(): return True

    def login(self):
        m = imaplib.IMAP4_SSL("127.0.0.1", self.tls_port, ssl_context=ssl.create_default_context(cafile=self.ca), timeout=30)
        if self.oauth: m.authenticate("XOAUTH2", lambda _: f"user=wire\1auth=Bearer {OWN_TOKEN}\1\1".encode())
        else: m.login("wire", PASSWORD)
        return m

    def put(self, *mails, box="INBOX"):
        with self.login() as m:
            for mail in mails: assert m.append(box, None, None, mail)[0] == "OK"

    def make(self, *boxes):
        with self.login() as m:
            for box in boxes: assert m.create(box)[0] == "OK"

    def remove(self, box):
        with self.login() as m: assert m.delete(box)[0] == "OK"

    def flags(self, box="INBOX"):
        """Of each mail in it, by its subject."""
        with self.login() as m:
            m.select(box, readonly=True)
            found = {}
            for part in m.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]:
                if isinstance(part, tuple): found[part[1].decode().partition(":")[2].strip()] = re.search(rb"FLAGS \(([^)]*)\)", part[0])[1].decode()
            return found

    def poll(self, more="", url=None, ca=None):
        return f'road: imap, url: "{url or self.url}", user: wire, secret_file: "@FOLDER@/pass", ca_file: "{ca or self.ca}", every_seconds: 1' + (more or ', from: ["*@agency.example"]')


def mail(number, subject, text="Words that stand here.\n\nAnd a second paragraph.", sender="Desk <desk@agency.example>", fields=""):
    date = email.utils.formatdate(time.time() - 3600)
    body = text.replace("\n", "\r\n")
    return (f"Received: from mx.example by here; {date}\r\n{fields}From: {sender}\r\nTo: wire@news.example\r\nDate: {date}\r\nMessage-ID: <{number}@agency.example>\r\nSubject: {subject}\r\n"
            f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n").encode()
