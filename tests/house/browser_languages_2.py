#!/usr/bin/env python3
"""The other half of the site's languages in a browser: see browser_languages.py."""
from browser_languages import HALF, STORIES, main

main(list(STORIES)[HALF:])
