"""Stems exported in Firefox and WebKit are the files that the command line writes.

For Chromium see test_left_out.py.
"""

from __future__ import annotations

import os
from base64 import b64decode
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from selenium.webdriver.support.ui import WebDriverWait

from build import build
from stempress.commands.cli import run
from tests.conftest import ROOT, made_once
from tests.support.firefox import visit_in_firefox
from tests.support.music import write_music
from tests.support.webkit import launch_webkit

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Serve

pytestmark = pytest.mark.browser

LINK = "#v=1&song=one&mix=2-1-3&gain=-6.5,0,2&pan=0.3,0,-1&mute=2&solo=3&master=-3"
NAME = "B - One (2-1-3).zip"
PATIENCE_SECONDS = 120
EXPORT = """
  window.saved = null;
  const create = URL.createObjectURL;
  URL.createObjectURL = (file) => {
    if (file.type === "application/zip") window.saved = file;
    return create(file);
  };
  document.querySelector(".tools").open = true;
  document.querySelector(".export-stems").click();
"""
READ = """
  const done = arguments[0];
  const reader = new FileReader();
  reader.onload = () => done([window.saved.name, reader.result.split(",")[1]]);
  reader.readAsDataURL(window.saved);
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(site: Path) -> None:
        write_music(site, 'stream = "flac"')
        assert run(["--site", str(site)], build, ROOT) == 0

    return made_once(tmp_path_factory, "sites", "music-in-flac", make)


def assert_written_by_the_command_line(archive: bytes, site: Path, folder: Path) -> None:
    options = ["--site", str(site), "--stems", str(folder)]
    assert run(["mix", "one", LINK, *options], build, ROOT) == 0
    with ZipFile(BytesIO(archive)) as files:
        assert files.testzip() is None
        assert sorted(files.namelist()) == sorted(path.name for path in folder.iterdir())
        assert all(files.read(path.name) == path.read_bytes() for path in folder.iterdir())


def test_firefox_exports_stems(serve: Serve, site: Path, tmp_path: Path) -> None:
    address = f"{serve(site / 'dist')}songs/one/{LINK}"
    told = visit_in_firefox("stems", address, str(tmp_path))
    assert told["wrong"] == []
    assert told["name"] == NAME
    assert told["kept"] == 3  # written to the disk, one for each stem
    archive = (tmp_path / NAME).read_bytes()
    assert_written_by_the_command_line(archive, site, tmp_path / "stems")


def test_webkit_exports_stems(serve: Serve, site: Path, tmp_path: Path) -> None:
    with launch_webkit(dict(os.environ)) as webkit:
        webkit.get(f"{serve(site / 'dist')}songs/one/{LINK}")
        wait = WebDriverWait(webkit, PATIENCE_SECONDS)
        enabled = "return !document.querySelector('.export-stems').disabled"
        wait.until(lambda _: webkit.execute_script(enabled))
        number = "return document.querySelector('.mix-number').textContent"
        wait.until(lambda _: webkit.execute_script(number) == "2-1-3")
        webkit.execute_script(EXPORT)
        wait.until(lambda _: webkit.execute_script("return window.saved !== null"))
        name, content = webkit.execute_async_script(READ)
    assert name == NAME
    assert_written_by_the_command_line(b64decode(content), site, tmp_path / "stems")
