#!/usr/bin/env python3
"""The second theme, a folder (themes-second/evening), in a browser and three scripts: what browser_languages.py looks at."""
from browser_languages import main

main([], ["en", "ur", "bn"])
