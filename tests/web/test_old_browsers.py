"""Pages without what Safari 16.4 lacks: nothing goes wrong, and the mixer plays by Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.support.edge_sites import samples

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = [pytest.mark.browser, pytest.mark.site]

TAKE_AWAY = """
  delete AbortSignal.any; delete URL.canParse; delete URL.parse;
  delete Promise.withResolvers; delete Promise.try;
  delete Object.groupBy; delete Map.groupBy; delete Array.fromAsync;
  for (const name of ["union", "intersection", "difference"]) delete Set.prototype[name];
  for (const name of ["map", "filter", "some", "every", "toArray", "find", "reduce"]) {
    delete Iterator.prototype[name];
  }
  delete Document.prototype.startViewTransition; delete Element.prototype.checkVisibility;
  delete HTMLElement.prototype.showPopover; delete Element.prototype.moveBefore;
  delete window.requestIdleCallback; delete window.cancelIdleCallback;
  delete window.navigation; delete window.showSaveFilePicker; delete window.scheduler;
"""


def test_pages_want_nothing_that_safari_16_4_lacks(
    chromium: Browser, pressed: Path, serve: Serve
) -> None:
    context = chromium.new_context()
    context.add_init_script(TAKE_AWAY)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for output in samples(ROOT).values():
        page.goto(f"{serve(pressed, '/a/b/')}{output}", wait_until="networkidle")
        assert wrong == [], output
    page.goto(f"{serve(pressed, '/a/b/')}songs/undertow/")
    mixer = page.locator("stem-mixer")
    mixer.get_by_role("button", name="Play", exact=True).click()
    expect(mixer.locator(".status")).to_have_text("Playing, mixed by Python", timeout=60_000)
    assert wrong == []
    context.close()
