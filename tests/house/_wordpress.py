"""A WordPress of Debian's package in a folder of its own, filled by its own functions: its database (MariaDB) listens on a socket in that folder, its web server is PHP's own on loopback.
Nothing is installed: ./dev has unpacked the packages. Where the test is root's, all of it runs as nobody."""
import json
from _house import *

PEERS = os.path.join(ROOT, "build-peers")
PARTS = os.path.join(ROOT, "tests", "wordpress")
MODULES = ["mysqlnd", "mysqli", "mbstring", "ctype", "tokenizer", "iconv", "fileinfo", "exif", "gd", "dom", "xml", "simplexml", "xmlreader", "xmlwriter"]


LIB = f"usr/lib/{os.uname().machine}-linux-gnu"


def wordpress_needs():
    """Why it cannot run here; "": it can."""
    if not os.path.exists(os.path.join(PEERS, "usr/share/wordpress/wp-load.php")): return "./dev has not unpacked WordPress"
    modules = [os.path.join(d, f) for d, _, fs in os.walk(os.path.join(PEERS, "usr/lib/php")) for f in fs if f.removesuffix(".so") in MODULES]
    programs = [os.path.join(PEERS, p) for p in ("usr/bin/php8.2", "usr/sbin/mariadbd")]
    r = subprocess.run(["ldd", *programs, *modules], capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": os.path.join(PEERS, LIB)})
    missing = sorted(set(re.findall(r"(\S+) => not found", r.stdout)))
    return f"WordPress's programs need {', '.join(missing)}" if missing or r.returncode else ""


class WordPress:
    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="broadsheet-wordpress-")
        self.user = "nobody" if os.geteuid() == 0 else None
        self.processes = []
        self.lay_out()
        self.start_database()

    def path(self, *parts): return os.path.join(self.root, *parts)

    def lay_out(self):
        """Copied, since nobody may be shut out of where the tree lies, and since WordPress looks for its configuration beside its own files."""
        for what in ("usr/bin/php8.2", "usr/sbin/mariadbd", "usr/share/mysql", "usr/lib/php", LIB):
            (shutil.copytree if os.path.isdir(os.path.join(PEERS, what)) else self.copy_file)(os.path.join(PEERS, what), self.path("peers", what))
        self.site = self.path("site")
        shutil.copytree(os.path.join(PEERS, "usr/share/wordpress"), self.site, symlinks=True)
        for old in ("wp-config.php", ".htaccess"): os.unlink(os.path.join(self.site, old))
        for name, to in {"config.php": "wp-config.php", "router.php": "router.php", "site.php": "site.php", "article.php": "wp-content/mu-plugins/article.php"}.items(): self.copy_file(os.path.join(PARTS, name), os.path.join(self.site, to))
        shutil.copytree(os.path.join(PARTS, "plain"), os.path.join(self.site, "wp-content/themes/plain"))
        self.uploads = os.path.join(self.site, "wp-content/uploads")
        for folder in (self.uploads, self.path("database"), self.path("cache")): os.makedirs(folder, exist_ok=True)
        self.env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "LD_LIBRARY_PATH": self.path("peers", LIB), "TMPDIR": self.root}
        if self.user: run_as_root_only(["chown", "-R", self.user, self.root])

    def copy_file(self, what, to):
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy2(what, to)

    # ---- the database ----
    def database_command(self, *more):
        share = self.path("peers/usr/share/mysql")
        return [self.path("peers/usr/sbin/mariadbd"), "--no-defaults", f"--datadir={self.path('database')}", f"--lc-messages-dir={share}", f"--character-sets-dir={share}/charsets", f"--tmpdir={self.root}",
                f"--socket={self.path('database.sock')}", f"--pid-file={self.path('database.pid')}", "--skip-networking", "--skip-grant-tables", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0", "--innodb-use-native-aio=0", "--sql-mode=", *more]

    def start_database(self):
        share = self.path("peers/usr/share/mysql")
        words = b"CREATE DATABASE mysql;\nUSE mysql;\n" + b"".join(open(f"{share}/{n}.sql", "rb").read() for n in ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data")) + b"CREATE DATABASE wordpress CHARACTER SET utf8mb4;\n"
        self.quietly(self.database_command("--bootstrap"), input=words)
        self.begin(self.database_command())
        if not until(lambda: os.path.exists(self.path("database.sock")), within_s=60): raise RuntimeError("MariaDB did not start:\n" + self.log())

    # ---- programs ----
    def log(self):
        with open(self.path("log"), errors="replace") as f: return f.read()[-3000:]

    def begin(self, command):
        with open(self.path("log"), "ab") as log: self.processes.append(subprocess.Popen(command, env=self.env, user=self.user, group="nogroup" if self.user else None, cwd=self.root, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        return self.processes[-1]

    def quietly(self, command, **kw):
        r = subprocess.run(command, env=self.env, user=self.user, group="nogroup" if self.user else None, cwd=self.root, capture_output=True, timeout=300, **kw)
        if r.returncode: raise RuntimeError(f"{command[0]}: {r.stdout[-2000:]!r} {r.stderr[-2000:]!r}")
        return r.stdout

    def php_command(self):
        folder = next(os.path.join(self.path("peers/usr/lib/php"), d) for d in sorted(os.listdir(self.path("peers/usr/lib/php"))) if d.isdigit())
        cache = ["-d", "zend_extension=opcache.so", "-d", "opcache.enable_cli=1", "-d", f"opcache.file_cache={self.path('cache')}"]
        return [self.path("peers/usr/bin/php8.2"), "-n", "-d", f"extension_dir={folder}", *cache, "-d", "memory_limit=512M", "-d", "display_errors=stderr", "-d", "error_reporting=8191"] + [x for m in MODULES for x in ("-d", f"extension={m}.so")]

    def tell(self, *words): return self.quietly([*self.php_command(), os.path.join(self.site, "site.php"), *map(str, words)])

    def links(self): return json.loads(self.tell("links"))

    # ---- as its readers see it ----
    def serve(self):
        with socket.create_server(("127.0.0.1", 0)) as s: self.port = s.getsockname()[1]
        self.begin([*self.php_command(), "-S", f"127.0.0.1:{self.port}", "-t", self.site, os.path.join(self.site, "router.php")])
        if not until(lambda: self.get("/wp-sitemap.xml") is not None, within_s=60): raise RuntimeError("PHP did not start:\n" + self.log())

    def get(self, path):
        """The answer, redirects not followed; None: nobody answers."""
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            c.request("GET", path, headers={"Host": "old.example.org"})
            r = c.getresponse()
            return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
        except OSError: return None
        finally: c.close()

    def remove(self):
        for p in reversed(self.processes):
            p.terminate()
            try: p.wait(timeout=30)
            except subprocess.TimeoutExpired: p.kill(); p.wait()
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self): return self
    def __exit__(self, *_): self.remove()


def run_as_root_only(words): subprocess.run(words, check=True, capture_output=True)
