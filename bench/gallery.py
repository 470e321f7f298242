"""The gallery with 10,000 tokens: the size of its index, and how long keys and choices take."""

from __future__ import annotations

import gzip
import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING

from bench._common import chromium
from bench.build.collection import write_collection
from build import build
from stempress.commands.cli import run
from stempress.commands.static_server import StaticHandler, StaticServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

TOKENS, HOLDERS = 10_000, 3_000
WORDS = ("fog rough", "unrevealed", "100-200", "drums bell", "0x12ab")
CHOICES = ("stem", "song", "revealed", "forged")
# From a key to the frame that shows what it did: a message comes after the frame's work.
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


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a pressed site."""
    server = StaticServer(("127.0.0.1", 0), partial(StaticHandler, directory=str(folder)))
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def keys(page: Page) -> None:
    """Type words, letter by letter, and take them back."""
    for words in WORDS:
        for letter in words:
            page.keyboard.press(letter)
            page.wait_for_timeout(150)
        for _ in words:
            page.keyboard.press("Backspace")
            page.wait_for_timeout(150)


def choices(page: Page) -> None:
    """Choose values and take them back."""
    for value in [*CHOICES, *CHOICES]:
        page.locator(f"[data-facet] input[value={value}]").click()
        page.wait_for_timeout(300)


def measure(page: Page, address: str, throttling: int) -> str:
    """Return what keys and choices took in one view, in milliseconds."""
    page.goto(address)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttling})
    page.locator("[data-facet=tier] li").first.wait_for()
    page.evaluate(WATCH)
    page.get_by_role("searchbox", name="Search").focus()
    told = []
    for name, act in (("key", keys), ("choice", choices)):
        page.evaluate("window.took.length = 0")
        act(page)
        took = sorted(page.evaluate("window.took"))
        told.append(f"{name} {median(took):.0f} ms, at most {took[-1]:.0f} ms of {len(took)}")
    return "; ".join(told)


def main() -> None:
    """Print the index's size, and a line for each view and speed of the processor."""
    with TemporaryDirectory() as scratch:
        site = Path(scratch, "site")
        write_collection(site, TOKENS, holders=HOLDERS)
        if run(["--site", os.fspath(site), "--without-runtime"], build, site):
            raise SystemExit(1)
        index = (site / "dist/data/gallery.json").read_bytes()
        packed = len(gzip.compress(index))
        print(f"{TOKENS:,} tokens of {HOLDERS:,} holders: {len(index):,} bytes, {packed:,} gzipped")
        with served(site / "dist") as base, chromium() as browser:
            for throttling in (1, 4):
                for view in ("sheet", "cards", "list"):
                    page = browser.new_page(viewport={"width": 1280, "height": 900})
                    told = measure(page, f"{base}gallery/?view={view}", throttling)
                    print(f"{view}, processor {throttling} times slower: {told}")
                    page.close()


if __name__ == "__main__":
    main()
