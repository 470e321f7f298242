"""One engine, two places: the same bits in this Python and in a real browser's."""

from __future__ import annotations

import json
import runpy
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT
from tests.support.runtime_site import run_python, write_runtime_site

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.conftest import Serve

SCRIPT = ROOT / "tests/support/parity.py"


@pytest.mark.browser
def test_the_browser_computes_the_same_bits(
    chromium: Browser, serve: Serve, tmp_path: Path
) -> None:
    write_runtime_site(tmp_path, SCRIPT)
    page = chromium.new_page()
    page.set_default_timeout(180_000)
    page.goto(serve(tmp_path))
    there = run_python(page, SCRIPT.name)
    page.close()
    here = json.loads(runpy.run_path(str(SCRIPT))["ANSWER"])
    assert list(here) == list(there)
    assert len(here) > 20
    assert {name for name in here if here[name] != there[name]} == set()
