"""Lighthouse scores of the main kinds of pages, served as on GitHub Pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from build import build
from stempress.commands.cli import run
from tests.support.hosts import serving

ROOT = Path(__file__).parents[1]
PAGES = ("", "gallery/", "songs/undertow/", "tokens/9001/")
GOAL = 95
LIGHTHOUSE = ROOT / "node_modules/.bin/lighthouse"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"


def scores(url: str) -> dict[str, int]:
    """Return category -> score, 0 to 100."""
    flags = "--chrome-flags=--headless=new --no-sandbox --disable-gpu"
    process = subprocess.run(
        [LIGHTHOUSE, url, "--output=json", "--quiet", flags],
        cwd=ROOT,
        env={**os.environ, "CHROME_PATH": CHROMIUM},
        check=True,
        capture_output=True,
        text=True,
    )
    categories = json.loads(process.stdout)["categories"]
    return {name: round(100 * category["score"]) for name, category in categories.items()}


def main() -> int:
    """Print the scores of every page; return 1 if one misses the goal."""
    missed = False
    if not LIGHTHOUSE.exists():
        print("no Lighthouse: `make test` installs it")
        return 1
    with TemporaryDirectory() as scratch:
        out = Path(scratch, "dist")
        if run(["--out", str(out)], build, ROOT):
            return 1
        with serving(out, prefix="/ferry/") as base:
            for page in PAGES:
                page_scores = scores(f"{base}{page}")
                missed |= min(page_scores.values()) < GOAL
                listed = ", ".join(f"{name} {score}" for name, score in page_scores.items())
                print(f"/{page}: {listed}")
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
