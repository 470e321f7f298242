"""The engine computes the same bits in CPython and in the browser."""

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
    in_browser = run_python(page, SCRIPT.name)
    page.close()
    in_cpython = json.loads(runpy.run_path(str(SCRIPT))["ANSWER"])
    assert list(in_cpython) == list(in_browser)
    assert len(in_cpython) > 20
    assert {name for name in in_cpython if in_cpython[name] != in_browser[name]} == set()
