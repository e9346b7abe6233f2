#!/usr/bin/env python3
"""docs/theming.md names every value that templates get, and no template uses one that nothing makes."""
from _house import *

r = subprocess.run([sys.executable, os.path.join(ROOT, "docs", "make_theming.py"), "--check"], capture_output=True, text=True)
check(r.returncode == 0, "docs/theming.md tells of every name and template", r.stdout + r.stderr)
done()
