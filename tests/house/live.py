#!/usr/bin/env python3
"""Running stories by the real binary, over HTTP/1.1 and HTTP/2: the timeline, the small file, and pages that listen: an update, a correction, a kill while they do, too many, a reload, the end."""
import json, ssl
from _house import *

MORE = """live:
  listeners_per_client: 4
  updates: 2
"""
TLS = """server:
  tls:
    certificate: @FOLDER@/cert.pem
    key: @FOLDER@/key.pem
"""


class Listener:
    """One that listens as a browser does: what came, event by event."""
    def __init__(self, h, path):
        plain = socket.create_connection((h.host, h.port), timeout=20)
        self.sock = h.tls.wrap_socket(plain, server_hostname=h.host) if h.address.startswith("https:") else plain
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode())
        self.data, self.ended = b"", False
        self.until(b"\r\n\r\n")
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        self.status, self.head = int(head.split()[1]), head.decode().lower()

    def until(self, what, within_s=20):
        end = time.monotonic() + within_s
        while what not in self.data and not self.ended and time.monotonic() < end:
            self.sock.settimeout(max(0.05, end - time.monotonic()))
            try: got = self.sock.recv(65536)
            except TimeoutError: break
            except OSError: got = b""
            self.ended = not got
            self.data += got
        return what in self.data

    def event(self, name, within_s=20):
        """The next one of that name; what stood before it is dropped."""
        if not self.until(f"event: {name}\n".encode(), within_s): return None
        self.data = self.data.partition(f"event: {name}\n".encode())[2]
        self.until(b"\n\n")
        block, _, self.data = self.data.partition(b"\n\n")
        return json.loads(block.decode().removeprefix("data: "))

    def end(self, within_s=10):
        self.until(b"\0never\0", within_s)
        self.sock.close()
        return self.ended


class Second:
    """The same over HTTP/2, by curl."""
    def __init__(self, h, path):
        self.p = subprocess.Popen(["curl", "-sSN", "--http2", "--cacert", os.path.join(h.folder, "cert.pem"), h.address.rstrip("/") + path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def event(self, name):
        for line in self.p.stdout:
            if line == f"event: {name}\n".encode(): return json.loads(self.p.stdout.readline().decode().removeprefix("data: "))
        return None

    def rest(self):
        text = self.p.stdout.read()
        self.p.wait(timeout=20)
        return text


def version(h, n, headline, paragraphs, status="usable", guid="tag:example.org,2026:run", **more):
    h.drop(f"{guid[-3:]}-{n}.json", ninjs(guid, headline, "".join(f"<p>{p}</p>" for p in paragraphs), version=str(n), status=status, versionCreated=at(n), **more))


def story_of(h):
    """Four versions: the third takes words back."""
    first, second = "The dam at Velmara is watched.", "Two gates are open since noon."
    version(h, 1, "Dam watched", [first])
    path = h.path_of("Dam watched")
    version(h, 2, "Dam watched, gates open", [first, second, "Seventeen lorries are on their way."])
    h.shows(path, "Seventeen lorries")
    version(h, 3, "Dam watched, gates open", [first, second, "The road below is shut."])
    h.shows(path, "road below")
    version(h, 4, "Dam watched, gates open", [first, second, "The road below is shut.", "A third gate opens."])
    h.shows(path, "third gate")
    return path


def timeline(text):
    m = re.search(r'<section class="updates".*?</section>', text, re.S)
    return m[0] if m else ""


def on_pages(h, path, id):
    text = h.get(path).text
    told = timeline(text)
    check("A third gate opens." in told and "The road below is shut." in told and "Two gates are open" in told and "is watched" in told, "the timeline tells what each version brought", told)
    check("Seventeen" not in told and "Seventeen" not in text, "C11: and nothing that stands there no more", told)
    check([int(n) for n in re.findall(r'<li id="update-(\d+)"', told)] == [3, 2, 1, 0], "newest first, each with its anchor", told)
    ld = [json.loads(s) for s in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)]
    post = next((x for x in ld if x["@type"] == "LiveBlogPosting"), {})
    check(len(post.get("liveBlogUpdate", [])) == 4 and post["coverageEndTime"] > post["coverageStartTime"] and all(u["@type"] == "BlogPosting" and u["datePublished"] and "#update-" in u["url"] for u in post["liveBlogUpdate"]),
          "JSON-LD: a LiveBlogPosting with its updates", ld)
    small = h.get(f"/live/{id}.json")
    said = json.loads(small.body)
    check(small.status == 200 and said["id"] == id and said["updates"] == 3 and said["running"] is True and "Dam" not in small.text, "the small file says ids and a version, no words", small.text)
    check(f'data-version="{said["version"]}"' in text and f'data-updates="3"' in text, "the page says the same", re.findall(r'<p class="live".*', text))
    check(h.get(f"/live/{id}.json", If_None_Match=small.headers["etag"]).status == 304, "asked again it is a 304")
    check(h.ask(f"/live/{id}.json", method="HEAD").status == 200 and "event-stream" in h.ask(f"/live/{id}", method="HEAD").headers["content-type"], "HEAD will do")
    front = json.loads(h.get("/live/front.json").body)
    check(id in front["stories"], "the front's ids", front)


def quiet(h):
    seen = [h.get(f"/live/{i}{e}") for e in ("", ".json") for i in ("abcdefghjkmn", "zzzzzzzzzzzz")]
    version(h, 1, "Withheld soon", ["Words."], guid="tag:example.org,2026:hld")
    path = h.path_of("Withheld soon")
    version(h, 2, "Withheld soon", ["Words."], guid="tag:example.org,2026:hld", status="withheld")
    check(until(lambda: h.get(path).status == 404), "a story is withheld")
    seen += [h.get(f"/live/{path[-12:]}{e}") for e in ("", ".json")]
    check({a.status for a in seen} == {404} and len({a.body for a in seen}) == 1, "E15: what is not public answers as what never was", [a.status for a in seen])
    check(path[-12:] in h.get("/left.json").text, "browsers that keep it are told to forget it, by its id alone, as feed readers are")


def listening(h, path, id):
    l = Listener(h, f"/live/{id}")
    began = l.event("update")
    check(l.status == 200 and "text/event-stream" in l.head and "content-length" not in l.head and "no-store" in l.head, "a page listens", l.head)
    check(began and began["updates"] == 3, "and is told first how the story stands", began)
    version(h, 5, "Dam watched, four gates open", ["The dam at Velmara is watched.", "Two gates are open since noon.", "The road below is shut.", "A third gate opens.", "And a fourth."])
    told = l.event("update")
    check(told and told["updates"] == 4 and told["version"] != began["version"] and set(told) == {"id", "version", "updates", "running"}, "an update reaches it, without words", told)
    check("And a fourth." in h.get(path).text, "the page has the words by then")
    many = [Listener(h, f"/live/{id}") for _ in range(4)]
    check([x.status for x in many] == [200, 200, 200, 503] and "retry-after: 60" in many[3].head, "one client has so many, the next is to ask instead", [x.status for x in many])
    check(until(lambda: "broadsheet_live_listeners 4" in h.get("/metrics").text), "they are counted")
    for x in many: x.sock.close()
    check(until(lambda: "broadsheet_live_listeners 1" in h.get("/metrics").text), "who leaves makes room")
    half = socket.create_connection((h.host, h.port))
    half.sendall(f"GET /live/{id} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    half.settimeout(20)
    half.recv(100)
    check(h.get(path).status == 200, "what a listener goes on asking is not read")
    half.close()
    return l


def reloaded(h, id, l):
    def put(more):
        h.write_config(site_file("Live Courier", more=more))
        return h.verb("reload").returncode
    check(put(MORE) == 0 and l.until(b"retry: ") and l.end(), "a reload ends what listens, and says when to come again", l.data)
    check(re.search(rb"retry: (\d+)", l.data) and 3000 <= int(re.search(rb"retry: (\d+)", l.data)[1]) < 11000, "not all at once")
    check(put(MORE + "  push: no\n") == 0 and h.get(f"/live/{id}").status == 404 and h.get(f"/live/{id}.json").status == 200, "switched off none may listen; asking goes on")
    path = h.path_of("Dam watched, four gates open")
    check("data-push" not in h.get(path).text and "data-running" in h.get(path).text, "and the page knows")
    check(put(MORE + "  running: no\n") == 0 and not timeline(h.get(path).text) and "LiveBlogPosting" not in h.get(path).text and h.get(f"/live/{id}.json").status == 404 and 'id="live' not in h.get("/").text,
          "no running stories at all")
    check(put(MORE) == 0 and timeline(h.get(path).text), "and again")


def killed(h, path, id, l):
    l.event("update")
    version(h, 6, "Dam", ["x"], status="canceled")
    began = time.monotonic()
    gone = l.event("gone")
    check(gone == {"id": id}, f"K1: a kill while a page listens: it hears “gone” and nothing else", (gone, l.data))
    check(h.get(path).status in (404, 410) and h.get(f"/live/{id}.json").status in (404, 410), "and finds no words any more")
    check(l.end(), "the line is closed")
    check(until(lambda: h.get(path).status == 410), "the notice stands")
    answers = [h.get(f"/live/{id}{e}") for e in ("", ".json")]
    check({a.status for a in answers} == {410} and id not in h.get("/live/front.json").text, "nobody can listen to it", [a.status for a in answers])
    check(id in json.loads(h.get("/left.json").body)["left"] and "dam" not in h.get("/left.json").text.lower(), "browsers that keep it are told to forget it, by its id alone")


h = House(site_file("Live Courier", more=MORE))
with h:
    path = story_of(h)
    id = path[-12:]
    on_pages(h, path, id)
    quiet(h)
    l = listening(h, path, id)
    reloaded(h, id, l)
    killed(h, path, id, Listener(h, f"/live/{id}"))
    version(h, 1, "Another runs", ["One."], guid="tag:example.org,2026:two")
    other = h.path_of("Another runs")[-12:]
    l = Listener(h, f"/live/{other}")
    began = time.monotonic()
    check(l.event("update")["running"] is False, "also who is not running yet can be listened to")
    check(h.stop() == 0 and time.monotonic() - began < 8 and b"retry: " in (l.end() and l.data or b""), "at the end those who listen are let go, told to come again", (time.monotonic() - began, l.data))

BOUND = """    territory: [GB]
live:
  updates: 1
server:
  trusted_proxies: 127.0.0.1
"""
h = House(site_file("Live Courier", more=BOUND).replace("site:\n", "site:\n  country_header: CF-IPCountry\n"))
with h:
    at_home, abroad = {"CF-IPCountry": "GB"}, {"CF-IPCountry": "US"}
    version(h, 1, "Bound to a country", ["One."])
    def find(): return re.search(r"/20[0-9/]+/bound-to-a-country-([0-9a-z]{12})", h.ask("/", headers=at_home).text)
    id = until(find)[1]
    seen = {(where, e): h.ask(f"/live/{id}{e}", headers=head) for where, head in (("home", at_home), ("abroad", abroad), ("nowhere", {})) for e in ("", ".json")}
    check([a.status for a in seen.values()] == [503, 200, 451, 451, 451, 451], "a story that is bound to a country is asked for, by each reader's own", {k: a.status for k, a in seen.items()})
    check("retry-after" in seen["home", ""].headers and seen["home", ".json"].headers["vary"].endswith("CF-IPCountry") and id not in h.ask("/live/front.json", headers=abroad).text, "and kept from the others")

if not all(shutil.which(t) for t in ("openssl", "curl")):
    skip("listening over HTTP/2", "no openssl or curl here")
    done()
h = House(site_file("Live Courier", more=MORE + TLS))
inside = lambda name: os.path.join(h.folder, name)
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", inside("key.pem"), "-out", inside("cert.pem")], check=True, capture_output=True, timeout=60)
os.chmod(inside("key.pem"), 0o600)
h.tls = ssl.create_default_context(cafile=inside("cert.pem"))
with h:
    path = story_of(h)
    id = path[-12:]
    two, one = Second(h, f"/live/{id}"), Listener(h, f"/live/{id}")
    check(two.event("update")["updates"] == 3 and one.event("update")["updates"] == 3, "TLS: one listens over HTTP/2, one over HTTP/1.1")
    version(h, 5, "Dam watched, four gates open", ["And a fourth."])
    check(two.event("update")["updates"] == 4 and one.event("update")["updates"] == 4, "both hear of the update")
    check(h.verb("reload").returncode == 0 and b"retry: " in two.rest() and one.until(b"retry: "), "a reload ends both")
    two, one = Second(h, f"/live/{id}"), Listener(h, f"/live/{id}")
    two.event("update"), one.event("update")
    version(h, 6, "Dam", ["x"], status="canceled")
    check(two.event("gone") == {"id": id} == one.event("gone"), "K1: both hear of the kill")
    check(not two.rest().strip() and two.p.returncode == 0 and one.end(), "and both lines end well", two.p.returncode)
    version(h, 1, "Another runs", ["One."], guid="tag:example.org,2026:two")
    two = Second(h, f"/live/{h.path_of('Another runs')[-12:]}")
    two.event("update")
    began = time.monotonic()
    check(h.stop() == 0 and time.monotonic() - began < 8 and b"retry: " in two.rest(), "the server's end is said over HTTP/2, too", time.monotonic() - began)
done()
