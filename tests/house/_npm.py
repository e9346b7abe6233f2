"""The packages that tests and measurements have from npm (tests/browser/package-lock.json, tests/bench/lighthouse/package-lock.json), installed once. Their install scripts are not run: they would fetch browsers and runtimes of their own."""
import hashlib
from _house import *

HERE = os.path.join(ROOT, "tests", "browser")


def packages(folder=HERE):
    """Why they cannot be had; empty: they are there."""
    lock, stamp = os.path.join(folder, "package-lock.json"), os.path.join(folder, "node_modules", ".installed")
    want = hashlib.sha256(open(lock, "rb").read()).hexdigest()
    with contextlib.suppress(OSError):
        if open(stamp).read() == want: return ""
    if not shutil.which("npm"): return "npm is not installed"
    try:
        r = subprocess.run(["npm", "ci", "--prefix", folder, "--ignore-scripts", "--prefer-offline", "--fetch-retries=1", "--no-audit", "--no-fund", "--loglevel=error"], capture_output=True, text=True, timeout=180,
                           env={**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"})
    except subprocess.TimeoutExpired:
        return "npm ci did not end within three minutes: is the registry within reach?"
    if r.returncode:
        said = " ".join(re.sub(r"npm (error|ERR!)", "", r.stderr or r.stdout).split())[:200]
        if re.search(r"ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|ENOTCACHED|network", said): return "npm reaches no registry: " + said
        check(False, "npm installs what the lock file names", said)
        done()
    with open(stamp, "w") as f: f.write(want)
    return ""
