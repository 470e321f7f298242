"""WebKit, the engine of every browser on iOS: GNOME's build of it, on a display of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

SCREEN = "1280x960x24"


def _driver_program() -> str:
    program = os.environ.get("WEBKIT_DRIVER") or shutil.which("WebKitWebDriver")
    if program is None:
        pytest.fail('no WebKit: `make test` installs one; or deselect with -m "not browser"')
    return program


def _browser_program() -> str:
    """Return the browser that Debian keeps among its libraries, the newest of its versions."""
    programs = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    program = os.environ.get("WEBKIT_BROWSER") or (programs and str(programs[-1]))
    if not program:
        pytest.fail("no MiniBrowser: $WEBKIT_BROWSER names one")
    return program


@contextmanager
def _display() -> Iterator[str]:
    """Start an X server without a screen on a free number; yield the number's name."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    with subprocess.Popen(  # noqa: S603 - our own words
        command, pass_fds=(writer,), stderr=subprocess.DEVNULL
    ) as server:
        os.close(writer)
        with os.fdopen(reader) as number:
            name = f":{number.readline().strip()}"
        try:
            yield name
        finally:
            server.terminate()


@contextmanager
def launch_webkit(environment: dict[str, str]) -> Iterator[WebDriver]:
    """Launch WebKit with nothing stored; its sandbox wants rights that containers lack."""
    options = Options()
    options.binary_location = _browser_program()
    options.add_argument("--automation")
    with _display() as display:
        service = Service(
            _driver_program(),
            env={
                **environment,
                "DISPLAY": display,
                "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
                "LIBGL_ALWAYS_SOFTWARE": "1",
            },
        )
        with warnings.catch_warnings():
            # Selenium's class for WebKit calls its own base class in a way that is deprecated.
            warnings.simplefilter("ignore", DeprecationWarning)
            browser = webdriver.WebKitGTK(options=options, service=service)
        try:
            yield browser
        finally:
            browser.quit()
