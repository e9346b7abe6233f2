"""An editor's browser, for the tests that sign in to the desk."""
import html, http.client, re, urllib.parse
from _house import *

PASSWORD = "three plain words"


class Desk:
    """A browser without scripts: one cookie, forms filled in as they stand."""
    def __init__(self, house, port, behind=None):
        """behind: the address for which a trusted proxy speaks, by TLS."""
        self.house, self.port, self.cookie = house, port, None
        self.own = {"X-Forwarded-For": behind, "X-Forwarded-Proto": "https"} if behind else {}

    def ask(self, path, method="GET", headers=None, body=None):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            h = self.own | dict(headers or {})
            if self.cookie and "Cookie" not in h: h["Cookie"] = self.cookie
            c.request(method, path, body=body, headers=h)
            r = c.getresponse()
            a = Answer(r.status, {k.lower(): v for k, v in r.getheaders()}, r.read())
            a.cookies = r.headers.get_all("Set-Cookie") or []
            return a
        finally: c.close()

    def get(self, path): return self.ask(path)

    def post(self, path, fields, headers=None, **_):
        h = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"} | (headers or {})
        return self.ask(path, "POST", {k: v for k, v in h.items() if v is not None}, urllib.parse.urlencode(fields))

    def token(self, path="/desk/account"): return re.search(r'name="token" value="([0-9a-f]{64})"', self.get(path).text)[1]

    def sign_in(self, name, password, next=""):
        page = self.get("/desk/sign-in")
        if page.cookies: self.cookie = page.cookies[0].split(";")[0]
        token = re.search(r'name="token" value="([0-9a-f]{64})"', page.text)
        a = self.post("/desk/sign-in", {"token": token[1] if token else "", "name": name, "password": password, "next": next})
        if a.status == 303 and a.cookies: self.cookie = a.cookies[0].split(";")[0]
        return a

    def act(self, id, verb, /, **fields):
        """Takes the page's own form, as a thumb would."""
        page = self.get(f"/desk/story/{id}/{verb}")
        form = {m[1]: html.unescape(m[2]) for m in re.finditer(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text[page.text.find("<main"):page.text.find("</main>")])}
        return self.post(f"/desk/story/{id}/{verb}", form | fields)


def desk_port(h): return int(until(lambda: re.findall(r"desk https?://[^/]*:(\d+)/desk/", h.log_text()))[-1])


def account(h, name, role, password=PASSWORD):
    return h.run("desk", "account", "add", name, "--role", role, "--data", h.data, input=password + "\n")
