"""Lighthouse, as it judges a phone (its own settings: a 1.6 Mbit/s line of 150 ms and a processor four times as slow, both calculated), over the front and a story of the demonstration, by h2 and TLS."""
import contextlib, json, os, statistics, subprocess, tempfile

from _bench import ROOT, load, until
from _npm import packages
from _pages import Paper

HERE = os.path.join(ROOT, "tests", "bench", "lighthouse")
CHROMIUM = os.environ.get("BROADSHEET_CHROMIUM", "/usr/bin/chromium")
GOALS = {"performance": 99, "accessibility": 100, "best-practices": 100, "seo": 100}
FIGURES = (("first-contentful-paint", "first text"), ("largest-contentful-paint", "largest"), ("total-blocking-time", "blocked"), ("cumulative-layout-shift", "shift"), ("speed-index", "speed index"), ("total-byte-weight", "bytes"))


@contextlib.contextmanager
def chromium(room, flags):
    """A browser of its own with an empty profile: the port of its tools. Lighthouse's own starter gives it half a second, which a busy machine has not."""
    b = subprocess.Popen([CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                          f"--user-data-dir={room}/profile", "--remote-debugging-port=0", *flags, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    told = os.path.join(room, "profile", "DevToolsActivePort")
    try: yield until(lambda: os.path.exists(told) and open(told).readline().strip(), within_s=60) or "0"
    finally:
        b.terminate()
        b.wait()


def run(url, flags):
    with tempfile.TemporaryDirectory(prefix="broadsheet-bench-", ignore_cleanup_errors=True) as room, chromium(room, flags) as port:
        out = os.path.join(room, "said.json")
        r = subprocess.run(["node", os.path.join(HERE, "node_modules", "lighthouse", "cli", "index.js"), url, "--quiet", "--output=json", f"--output-path={out}", f"--port={port}"], capture_output=True, text=True, timeout=300)
        if not os.path.exists(out): raise SystemExit(f"lighthouse gave nothing: {r.stderr[-1500:]}")
        with open(out) as f: return json.load(f)


def whole_run(url, flags):
    """A run in which everything was measured: on a busy machine Lighthouse now and then misses a paint, and gives no score."""
    for _ in range(4):
        said = run(url, flags)
        missed = [f"{i}: {a.get('errorMessage', '')[:100]}" for i, a in said["audits"].items() if a["scoreDisplayMode"] == "error"]
        if all(said["categories"][c]["score"] is not None for c in GOALS): return said
        print(f"  a run that does not count: {missed[:2]}", flush=True)
    raise SystemExit("lighthouse could not measure")


def lost(said, category):
    """What cost points, by name."""
    for ref in said["categories"][category]["auditRefs"]:
        a = said["audits"][ref["id"]]
        if ref["weight"] and a["score"] is not None and a["score"] < 1: yield f"{ref['id']} {a['score']:.2f} {a.get('displayValue', '')}"


def lighthouse(runs=5):
    why = packages(HERE) or ("" if os.path.exists(CHROMIUM) else f"there is no {CHROMIUM}")
    if why: return print(f"lighthouse: {why}")
    with Paper() as paper:
        for kind, path in paper.pages.items():
            said = [whole_run(paper.url + path, paper.flags) for _ in range(runs)]
            print(f"lighthouse {said[0]['lighthouseVersion']}, {kind}, {runs} runs ({load()})")
            for category, goal in GOALS.items():
                scores = sorted(round(100 * s["categories"][category]["score"]) for s in said)
                middle = statistics.median(scores)
                print(f"  {category:15} median {middle:.0f}  ({scores[0]} to {scores[-1]})  goal {goal}: {'kept' if middle >= goal else 'MISSED'}")
                for what in sorted({w for s in said for w in lost(s, category)}) if middle < 100 else []: print(f"    {what}")
            for name, words in FIGURES:
                values = sorted(s["audits"][name]["numericValue"] for s in said)
                print(f"  {words:12} median {statistics.median(values):10.3f}  ({values[0]:.3f} to {values[-1]:.3f}) {said[0]['audits'][name]['numericUnit']}", flush=True)


if __name__ == "__main__": lighthouse()
