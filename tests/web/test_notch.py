"""Phones held sideways: pages go to the edges of the screen, and what they say does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_accessibility import PAGES

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, ViewportSize

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

SCREEN: ViewportSize = {"width": 852, "height": 393}
COVERED = {"left": 59, "right": 59, "bottom": 21}
"""Pixels of that screen that its camera and its round corners take."""
EDGES = """() => {
  const hidden = (each) => each.closest("[aria-hidden=true], .hidden, .skip, .scroll, .disc");
  const boxes = [...document.querySelectorAll("h1, h2, h3, p, li, button, input, select, a")]
    .filter((each) => each.checkVisibility() && !hidden(each))
    .map((each) => each.getBoundingClientRect());
  return [Math.min(...boxes.map(({ left }) => left)), Math.max(...boxes.map(({ right }) => right))];
}"""


@pytest.mark.parametrize("kind", PAGES)
def test_nothing_lies_under_a_phones_camera(
    pressed: Path, serve: Serve, chromium: Browser, kind: str
) -> None:
    context = chromium.new_context(viewport=SCREEN)
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    protocol.send("Emulation.setSafeAreaInsetsOverride", {"insets": COVERED})
    page.goto(f"{serve(pressed)}{PAGES[kind]}")
    left, right = page.evaluate(EDGES)
    context.close()
    assert left >= COVERED["left"]
    assert right <= SCREEN["width"] - COVERED["right"]
