"""Python's start in every browser engine: from its snapshot, or else from packages."""

from __future__ import annotations

import json
import os
import re
import runpy
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from stempress.commands.static_server import StaticHandler
from tests.conftest import ROOT, made_once
from tests.support.firefox import visit_in_firefox
from tests.support.hosts import serving
from tests.support.runtime_site import PAGE, run_python, write_runtime_site
from tests.support.webkit import launch_webkit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

PARITY = ROOT / "tests/support/parity.py"
IMPORTS = PAGE / "imports.py"
ENGINES = ("chromium", "firefox", "webkit")
TIMEOUT_SECONDS = 180
PACKAGE = "/app/runtime/python_stdlib.zip"

type Run = Callable[[str, str], Any]
"""Open an address, run a script there; return its answer."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        write_runtime_site(folder, PARITY, IMPORTS)

    return made_once(tmp_path_factory, "sites", "runtime", make)


@pytest.fixture
def copy(site: Path, tmp_path: Path) -> Path:
    """Return a copy of the site."""
    return shutil.copytree(site, tmp_path / "copy", copy_function=os.link)


def snapshot_of(site: Path) -> Path:
    (snapshot,) = (site / "app/runtime").glob("snapshot-*.bin")
    return snapshot


@pytest.fixture
def run(request: pytest.FixtureRequest) -> Run:
    """Return what runs a script in the engine that the test is for."""
    engine: str = request.param
    if engine == "chromium":
        return in_chromium(request.getfixturevalue("chromium"))
    return {"firefox": in_firefox, "webkit": in_webkit}[engine]


def in_chromium(browser: Browser) -> Run:
    def run(address: str, script: str) -> Any:  # noqa: ANN401 - it is JSON
        with browser.new_context() as context:
            page = context.new_page()
            page.set_default_timeout(1000 * TIMEOUT_SECONDS)
            page.goto(address)
            return run_python(page, script)

    return run


def in_firefox(address: str, script: str) -> Any:  # noqa: ANN401
    reply = visit_in_firefox("python", address, script, seconds=TIMEOUT_SECONDS)
    assert not [error for error in reply["wrong"] if "integrity" not in error]  # of the snapshot
    return reply["answer"]["value"]


def in_webkit(address: str, script: str) -> Any:  # noqa: ANN401
    with launch_webkit(dict(os.environ)) as browser:
        browser.set_script_timeout(TIMEOUT_SECONDS)
        browser.get(address)
        answer = browser.execute_async_script(
            "const done = arguments[1];"
            "window.python(arguments[0]).then(done, (error) => done({ error: String(error) }))",
            script,
        )
    assert "error" not in answer, answer
    return answer["value"]


def visited(folder: Path, run: Run, script: str) -> tuple[Any, list[str]]:
    """Return a script's answer, and what the browser asked for."""
    asked: list[str] = []

    class Recorder(StaticHandler):
        def answer(self) -> None:
            asked.append(self.path)
            super().answer()

    with serving(folder, Recorder) as base:
        return run(base, script), asked


@pytest.mark.parametrize("run", ENGINES, indirect=True)
def test_one_snapshot_computes_the_same_bits_in_every_engine(site: Path, run: Run) -> None:
    computed, asked = visited(site, run, PARITY.name)
    assert computed == json.loads(runpy.run_path(str(PARITY))["ANSWER"])
    assert PACKAGE not in asked
    assert not [path for path in asked if path.endswith((".whl", "lock.json"))]


@pytest.mark.parametrize("run", ENGINES, indirect=True)
def test_where_the_snapshot_is_missing_python_starts_from_packages(copy: Path, run: Run) -> None:
    snapshot_of(copy).unlink()
    answer, asked = visited(copy, run, IMPORTS.name)
    assert {"mix", "model"} <= set(answer["engine"])
    assert PACKAGE in asked
    assert len([path for path in asked if path.endswith(".wasm.bin")]) == 1


@pytest.mark.parametrize("run", ["chromium"], indirect=True)
def test_where_the_snapshot_is_damaged_python_starts_from_packages(copy: Path, run: Run) -> None:
    snapshot = snapshot_of(copy)
    content = snapshot.read_bytes()
    snapshot.unlink()
    snapshot.write_bytes(content[:-1] + b"!")
    answer, asked = visited(copy, run, IMPORTS.name)
    assert {"mix", "model"} <= set(answer["engine"])
    assert PACKAGE in asked


@pytest.mark.parametrize("run", ["chromium"], indirect=True)
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r'"checksum":-?\d+', '"checksum":1'),
        (r'"table":\d+,"memory"', '"table":30000,"memory"'),
        (r'"linked":\d+', '"linked":1'),
        (r'"memory":\d+', '"memory":33554432'),
    ],
)
def test_a_browser_with_another_memory_layout_starts_from_packages(
    copy: Path, run: Run, pattern: str, replacement: str
) -> None:
    (files,) = copy.glob("app/*/python/files.js")
    text, count = re.subn(pattern, replacement, files.read_text("utf-8"), count=1)
    assert count == 1
    files.unlink()
    files.write_text(text, "utf-8")
    answer, asked = visited(copy, run, IMPORTS.name)
    assert {"mix", "model"} <= set(answer["engine"])
    assert PACKAGE in asked
