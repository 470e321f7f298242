"""Templates of a site's own: which of them nothing asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stempress.core.errors import closest
from stempress.core.paths import TEMPLATES

if TYPE_CHECKING:
    from pathlib import Path

    from stempress.core.errors import Findings

_NAMED = re.compile(r"""["']([^"'\n]+)["']""")


def lint_templates(site: Path, findings: Findings) -> None:
    """Note templates that take no built-in one's place and that no other of the site's names."""
    folder = site / "templates"
    own = {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if _is_ours(path)
    }
    built_in = {
        path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*") if path.is_file()
    }
    named = {name for path in own.values() for name in _NAMED.findall(_text(path))}
    for name in sorted(own.keys() - built_in - named):
        close = closest(name, built_in)
        findings.warn(
            f"templates/{name}",
            "is used by nothing: it is no built-in template, and no other of yours names it",
            hint=f"did you mean {close}?"
            if close
            else "the built-in ones are in templates/ of the program",
        )


def _is_ours(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
