"""A visitor with Firefox, whom Node sends to a page: see firefox.mjs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping


def visit_in_firefox(
    part: str,
    address: str,
    argument: str,
    *,
    env: Mapping[str, str] | None = None,
    seconds: float = 300,
) -> dict[str, Any]:
    """Play a part of firefox.mjs at an address; return what came of it."""
    found = os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")
    assert found, "no Firefox: `make test` installs one"
    done = subprocess.run(  # noqa: S603 - our own words
        ["node", "tests/support/firefox.mjs", part, address, found, argument],  # noqa: S607
        check=False,
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
