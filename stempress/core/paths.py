"""Folders of the checkout that Stempress runs from."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[1]
REPOSITORY = PACKAGE.parent
"""Contains the bundled site, templates/ and pyodide_app/."""
TEMPLATES = REPOSITORY / "templates"
APP = REPOSITORY / "pyodide_app"
ENGINE = APP / "engine"
WEB = APP / "web"
"""The browser's modules and style sheets."""
