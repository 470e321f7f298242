"""Chromium: the program, and the flags that every test starts it with."""

from __future__ import annotations

import os
import shutil

import pytest

# Of two such lists Chromium reads the last: the first of these are what Playwright turns off, too.
WITHOUT = (
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    # What asks other hosts for something.
    "AimEnabled",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PreconnectToSearch",
    # Two pages of an address bar that nobody sees: half of what a new page took.
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)

# Nothing but the tests' own host is ever asked for anything.
CHROMIUM_FLAGS = [
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    f"--disable-features={','.join(WITHOUT)}",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


def chromium_program() -> str:
    """Return the machine's own Chromium."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail('no Chromium: `make test` installs one; or deselect with -m "not browser"')
    return found
