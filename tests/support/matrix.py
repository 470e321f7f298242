"""Contact sheets: ``make matrix`` writes screenshots of all templates to ``build/matrix/``.

Every collection of ``edge_sites.py``, the bundled one and one of 10,000 tokens, in windows of five
widths, light and dark: a sheet for each, with the pages side by side.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from bench.build.collection import write_collection
from build import build
from stempress.audio import stem_lint as lints
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.chromium import CHROMIUM_FLAGS, chromium_program
from tests.support.edge_sites import WRITERS, samples
from tests.support.hosts import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Literal

    from playwright.sync_api import Page

WIDTHS = (320, 390, 768, 1280, 1920)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
TALLEST = 3000
"""Maximum height of a page's screenshot in pixels."""
SHEET, GAP = 2496, 12
"""Width of a sheet, and gap between its pictures, in pixels."""
MANY = 10_000
ALL_PICTURES = """() => Promise.allSettled([...document.images].map((it) => {
  it.loading = "eager";
  return it.decode();
}))"""
"""Loads pictures that would otherwise be loaded only when they scroll into view."""


def write_many(folder: Path) -> None:
    """Write a site of many tokens."""
    write_collection(folder, MANY)


def write_sites(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Write every collection; yield its name, its folder and its ``dist``."""
    writers: dict[str, Callable[[Path], None]] = {**WRITERS, "many tokens": write_many}
    for name, write in writers.items():
        site = folder / "sites" / name.replace(" ", "-")
        if not site.is_dir():
            write(site)
        yield name, site, site / "dist"
    yield "bundled", ROOT, folder / "sites/bundled"


def pictures(page: Page, base: str, outputs: dict[str, str], width: int) -> list[Image.Image]:
    """Return a screenshot of the upper part of every page."""
    screenshots = []
    for output in outputs.values():
        page.goto(f"{base}{output}")
        page.evaluate(ALL_PICTURES)
        page.wait_for_timeout(150)  # pages that join their controls move once
        height = page.evaluate("document.documentElement.scrollHeight")
        shot = page.screenshot(
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)},
        )
        screenshots.append(Image.open(BytesIO(shot)).convert("RGB"))
    return screenshots


def sheet(shots: list[Image.Image]) -> Image.Image:
    """Arrange screenshots side by side, eight phones or four desktops in a row."""
    columns = 8 if shots[0].width < 600 else 4
    wide = SHEET // columns - GAP
    thumbnails = [shot.resize((wide, round(shot.height * wide / shot.width))) for shot in shots]
    rows = [thumbnails[start : start + columns] for start in range(0, len(thumbnails), columns)]
    heights = [max(thumbnail.height for thumbnail in row) + GAP for row in rows]
    canvas = Image.new("RGB", (SHEET, sum(heights)), "#808080")
    for index, row in enumerate(rows):
        for column, thumbnail in enumerate(row):
            canvas.paste(thumbnail, (column * (wide + GAP), sum(heights[:index])))
    return canvas


def look(folder: Path, name: str, site: Path, dist: Path) -> None:
    """Write the sheets of one site."""
    outputs = samples(site)
    with serving(dist) as base, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=CHROMIUM_FLAGS
        )
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = browser.new_page(
                    viewport={"width": width, "height": round(width * 0.7)},
                    color_scheme=scheme,
                    reduced_motion="reduce",
                    service_workers="block",
                )
                shots = pictures(page, base, outputs, width)
                page.close()
                sheet(shots).save(folder / f"{name.replace(' ', '-')}-{width}-{scheme}.png")
        browser.close()


def main(folder: Path) -> None:
    """Build all sites, then take their screenshots."""
    lints.MIN_RATE = 8000  # the small ones are small in this, too
    folder.mkdir(parents=True, exist_ok=True)
    sites = list(write_sites(folder))
    for _, site, dist in sites:
        if run(["--site", str(site), "--out", str(dist)], build, ROOT):
            sys.exit(1)
    with ProcessPoolExecutor(2) as workers:
        for name, site, dist in sites:
            workers.submit(look, folder, name, site, dist)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
