"""Screenshots for README.md: ``make pictures`` writes them into ``docs/pictures/``.

They show pages of the bundled collection in windows of a fixed size, light and dark, before any
interaction, so that the same site gives the same pictures.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Literal

from PIL import Image
from playwright.sync_api import sync_playwright

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT
from tests.support.auditioning import serve_audition
from tests.support.chromium import CHROMIUM_FLAGS, chromium_program
from tests.support.hosts import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    type Scheme = Literal["light", "dark"]

SONG = "songs/undertow/"
AUDITIONED = "harbour-lights"
PHONES = ("", "gallery/", "tokens/9003/", "mixer/")
HIDDEN, TAKE = "hidden/slack-water/", "takes/second-watch/"
WIDE, LONG, HALF, TABLET, PHONE = (1280, 1420), (1280, 1240), (1280, 980), (760, 1320), (390, 760)
NOW = 1_800_000_020_000
GAP, BETWEEN = 24, "#8a8580"
QUALITY = 82


def take(browser: Browser, address: str, size: tuple[int, int], scheme: Scheme) -> Image.Image:
    """Return a screenshot of a page."""
    width, height = size
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        service_workers="block",
    )
    page.clock.set_fixed_time(NOW)  # what the radio plays depends on it
    page.goto(address, wait_until="networkidle")
    shot = page.screenshot(animations="disabled", caret="hide")
    page.close()
    return Image.open(BytesIO(shot)).convert("RGB")


def take_audition(browser: Browser, address: str) -> Image.Image:
    """Return a screenshot of why a mix may not fit, and of its mixer in the audition."""
    page = browser.new_page(
        viewport={"width": TABLET[0], "height": 3 * TABLET[1]},  # what is out of view is not drawn
        color_scheme="light",
        reduced_motion="reduce",
        service_workers="block",
    )
    page.goto(f"{address}audition/", wait_until="networkidle")
    with page.expect_response(lambda response: f"song={AUDITIONED}" in response.url):
        page.locator("[data-songs]").select_option(AUDITIONED)
    page.locator(f"stem-mixer[data-song*='{AUDITIONED}']").wait_for()
    page.locator("[data-clashes] > li").first.wait_for()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    top = page.locator("[data-why]").evaluate("part => part.getBoundingClientRect().top")
    end = page.locator(".console").evaluate("part => part.getBoundingClientRect().bottom")
    shot = page.screenshot(
        full_page=True,
        clip={"x": 0, "y": top, "width": TABLET[0], "height": end - top},
        animations="disabled",
        caret="hide",
    )
    page.close()
    return Image.open(BytesIO(shot)).convert("RGB")


def side_by_side(shots: list[Image.Image]) -> Image.Image:
    """Return pictures of the same size side by side."""
    width, height = shots[0].size
    sheet = Image.new("RGB", (len(shots) * (width + GAP) - GAP, height), BETWEEN)
    for column, shot in enumerate(shots):
        sheet.paste(shot, (column * (width + GAP), 0))
    return sheet


def main(folder: Path) -> None:
    """Build the bundled collection and take all screenshots."""
    dist = Path(mkdtemp()) / "dist"
    if run(["--out", str(dist)], build, ROOT):
        sys.exit(1)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as running:
        base = running.enter_context(serving(dist))
        audition = running.enter_context(serve_audition(ROOT, dist))
        playwright = running.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium_program(), args=CHROMIUM_FLAGS
        )
        schemes: tuple[Scheme, ...] = ("light", "dark")
        for scheme in schemes:
            phones = [take(browser, f"{base}{address}", PHONE, scheme) for address in PHONES]
            pictures = {
                "song": take(browser, f"{base}{SONG}", WIDE, scheme),
                "pages": side_by_side(phones),
                "radio": take(browser, f"{base}radio/", HALF, scheme),
            }
            for name, picture in pictures.items():
                picture.save(folder / f"{name}-{scheme}.webp", quality=QUALITY, method=6)
        hidden = take(browser, f"{base}{HIDDEN}", TABLET, "light")
        hidden.save(folder / "hidden.webp", quality=QUALITY, method=6)
        shot = take_audition(browser, audition)
        shot.save(folder / "audition.webp", quality=QUALITY, method=6)
        played = take(browser, f"{base}{TAKE}", LONG, "light")
        played.save(folder / "take.webp", quality=QUALITY, method=6)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
