"""What the browser takes out of an archive is what Python has put into it."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

UNZIP = """async ([address, bytes]) => {
  const { unzip } = await import(address);
  const files = await unzip(new Uint8Array(bytes).buffer);
  return Object.fromEntries(files.map(([name, content]) => [name, [...content]]));
}"""


def test_the_browser_unpacks_an_archive(chromium: Browser, serve: Serve) -> None:
    files = {"a.txt": b"stored", "b/ä.txt": b"deflated " * 1000, "empty": b""}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        target.mkdir("b")
        for at, (name, content) in enumerate(files.items()):
            target.writestr(name, content, zipfile.ZIP_DEFLATED if at else zipfile.ZIP_STORED)
        target.comment = b"the end"
    base = serve(ROOT / "pyodide_app/web")
    page = chromium.new_page()
    page.goto(f"{base}words.js")
    found = page.evaluate(UNZIP, [f"{base}zip.js", list(archive.getvalue())])
    page.close()
    assert {name: bytes(content) for name, content in found.items()} == files
