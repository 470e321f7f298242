"""Lint for the site's own templates that nothing uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stempress.core.errors import closest
from stempress.core.paths import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

_QUOTED = re.compile(r"""["']([^"'\n]+)["']""")


def lint_templates(site: Path, findings: Findings) -> None:
    """Warn of templates that override no built-in one and that no other template names."""
    folder = site / "templates"
    site_templates = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if _is_template(path)
    }
    built_in = {
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()
    }
    names_used = {name for path in site_templates.values() for name in _QUOTED.findall(_text(path))}
    for name in sorted(site_templates.keys() - built_in - names_used):
        close = closest(name, built_in)
        findings.warn(
            f"templates/{name}",
            "is not used: no built-in template has this name, and none of yours refers to it",
            hint=f"did you mean {close}?"
            if close
            else "the built-in templates are in the program's templates/",
        )


def _is_template(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
