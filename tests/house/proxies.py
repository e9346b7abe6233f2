#!/usr/bin/env python3
"""The shipped nginx, haproxy and Caddy configurations, run for real in front of a UNIX socket: TLS, pages, validators, codings, the reader's address, and a kill that shows at once."""
import ssl
from _house import *

CONFIG = site_file("Behind", url="https://news.example.org")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificate(h):
    pem, key = os.path.join(h.folder, "fullchain.pem"), os.path.join(h.folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=news.example.org",
                    "-keyout", key, "-out", pem], check=True, capture_output=True)
    with open(os.path.join(h.folder, "fullchain-and-key.pem"), "w") as f: f.write(open(pem).read() + open(key).read())


def example(h, name, plain, tls):
    text = open(os.path.join(ROOT, "packaging", name)).read()
    text = "\n".join(l for l in text.splitlines() if "[::]" not in l)
    for a, b in (("/run/broadsheet/web.sock", h.folder + "/web.sock"), ("/etc/ssl/broadsheet", h.folder), ("listen 80;", f"listen 127.0.0.1:{plain};"),
                 ("listen 443 ", f"listen 127.0.0.1:{tls} "), ("bind :80", f"bind 127.0.0.1:{plain}"), ("bind :443", f"bind 127.0.0.1:{tls}")):
        text = text.replace(a, b)
    return text


def nginx(h, plain, tls):
    d = h.folder
    with open(d + "/nginx.conf", "w") as f:
        f.write(("user root;\n" if os.geteuid() == 0 else "") + f"daemon off; pid {d}/nginx.pid; error_log {d}/nginx.log;\nevents {{}}\nhttp {{ access_log off; client_body_temp_path {d}/nb; proxy_temp_path {d}/np; "
                f"fastcgi_temp_path {d}/nf; uwsgi_temp_path {d}/nu; scgi_temp_path {d}/ns;\n{example(h, 'nginx.conf.example', plain, tls)}\n}}\n")
    return subprocess.Popen(["nginx", "-p", d, "-c", d + "/nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def haproxy(h, plain, tls):
    with open(h.folder + "/haproxy.cfg", "w") as f: f.write(example(h, "haproxy.cfg.example", plain, tls) + "\n")
    return subprocess.Popen(["haproxy", "-db", "-f", h.folder + "/haproxy.cfg"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def caddy(h, plain, tls):
    """No authority asks for a name here: the certificate is ours, and all else as shipped."""
    text = open(os.path.join(ROOT, "packaging", "Caddyfile.example")).read().replace("/run/broadsheet/web.sock", h.folder + "/web.sock")
    text = re.sub(r"^((?:www\.)?news\.example\.org) \{", rf"\1 {{\n\tbind 127.0.0.1\n\ttls {h.folder}/fullchain.pem {h.folder}/key.pem", text, flags=re.M)
    with open(h.folder + "/Caddyfile", "w") as f: f.write(f"{{\n\tadmin off\n\thttp_port {plain}\n\thttps_port {tls}\n\tstorage file_system {h.folder}/caddy\n}}\n" + text)
    return subprocess.Popen([CADDY, "run", "--config", h.folder + "/Caddyfile", "--adapter", "caddyfile"], stdout=subprocess.DEVNULL, stderr=open(h.folder + "/caddy.log", "wb"),
                            env={**os.environ, "HOME": h.folder, "XDG_CONFIG_HOME": h.folder, "XDG_DATA_HOME": h.folder})


CADDY = shutil.which("caddy") or os.path.join(ROOT, "build-peers", "usr", "bin", "caddy")


class ByName(http.client.HTTPSConnection):
    """A proxy with several names chooses by the one in the handshake (SNI)."""
    def connect(self):
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), timeout=20), server_hostname=self.host)


def https(port, path, host="news.example.org", **headers):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    c = ByName(host, port, context=context)
    try:
        c.request("GET", path, headers={"Host": host, **{k.replace("_", "-"): v for k, v in headers.items()}})
        r = c.getresponse()
        return Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
    except OSError:
        return Answer(0, {}, b"")
    finally: c.close()


def behind(name, start, config, more=None, program=None):
    if not shutil.which(program or name):
        skip(f"broadsheet behind {name}", f"{name} is not installed")
        return
    h = House(config=config)
    h.listen = f"unix:{h.folder}/web.sock"
    certificate(h)
    h.start()
    plain, tls = free_port(), free_port()
    proxy = start(h, plain, tls)
    try:
        h.drop("a.json", ninjs("tag:example.org,2026:1", "A story behind a proxy"))
        check(until(lambda: "A story behind a proxy" in https(tls, "/").text), f"{name}: a story is shown through it")
        path = re.search(r'href="(/\d{4}/[^"]+)"', https(tls, "/").text)[1]
        page = https(tls, path, Accept_Encoding="gzip")
        check(page.status == 200 and page.headers.get("content-encoding") == "gzip" and "A story behind" in page.text, f"{name}: gzip passes as it was made")
        check(https(tls, path, Accept_Encoding="gzip", If_None_Match=page.headers["etag"]).status == 304, f"{name}: validators pass: 304")
        claimed, plain_one = https(tls, "/metrics", X_Forwarded_For="203.0.113.9").status, https(tls, "/metrics").status
        check(claimed == plain_one == 200, f"{name}: the client is who the proxy says, whatever address it claims", [claimed, plain_one])
        h.drop("k.json", ninjs("tag:example.org,2026:1", "A story behind a proxy", status="canceled", version="2"))
        check(until(lambda: https(tls, path).status == 410), f"{name}: a kill shows through it at once", https(tls, path).status)
        check(https(tls, path, If_None_Match=page.headers["etag"]).status == 410, f"{name}: also to those who held the page")
        if more: more(plain, tls)
    finally:
        proxy.terminate()
        proxy.wait()
        h.remove()


def led(plain, tls):
    """Caddy's example leads www itself; what it tells Broadsheet of TLS is the reader's."""
    c = http.client.HTTPConnection("127.0.0.1", plain, timeout=20)
    c.request("GET", "/x?y", headers={"Host": "news.example.org"})
    r = c.getresponse()
    check(r.status in (301, 308) and r.getheader("Location").startswith("https://news.example.org"), "caddy: without TLS it leads to TLS", (r.status, r.getheader("Location")))
    c.close()
    r = https(tls, "/x?y", host="www.news.example.org")
    check(r.status == 301 and r.headers.get("location") == "https://news.example.org/x?y", "caddy: www leads to the bare name", (r.status, r.headers))
    r = https(tls, "/", X_Forwarded_Proto="http")
    check(r.status == 200 and r.headers.get("strict-transport-security") == "max-age=86400", "caddy: what a reader claims of TLS goes no further; HSTS is said", (r.status, r.headers))


behind("nginx", nginx, CONFIG)
behind("haproxy", haproxy, CONFIG + "server:\n  proxy_protocol: true\n")
behind("caddy", caddy, CONFIG + "server:\n  redirect: yes\n  hsts: {days: 1}\n", led, CADDY)
done()
