"""Gallery with 10,000 tokens: size of the index, and response times of search and filters."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench._common import chromium
from bench.build.collection import write_collection
from build import build
from stempress.commands.cli import run
from tests.support.hosts import serving

if TYPE_CHECKING:
    from playwright.sync_api import Page

TOKENS, HOLDERS = 10_000, 3_000
QUERIES = ("fog rough", "unrevealed", "100-200", "drums bell", "0x12ab")
CHOICES = ("stem", "song", "revealed", "forged")
# Time from an input event to the end of the next frame: a message arrives after the frame's work.
WATCH = """() => {
  window.took = [];
  const watch = () => {
    const begun = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.took.push(performance.now() - begun);
      port2.postMessage("");
    });
  };
  addEventListener("keydown", watch, true);
  addEventListener("pointerdown", watch, true);
}"""


def type_queries(page: Page) -> None:
    """Type queries letter by letter, and delete them again."""
    for text in QUERIES:
        for letter in text:
            page.keyboard.press(letter)
            page.wait_for_timeout(150)
        for _ in text:
            page.keyboard.press("Backspace")
            page.wait_for_timeout(150)


def click_choices(page: Page) -> None:
    """Choose values, and clear them again."""
    for value in [*CHOICES, *CHOICES]:
        page.locator(f"[data-facet] input[value={value}]").click()
        page.wait_for_timeout(300)


def measure(page: Page, address: str, throttling: int) -> str:
    """Return the response times of keys and choices in one view."""
    page.goto(address)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttling})
    page.locator("[data-facet=tier] li").first.wait_for()
    page.evaluate(WATCH)
    page.get_by_role("searchbox", name="Search").focus()
    results = []
    for name, act in (("key", type_queries), ("choice", click_choices)):
        page.evaluate("window.took.length = 0")
        act(page)
        milliseconds = sorted(page.evaluate("window.took"))
        middle, highest = median(milliseconds), milliseconds[-1]
        results.append(
            f"{name}: median {middle:.0f} ms, at most {highest:.0f} ms of {len(milliseconds)}"
        )
    return "; ".join(results)


def main() -> None:
    """Print the size of the index, and a line for each view and processor speed."""
    with TemporaryDirectory() as scratch:
        site = Path(scratch, "site")
        write_collection(site, TOKENS, holders=HOLDERS)
        if run(["--site", os.fspath(site), "--without-runtime"], build, site):
            raise SystemExit(1)
        index = (site / "dist/data/gallery.json").read_bytes()
        compressed = len(gzip.compress(index))
        print(
            f"{TOKENS:,} tokens, {HOLDERS:,} holders: {len(index):,} bytes, {compressed:,} gzipped"
        )
        with serving(site / "dist") as base, chromium() as browser:
            for throttling in (1, 4):
                for view in ("sheet", "cards", "list"):
                    page = browser.new_page(viewport={"width": 1280, "height": 900})
                    result = measure(page, f"{base}gallery/?view={view}", throttling)
                    print(f"{view}, processor {throttling} times slower: {result}")
                    page.close()


if __name__ == "__main__":
    main()
