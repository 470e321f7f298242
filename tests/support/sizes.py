"""Sizes that prove scale alone: smaller in `make test`, full in `make nightly`."""

from __future__ import annotations

import os

NIGHTLY = bool(os.environ.get("STEMPRESS_NIGHTLY"))


def sized(usual: int, *, nightly: int) -> int:
    """Return the size that a test has in this run."""
    return nightly if NIGHTLY else usual
