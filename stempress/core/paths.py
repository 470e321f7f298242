"""Folders that Stempress runs from: of a checkout, or of the installed package."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
REPOSITORY = PACKAGE.parent
"""The checkout; of an installed package, site-packages."""
TEMPLATES = next(
    folder for folder in (PACKAGE / "templates", REPOSITORY / "templates") if folder.is_dir()
)
"""In a wheel they are part of the package."""
APP = REPOSITORY / "pyodide_app"
ENGINE = APP / "engine"
WEB = APP / "web"
"""The browser's modules and style sheets."""
